"""The ways a number quietly goes wrong, each held to a figure worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.warehouse.tiny_snapshot import at, build
from warehouse.errors import EmptyWindow, MetricUnavailable, NotApplicable, ScopeDenied, UnknownMember
from warehouse.query_result import QueryResult
from warehouse.reader import Warehouse, open_warehouse
from warehouse.scope import CITY_WIDE, Scope
from warehouse.semantic import Compare, Filter, Having, Order, SemanticQuery, TimeRange

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=ZONE)


def case(
    reported: str, district: str | None, due: str | None = None, closed: str | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "reported_at": at(reported), "registered_at": at(reported), "district": district,
        "due_at": at(due) if due else None, "closed_at": at(closed) if closed else None, **more,
    }  # fmt: skip


CASES = [
    case("2026-11-01T00:00:00", "A", "2026-11-02", "2026-11-01T12:00:00", minor_category="x"),
    case("2026-11-01T10:00:00", "A", "2026-11-03", "2026-11-05", minor_category="y"),
    case("2026-11-02T00:00:00", "A", "2026-11-04", None, minor_category="x"),
    case("2026-10-01T10:00:00", "B", "2026-10-02", None, minor_category="x"),
    case("2026-10-20T10:00:00", "B", "2026-10-22", "2026-10-21", minor_category="x"),
    case("2026-11-22T23:30:00", None, "2026-11-30", None, minor_category="y"),
]
ALARMS = [
    {"detected_at": at("2026-11-01T01:00:00"), "district": "A"},
    {"detected_at": at("2026-11-01T02:00:00"), "district": "C", "is_false": True},
    {"detected_at": at("2026-11-01T03:00:00"), "district": "A", "case_no": "0"},
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    areas = [("district", name, None, None) for name in ("A", "B", "C")]
    opened = open_warehouse(build(tmp_path_factory.mktemp("home"), CASES, ALARMS, areas=areas))
    yield opened
    opened.close()


def days(first: str, last: str, **more: Any) -> TimeRange:
    return TimeRange(start=at(first).replace(tzinfo=ZONE), end=at(last).replace(tzinfo=ZONE), **more)


NOVEMBER = days("2026-11-01", "2026-12-01")


def ask(warehouse: Warehouse, *metrics: str, scope: Scope = CITY_WIDE, **more: Any) -> QueryResult:
    return warehouse.run(SemanticQuery(metrics=metrics, **more), scope=scope, now=NOW)


def rows(result: QueryResult) -> list[tuple[Any, ...]]:
    return list(result.table.rows)


def test_windows_are_half_open(warehouse: Warehouse) -> None:
    assert rows(ask(warehouse, "reported_cases", time=days("2026-11-01", "2026-11-02"))) == [(2,)]


def test_cases_due_carry_over_until_closed(warehouse: Warehouse) -> None:
    assert rows(ask(warehouse, "due_cases", time=NOVEMBER)) == [(4,)]
    assert rows(ask(warehouse, "closure_rate", time=NOVEMBER)) == [(0.5, 4)]


def test_rate_of_empty_group_is_null(warehouse: Warehouse) -> None:
    result = ask(warehouse, "satisfaction_rate", time=NOVEMBER)
    assert rows(result) == [(None, 0)]


def test_rate_over_all_is_not_the_average_of_rates(warehouse: Warehouse) -> None:
    by_district = {
        row[0]: row[1:] for row in rows(ask(warehouse, "on_time_closure_rate", dimensions=("district",), time=NOVEMBER))
    }
    assert by_district["A"] == (1 / 3, 3)
    assert by_district["B"] == (0.0, 1)
    assert rows(ask(warehouse, "on_time_closure_rate", time=NOVEMBER)) == [(0.25, 4)]


def test_missing_place_is_no_group_but_is_told_and_counts_in_the_total(warehouse: Warehouse) -> None:
    result = ask(warehouse, "reported_cases", dimensions=("district",))
    assert dict(rows(result)) == {"A": 3, "B": 2}
    assert "unknown_group: 1" in result.table.notes
    assert rows(ask(warehouse, "reported_cases")) == [(6,)]


def test_missing_place_belongs_to_the_whole_that_shares_are_of(warehouse: Warehouse) -> None:
    result = ask(warehouse, "reported_cases", dimensions=("district",), calc="share")
    assert rows(result) == [("A", 3, 3 / 6), ("B", 2, 2 / 6)]


def test_missing_place_is_a_group_where_it_is_asked_for(warehouse: Warehouse) -> None:
    only = Filter(dimension="district", op="is_null")
    assert rows(ask(warehouse, "reported_cases", dimensions=("district",), filters=(only,))) == [(None, 1)]


def test_not_in_keeps_rows_without_a_value(warehouse: Warehouse) -> None:
    only = Filter(dimension="district", op="not_in", values=("A",))
    assert rows(ask(warehouse, "reported_cases", filters=(only,))) == [(3,)]


def test_two_facts_do_not_fan_out(warehouse: Warehouse) -> None:
    found = {
        row[0]: row[1:]
        for row in rows(
            ask(warehouse, "reported_cases", "alarms", "anomalies", dimensions=("district",), time=NOVEMBER)
        )
    }
    assert found["A"] == (3, 2, 4)
    assert None not in found


def test_unknown_value_is_an_error_with_near_values(warehouse: Warehouse) -> None:
    with pytest.raises(UnknownMember):
        ask(warehouse, "reported_cases", filters=(Filter(dimension="district", values=("Z",)),))


def test_fewest_includes_places_without_rows(warehouse: Warehouse) -> None:
    found = ask(
        warehouse,
        "reported_cases",
        dimensions=("district",),
        order=(Order(by="reported_cases", direction="asc"),),
        limit=1,
    )
    assert rows(found) == [("C", 0)]


def test_limit_keeps_ties(warehouse: Warehouse) -> None:
    found = ask(warehouse, "reported_cases", dimensions=("district",), time=days("2026-10-01", "2026-11-02"),
                order=(Order(by="reported_cases"),), limit=1)  # fmt: skip
    assert sorted(rows(found)) == [("A", 2), ("B", 2)]


def test_trend_has_a_zero_for_every_empty_bucket_up_to_now(warehouse: Warehouse) -> None:
    found = rows(ask(warehouse, "reported_cases", time=days("2026-11-20", "2026-12-01", grain="day")))
    assert [row[1] for row in found] == [0, 0, 1, 0]


def test_due_cases_by_day_count_each_bucket_on_its_own(warehouse: Warehouse) -> None:
    found = rows(ask(warehouse, "due_cases", time=days("2026-11-02", "2026-11-05", grain="day")))
    assert [row[1] for row in found] == [2, 2, 3]


def test_night_runs_over_midnight(warehouse: Warehouse) -> None:
    window = days("2026-11-01", "2026-11-23", daily_window={"start": "22:00", "end": "06:00"})
    assert rows(ask(warehouse, "reported_cases", time=window)) == [(3,)]


def test_snapshot_by_night_is_refused(warehouse: Warehouse) -> None:
    window = days("2026-11-01", "2026-11-23", daily_window={"start": "22:00", "end": "06:00"})
    with pytest.raises(NotApplicable):
        ask(warehouse, "open_cases", time=window)


def test_so_far_compares_with_the_same_elapsed_part(warehouse: Warehouse) -> None:
    found = ask(warehouse, "reported_cases", time=NOVEMBER, compare=Compare(mode="previous"))
    assert found.base_window == (at("2026-10-01").replace(tzinfo=ZONE), at("2026-10-23T08:30").replace(tzinfo=ZONE))
    assert rows(found) == [(4, 2, 2, 1.0)]


def test_change_of_a_rate_is_a_difference(warehouse: Warehouse) -> None:
    found = ask(warehouse, "closure_rate", time=NOVEMBER, compare=Compare(mode="previous")).table
    row = dict(zip((column.name for column in found.columns), found.rows[0], strict=True))
    assert (row["closure_rate.change"], row["closure_rate.change_ratio"]) == (0.0, None)


def test_share_with_a_filter_on_the_dimension_is_of_all_groups(warehouse: Warehouse) -> None:
    found = ask(warehouse, "reported_cases", dimensions=("district",), calc="share",
                filters=(Filter(dimension="district", values=("A",)),))  # fmt: skip
    assert rows(found) == [("A", 3, 0.5)]


def test_small_samples_stand_apart_from_a_ranking_of_rates(warehouse: Warehouse) -> None:
    found = ask(
        warehouse, "closure_rate", dimensions=("district",), time=NOVEMBER, order=(Order(by="closure_rate"),), limit=3
    )
    assert rows(found) == []
    assert found.small is not None and len(found.small.rows) == 2


def test_scope_limits_every_fact_and_fails_closed(warehouse: Warehouse) -> None:
    mine = Scope({"district": frozenset({"A"})})
    assert rows(ask(warehouse, "reported_cases", "alarms", scope=mine)) == [(3, 2)]
    assert rows(ask(warehouse, "reported_cases", scope=Scope({"district": frozenset()}))) == [(0,)]
    with pytest.raises(ScopeDenied):
        ask(warehouse, "alarms", scope=Scope({"unit": frozenset({"u"})}))


def test_metric_without_the_dimension_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(NotApplicable):
        ask(warehouse, "alarms", dimensions=("source",))


def test_threshold_keeps_groups(warehouse: Warehouse) -> None:
    found = ask(
        warehouse,
        "reported_cases",
        dimensions=("district",),
        having=(Having(metric="reported_cases", op="gt", value=2),),
    )
    assert rows(found) == [("A", 3)]


def test_window_ahead_of_now_is_refused(warehouse: Warehouse) -> None:
    with pytest.raises(EmptyWindow):
        ask(warehouse, "reported_cases", time=days("2026-12-01", "2026-12-02"))


def test_longest_overdue_comes_first(warehouse: Warehouse) -> None:
    found = warehouse.run(SemanticQuery(metrics=("overdue_open",), rows="cases", limit=1), scope=CITY_WIDE, now=NOW)
    assert (found.table.rows[0][0], found.table.truncated, found.total) == ("3", True, 2)


def test_one_case_is_found_by_its_number(warehouse: Warehouse) -> None:
    only = Filter(dimension="case_no", values=("5",))
    found = warehouse.run(SemanticQuery(rows="cases", filters=(only,)), scope=CITY_WIDE, now=NOW)
    assert [row[0] for row in found.table.rows] == ["5"]


def test_duration_quantile_is_exact(warehouse: Warehouse) -> None:
    assert rows(ask(warehouse, "closing_hours.median", time=NOVEMBER)) == [(49.0, 2)]


def test_missing_column_takes_its_metrics_away(tmp_path: Path) -> None:
    opened = open_warehouse(build(tmp_path, CASES, missing=frozenset({"due_at"})))
    with pytest.raises(MetricUnavailable):
        ask(opened, "overdue_open")
    assert "overdue" not in opened.catalog.dimensions
    opened.close()
