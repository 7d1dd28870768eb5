"""5/11/2026 is the fifth of November where English is written outside of America, and the eleventh of May there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.offline.times.here import Here
from warehouse.catalog import City
from warehouse.working_calendar import WorkingCalendar


def _here(language: str, zone: str) -> Here:
    city = City(id="c", name={"zh": "c", "en": "c"}, language=language, timezone=zone)  # type: ignore[arg-type]
    calendar = WorkingCalendar.__new__(WorkingCalendar)
    return Here.of(datetime(2026, 11, 23, 8, 30, tzinfo=ZoneInfo(zone)), city, calendar)


@pytest.mark.parametrize(
    ("language", "zone", "meant"),
    [
        ("en", "Europe/London", (11, 5)),
        ("en", "Asia/Kolkata", (11, 5)),
        ("en", "America/New_York", (5, 11)),
        ("zh", "Asia/Shanghai", (5, 11)),
    ],
)
def test_the_order_is_the_place_s(language: str, zone: str, meant: tuple[int, int]) -> None:
    assert _here(language, zone).month_and_day("5", "11") == meant


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
def test_a_number_that_is_no_month_is_the_day(zone: str) -> None:
    assert _here("en", zone).month_and_day("23", "11") == (11, 23)
