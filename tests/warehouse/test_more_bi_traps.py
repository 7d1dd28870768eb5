"""Further ways in which a number goes wrong: clocks that are changed, scopes that leak, sums that do not add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests.warehouse.tiny_snapshot import at, build
from warehouse.errors import NotApplicable
from warehouse.query_result import QueryResult
from warehouse.reader import Warehouse, open_warehouse
from warehouse.scope import CITY_WIDE, Scope
from warehouse.semantic import Compare, Filter, Grain, Order, SemanticQuery, TimeRange

SHANGHAI = ZoneInfo("Asia/Shanghai")
BOSTON = ZoneInfo("America/New_York")
REPORTERS = """
metrics:
  - {id: reporters, kind: distinct, fact: cases, time: reported_at, of: reporter, label: {zh: 上报人数, en: reporters},
     definition: {zh: 上报过案件的人, en: people who reported}}
"""


def case(reported: str, district: str | None, **more: Any) -> dict[str, Any]:
    return {"reported_at": at(reported), "registered_at": at(reported), "district": district, **more}


CASES = [
    case("2026-11-02T09:00", "A", reporter="ann", satisfaction="satisfied", closed_at=at("2026-11-03")),
    case("2026-11-02T10:00", "A", reporter="bob"),
    case("2026-11-03T00:00", "B", reporter="ann"),
    case("2026-11-12T10:00", "B", reporter="cho"),
    case("2026-11-12T11:00", "C", reporter="ann"),
    case("2026-11-12T12:00", None, reporter="dan"),
    case("2026-10-12T12:00", "C", reporter="eve"),
]


def opened(home: Path, cases: list[dict[str, Any]], zone: str = "Asia/Shanghai", metrics: str = "") -> Warehouse:
    areas = [("district", name, None, None) for name in ("A", "B", "C")]
    city = f"id: tiny\nname: {{zh: 小城, en: Tiny}}\ntimezone: {zone}\n"
    build(home, cases, areas=areas, city_yml=city)
    if metrics:
        (home / "cities" / "tiny" / "catalog").mkdir()
        (home / "cities" / "tiny" / "catalog" / "metrics.yml").write_text(metrics, encoding="utf-8")
    return open_warehouse(home)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    found = opened(tmp_path_factory.mktemp("home"), CASES, metrics=REPORTERS)
    yield found
    found.close()


def span(first: str, last: str, zone: ZoneInfo = SHANGHAI, **more: Any) -> TimeRange:
    return TimeRange(start=at(first).replace(tzinfo=zone), end=at(last).replace(tzinfo=zone), **more)


NOVEMBER = span("2026-11-01", "2026-12-01")


def ask(
    warehouse: Warehouse, *metrics: str, scope: Scope = CITY_WIDE, now: str = "2026-11-23T08:30", **more: Any
) -> QueryResult:
    moment = datetime.fromisoformat(now).replace(tzinfo=warehouse.timezone)
    return warehouse.run(SemanticQuery(metrics=metrics, **more), scope=scope, now=moment)


def rows(result: QueryResult) -> list[tuple[Any, ...]]:
    return list(result.table.rows)


def test_people_counted_once_are_not_the_sum_over_groups(warehouse: Warehouse) -> None:
    by_district = dict(rows(ask(warehouse, "reporters", dimensions=("district",), time=NOVEMBER)))
    assert by_district == {"A": 2, "B": 2, "C": 1}
    assert rows(ask(warehouse, "reporters", time=NOVEMBER)) == [(4,)]
    with pytest.raises(NotApplicable):
        ask(warehouse, "reporters", dimensions=("district",), calc="share")


def test_nothing_after_now_is_counted(warehouse: Warehouse) -> None:
    assert rows(ask(warehouse, "reported_cases", time=NOVEMBER, now="2026-11-12T11:00")) == [(4,)]
    assert rows(ask(warehouse, "reported_cases", now="2026-11-12T11:00")) == [(5,)]


def test_first_bucket_that_is_a_part_keeps_every_metric(warehouse: Warehouse) -> None:
    window = span("2026-11-02T12:00", "2026-11-23", grain=Grain.MONTH)
    assert [row[1:] for row in rows(ask(warehouse, "reported_cases", "open_cases", time=window))] == [(4, 6)]


def test_running_total_of_a_stock_is_refused(warehouse: Warehouse) -> None:
    window = span("2026-10-01", "2026-11-23", grain=Grain.MONTH)
    assert [row[1] for row in rows(ask(warehouse, "reported_cases", time=window, calc="cumulative"))] == [1, 7]
    for stock in ("open_cases", "overdue_open", "due_cases"):
        with pytest.raises(NotApplicable):
            ask(warehouse, stock, time=window, calc="cumulative")


def test_ties_share_a_rank_and_the_next_rank_is_left_out(warehouse: Warehouse) -> None:
    found = {
        row[0]: row[2]
        for row in rows(ask(warehouse, "reported_cases", dimensions=("district",), time=NOVEMBER, calc="rank"))
    }
    assert found == {"A": 1, "B": 1, "C": 3}


def test_limit_inside_groups_keeps_ties(warehouse: Warehouse) -> None:
    found = ask(warehouse, "reported_cases", dimensions=("district", "weekday"), time=NOVEMBER, limit=1,
                limit_per=("district",), order=(Order(by="reported_cases"),))  # fmt: skip
    assert sorted(rows(found)) == [("A", 1, 2), ("B", 2, 1), ("B", 4, 1), ("C", 4, 1)]


def test_change_from_an_empty_denominator_is_not_known(warehouse: Warehouse) -> None:
    found = ask(
        warehouse,
        "satisfaction_rate",
        time=NOVEMBER,
        compare=Compare(mode="window", window=span("2026-10-15", "2026-10-20")),
    )
    assert rows(found) == [(1.0, None, None, None, 1)]


def test_change_from_zero_has_no_percentage(warehouse: Warehouse) -> None:
    found = ask(
        warehouse,
        "reported_cases",
        time=NOVEMBER,
        compare=Compare(mode="window", window=span("2026-10-15", "2026-10-20")),
    )
    assert rows(found) == [(6, 0, 6, None)]


def test_rows_without_a_group_belong_to_the_whole_that_shares_are_of(warehouse: Warehouse) -> None:
    found = ask(warehouse, "reported_cases", dimensions=("district",), time=NOVEMBER, calc="share")
    assert {row[0]: row[2] for row in rows(found)} == {"A": 2 / 6, "B": 2 / 6, "C": 1 / 6}
    assert "unknown_group: 1" in found.table.notes


def test_rows_without_a_group_are_no_first_place(warehouse: Warehouse) -> None:
    nameless = Filter(dimension="district", op="is_null")
    lowest = ask(
        warehouse,
        "reported_cases",
        dimensions=("district",),
        time=NOVEMBER,
        order=(Order(by="reported_cases", direction="asc"),),
        limit=1,
    )
    assert rows(lowest) == [("C", 1)]
    assert rows(ask(warehouse, "reported_cases", dimensions=("district",), time=NOVEMBER, filters=(nameless,))) == [
        (None, 1)
    ]


def test_scope_holds_for_shares_comparisons_and_what_is_left_out(warehouse: Warehouse) -> None:
    mine = Scope({"district": frozenset({"B"})})
    shares = ask(warehouse, "reported_cases", dimensions=("district",), time=NOVEMBER, calc="share", scope=mine)
    assert rows(shares) == [("B", 2, 1.0)]
    assert not any("unknown_group" in note for note in shares.table.notes)
    compared = ask(warehouse, "reported_cases", time=NOVEMBER, compare=Compare(mode="previous"), scope=mine)
    assert rows(compared)[0][:2] == (2, 0)
    apart = ask(warehouse, "satisfaction_rate", dimensions=("district",), time=NOVEMBER, order=(Order(by="satisfaction_rate"),),
                limit=3, scope=mine)  # fmt: skip
    assert not any("A" in note.split(": ", 1)[-1] for note in apart.table.notes)
    fewest = ask(warehouse, "reported_cases", dimensions=("district",), time=span("2026-11-20", "2026-11-21"), scope=mine,
                 order=(Order(by="reported_cases", direction="asc"),))  # fmt: skip
    assert rows(fewest) == [("B", 0)]


def test_window_is_the_same_instants_in_any_zone(warehouse: Warehouse) -> None:
    """Midnight in Shanghai is 16:00 UTC of the day before; the case at 3 November 00:00 is not in the 2nd."""
    day = TimeRange(start=datetime(2026, 11, 1, 16, tzinfo=UTC), end=datetime(2026, 11, 2, 16, tzinfo=UTC))
    assert rows(ask(warehouse, "reported_cases", time=day)) == [(2,)]
    assert ask(warehouse, "reported_cases", time=day).window == (
        at("2026-11-02").replace(tzinfo=SHANGHAI),
        at("2026-11-03").replace(tzinfo=SHANGHAI),
    )


@pytest.fixture(scope="module")
def boston(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Clocks go back on 1 November 2026 at 02:00 and forward on 8 March 2026 at 02:00."""
    cases = [
        case("2026-10-31T12:00", "A", closed_at=at("2026-11-01T12:00")),
        case("2026-03-07T12:00", "B", closed_at=at("2026-03-08T12:00")),
        case("2026-11-01T01:30", "C"),
        case("2026-11-01T23:30", "C"),
        case("2026-03-08T03:10", "C"),
    ]
    found = opened(tmp_path_factory.mktemp("home"), cases, "America/New_York")
    yield found
    found.close()


