"""The feed commands as a newcomer types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import citydesk

LINES = [
    "案件编号,上报时间,所属区,小类",
    *(f"A{n},2026-11-{n % 20 + 1:02d} 08:00:00,{'东区' if n % 4 else '西区'},占道经营" for n in range(80)),
]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("CITYDESK_HOME", str(tmp_path / "home"))
    (tmp_path / "export.csv").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return CliRunner()


def run(typed: CliRunner, *words: str, given: str | None = None) -> tuple[int, str]:
    done = typed.invoke(citydesk.app, list(words), input=given)
    return done.exit_code, done.output


def test_from_a_file_to_a_first_answer(typed: CliRunner, tmp_path: Path) -> None:
    status, said = run(typed, "feed", "new", str(tmp_path / "export.csv"), "--city", "newtown")
    assert status == 0, said
    feed = str(tmp_path / "export.feed.yml")
    status, said = run(typed, "feed", "check", feed)
    assert status == 0
    assert "every row passes" in said
    status, said = run(typed, "feed", "load", feed)
    assert "80 rows in = 80 loaded + 0 unchanged + 0 quarantined + 0 duplicates" in said
    status, said = run(typed, "ask", "11月哪个区上报最多", "--now", "2026-11-21T09:00")
    assert status == 0
    assert "东区，60 件" in said
    status, said = run(typed, "feed", "replay", feed)
    assert "0 rows in" in said


def test_a_draft_never_overwrites(typed: CliRunner, tmp_path: Path) -> None:
    assert run(typed, "feed", "new", str(tmp_path / "export.csv"), "--city", "newtown")[0] == 0
    status, said = run(typed, "feed", "new", str(tmp_path / "export.csv"), "--city", "newtown")
    assert status == 2
    assert "there already" in said


def test_a_city_is_set_up_by_answering_questions(typed: CliRunner, tmp_path: Path) -> None:
    status, said = run(
        typed, "city", "init", str(tmp_path / "made"), given=f"Newtown\n\n{tmp_path / 'export.csv'}\ny\n"
    )
    assert status == 0, said
    assert "80 loaded" in said
    assert "▶ newtown" in run(typed, "city", "list")[1]


@pytest.mark.parametrize(
    "words", [("feed", "load", "none.yml"), ("feed", "check", "none.yml"), ("ask", "上周立案多少")]
)
def test_nothing_to_work_on_is_said_plainly(typed: CliRunner, words: tuple[str, ...]) -> None:
    status, said = run(typed, *words)
    assert "Traceback" not in said
    assert status in {0, 1, 2}
    assert said.strip()
