"""English time words."""

from __future__ import annotations

import re

from assistant.offline.times import cycles
from assistant.offline.times.dates_en import (
    OFFSETS,
    day_month,
    days_month,
    half,
    half_of_month,
    month,
    month_day,
    month_days,
    nth_week,
    nth_weekday,
    quarter,
    the_day,
    week_of_year,
    weekday,
    weekday_parts,
    weekdays_named,
    weekend,
    year,
)
from assistant.offline.times.digits import at
from assistant.offline.times.here import Here
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
from assistant.offline.times.walls import floor, step
from assistant.offline.times.words_zh import last_units, recent
from warehouse.semantic import Grain

UNITS = {
    "min": "minute", "minute": "minute", "hr": "hour", "hour": "hour", "day": "day", "week": "week", "wk": "week",
    "month": "month", "quarter": "quarter", "year": "year", "yr": "year",
}  # fmt: skip
_UNIT = r"(minute|min|hour|hr|day|week|wk|month|quarter|year|yr)s?\b"


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
    return here.this(match[2].removeprefix("calendar "), OFFSETS[match[1]])


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


@rule(r"\bthe (week|month|quarter|year)\b")
def the_unit(match: re.Match[str], _here: Here) -> Value | None:
    """(the beginning of) the month."""
    return cycles.current(match[1])


@rule(rf"\b(?:the )?(first|last|final) (?:({EN}) )?(day|week|month|quarter)s?\b(?: of\b| in\b)")
def edge_units(match: re.Match[str], _here: Here) -> Value | None:
    """The first two weeks of, the last week of."""
    return Slice(int(number(match[2] or "1")), match[3], last=match[1] != "first")


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
    words(r"\b(?:the )?same (?:period|time|stretch|span|part|dates?|days?|months?|weeks?|quarter|window|point)(?: (?:in|of|from))?(?: the)? (?:last|previous|prior|a) (?:year|yr)(?: ago| earlier)?\b|\b(?:a|one) year (?:ago|earlier|before)\b|\bthis time last year\b", Against("same_period_last_year", alone=True)),
    words(r"\b(?:the )?same (?:period|time|point|stretch|span|part|days?|dates?)(?: (?:in|of))?(?: the)? last month\b", Against("window", shift=Shift(1, "month"), alone=True)),
    words(r"\b(?:the )?same (?:period|time|point|stretch|span|part|days?)(?: (?:in|of))?(?: the)? last week\b|\bthis time last week\b", Against("window", shift=Shift(1, "week"), alone=True)),
    words(r"\b(?:the )?same (?:period|time|hours?)(?: (?:of|on))?(?: the)? (?:yesterday|day before)\b", Against("window", shift=Shift(1, "day"), alone=True)),
)  # fmt: skip
