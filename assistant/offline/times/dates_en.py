"""English names of dates: months, days of a month, weekdays, years, quarters, halves."""

from __future__ import annotations

import re

from assistant.offline.times import cycles
from assistant.offline.times.here import Here
from assistant.offline.times.named import STREET
from assistant.offline.times.numbers import number
from assistant.offline.times.rule import rule
from assistant.offline.times.values import (
    Mark,
    Span,
    TimeProblem,
    Value,
)
from assistant.offline.times.walls import floor, month_start, step


def _numbered(groups: str) -> dict[str, int]:
    return {name: i for i, group in enumerate(groups.split("|"), 1) for name in group.split()}


MONTHS = _numbered(
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|"
    "november nov|december dec"
)


_WEEKDAYS = _numbered(
    "monday mon|tuesday tues tue|wednesday wed|thursday thurs thur thu|friday fri|saturday sat|sunday sun"
)


MONTH = r"(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
WEEKDAY = r"(?:" + "|".join(sorted(_WEEKDAYS, key=len, reverse=True)) + r")\b\.?"


_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
OFFSETS = {"this": 0, "current": 0, "last": -1, "previous": -1, "prior": -1, "past": -1, "next": 1, "coming": 1}


PREPOSITION = r"(?:in|since|during|of|from|until|till|last|this|by|early|late|mid|to|through|and|than|vs|versus|before|after|for|between|next|or|with|on|to|each|every)"


@rule(rf"(?<![a-z])({MONTH})(?!\s+\d{{1,2}}(?!\d)){STREET}")
def month(match: re.Match[str], _here: Here) -> Value | None:
    """October; "may", "march" and short forms only where the neighbours make them a month."""
    name = match[1].rstrip(".")
    before, after = match.string[: match.start()], match.string[match.end() :]
    safe = name not in {"may", "march", "mar", "sep", "dec", "jan", "jun", "apr", "aug"}
    context = re.search(rf"\b{PREPOSITION}(?: the)? $", before) or re.match(
        r",? (?:of )?(?:19|20)\d\d|\W*$| last year| this year", after
    )
    if (
        name in {"may", "march"}
        and not re.search(rf"\b{PREPOSITION} $", before)
        and not re.match(r",? (?:19|20)\d\d| last year| this year", after)
    ):
        return cycles.month_of_year(MONTHS[name], loose=True)
    return cycles.month_of_year(MONTHS[name], loose=not (safe or context))


@rule(rf"(?<![a-z])({MONTH}) (?:the )?{_DAY}(?![\d:]| ?[ap]m\b)")
def month_day(match: re.Match[str], _here: Here) -> Value | None:
    """October 1st."""
    return cycles.date_of_year(MONTHS[match[1].rstrip(".")], int(match[2]))


@rule(rf"(?<![\d/.:\-a-z])(?:the )?{_DAY} (?:of )?({MONTH})(?![a-z])")
def day_month(match: re.Match[str], _here: Here) -> Value | None:
    """1 October, the 3rd of October."""
    if match[2].rstrip(".") in {"may", "mar", "march"} and not re.search(r"st|nd|rd|th|of", match[0].split()[0]):
        return None
    return cycles.date_of_year(MONTHS[match[2].rstrip(".")], int(match[1]))


@rule(
    rf"(?<![\d/.:\-a-z])(?:the )?{_DAY}\s*(?:-|~|to|through|thru|until|and)\s*(?:the )?{_DAY} (?:of )?({MONTH})(?![a-z])"
)
def days_month(match: re.Match[str], here: Here) -> Value | None:
    """9-15 November."""
    month_ = MONTHS[match[3].rstrip(".")]
    return cycles.between(cycles.date_of_year(month_, int(match[1])), cycles.date_of_year(month_, int(match[2])), here)


@rule(
    r"(?<![a-z])(?:on )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?= (?:night|morning|afternoon|evening)s\b)"
)
def weekday_parts(_match: re.Match[str], _here: Here) -> Value | None:
    """On Friday nights: a filter on weekdays, no window."""
    raise TimeProblem("recurring_weekday")


@rule(rf"(?<![a-z])({MONTH}) {_DAY}\s*(?:-|~|to|through|thru|until)\s*(?:the )?{_DAY}(?![\d:/\-]| ?[ap]m\b)")
def month_days(match: re.Match[str], here: Here) -> Value | None:
    """Oct 1-7."""
    month_ = MONTHS[match[1].rstrip(".")]
    return cycles.between(cycles.date_of_year(month_, int(match[2])), cycles.date_of_year(month_, int(match[3])), here)


