"""Windows that move with the clock: what a saved query means by last night, yesterday or last week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

from warehouse.catalog import City
from warehouse.semantic import TimeRange

WindowName = Literal[
    "last_night", "today", "yesterday", "last_week", "this_week", "last_month", "last_7_days", "last_8_weeks",
    "last_6_months", "now",
]  # fmt: skip
WINDOWS: tuple[str, ...] = get_args(WindowName)
_DAY = timedelta(days=1)


def window(name: WindowName, now: datetime, city: City) -> TimeRange:
    """The window on the city's wall clock, half-open; weeks start on Monday.

    Args:
        now: In the city's time zone.

    `last_night` is the night that ended last or is not over yet. `last_7_days` and `last_8_weeks` end with yesterday
    and last week. `now` is today so far, for what is counted at a moment.
    """
    today = now.date()
    if name == "last_night":
        start, end = (time.fromisoformat(part) for part in city.night.split("-"))
        evening = today - _DAY if end <= start else today
        if now < _at(today, start if end > start else time(), now):
            evening -= _DAY
        return TimeRange(start=_at(evening, start, now), end=_at(evening + _DAY if end <= start else evening, end, now))
    first, last = _days(name, today)
    return TimeRange(start=_at(first, time(), now), end=_at(last, time(), now))


def _days(name: str, today: date) -> tuple[date, date]:
    """First day, and the day after the last one."""
    monday = today - timedelta(days=today.weekday())
    first_of_month = today.replace(day=1)
    last_month = (first_of_month - _DAY).replace(day=1)
    six_back = first_of_month
    for _ in range(6):
        six_back = (six_back - _DAY).replace(day=1)
    return {
        "today": (today, today + _DAY),
        "now": (today, today + _DAY),
        "yesterday": (today - _DAY, today),
        "this_week": (monday, today + _DAY),
        "last_week": (monday - 7 * _DAY, monday),
        "last_month": (last_month, first_of_month),
        "last_7_days": (today - 7 * _DAY, today),
        "last_8_weeks": (monday - 56 * _DAY, monday),
        "last_6_months": (six_back, first_of_month),
    }[name]


def _at(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, tzinfo=now.tzinfo)
