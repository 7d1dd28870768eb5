"""Windows next to windows: the one before, the same a year earlier, the elapsed part, the buckets inside."""

from __future__ import annotations

from datetime import datetime, timedelta

from warehouse.errors import EmptyWindow
from warehouse.semantic import Grain, TimeRange

_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def until(window: TimeRange, now: datetime) -> datetime:
    """The earlier of the window's end and now."""
    return min(window.end, now)


def add_months(moment: datetime, months: int) -> datetime:
    """The same wall time some months on; the 31st becomes the month's last day."""
    total = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(total, 12)
    following = datetime(year + (month == 11), (month + 1) % 12 + 1, 1)  # noqa: DTZ001  # naive local, as the facts are
    last = (following - timedelta(days=1)).day
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def floor(moment: datetime, grain: Grain) -> datetime:
    """Start of the bucket that holds the moment; weeks start on Monday."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    match grain:
        case Grain.HOUR:
            return moment.replace(minute=0, second=0, microsecond=0)
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return day - timedelta(days=day.weekday())
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case Grain.YEAR:
            return day.replace(month=1, day=1)


def step(moment: datetime, grain: Grain, count: int = 1) -> datetime:
    """The moment some buckets on."""
    if grain in _MONTHS:
        return add_months(moment, _MONTHS[grain] * count)
    days = {Grain.HOUR: timedelta(hours=1), Grain.DAY: timedelta(days=1), Grain.WEEK: timedelta(weeks=1)}
    return moment + days[grain] * count


def buckets(start: datetime, end: datetime, grain: Grain) -> tuple[tuple[datetime, datetime], ...]:
    """[start, end) cut at the grain's borders, ascending; the first and last may be parts."""
    found = []
    left = floor(start, grain)
    while left < end:
        right = step(left, grain)
        found.append((max(left, start), min(right, end)))
        left = right
    return tuple(found)


def calendar_kind(window: TimeRange) -> tuple[Grain, int] | None:
    """The calendar unit and how many of it the window is whole, largest unit first; None where it is not."""
    for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK, Grain.DAY):
        if floor(window.start, grain) == window.start and floor(window.end, grain) == window.end:
            return grain, len(buckets(window.start, window.end, grain))
    return None


def previous(window: TimeRange, now: datetime) -> TimeRange:
    """The window of the same kind just before; of a window still running, the same elapsed part.

    A whole month goes to the month before, a week to the week before, anything else back by its own length.

    Raises:
        EmptyWindow: The window has not begun.
    """
    _begun(window, now)
    kind = calendar_kind(window)
    if kind is None:
        start, end = _back_by_length(window)
    else:
        start, end = step(window.start, kind[0], -kind[1]), window.start
    return _elapsed(window, start, end, now)


def same_period_last_year(window: TimeRange, now: datetime | None = None) -> TimeRange:
    """The same dates a year earlier (29 February becomes the 28th); with `now`, only the elapsed part."""
    start, end = add_months(window.start, -12), add_months(window.end, -12)
    if end <= start:
        end = start + timedelta(days=1)
    if now is None:
        return window.model_copy(update={"start": start, "end": end})
    _begun(window, now)
    if window.end <= now:
        return window.model_copy(update={"start": start, "end": end})
    same_moment = add_months(now.astimezone(window.start.tzinfo), -12)
    return window.model_copy(update={"start": start, "end": max(min(end, same_moment), start + timedelta(minutes=1))})


def _begun(window: TimeRange, now: datetime) -> None:
    if window.start >= now:
        raise EmptyWindow(window.start.isoformat(), window.end.isoformat(), "not begun yet")


def _back_by_length(window: TimeRange) -> tuple[datetime, datetime]:
    length = window.end.replace(tzinfo=None) - window.start.replace(tzinfo=None)
    day = timedelta(days=1)
    if length % day and length < day:
        return window.start - day, window.end - day
    return window.start - length, window.start


def _elapsed(window: TimeRange, start: datetime, end: datetime, now: datetime) -> TimeRange:
    if window.end > now:
        gone = now.astimezone(window.start.tzinfo).replace(tzinfo=None) - window.start.replace(tzinfo=None)
        end = min(end, start + gone)
    return window.model_copy(update={"start": start, "end": end})
