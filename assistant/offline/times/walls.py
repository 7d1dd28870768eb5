"""Arithmetic on wall-clock time: floors and steps of calendar units, weeks starting on Monday.

Everything here is naive local time; `Here.aware` in `here.py` is the one place where a zone is put on.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "tenday": timedelta(days=10),
}
CALENDAR_UNITS = ("year", "half", "quarter", "month", "week", "day")


def floor(unit: str, moment: datetime) -> datetime:
    """Start of the calendar unit that the moment lies in."""
    if unit == "minute":
        return moment.replace(second=0, microsecond=0)
    if unit == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = datetime.combine(moment, time())
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit in _MONTHS:
        size = _MONTHS[unit]
        return day.replace(day=1, month=(day.month - 1) // size * size + 1)
    return day


def month_start(year: int, month: int = 1) -> datetime:
    """Midnight of the first day."""
    return datetime.combine(date(year, month, 1), time())


def step(unit: str, moment: datetime, count: float) -> datetime:
    """The moment `count` units later; a day that the month lacks becomes the month's last."""
    if unit not in _MONTHS:
        return moment + _LENGTHS[unit] * count
    months = moment.year * 12 + moment.month - 1 + round(_MONTHS[unit] * count)
    year, month = months // 12, months % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def longer(unit: str, than: str) -> bool:
    """Whether one unit of the first kind is longer than one of the second."""
    return size(unit) > size(than)


def size(unit: str) -> timedelta:
    """Usual length of a unit, for ordering units by size."""
    return timedelta(days=30.4 * _MONTHS[unit]) if unit in _MONTHS else _LENGTHS.get(unit, timedelta(0))


def kind_of(start: datetime, end: datetime) -> str:
    """The calendar unit that a window is exactly one of, or `range`."""
    for unit in CALENDAR_UNITS:
        if floor(unit, start) == start and step(unit, start, 1) == end:
            return unit
    return "range"
