"""At the terminal a person sees what waits for them and what a case went through, and takes back their own acts only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from citydesk import app

NOW = ("--now", "2026-11-23T08:30")
LATER = ("--now", "2026-11-24T08:30")


@pytest.fixture
def home(small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "home"
    shutil.copytree(small_home, own)
    monkeypatch.setenv("CITYDESK_HOME", str(own))
    return own


def run(*words: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == status, done.output
    return done.output


def read(*words: str) -> Any:
    return json.loads(run(*words, "--json"))


def filed() -> str:
    given = {"title": "路灯不亮", "major": "市容环境", "minor": "暴露垃圾", "district": "高新区", "address": "科技大道"}
    run("propose", "report", "--as", "collector", *NOW, *(f"--set={name}={value}" for name, value in given.items()))
    (waiting,) = read("proposals", "--as", "collector", *NOW)
    run("approve", waiting["id"], "--as", "collector", *NOW)
    return str(read("tasks", "--as", "acceptor", *NOW)["cases"][0]["case_no"])


def test_a_filed_case_waits_for_who_registers_and_for_nobody_else(home: Path) -> None:
    number = filed()
    assert [one["case_no"] for one in read("tasks", "--as", "acceptor", *NOW)["cases"]] == [number]
    assert read("tasks", "--as", "dispatcher", *NOW) == {"total": 0, "cases": []}


def test_the_course_of_a_case_is_its_audit(home: Path) -> None:
    number = filed()
    found = read("case", number, *NOW)
    assert [step["action"] for step in found["steps"]] == ["report"]
    assert number in run("case", number, *NOW)
    assert "NONE-1" in run("case", "NONE-1", *NOW, status=1)


def test_only_who_confirmed_takes_back_and_only_in_time(home: Path) -> None:
    number = filed()
    run("undo", "--as", "acceptor", *NOW, status=1)
    run("undo", "--as", "collector", *LATER, status=1)
    taken = read("undo", "--as", "collector", *NOW)
    assert [one["status"] for one in taken["cases"]] == ["cancelled"]
    assert read("case", number, *NOW)["status"] == "cancelled"
    run("undo", "--as", "collector", *NOW, status=1)