def test_hours_across_a_change_of_the_clocks_are_hours_gone_by(boston: Warehouse) -> None:
    autumn = ask(boston, "closing_hours.mean", time=span("2026-11-01", "2026-11-02", BOSTON))
    spring = ask(boston, "closing_hours.mean", time=span("2026-03-08", "2026-03-09", BOSTON))
    assert (rows(autumn), rows(spring)) == ([(25.0, 1)], [(23.0, 1)])


def test_day_of_a_change_of_the_clocks_is_that_whole_day(boston: Warehouse) -> None:
    assert rows(ask(boston, "reported_cases", time=span("2026-11-01", "2026-11-02", BOSTON))) == [(2,)]
    by_day = ask(boston, "reported_cases", time=span("2026-10-31", "2026-11-03", BOSTON, grain=Grain.DAY))
    assert [row[1] for row in rows(by_day)] == [1, 2, 0]
    by_hour = ask(boston, "reported_cases", time=span("2026-03-08", "2026-03-08T05:00", BOSTON, grain=Grain.HOUR))
    assert sum(row[1] for row in rows(by_hour)) == 1


def test_night_of_a_change_of_the_clocks_is_counted_by_the_wall_clock(boston: Warehouse) -> None:
    night = span("2026-10-31", "2026-11-02", BOSTON, daily_window={"start": "22:00", "end": "06:00"})
    assert rows(ask(boston, "reported_cases", time=night)) == [(2,)]


def test_same_elapsed_part_ends_at_the_same_wall_clock(boston: Warehouse) -> None:
    """A month that is running when the clocks have been changed is held against the same days and the same hour."""
    found = ask(
        boston, "reported_cases", time=span("2026-11-01", "2026-12-01", BOSTON), compare=Compare(mode="previous")
    )
    assert found.base_window is not None
    assert found.base_window[1].replace(tzinfo=None) == at("2026-10-23T08:30")


def test_snapshot_can_be_opened_twice_and_stays_locked(tmp_path: Path) -> None:
    first = opened(tmp_path, CASES)
    second = open_warehouse(tmp_path)
    assert rows(ask(first, "reported_cases")) == rows(ask(second, "reported_cases")) == [(7,)]
    for one in (first, second):
        with pytest.raises(duckdb.Error):
            one.fetch("SET enable_external_access = true")
    first.close()
    assert rows(ask(second, "reported_cases")) == [(7,)]
    second.close()
