"""English time words."""

from __future__ import annotations

import re

from assistant.offline.times import cycles
from assistant.offline.times.digits import at
from assistant.offline.times.here import Here
from assistant.offline.times.named import STREET
from assistant.offline.times.numbers import EN, is_vague, number
from assistant.offline.times.rule import Rule, compiled, rule, words
from assistant.offline.times.values import (
    Against,
    DayKind,
    Hours,
    Length,
    Mark,
    Moment,
    Series,
    Shift,
    Slice,
    Span,
    TimeProblem,
    Value,
)
from assistant.offline.times.walls import floor, month_start, step
from assistant.offline.times.words_zh import last_units, recent
from warehouse.semantic import Grain


def _numbered(groups: str) -> dict[str, int]:
    return {name: i for i, group in enumerate(groups.split("|"), 1) for name in group.split()}


_MONTHS = _numbered(
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|"
    "november nov|december dec"
)
_WEEKDAYS = _numbered(
    "monday mon|tuesday tues tue|wednesday wed|thursday thurs thur thu|friday fri|saturday sat|sunday sun"
)
_MONTH = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = r"(?:" + "|".join(sorted(_WEEKDAYS, key=len, reverse=True)) + r")\b\.?"
UNITS = {
    "min": "minute", "minute": "minute", "hr": "hour", "hour": "hour", "day": "day", "week": "week", "wk": "week",
    "month": "month", "quarter": "quarter", "year": "year", "yr": "year",
}  # fmt: skip
_UNIT = r"(minute|min|hour|hr|day|week|wk|month|quarter|year|yr)s?\b"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_OFFSETS = {"this": 0, "current": 0, "last": -1, "previous": -1, "prior": -1, "past": -1, "next": 1, "coming": 1}
_PREPOSITION = r"(?:in|since|during|of|from|until|till|last|this|by|early|late|mid|to|through|and|than|vs|versus|before|after|for|between|next|or|with|on|to|each|every)"


@rule(r"\b(today|yesterday|tomorrow)\b")
def named_day(match: re.Match[str], here: Here) -> Value | None:
    """today, yesterday."""
    return here.this("day", {"today": 0, "yesterday": -1, "tomorrow": 1}[match[1]])


@rule(r"\b(?:the )?day (before yesterday|after tomorrow)\b")
def day_before(match: re.Match[str], here: Here) -> Value | None:
    """The day before yesterday."""
    return here.this("day", -2 if match[1] == "before yesterday" else 2)


@rule(r"\b(?:last night|overnight last night)\b")
def last_night(_match: re.Match[str], here: Here) -> Value | None:
    """Last night."""
    return here.policies.parts["night"].on(step("day", floor("day", here.now), -1))


@rule(r"\btonight\b")
def tonight(_match: re.Match[str], here: Here) -> Value | None:
    """tonight; before the night ends, the running one."""
    today = floor("day", here.now)
    running = here.policies.parts["night"].on(step("day", today, -1))
    return running if running.end > here.now else here.policies.parts["evening"].on(today)


@rule(r"\bthis (morning|afternoon|evening)\b")
def this_part(match: re.Match[str], here: Here) -> Value | None:
    """This morning."""
    return here.policies.words[match[1]].on(floor("day", here.now))


@rule(
    r"\b(?:the )?(this|current|last|previous|prior|next|coming) (week|month|quarter|year|calendar (?:week|month|year))\b(?! over)"
)
def relative_unit(match: re.Match[str], here: Here) -> Value | None:
    """Last week, this quarter."""
    return here.this(match[2].removeprefix("calendar "), _OFFSETS[match[1]])


@rule(r"\b(?:the )?(week|month|quarter|year) before last\b")
def before_last(match: re.Match[str], here: Here) -> Value | None:
    """The week before last."""
    return here.this(match[1], -2)


@rule(rf"\b(?:the )?(?:in )?(last|past|previous|prior|preceding|trailing|latest|these past|most recent) ({EN}) {_UNIT}")
def rolling(match: re.Match[str], here: Here) -> Value | None:
    """Past 7 days, last 30 minutes, the last three months."""
    count = number(match[2])
    return last_units(count, UNITS[match[3]], here, vague=is_vague(match[2]))


