"""Small exports and feeds for the tests of loading."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.reader import open_warehouse

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HEADER = "案件编号,上报时间,区,更新时间"
FEED = """
feed: cases
city: testville
fact: cases
source: {files: [cases.csv]}
key: case_no
updated: updated_at
columns: {case_no: 案件编号, reported_at: 上报时间, registered_at: {same_as: reported_at}, district: 区, updated_at: 更新时间}
"""


def write_city(folder: Path, lines: list[str] | bytes, feed: str = FEED) -> Path:
    """An export of these lines (under the usual header) or bytes, and its feed; returns the feed's path."""
    folder.mkdir(parents=True, exist_ok=True)
    raw = lines if isinstance(lines, bytes) else ("\n".join([HEADER, *lines]) + "\n").encode()
    (folder / "cases.csv").write_bytes(raw)
    path = folder / "cases.feed.yml"
    path.write_text(feed, encoding="utf-8")
    return path


def rows_of(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the current snapshot."""
    warehouse = open_warehouse(home, "testville")
    try:
        return warehouse.fetch(sql)
    finally:
        warehouse.close()
