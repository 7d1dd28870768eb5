"""The SQL behind a spread of questions, as files an analyst can read and run (`golden_sql/*.sql`).

A change of the compiler shows here as a change of SQL. `pytest tests/warehouse/test_golden_sql.py --update-golden`
writes them anew; read the difference before committing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlglot

from tests.warehouse.tiny_snapshot import at, build
from warehouse.reader import Warehouse, open_warehouse
from warehouse.scope import CITY_WIDE, Scope
from warehouse.semantic import Compare, Filter, SemanticQuery, TimeRange

GOLDEN = Path(__file__).parent / "golden_sql"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=ZONE)
CASE: dict[str, Any] = {"reported_at": at("2026-01-05T10:00:00"), "registered_at": at("2026-01-05T10:00:00"), "district": "A",
                        "street": "A1", "minor_category": "x", "department": "Roads", "kind": "event"}  # fmt: skip
ALARM: dict[str, Any] = {"detected_at": at("2026-01-05T10:00:00"), "district": "A"}


def window(first: str, last: str, **more: Any) -> TimeRange:
    return TimeRange(start=at(first).replace(tzinfo=ZONE), end=at(last).replace(tzinfo=ZONE), **more)


OCTOBER = window("2026-10-01", "2026-11-01")
NOVEMBER = window("2026-11-01", "2026-12-01")
# File name: what is asked in plain words, the query, whose rows.
ASKED: dict[str, tuple[str, SemanticQuery, Scope]] = {
    "count_by_district": (
        "Cases reported in each district in October", SemanticQuery(metrics=("reported_cases",), dimensions=("district",), time=OCTOBER), CITY_WIDE),
    "rate_with_carry_over": (
        "On-time closure rate by department in a month that is still running",
        SemanticQuery(metrics=("on_time_closure_rate",), dimensions=("department",), time=NOVEMBER), CITY_WIDE),
    "rate_by_month": (
        "Closure rate of each month: every bucket carries over on its own",
        SemanticQuery(metrics=("closure_rate",), time=window("2026-09-01", "2026-12-01", grain="month")), CITY_WIDE),
    "trend_by_day": (
        "Cases closed on each day of a week", SemanticQuery(metrics=("closed_cases",), time=window("2026-11-09", "2026-11-16", grain="day")), CITY_WIDE),
    "duration_percentile": (
        "Closing time that nine of ten cases keep, by district",
        SemanticQuery(metrics=("closing_hours.p90",), dimensions=("district",), time=OCTOBER), CITY_WIDE),
    "stock_now": ("Cases open and overdue now", SemanticQuery(metrics=("open_cases", "overdue_open")), CITY_WIDE),
    "two_facts": (
        "Cases, alarms and both together by district, each fact counted on its own",
        SemanticQuery(metrics=("reported_cases", "alarms", "anomalies"), dimensions=("district",), time=OCTOBER), CITY_WIDE),
    "nights": (
        "Cases reported at night in October, over midnight",
        SemanticQuery(metrics=("reported_cases",), time=window("2026-10-01", "2026-11-01", daily_window={"start": "22:00", "end": "06:00"})), CITY_WIDE),
    "working_days_of_a_year": (
        "Cases reported on working days: weekdays with their exceptions",
        SemanticQuery(metrics=("reported_cases",), time=window("2026-01-01", "2027-01-01", day_type="workday")), CITY_WIDE),
    "hours_by_weekday": (
        "When cases are reported: hour by weekday", SemanticQuery(metrics=("reported_cases",), dimensions=("weekday", "hour_of_day"), time=OCTOBER), CITY_WIDE),
    "filters": (
        "Filters: one of, none of, a threshold on the clock, no value",
        SemanticQuery(metrics=("reported_cases",), time=OCTOBER, filters=(
            Filter(dimension="district", values=("A",)), Filter(dimension="minor_category", op="not_in", values=("x",)),
            Filter(dimension="hour_of_day", op="ge", values=("18",)), Filter(dimension="street", op="is_null"))), CITY_WIDE),
    "marks": (
        "What is overdue by state", SemanticQuery(metrics=("registered_cases",), dimensions=("state", "overdue"), time=OCTOBER), CITY_WIDE),
    "scope": (
        "The same count for somebody who sees one district",
        SemanticQuery(metrics=("reported_cases",), dimensions=("street",), time=OCTOBER), Scope({"district": frozenset({"A"})})),
    "comparison": (
        "This month against the same part of the last: the first statement of two",
        SemanticQuery(metrics=("reported_cases",), dimensions=("district",), time=NOVEMBER, compare=Compare(mode="previous")), CITY_WIDE),
    "case_list": (
        "The cases that are overdue longest", SemanticQuery(metrics=("overdue_open",), rows="cases", limit=5), CITY_WIDE),
}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    opened = open_warehouse(build(tmp_path_factory.mktemp("home"), [CASE], [ALARM]))
    yield opened
    opened.close()


def text(asked: str, sql: str, parameters: tuple[Any, ...]) -> str:
    bound = "".join(f"-- ${number}: {value!r}\n" for number, value in enumerate(parameters, 1))
    return f"-- {asked}.\n{bound}{sqlglot.transpile(sql, read='duckdb', write='duckdb', pretty=True)[0]};\n"


@pytest.mark.parametrize("name", ASKED)
def test_compiles_to_the_sql_on_file(warehouse: Warehouse, name: str, request: pytest.FixtureRequest) -> None:
    asked, query, scope = ASKED[name]
    found = warehouse.run(query, scope=scope, now=NOW)
    path, made = GOLDEN / f"{name}.sql", text(asked, found.sql, found.parameters)
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def test_no_file_without_a_question() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sql")} == set(ASKED)
