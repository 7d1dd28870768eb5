"""How the process starts and ends, seen from outside."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.warehouse.tiny_snapshot import at, build

ROOT = Path(__file__).parent.parent


def test_a_cold_answer_is_quiet_and_loads_no_phrases(tmp_path: Path) -> None:
    """Nothing but the answer is written, whatever is done to start quickly; the half-second dictionary stays shut."""
    home = build(tmp_path, [{"reported_at": at("2026-11-22T10:00"), "district": "A"}])
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "citydesk.py", "ask", "昨天上报多少件", "--now", "2026-11-23T08:30", "--json"],
        cwd=ROOT, check=True, capture_output=True, text=True, env={"CITYDESK_HOME": str(home), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if not line.startswith("import time:")]
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert said == []
    assert '"status": "answer"' in done.stdout
    assert not imported & {
        "pypinyin",
        "pandas",
        "pyarrow",
        "openpyxl",
        "matplotlib",
        "langchain_openai",
        "openai",
        "vl_convert",
    }
