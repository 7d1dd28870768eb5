"""The things that come again: months, dates, weekdays, quarters, holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from assistant.offline.times.here import Here
from assistant.offline.times.values import Cycle, Hours, Span, TimeProblem
from assistant.offline.times.walls import floor, step


def month_of_year(month: int, *, loose: bool = False) -> Cycle:
    """January is 1."""
    if not 1 <= month <= 12:
        raise TimeProblem("impossible_date")
    return _part_of("month", "year", ("month", month), month - 1, loose=loose)


def quarter_of_year(quarter: int) -> Cycle:
    """The first quarter is 1."""
    if not 1 <= quarter <= 4:
        raise TimeProblem("impossible_date")
    return _part_of("quarter", "year", ("quarter", quarter), quarter - 1)


def half_of_year(half: int) -> Cycle:
    """The first half is 1."""
    return _part_of("half", "year", ("half", half), half - 1)


def weekday(iso: int) -> Cycle:
    """Monday is 1."""
    return _part_of("day", "week", ("weekday", iso), iso - 1)


def current(unit: str) -> Cycle:
    """The running unit, where the words around it need one."""
    return Cycle(unit, unit, ("the", unit), lambda start: Span(start, step(unit, start, 1), unit), loose=True)


def weekend() -> Cycle:
    """Saturday 00:00 to Monday 00:00."""

    def at(week: datetime) -> Span:
        return Span(step("day", week, 5), step("day", week, 7), "weekend")

    return Cycle("weekend", "week", ("weekend",), at)


def date_of_year(month: int, day: int, *, loose: bool = False) -> Cycle:
    """A date without its year; 29 February exists in leap years only.

    Raises:
        TimeProblem: No year has it.
    """
    try:
        date(2000, month, day)
    except ValueError as error:
        raise TimeProblem("impossible_date") from error

    def at(year: datetime) -> Span | None:
        return _day(year.year, month, day)

    return Cycle("day", "year", ("date", month, day), at, loose)


def day_of_month(day: int, *, loose: bool = False) -> Cycle:
    """A day without its month.

    Raises:
        TimeProblem: No month has it.
    """
    if not 1 <= day <= 31:
        raise TimeProblem("impossible_date")

    def at(month: datetime) -> Span | None:
        return _day(month.year, month.month, day)

    return Cycle("day", "month", ("day", day), at, loose)


def days_of_month(first: int, last: int, policy: str = "", *, unit: str = "range") -> Cycle:
    """A stretch of every month; the end is cut at the month's own."""

    def at(month: datetime) -> Span | None:
        over = step("month", month, 1)
        start, end = month + timedelta(days=first - 1), min(month + timedelta(days=last), over)
        return Span(start, end, unit, policies=(policy,) if policy else ()) if start < over else None

    return Cycle(unit, "month", ("days", first, last), at)


def months_of_year(first: int, last: int, policy: str = "") -> Cycle:
    """A stretch of every year."""

    def at(year: datetime) -> Span:
        start, end = step("month", year, first - 1), step("month", year, last)
        unit = "month" if first == last else "range"
        return Span(start, end, unit, policies=(policy,) if policy else ())

    return Cycle("range", "year", ("months", first, last), at)


def bounds(edge: str, unit: str, first: int, last: int) -> str:
    """The printable choice for "early in the month"."""
    what = "days" if unit == "month" else "months"
    return f"{edge} of {unit}: {what} {first}–{last}" if first != last else f"{edge} of {unit}: {what[:-1]} {first}"


def holiday_of_year(name: str, here: Here) -> Cycle:
    """The official days off of a holiday; a year without data raises when it is asked for."""

    def at(year: datetime) -> Span | None:
        return here.holiday(name, year.year)

    return Cycle("holiday", "year", ("holiday", name), at)


def week_of_year(week: int) -> Cycle:
    """An ISO week."""

    def at(year: datetime) -> Span | None:
        try:
            start = datetime.combine(date.fromisocalendar(year.year, week, 1), time())
        except ValueError:
            return None
        return Span(start, step("week", start, 1), "week")

    return Cycle("week", "year", ("week", week), at)


def nested(outer: Cycle, inner: Cycle | Hours, here: Here) -> Cycle:
    """The inner one inside each outer one: October's 3rd, Wednesday's afternoon."""

    def at(period: datetime) -> Span | None:
        whole = outer.at(period)
        if whole is None:
            return None
        if isinstance(inner, Hours):
            return inner.on(whole.start)
        found = here.within(inner, whole)
        return found[0] if len(found) == 1 else None

    unit = "part" if isinstance(inner, Hours) else inner.unit
    key = inner if isinstance(inner, Hours) else inner.key
    return Cycle(unit, outer.every, ("nested", outer.key, key), at)


def between(first: Cycle, last: Cycle, here: Here) -> Cycle:
    """From the start of one to the end of the next other one."""

    def at(period: datetime) -> Span | None:
        start = first.at(period)
        return start and through(start, last, here)

    return Cycle("range", first.every, ("between", first.key, last.key), at)


def through(start: Span, last: Cycle, here: Here) -> Span | None:
    """From a span to the first occurrence after it has begun.

    Raises:
        TimeProblem: The end comes before the start ("October 7 to October 1").
    """
    period = floor(last.every, start.start)
    for ahead in (0, 1):
        end = last.at(step(last.every, period, ahead))
        if end is not None and end.start >= start.start:
            if ahead and (last.every == "month" or end.end - start.start > timedelta(days=184)):
                raise TimeProblem("empty_window")
            return joined(start, end, here)
    return None


def joined(start: Span, end: Span, here: Here) -> Span:
    """From the start of one span to the end of another; a clock time ends where it points.

    Raises:
        TimeProblem: The end comes before the start.
    """
    last = end.start if end.unit == "clock" else end.end
    if end.relative and end.unit != "clock" and end.start < here.now < end.end:
        last = here.now
    if last <= start.start:
        raise TimeProblem("empty_window")
    policies = tuple(dict.fromkeys((*start.policies, *end.policies)))
    grain = start.grain or end.grain
    return replace(
        start, end=last, unit="range", anchor=None, hours=None, running=False, policies=policies, grain=grain
    )


def _part_of(unit: str, every: str, key: tuple[object, ...], offset: int, *, loose: bool = False) -> Cycle:
    def at(period: datetime) -> Span:
        start = step(unit, period, offset)
        return Span(start, step(unit, start, 1), unit, anchor=start if unit == "day" else None)

    return Cycle(unit, every, key, at, loose)


def _day(year: int, month: int, day: int) -> Span | None:
    try:
        start = datetime.combine(date(year, month, day), time())
    except ValueError:
        return None
    return Span(start, step("day", start, 1), "day", anchor=start)