@rule(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b(?! (?:street|st|ave|avenue|precinct|district|ward|floor))")
def the_day(match: re.Match[str], _here: Here) -> Value | None:
    """On the 3rd; without a preposition it may be a street or a rank."""
    timed = re.search(r"\b(?:on|since|from|until|to|by|and|through) $", match.string[: match.start()])
    return cycles.day_of_month(int(match[1])) if timed and int(match[1]) <= 31 else None


@rule(
    rf"(?<![a-z])(?:(last|this|past|previous|next|every|each) )?({WEEKDAY})(s)?(?:'s)?(?! (?:night|morning|afternoon|evening)s\b){STREET}"
)
def weekday(match: re.Match[str], here: Here) -> Value | None:
    """Wednesday, last Wednesday (the latest one before today), this Wednesday."""
    name = match[2].rstrip(".")
    if name in {"sun", "sat", "wed", "mon"} and not (match[1] or match[2].endswith(".")):
        return (
            cycles.weekday(_WEEKDAYS[name])
            if re.search(r"(?:on|since|to|-|from|through) ?$", match.string[: match.start()])
            else None
        )
    if match[1] in {"every", "each"}:
        raise TimeProblem("recurring_weekday")
    cycle = cycles.weekday(_WEEKDAYS[name])
    if match[1] in {None, "past"}:
        return cycle
    if match[1] in {"this", "next"}:
        return cycle.at(here.this("week", int(match[1] == "next")).start)
    today = floor("day", here.now)
    back = (today.isoweekday() - _WEEKDAYS[name]) % 7 or 7
    span = cycle.at(floor("week", step("day", today, -back)))
    return span and span.noting(f"last {name}: the latest one before today")


@rule(r"(?<![a-z])(?:on )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)s\b")
def weekdays_named(_match: re.Match[str], _here: Here) -> Value | None:
    """On Mondays: a filter on weekdays, no window."""
    raise TimeProblem("recurring_weekday")


@rule(r"\b(?:the )?(?:(last|this|past|previous|next) )?weekend\b")
def weekend(match: re.Match[str], here: Here) -> Value | None:
    """The weekend, last weekend (of the week before this one)."""
    cycle = cycles.weekend()
    return cycle.at(here.this("week", OFFSETS[match[1]]).start) if match[1] else cycle


@rule(
    rf"(?<![\d$#.,/:\-a-z])((?:19|20)\d\d)(?![\d%,.:/\-a-z]\w|\d|年)(?! ?(?:{'|'.join(['cases', 'complaints', 'requests', 'calls', 'tickets', 'records', 'reports', 'alarms', 'of', 'hours', 'days', 'street', 'st', 'ave'])})\b)"
)
def year(match: re.Match[str], _here: Here) -> Value | None:
    """2011, where the neighbours make it a year."""
    before = match.string[: match.start()]
    fits = re.match(
        r" (?:compared?|vs|versus|and|or|to|-) ?(?:with |to )?\S", match.string[match.end() :]
    ) or re.search(
        rf"(?a)(?:\b{PREPOSITION}|\b{MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?)?,?|\bq[1-4]|\b[1-4]q|\bh[12]|\bhalf(?: of)?|quarter(?: of)?|\byear|fy|compared? (?:to|with)|\d,|[-,:]|^|week \d+(?: of)?|day,?|christmas|thanksgiving)\s*$",
        before,
    )
    start = month_start(int(match[1]))
    span = Span(start, step("year", start, 1), "year")
    return span if fits else None


@rule(r"\b(?:q([1-4])|([1-4])q|(first|second|third|fourth|1st|2nd|3rd|4th|last) quarter)\b(?:\s+of\b)?")
def quarter(match: re.Match[str], _here: Here) -> Value | None:
    """Q3, third quarter."""
    if match[3] == "last":
        return None
    return cycles.quarter_of_year(int(number(match[1] or match[2] or match[3])))


@rule(rf"\b(first|second|1st|2nd) half of(?= (?:(?:the|this|last) month\b|{MONTH}))")
def half_of_month(match: re.Match[str], _here: Here) -> Value | None:
    """The first half of June: the 1st to the 15th."""
    return cycles.days_of_month(1, 15) if number(match[1]) == 1 else cycles.days_of_month(16, 31)


@rule(r"\b(?:the )?(second|third|fourth|2nd|3rd|4th) week (?:of|in)\b")
def nth_week(match: re.Match[str], _here: Here) -> Value | None:
    """The second week of June: days 8 to 14."""
    last = int(number(match[1])) * 7
    return cycles.days_of_month(last - 6, last, f"week {last // 7} of the month: days {last - 6}–{last}")


@rule(rf"\b(?:h([12])|(first|second|1st|2nd) half)\b(?! of (?:(?:the|this|last) month\b|{MONTH}))(?:\s+of\b)?")
def half(match: re.Match[str], _here: Here) -> Value | None:
    """H1, first half of the year."""
    return cycles.half_of_year(int(number(match[1] or match[2])))


@rule(
    r"\b(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th|last) (?:full )?(weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday) (?:of|in)\b"
)
def nth_weekday(match: re.Match[str], _here: Here) -> Value | None:
    """The first Monday of."""
    return Mark(f"nth {-1 if match[1] == 'last' else int(number(match[1]))} {match[2]}")


@rule(r"\bweek (\d{1,2})\b")
def week_of_year(match: re.Match[str], _here: Here) -> Value | None:
    """Week 41."""
    return cycles.week_of_year(int(match[1]))
