"""Hours gone by across changes of the clocks, against the standard library's own arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from warehouse.dialect import DuckDb
from warehouse.zone import stretches

FIRST, LAST = datetime(2011, 1, 1), datetime(2013, 1, 1)
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Shanghai")
walls = st.datetimes(FIRST + timedelta(days=1), LAST - timedelta(days=1))


@pytest.mark.parametrize("zone", ZONES)
def test_offset_is_one_within_a_stretch_and_another_in_the_next(zone: str) -> None:
    found = stretches(ZoneInfo(zone), FIRST, LAST)
    assert all(a.offset != b.offset for a, b in pairwise(found))
    assert len(found) == (1 if zone == "Asia/Shanghai" else 5)


@pytest.mark.parametrize("zone", ZONES)
@given(start=walls, end=walls)
def test_hours_between_wall_times_are_hours_gone_by(zone: str, start: datetime, end: datetime) -> None:
    there = ZoneInfo(zone)
    gone = end.replace(tzinfo=there).astimezone(UTC) - start.replace(tzinfo=there).astimezone(UTC)
    dialect = DuckDb(stretches(there, FIRST, LAST))
    tree = exp.select(dialect.hours_between(dialect.timestamp(start), dialect.timestamp(end)))
    measured = duckdb.sql(dialect.sql(tree)).fetchall()[0][0]
    assert measured == pytest.approx(gone / timedelta(hours=1), abs=1e-6)
