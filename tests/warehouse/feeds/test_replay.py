"""Rows set aside come back when the mapping is mended, and nothing is lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from warehouse.feeds.load import load
from warehouse.feeds.replay import replay
from warehouse.reader import open_warehouse

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
FEED = """
feed: cases
city: testville
fact: cases
source: {files: [cases.csv], times: [TIMES]}
key: case_no
columns: {case_no: 案件编号, reported_at: 上报时间, registered_at: {same_as: reported_at}, district: 区}
"""
LINES = [
    "案件编号,上报时间,区",
    "A1,2026-11-01 08:00:00,东区",
    "A2,02/11/2026 09:30,西区",
    "A3,03/11/2026 10:00,东区",
    "A4,no date at all,西区",
    'A5,"2026-11-04 08:00:00,东区',
]


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / "cases.csv").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    path = folder / "cases.feed.yml"
    path.write_text(FEED.replace("TIMES", '"%Y-%m-%d %H:%M:%S"'), encoding="utf-8")
    return path


def _quarantine(home: Path) -> list[tuple[int, str]]:
    warehouse = open_warehouse(home, "testville")
    rows = warehouse.fetch("SELECT line, raw FROM quarantine ORDER BY line")
    warehouse.close()
    return [(int(line), str(raw)) for line, raw in rows]


def _cases(home: Path) -> list[tuple[str, pd.Timestamp]]:
    warehouse = open_warehouse(home, "testville")
    rows = warehouse.fetch("SELECT case_no, reported_at FROM cases ORDER BY case_no")
    warehouse.close()
    return [(number, pd.Timestamp(moment)) for number, moment in rows]


def test_rows_that_pass_the_mended_mapping_leave_the_quarantine(feed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = load(home, feed, now=NOW)
    assert (first.rows_in, first.loaded, first.quarantined) == (5, 1, 4)
    assert first.adds_up
    feed.write_text(FEED.replace("TIMES", '"%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M"'), encoding="utf-8")
    again = replay(home, feed, now=NOW)
    assert (again.rows_in, again.loaded, again.quarantined) == (4, 2, 2)
    assert again.adds_up
    assert _cases(home) == [
        ("A1", pd.Timestamp("2026-11-01 08:00")),
        ("A2", pd.Timestamp("2026-11-02 09:30")),
        ("A3", pd.Timestamp("2026-11-03 10:00")),
    ]
    assert [line for line, _ in _quarantine(home)] == [4, 5]


def test_replay_without_a_mended_mapping_changes_nothing(feed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, feed, now=NOW)
    before = _quarantine(home)
    again = replay(home, feed, now=NOW)
    assert again.snapshot is None
    assert again.rows_in == again.quarantined == 4
    assert _quarantine(home) == before


def test_a_line_that_is_no_record_keeps_its_text(feed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, feed, now=NOW)
    feed.write_text(FEED.replace("TIMES", '"%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M"'), encoding="utf-8")
    replay(home, feed, now=NOW)
    assert (5, LINES[5]) in _quarantine(home)
