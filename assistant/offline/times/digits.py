"""Dates and clock times written in digits, the same in both languages."""

from __future__ import annotations

import re
from datetime import time

from assistant.offline.times import cycles
from assistant.offline.times.here import Here
from assistant.offline.times.rule import Rule, rule
from assistant.offline.times.values import Hours, Span, TimeProblem, Value
from assistant.offline.times.walls import month_start, step

_EDGE = r"(?<![\d./:\-a-z])"
_END = r"(?![\d/]|[.:\-]\d|[a-z%]|年)"


@rule(rf"{_EDGE}((?:19|20)\d\d)([-/.])(\d{{1,2}})\2(\d{{1,2}})(?:日|号)?(?!\d|[-/]\d)")
def year_month_day(match: re.Match[str], here: Here) -> Value | None:
    """2026-10-01, 2026/10/1, 2026.10.1."""
    return here.date(int(match[1]), int(match[3]), int(match[4]))


@rule(rf"{_EDGE}((?:19|20)\d\d)(\d\d)(\d\d)(?![\d\-]|[a-z])")
def compact(match: re.Match[str], here: Here) -> Value | None:
    """20261001; eight digits that are no date are some number."""
    try:
        return here.date(*(int(part) for part in match.groups()))
    except TimeProblem:
        return None


@rule(rf"{_EDGE}((?:19|20)\d\d)[-/.](\d{{1,2}})(?:月份?)?{_END}")
def year_month(match: re.Match[str], _here: Here) -> Value | None:
    """2026-10, 2026/10."""
    if not 1 <= int(match[2]) <= 12:
        return None
    start = month_start(int(match[1]), int(match[2]))
    return Span(start, step("month", start, 1), "month")


@rule(rf"{_EDGE}(\d{{1,2}})/(\d{{1,2}})/((?:19|20)\d\d)(?![\d/])")
def month_day_year(match: re.Match[str], here: Here) -> Value | None:
    """11/23/2026, or 23/11/2026 where the day comes first."""
    return here.date(int(match[3]), *here.month_and_day(match[1], match[2]))


@rule(rf"{_EDGE}(\d{{1,2}})/(\d{{1,2}}){_END}")
def month_day(match: re.Match[str], here: Here) -> Value | None:
    """11/3; what looks like a fraction (1/3, 4/5) needs company."""
    month, day = here.month_and_day(match[1], match[2])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    timed = re.search(r"\b(?:on|since|from|until|by|through) $", match.string[: match.start()])
    return cycles.date_of_year(month, day, loose=int(match[1]) < int(match[2]) <= 10 and not timed)


@rule(rf"{_EDGE}(\d{{1,2}})([./])(\d{{1,2}})\s*(?:-|~|到|至|to)\s*(\d{{1,2}})\2(\d{{1,2}})(?:号|日)?{_END}")
def short_range(match: re.Match[str], here: Here) -> Value | None:
    """11.3-11.9, 11/3-11/9."""
    first, second = (here.month_and_day(match[a], match[b]) for a, b in ((1, 3), (4, 5)))
    if not all(1 <= month <= 12 and 1 <= day <= 31 for month, day in (first, second)):
        return None
    return cycles.between(cycles.date_of_year(*first), cycles.date_of_year(*second), here)


@rule(r"(?<![\d:./])(\d{1,2}):(\d\d)(?::\d\d)?(?![\d:])\s*(am|pm|a\.m\.|p\.m\.)?")
def clock(match: re.Match[str], _here: Here) -> Value | None:
    """8:30, 20:15, 8:30 pm."""
    return at(int(match[1]), int(match[2]), match[3] or "", fixed=bool(match[3]) or match[1].startswith("0"))


def at(hour: int, minute: int = 0, half: str = "", *, fixed: bool = False, loose: bool = False) -> Hours:
    """A clock time; `half` is am or pm. It stands for its hour or, with minutes, for its minute.

    Raises:
        TimeProblem: The clock has no such time.
    """
    half = half.replace(".", "")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise TimeProblem("impossible_date")
    start = time(hour % 24, minute)
    end = time(hour % 24, minute + 1) if minute and minute < 59 else time((hour + 1) % 24, 0)
    fixed = fixed or bool(half) or hour > 12 or hour == 0
    return Hours(start, end, point=True, fixed=fixed, loose=loose, tomorrow=hour == 24)


RULES: tuple[Rule, ...] = (year_month_day, compact, year_month, month_day_year, month_day, short_range, clock)
