"""More than usual, against weeks made up by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.warehouse.tiny_snapshot import build
from warehouse.insight.excess import excess, upper_limit
from warehouse.reader import open_warehouse
from warehouse.scope import CITY_WIDE
from warehouse.semantic import SemanticQuery, TimeRange

ZONE = ZoneInfo("Asia/Shanghai")


def test_only_the_place_above_its_own_weeks_is_flagged(tmp_path: Path) -> None:
    night = datetime(2026, 11, 22, 23)
    cases = [
        {"reported_at": night - timedelta(weeks=w), "district": d} for w in range(10) for d in "AB" for _ in range(3)
    ]
    cases += [{"reported_at": night, "district": "A"}] * 20
    warehouse = open_warehouse(build(tmp_path, cases))
    window = TimeRange(start=datetime(2026, 11, 22, 22, tzinfo=ZONE), end=datetime(2026, 11, 23, 6, tzinfo=ZONE))
    query = SemanticQuery(metrics=("reported_cases",), dimensions=("district",), time=window)
    found = excess(warehouse, query, scope=CITY_WIDE, now=datetime(2026, 11, 23, 8, tzinfo=ZONE))
    assert [(row.member, row.observed, row.expected, row.flagged) for row in found.rows] == [
        ("A", 23, 3.0, True),
        ("B", 3, 3.0, False),
    ]
    assert found.weeks == 8
    warehouse.close()


def test_limit_is_never_below_the_mean() -> None:
    assert upper_limit([]) == 0.0
    assert upper_limit([10, 0, 30, 5]) > 11
