"""The trace: one whole line an answer, no secrets, never in the way of an answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.trace import KEPT, Trace, masked

ROOT = Path(__file__).resolve().parents[2]


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_entry_is_one_json_line(tmp_path: Path) -> None:
    trace = Trace(tmp_path)
    trace.write({"question": "一行\n两行", "path": tmp_path})
    trace.write({"question": "二"})
    assert [line["question"] for line in lines(tmp_path)] == ["一行\n两行", "二"]


@pytest.mark.parametrize(
    "secret",
    ["sk-proj-abcDEF123456", "ghp_0123456789abcdef", "13812345678", "11010119900307123X", "user:pa55@"],
)
def test_secrets_are_masked(tmp_path: Path, secret: str) -> None:
    text = f"http://{secret}host/v1" if secret.endswith("@") else f"前 {secret} 后"
    Trace(tmp_path).write({"question": text})
    assert secret not in (tmp_path / "answers.jsonl").read_text(encoding="utf-8")


def test_what_is_hidden_is_hidden_whatever_its_shape(tmp_path: Path) -> None:
    Trace(tmp_path, hidden=("correct horse",)).write({"question": "my key is correct horse"})
    assert "correct horse" not in (tmp_path / "answers.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("plain", ["2026-11-22 案件 20261122001234567", "case 12345678901", "共 13800 件"])
def test_case_numbers_and_counts_stay_readable(plain: str) -> None:
    assert masked(plain) == plain


def test_the_file_is_rotated_and_only_so_many_are_kept(tmp_path: Path) -> None:
    trace = Trace(tmp_path, megabytes=0.001)
    for n in range(100):
        trace.write({"n": n, "text": "x" * 100})
    files = sorted(path.name for path in tmp_path.glob("answers.jsonl*"))
    assert files == ["answers.jsonl", *(f"answers.jsonl.{n}" for n in range(1, KEPT + 1))]
    assert lines(tmp_path)[-1]["n"] == 99


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    Trace(tmp_path / "trace").write({"n": 1})
    assert (tmp_path / "trace").stat().st_mode & 0o077 == 0
    assert (tmp_path / "trace" / "answers.jsonl").stat().st_mode & 0o077 == 0


def test_a_disk_that_takes_nothing_costs_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    trace = Trace(tmp_path)
    (tmp_path / "answers.jsonl").mkdir()
    trace.write({"n": 1})
    assert "trace not written" in caplog.text


WRITER = """
import sys
from pathlib import Path
from assistant.trace import Trace
trace = Trace(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    trace.write({"text": "行" * 5000})
"""


def test_a_process_killed_while_writing_leaves_whole_lines(tmp_path: Path) -> None:
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            time.sleep(0.1)
            os.kill(writer.pid, signal.SIGKILL)
    Trace(tmp_path).write({"text": "last"})
    found = lines(tmp_path)
    assert found[-1] == {"text": "last"}
    assert all(line["text"] == "行" * 5000 for line in found[:-1])