@rule(r"\b(?:the |this )?past (minute|hour|day|week|month|quarter|year|half hour|half year)\b")
def past_unit(match: re.Match[str], here: Here) -> Value | None:
    """The past week: rolling; also the past hour."""
    half = match[1].startswith("half ")
    return last_units(0.5 if half else 1, match[1].removeprefix("half "), here)


@rule(r"\b(?:the )?last (hour|minute|half hour)\b")
def last_hour(match: re.Match[str], here: Here) -> Value | None:
    """The last hour: rolling."""
    return last_units(0.5 if "half" in match[1] else 1, match[1].removeprefix("half "), here)


@rule(r"\b(?:recently|lately|these days|in recent (?:days|times)|recent days)\b")
def recently(_match: re.Match[str], here: Here) -> Value | None:
    """Recently."""
    return recent(here)


@rule(rf"(?<![a-z])({_MONTH})(?!\s+\d{{1,2}}(?!\d)){STREET}")
def month(match: re.Match[str], _here: Here) -> Value | None:
    """October; "may", "march" and short forms only where the neighbours make them a month."""
    name = match[1].rstrip(".")
    before, after = match.string[: match.start()], match.string[match.end() :]
    safe = name not in {"may", "march", "mar", "sep", "dec", "jan", "jun", "apr", "aug"}
    context = re.search(rf"\b{_PREPOSITION}(?: the)? $", before) or re.match(
        r",? (?:of )?(?:19|20)\d\d|\W*$| last year| this year", after
    )
    if (
        name in {"may", "march"}
        and not re.search(rf"\b{_PREPOSITION} $", before)
        and not re.match(r",? (?:19|20)\d\d| last year| this year", after)
    ):
        return cycles.month_of_year(_MONTHS[name], loose=True)
    return cycles.month_of_year(_MONTHS[name], loose=not (safe or context))


@rule(rf"(?<![a-z])({_MONTH}) (?:the )?{_DAY}(?![\d:]| ?[ap]m\b)")
def month_day(match: re.Match[str], _here: Here) -> Value | None:
    """October 1st."""
    return cycles.date_of_year(_MONTHS[match[1].rstrip(".")], int(match[2]))


@rule(rf"(?<![\d/.:\-a-z])(?:the )?{_DAY} (?:of )?({_MONTH})(?![a-z])")
def day_month(match: re.Match[str], _here: Here) -> Value | None:
    """1 October, the 3rd of October."""
    if match[2].rstrip(".") in {"may", "mar", "march"} and not re.search(r"st|nd|rd|th|of", match[0].split()[0]):
        return None
    return cycles.date_of_year(_MONTHS[match[2].rstrip(".")], int(match[1]))


@rule(
    rf"(?<![\d/.:\-a-z])(?:the )?{_DAY}\s*(?:-|~|to|through|thru|until|and)\s*(?:the )?{_DAY} (?:of )?({_MONTH})(?![a-z])"
)
def days_month(match: re.Match[str], here: Here) -> Value | None:
    """9-15 November."""
    month_ = _MONTHS[match[3].rstrip(".")]
    return cycles.between(cycles.date_of_year(month_, int(match[1])), cycles.date_of_year(month_, int(match[2])), here)


@rule(rf"\b(?:the )?(?:last|past|previous|latest|most recent) (?:({EN}) )?(?:full|complete|whole|calendar) {_UNIT}")
def whole_units(match: re.Match[str], here: Here) -> Value | None:
    """The last full month, the past three complete weeks: calendar units that are over."""
    count, unit = int(number(match[1] or "1")), UNITS[match[2]]
    end = here.this(unit).start
    return Span(step(unit, end, -count), end, unit if count == 1 else "range", running=False)


@rule(r"\b(?:the )?(this|current|last|previous) half[ -]?year\b|\b(this|the current) half\b(?! of)")
def relative_half(match: re.Match[str], here: Here) -> Value | None:
    """This half year: from January or July to now."""
    return here.this("half", -1 if match[1] in {"last", "previous"} else 0)


@rule(r"(?<![a-z])(?:on )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?= (?:night|morning|afternoon|evening)s\b)")
def weekday_parts(_match: re.Match[str], _here: Here) -> Value | None:
    """On Friday nights: a filter on weekdays, no window."""
    raise TimeProblem("recurring_weekday")


