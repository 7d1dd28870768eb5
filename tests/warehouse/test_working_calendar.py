from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from warehouse.errors import CatalogError
from warehouse.working_calendar import UnknownCalendarYear, WorkingCalendar

CN = WorkingCalendar.load("cn")
US = WorkingCalendar.load("us")


def test_every_day_agrees_with_the_published_tables() -> None:
    published = pytest.importorskip("chinese_calendar")
    day = date(CN.years[0], 1, 1)
    while day.year <= CN.years[-1]:
        assert (CN.day_type(day) == "workday") == published.is_workday(day), day
        day += timedelta(days=1)


def test_a_swapped_weekend_is_a_workday() -> None:
    assert CN.day_type(date(2026, 1, 4)) == "workday"
    assert CN.day_type(date(2026, 1, 11)) == "restday"
    assert CN.day_type(date(2026, 10, 7)) == "holiday"


@pytest.mark.parametrize("name", ["国庆", "国庆节", "十一", "National Day", "national_day"])
def test_a_holiday_answers_to_all_its_names(name: str) -> None:
    assert CN.holiday(name, 2026) == (date(2026, 10, 1), date(2026, 10, 8))


def test_days_off_may_begin_in_the_december_before() -> None:
    assert CN.holiday("元旦", 2024) == (date(2023, 12, 30), date(2024, 1, 2))


def test_a_year_that_is_not_decreed_is_refused() -> None:
    with pytest.raises(UnknownCalendarYear):
        CN.holiday("春节", 2027)
    with pytest.raises(UnknownCalendarYear):
        CN.day_type(date(2003, 5, 1))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Thanksgiving", date(2026, 11, 26)),
        ("MLK Day", date(2026, 1, 19)),
        ("Presidents' Day", date(2026, 2, 16)),
        ("Memorial Day", date(2026, 5, 25)),
        ("Labor Day", date(2026, 9, 7)),
        ("Columbus Day", date(2026, 10, 12)),
        ("July 4", None),
        ("Independence Day", date(2026, 7, 4)),
    ],
)
def test_federal_holidays_fall_where_the_law_puts_them(name: str, day: date | None) -> None:
    assert US.holiday(name, 2026) == (None if day is None else (day, day + timedelta(days=1)))


def test_a_federal_holiday_on_a_weekend_is_observed_on_the_nearest_weekday() -> None:
    assert US.day_type(date(2026, 7, 3)) == "holiday"
    assert US.day_type(date(2021, 12, 31)) == "holiday"
    assert US.day_type(date(2023, 1, 2)) == "holiday"


def test_a_holiday_did_not_exist_before_its_law() -> None:
    assert US.holiday("Juneteenth", 2020) is None


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError):
        WorkingCalendar.load(tmp_path / "none.yml")
    broken = tmp_path / "broken.yml"
    broken.write_text("id: x\nslots: ['9-17']\nnames: {}\nsurprise: 1\n", encoding="utf-8")
    with pytest.raises(CatalogError):
        WorkingCalendar.load(broken)
