"""Every query gives what pandas works out from the definitions alone, row for row (see `oracle.py`)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.warehouse import oracle, oracle_rows
from tests.warehouse.tiny_snapshot import NEUTRAL, build
from warehouse.errors import EmptyWindow, NotApplicable, OutsideScope, ScopeDenied
from warehouse.reader import Warehouse, open_warehouse
from warehouse.scope import Scope
from warehouse.semantic import Compare, Filter, Having, Order, SemanticQuery, TimeRange

NOW = datetime(2026, 11, 23, 8, 30)
PLACES = {"A": ("A1", "A2"), "B": ("B1", "B2"), "C": ("C1",)}
AREAS: list[tuple[str, str, str | None, str | None]] = [
    *[("district", name, None, None) for name in (*PLACES, "D")],
    *[("street", street, "district", name) for name, streets in PLACES.items() for street in streets],
]
ZONES = ("Asia/Shanghai", "America/New_York")
CITY = "id: tiny\nname: {{zh: 小城, en: Tiny}}\ntimezone: {zone}\nminimum_sample: 4\n"
METRICS = (
    *(name for name in oracle_rows.COUNTED_AT if name not in oracle_rows.DURATIONS), *oracle_rows.CARRIED_OVER, *oracle_rows.STOCKS, *oracle_rows.SUMS,
    *(f"{name}.{statistic}" for name in oracle_rows.DURATIONS for statistic in ("mean", "median", "p90")),
)  # fmt: skip
VALUES = {
    "district": ("A", "B", "C"), "street": ("A1", "A2", "B1", "C1"), "minor_category": ("x", "y", "z"),
    "status": ("new", "done"), "state": ("open", "closed", "suspended"), "overdue": ("yes", "no"),
    "hour_of_day": ("0", "7", "13", "23"), "weekday": ("1", "3", "7"), "day_type": ("workday", "restday"),
}  # fmt: skip


def some_moments(pick: random.Random) -> datetime:
    """Moments near one another and often on an edge: midnights, month ends, nights of the clock change, just before now."""
    edges = ("2026-11-01T00:00", "2026-10-01T00:00", "2026-11-23T08:30", "2026-11-22T23:59:59", "2026-11-01T01:30",
             "2026-03-08T03:00", "2025-11-01T00:00", "2026-09-30T23:00")  # fmt: skip
    if pick.random() < 0.3:
        return datetime.fromisoformat(pick.choice(edges))
    back = timedelta(minutes=pick.randrange(60 * 24 * pick.choice((2, 40, 420))))
    return NOW - back


def some_case(pick: random.Random) -> dict[str, Any]:
    """A case with any of its later steps missing, in any state."""
    district = pick.choice((*PLACES, *PLACES, None))
    reported = some_moments(pick)
    steps = [reported]
    for _ in range(4):
        steps.append(steps[-1] + timedelta(minutes=pick.choice((0, 5, 90, 60 * 24 * 3, 60 * 24 * 40))))
    registered, dispatched, disposed, closed = (step if pick.random() < 0.8 else None for step in steps[1:])
    return {
        **NEUTRAL,
        "reported_at": reported, "registered_at": registered, "dispatched_at": dispatched, "disposed_at": disposed,
        "closed_at": closed, "due_at": reported + timedelta(hours=pick.choice((2, 72, 400))) if pick.random() < 0.85 else None,
        "district": district, "street": pick.choice((*PLACES[district], None)) if district else None,
        "minor_category": pick.choice(("x", "y", "z", None)), "status": pick.choice(("new", "done")),
        "suspended": pick.random() < 0.1, "cancelled": pick.random() < 0.1, "timeout_exempt": pick.random() < 0.1,
        "is_urgent": pick.random() < 0.2, "rework_count": pick.choice((0, 0, 1, 2)),
        "paused_hours": pick.choice((0.0, 0.0, 1.25)),
        "satisfaction": pick.choice((None, "satisfied", "basically_satisfied", "dissatisfied")),
    }  # fmt: skip


def some_alarm(pick: random.Random) -> dict[str, Any]:
    district = pick.choice((*PLACES, None))
    return {
        "detected_at": some_moments(pick), "district": district,
        "street": pick.choice(PLACES[district]) if district else None, "minor_category": pick.choice(("x", "y", None)),
        "is_false": pick.random() < 0.3, "case_no": pick.choice((None, "1")),
    }  # fmt: skip


class Pairs:
    """Warehouses with their oracles, kept short in what a failing example prints."""

    def __init__(self, each: list[tuple[Warehouse, oracle.City]]) -> None:
        self.each = each


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pairs]:
    found = []
    for seed, zone in enumerate(ZONES):
        pick = random.Random(seed)
        cases = [some_case(pick) for _ in range(160)]
        alarms = [some_alarm(pick) for _ in range(60)]
        home = build(tmp_path_factory.mktemp("home"), cases, alarms, areas=AREAS, city_yml=CITY.format(zone=zone))
        frames = [
            pd.DataFrame(rows).astype({c: "datetime64[us]" for c in rows[0] if c.endswith("_at")})
            for rows in (cases, alarms)
        ]
        city = oracle.City(cases=frames[0], alarms=frames[1], areas=AREAS, zone=ZoneInfo(zone), minimum_sample=4)
        found.append((open_warehouse(home), city))
    yield Pairs(found)
    for opened, _ in found:
        opened.close()


@st.composite
def windows(draw: st.DrawFn, zone: ZoneInfo) -> TimeRange:
    """Calendar units and odd stretches, some still running; sometimes cut into buckets, hours or days."""
    starts = (
        "2026-11-01",
        "2026-10-01",
        "2026-11-16",
        "2026-11-23",
        "2026-01-01",
        "2026-11-22T22:00",
        "2026-03-08",
        "2026-11-10T13:20",
    )
    start = datetime.fromisoformat(draw(st.sampled_from(starts)))
    days = draw(st.sampled_from((0.25, 1, 1, 7, 7, 30, 31, 61, 365)))
    grains = ("hour",) if days <= 1 else ("day", "week") if days < 40 else ("week", "month", "quarter", "year")
    parts = draw(st.sampled_from((None, None, None, ("22:00", "06:00"), ("07:00", "09:00"))))
    types = ("workday", "restday", "weekend", "holiday") if zone.key == "Asia/Shanghai" else ()
    return TimeRange(
        start=start.replace(tzinfo=zone),
        end=(start + timedelta(days=days)).replace(tzinfo=zone),
        grain=draw(st.sampled_from((None, None, *grains))),  # type: ignore[arg-type]
        daily_window=None if parts is None else {"start": parts[0], "end": parts[1]},  # type: ignore[arg-type]
        day_type=draw(st.sampled_from((None, None, None, *types))),  # type: ignore[arg-type]
    )


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    dimension = draw(st.sampled_from(sorted(VALUES)))
    ops = ["in", "in", "not_in", "is_null", "not_null"]
    if dimension in {"hour_of_day", "weekday"}:
        ops += ["gt", "ge", "lt", "le"]
    elif dimension in {"district", "minor_category"}:
        ops.append("contains")
    op = draw(st.sampled_from(ops))
    most = {"in": 2, "not_in": 2, "is_null": 0, "not_null": 0}.get(op, 1)
    values = draw(st.lists(st.sampled_from(VALUES[dimension]), min_size=min(most, 1), max_size=most, unique=True))
    return Filter(dimension=dimension, op=op, values=tuple(values))  # type: ignore[arg-type]


@st.composite
def queries(draw: st.DrawFn, zone: ZoneInfo) -> SemanticQuery:
    metrics = draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=2, unique=True))
    dimensions = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=2, unique=True))
    time = draw(st.one_of(st.none(), windows(zone), windows(zone)))
    compare = None
    if time is not None:
        other = TimeRange(start=time.start - timedelta(days=12), end=time.start - timedelta(days=3))
        compare = draw(st.sampled_from((
            None, None, Compare(mode="previous"), Compare(mode="same_period_last_year"), Compare(mode="window", window=other),
        )))  # fmt: skip
    sortable = [*metrics, *dimensions, *(["change"] if compare else [])]
    orders = draw(
        st.lists(st.builds(Order, by=st.sampled_from(sortable), direction=st.sampled_from(("asc", "desc"))), max_size=2)
    )
    bounds = st.builds(Having, metric=st.sampled_from(metrics), op=st.sampled_from(("gt", "ge", "lt", "le", "eq", "ne")),
                       value=st.sampled_from((0.0, 0.5, 1.0, 3.0)))  # fmt: skip
    return SemanticQuery(
        metrics=tuple(metrics),
        dimensions=tuple(dimensions),
        time=time,
        filters=tuple(draw(st.lists(filters(), max_size=2))),
        having=tuple(draw(st.lists(bounds, max_size=1))),
        compare=compare,
        calc=draw(st.sampled_from(("none", "none", "none", "share", "rank", "cumulative"))),  # type: ignore[arg-type]
        order=tuple({one.by: one for one in orders}.values()),
        limit=draw(st.sampled_from((None, None, 1, 2, 5))),
        limit_per=tuple(draw(st.sampled_from(((), (), tuple(dimensions[:1]))))),
    )


SCOPES = ({}, {}, {}, {"district": frozenset({"A", "B"})}, {"street": frozenset({"A1"})}, {"district": frozenset()},
          {"status": frozenset({"new"})})  # fmt: skip


def near(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row) for row in rows]


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_equals_pandas(cities: Pairs, data: st.DataObject) -> None:
    warehouse, city = cities.each[data.draw(st.integers(0, len(ZONES) - 1))]
    query = data.draw(queries(city.zone))
    scope = data.draw(st.sampled_from(SCOPES))
    now = NOW.replace(tzinfo=city.zone)
    try:
        wanted, apart = city.answer(query, scope, now)
    except oracle_rows.Refused:
        with pytest.raises((NotApplicable, ScopeDenied, EmptyWindow, OutsideScope)):
            warehouse.run(query, scope=Scope(scope), now=now)
        return
    found = warehouse.run(query, scope=Scope(scope), now=now)
    assert near(list(found.table.rows)) == near(wanted)
    assert near(list(found.small.rows) if found.small else []) == near(apart)
