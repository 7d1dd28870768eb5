"""Windows beside windows: the one before, the one after, and the other side of a comparison."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.offline.times.here import Here
from assistant.offline.times.values import Against, Hours, Shift, Span, TimeProblem
from assistant.offline.times.walls import CALENDAR_UNITS, floor, kind_of, size, step
from warehouse.semantic import Compare, TimeRange

_ONE_DAY = timedelta(days=1)


def span_of(window: TimeRange, here: Here) -> Span:
    """A window of an earlier turn as a span again."""
    start, end = here.wall(window.start), here.wall(window.end)
    limit = window.daily_window
    daily = Hours(limit.start, limit.end, daily=True) if limit else None
    unit = kind_of(start, end)
    anchor = start if unit == "day" else None
    return Span(start, end, unit, anchor=anchor, daily=daily, day_type=window.day_type, grain=window.grain)


def before(origin: Span, count: int, unit: str) -> Span:
    """The `count` units before a window: right before one of that length, else the calendar units before it."""
    if unit == "same":
        return preceding(origin)
    aligned = step(unit, origin.start, count) == origin.end or unit not in CALENDAR_UNITS
    end = origin.start if aligned or count > 1 else floor(unit, origin.start)
    return replace(origin, start=step(unit, end, -count), end=end, unit=unit if count == 1 else "range", anchor=None)


def later(origin: Span, count: int, unit: str) -> Span:
    """The `count` units after a window."""
    return replace(origin, start=origin.end, end=step(unit, origin.end, count), unit="range", anchor=None)


def preceding(span: Span) -> Span:
    """The window of the same kind right before: the day, the month, the night, the weekend before."""
    if span.unit in CALENDAR_UNITS:
        return replace(span, start=step(span.unit, span.start, -1), end=span.start, anchor=None)
    if span.unit in {"part", "clock"}:
        return _moved(span, _ONE_DAY)
    if span.unit == "weekend":
        return _moved(span, 7 * _ONE_DAY)
    whole_days = timedelta(days=-(-span.length // _ONE_DAY)) if span.length > _ONE_DAY else span.length
    return _moved(span, whole_days if span.length > _ONE_DAY else max(span.length, _ONE_DAY))


def _moved(span: Span, by: timedelta) -> Span:
    return replace(span, start=span.start - by, end=span.end - by, anchor=None)


def elapsed(base: Span, span: Span, here: Here) -> Span:
    """As much of the base as has passed of a running window."""
    if not (span.running and span.start < here.now < span.end):
        return base
    end = min(base.end, base.start + (here.now - span.start))
    return replace(base, end=end, running=False)


def comparison(main: Span, against: Against, here: Here) -> Compare | None:
    """What a window is compared with; None where that cannot be said.

    A window in the future, or a calendar year without data, is a `TimeProblem`.
    """
    if against.mode == "same_period_last_year" and against.span is None:
        return _year_before(main, here)
    if against.shift is not None:
        unit = against.shift.unit
        if unit in {main.unit, "same"}:
            return _with_window(preceding(main), main, "previous", here)
        base = Span(step(unit, main.start, -against.shift.count), step(unit, main.end, -against.shift.count), main.unit)
        return _with_window(replace(main, start=base.start, end=base.end), main, "window", here)
    if against.span is None:
        return _with_window(preceding(main), main, "previous", here)
    if _is_last_year(against.span, main):
        return _year_before(main, here)
    if against.span.unit == main.unit and preceding(main).start == against.span.start:
        return _with_window(preceding(main), main, "previous", here)
    if size(against.span.unit) > size(main.unit) and against.span.relative and main.unit in CALENDAR_UNITS:
        moved = Shift(1, against.span.unit)
        return comparison(main, Against("window", shift=moved), here)
    if main.unit == "year" and size(against.span.unit) < size("half"):
        raise TimeProblem("unequal_windows")
    other = replace(against.span, daily=main.daily, day_type=main.day_type, grain=None)
    if other.unit == main.unit:
        other = elapsed(other, main, here)
    return Compare(mode="window", window=here.window(other, ""))


def _is_last_year(other: Span, main: Span) -> bool:
    return other.unit == "year" and other.start.year == main.start.year - 1 and main.unit != "year"


def _year_before(main: Span, here: Here) -> Compare:
    if main.unit == "holiday":
        same = here.holiday(main.name, main.end.year - 1)
        if same is not None:
            return _with_window(replace(main, start=same.start, end=same.end), main, "same_period_last_year", here)
    return Compare(mode="same_period_last_year")


def _with_window(base: Span, main: Span, mode: str, here: Here) -> Compare:
    cut = elapsed(replace(base, grain=None, running=False), main, here)
    return Compare.model_validate({"mode": mode, "window": here.window(cut, "")})