@rule(rf"(?<![a-z])({_MONTH}) {_DAY}\s*(?:-|~|to|through|thru|until)\s*(?:the )?{_DAY}(?![\d:/\-]| ?[ap]m\b)")
def month_days(match: re.Match[str], here: Here) -> Value | None:
    """Oct 1-7."""
    month_ = _MONTHS[match[1].rstrip(".")]
    return cycles.between(cycles.date_of_year(month_, int(match[2])), cycles.date_of_year(month_, int(match[3])), here)


@rule(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b(?! (?:street|st|ave|avenue|precinct|district|ward|floor))")
def the_day(match: re.Match[str], _here: Here) -> Value | None:
    """On the 3rd; without a preposition it may be a street or a rank."""
    timed = re.search(r"\b(?:on|since|from|until|to|by|and|through) $", match.string[: match.start()])
    return cycles.day_of_month(int(match[1])) if timed and int(match[1]) <= 31 else None


@rule(r"\bthe (week|month|quarter|year)\b")
def the_unit(match: re.Match[str], _here: Here) -> Value | None:
    """(the beginning of) the month."""
    return cycles.current(match[1])


@rule(rf"(?<![a-z])(?:(last|this|past|previous|next|every|each) )?({_WEEKDAY})(s)?(?:'s)?(?! (?:night|morning|afternoon|evening)s\b){STREET}")
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
    return cycle.at(here.this("week", _OFFSETS[match[1]]).start) if match[1] else cycle


@rule(
    rf"(?<![\d$#.,/:\-a-z])((?:19|20)\d\d)(?![\d%,.:/\-a-z]\w|\d|年)(?! ?(?:{'|'.join(['cases', 'complaints', 'requests', 'calls', 'tickets', 'records', 'reports', 'alarms', 'of', 'hours', 'days', 'street', 'st', 'ave'])})\b)"
)
def year(match: re.Match[str], _here: Here) -> Value | None:
    """2011, where the neighbours make it a year."""
    before = match.string[: match.start()]
    fits = re.match(
        r" (?:compared?|vs|versus|and|or|to|-) ?(?:with |to )?\S", match.string[match.end() :]
    ) or re.search(
        rf"(?a)(?:\b{_PREPOSITION}|\b{_MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?)?,?|\bq[1-4]|\b[1-4]q|\bh[12]|\bhalf(?: of)?|quarter(?: of)?|\byear|fy|compared? (?:to|with)|\d,|[-,:]|^|week \d+(?: of)?|day,?|christmas|thanksgiving)\s*$",
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


@rule(rf"\b(first|second|1st|2nd) half of(?= (?:(?:the|this|last) month\b|{_MONTH}))")
def half_of_month(match: re.Match[str], _here: Here) -> Value | None:
    """The first half of June: the 1st to the 15th."""
    return cycles.days_of_month(1, 15) if number(match[1]) == 1 else cycles.days_of_month(16, 31)


@rule(r"\b(?:the )?(second|third|fourth|2nd|3rd|4th) week (?:of|in)\b")
def nth_week(match: re.Match[str], _here: Here) -> Value | None:
    """The second week of June: days 8 to 14."""
    last = int(number(match[1])) * 7
    return cycles.days_of_month(last - 6, last, f"week {last // 7} of the month: days {last - 6}–{last}")


@rule(rf"\b(?:h([12])|(first|second|1st|2nd) half)\b(?! of (?:(?:the|this|last) month\b|{_MONTH}))(?:\s+of\b)?")
def half(match: re.Match[str], _here: Here) -> Value | None:
    """H1, first half of the year."""
    return cycles.half_of_year(int(number(match[1] or match[2])))


@rule(rf"\b(?:the )?(first|last|final) (?:({EN}) )?(day|week|month|quarter)s?\b(?: of\b| in\b)")
def edge_units(match: re.Match[str], _here: Here) -> Value | None:
    """The first two weeks of, the last week of."""
    return Slice(int(number(match[2] or "1")), match[3], last=match[1] != "first")


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


@rule(rf"\b({EN}) {_UNIT}(?:'s?)?")
def length(match: re.Match[str], _here: Here) -> Value | None:
    """Three days: only a duration."""
    return Length(number(match[1]), UNITS[match[2]])


@rule(
    rf"\b(?:the )?(?:({EN}) )?(day|week|month|quarter|year)s? (before|after|prior to|preceding|earlier|following)(?: (that|it|this one|then|that one))?\b(?! (?:last|yesterday|tomorrow))"
)
def shift(match: re.Match[str], _here: Here) -> Value | None:
    """The week before, two days after."""
    sign = -1 if match[3] in {"after", "following"} else 1
    return Shift(sign * int(number(match[1] or "1")), match[2])


@rule(r"\bthe (?:one|period) before(?: that)?\b")
def shift_same(_match: re.Match[str], _here: Here) -> Value | None:
    """The one before that."""
    return Shift(1, "same")


@rule(r"(?<![\d:/.\-])(\d{1,2})(?:[:.](\d\d))?\s?(am|pm|a\.m\.?|p\.m\.?|o'clock)(?![a-z])")
def clock(match: re.Match[str], _here: Here) -> Value | None:
    """8am, 8:30 pm."""
    return at(int(match[1]), int(match[2] or 0), match[3].replace(".", "").replace("o'clock", ""))


@rule(r"(?<![\d:/.\-])(\d{1,2})(?::(\d\d))?\s?(?:-|to|and|until|through)\s?(\d{1,2})(?::(\d\d))?\s?(am|pm)\b")
def clocks(match: re.Match[str], _here: Here) -> Value | None:
    """8-10am, 8 to 10 pm."""
    end = at(int(match[3]), int(match[4] or 0), match[5])
    starts = [at(int(match[1]), int(match[2] or 0), half) for half in ("am", "pm")]
    start = min(
        starts,
        key=lambda one: (
            (end.start.hour * 60 + end.start.minute - one.start.hour * 60 - one.start.minute) % 1440 or 1440
        ),
    )
    return Hours(start.start, end.start)


@rule(r"\b(?:noon|midnight)\b")
def named_clock(match: re.Match[str], _here: Here) -> Value | None:
    """noon, midnight."""
    return at(12 if match[0] == "noon" else 0, fixed=True, loose=True)


@rule(r"\b(?:working|business|office) hours\b")
def working_hours(_match: re.Match[str], here: Here) -> Value | None:
    """Business hours: on workdays, from the first slot's start to the last slot's end."""
    slots = here.calendar.slots
    return DayKind("workday", Hours(slots[0][0], slots[-1][1], "working hours"))


@rule(
    r"\b(?:in|over|during|this|last|throughout) (?:the )?(?:last |this |past )?(?:spring|summer|autumn|fall|winter|rainy season|flood season)\b(?! (?:st|street|ave))|\b(?:spring|summer|autumn|fall|winter)(?: of)? (?:19|20)\d\d\b"
)
def season(_match: re.Match[str], _here: Here) -> Value | None:
    """In the summer: its bounds are not agreed on."""
    raise TimeProblem("vague_season")


def _to_date(unit: str) -> Rule:
    def build(_match: re.Match[str], here: Here) -> Value:
        return here.this(unit)

    short = {"week": "wtd", "month": "mtd", "quarter": "qtd", "year": "ytd"}[unit]
    return Rule(
        compiled(
            rf"\b(?:{short}|{unit}[- ]to[- ]date|(?:so far|thus far|to date) this {unit}|this {unit} (?:so far|to date|thus far))\b"
        ),
        build,
    )


RULES: tuple[Rule, ...] = (
    named_day, day_before, last_night, tonight, this_part, relative_unit, relative_half, whole_units, before_last, rolling, past_unit, last_hour,
    recently, month, month_day, day_month, days_month, month_days, the_day, the_unit, weekday, weekdays_named, weekday_parts, weekend, year, quarter, half, half_of_month, nth_week,
    edge_units, nth_weekday, week_of_year, length, shift, shift_same, clock, clocks, named_clock, working_hours, season,
    *(_to_date(unit) for unit in ("week", "month", "quarter", "year")),
    words(r"(?<!by )(?<!per )\bweekdays?\b|\b(?:working|work|business) ?days?\b(?! (?:overdue|late|to))", DayKind("workday")),
    words(r"(?<!by )\bweekends\b", DayKind("weekend")),
    words(r"\b(?:public |federal |official |bank )?holidays\b", DayKind("holiday")),
    words(r"\b(?:by|per|each|every) (?:the )?hour\b(?! of)|\bhourly\b|\bhour by hour\b|\bbroken down by hour\b", Series(Grain.HOUR)),
    words(r"\b(?:by|per|each|every|for each) (?:the )?day\b(?! of)|\bdaily\b|\bday by day\b|\bday-by-day\b", Series(Grain.DAY)),
    words(r"\b(?:by|per|each|every|for each) week\b|\bweekly\b|\bweek by week\b", Series(Grain.WEEK)),
    words(r"\b(?:by|per|each|every|for each) month\b|\bmonthly\b|\bmonth by month\b", Series(Grain.MONTH)),
    words(r"\b(?:by|per|each|every|for each) quarter\b|\bquarterly\b|\bquarter by quarter\b", Series(Grain.QUARTER)),
    words(r"\b(?:by|per|each|every|for each) year\b|\b(?:yearly|annually|annual)\b|\byear by year\b", Series(Grain.YEAR)),
    words(r"\b(?:every|each)(?: day(?: at| from| between)?)?(?= )", Mark("every")),
    words(r"\bnightly\b", Mark("every_night")),
    words(r"\b(?:the )?(?:next|following) (?:day|morning)(?: at)?\b", Mark("tomorrow")),
    words(r"\b(?:right now|currently|at present|at the moment|as of (?:right )?now|presently|now)\b", Moment()),
    words(r"\b(?:onwards?|to date|so far|until now|up to now|till now|to now|up to today)\b", Mark("onward")),
    words(r"\bsince\b|\bever since\b|\bstarting(?: from| on| in)?\b", Mark("since")),
    words(r"\b(?:until|till|up to|up until|as of|through)\b", Mark("until")),
    words(r"\bby (?=(?:the )?end of\b)", Mark("until")),
    words(r"\b(?:before|prior to)\b", Mark("ahead")),
    words(r"\bthe (?:previous|prior|preceding) day\b", Shift(1, "day")),
    words(r"\bafter\b", Mark("after")),
    words(r"\b(?:or )?earlier\b|\bago\b", Mark("ago")),
    *(
        words(rf"\b(?:compared? (?:to|with)|vs\.?|versus|against|than|over|from) (?:the )?(?:previous|prior|preceding) {unit}\b", Against("previous", shift=Shift(1, unit)))
        for unit in ("day", "week", "month", "quarter", "year")
    ),
    words(r"\b(?:compared? (?:to|with)|compared against|vs\.?|versus|against|than|relative to|up from|down from|over and above)(?= )", Mark("against")),
    words(r"\b(?:the )?week of\b", Mark("week_of")),
    words(r"(?<=[a-z]) week\b", Mark("week_of")),
    words(r"\b(?:month[- ](?:over|on)[- ]month|week[- ](?:over|on)[- ]week|day[- ](?:over|on)[- ]day|quarter[- ](?:over|on)[- ]quarter|mom|wow|qoq|(?:vs\.?|versus|than|with|to|over) (?:the )?(?:previous|prior|preceding) period|period over period)\b", Against("previous")),
    words(r"\b(?:year[- ](?:over|on)[- ]year|yoy|y/y)\b", Against("same_period_last_year")),
    words(r"\b(?:the )?same (?:period|time|dates?|days?|months?|weeks?|quarter|window|point)(?: (?:in|of|from))?(?: the)? (?:last|previous|prior|a) (?:year|yr)(?: ago| earlier)?\b|\b(?:a|one) year (?:ago|earlier|before)\b|\bthis time last year\b", Against("same_period_last_year", alone=True)),
    words(r"\b(?:the )?same (?:period|time|point|days?|dates?)(?: (?:in|of))?(?: the)? last month\b", Against("window", shift=Shift(1, "month"), alone=True)),
    words(r"\b(?:the )?same (?:period|time|point|days?)(?: (?:in|of))?(?: the)? last week\b|\bthis time last week\b", Against("window", shift=Shift(1, "week"), alone=True)),
    words(r"\b(?:the )?same (?:period|time|hours?)(?: (?:of|on))?(?: the)? (?:yesterday|day before)\b", Against("window", shift=Shift(1, "day"), alone=True)),
)  # fmt: skip
