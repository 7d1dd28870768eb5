"""What two neighbouring pieces mean together; None where they mean nothing together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from assistant.offline.times import cycles, hours
from assistant.offline.times.here import Here
from assistant.offline.times.values import (
    ONE_DAY,
    WHOLE,
    Against,
    Cycle,
    DayKind,
    Hours,
    Length,
    Mark,
    Moment,
    Problem,
    Series,
    Shift,
    Slice,
    Span,
    TimeProblem,
    Value,
)
from assistant.offline.times.walls import floor, longer, month_start, size, step
from warehouse.semantic import Grain

# "Until" alone starts here; the warehouse has nothing older.
BEGINNING = month_start(1970)


def join(left: Value, right: Value, here: Here) -> Value | None:
    """The meaning of two pieces side by side."""
    for first, second in ((left, right), (right, left)):
        rule = _EITHER.get((_kind(first), _kind(second)))
        if rule is not None:
            found = rule(first, second, here)
            if found is not None:
                return found
    rule = _IN_ORDER.get((_kind(left), _kind(right)))
    return rule(left, right, here) if rule else None


def span_to(left: Value, right: Value, here: Here) -> Value | None:
    """The meaning of "left to right"."""
    rule = _TO.get((_kind(left), _kind(right)))
    return rule(left, right, here) if rule else None


def _kind(value: Value) -> str:
    return value.kind.split(" ")[0] if isinstance(value, Mark) else type(value).__name__


def concrete(value: Span | Cycle, here: Here) -> Span:
    """The window itself; a cycle's latest occurrence."""
    return here.latest(value) if isinstance(value, Cycle) else value


def _cycle_in_span(span: Span, cycle: Cycle, here: Here) -> Value | None:
    if span.unit not in WHOLE or span.daily or span.unit in {"rolling", "range"}:
        return None
    if span.unit == "holiday" and cycle.key == ("weekend",):
        return _long_weekend(span) if span.length == ONE_DAY else replace(span, day_type="weekend")
    found = here.within(cycle, span)
    if len(found) == 1:
        return found[0] if found[0].start >= span.start or found[0].unit == "holiday" else None
    if found and cycle.key == ("weekend",):
        return replace(span, day_type="weekend")
    if not found and span.unit == "year" and cycle.every == "year":
        raise TimeProblem("impossible_date")
    return None


def _long_weekend(span: Span) -> Span:
    """The weekend next to a holiday, and the days up to it."""
    monday = floor("week", span.start)
    early = span.start.weekday() < 2
    saturday = monday + ONE_DAY * (-2 if early else 5)
    return Span(min(saturday, span.start), max(saturday + 2 * ONE_DAY, span.end), "range")


def _cycle_in_cycle(outer: Cycle, inner: Cycle, here: Here) -> Value | None:
    if outer.unit == "holiday":
        return _cycle_in_span(here.latest(outer), inner, here) if inner.key == ("weekend",) else None
    fits = outer.unit == inner.every and not isinstance(outer.key[0], tuple)
    if fits:
        return cycles.nested(outer, inner, here)
    if inner.key == ("weekend",) and longer(outer.every, "month") and not longer("month", outer.unit):
        return _with_day_type(here.latest(outer), "weekend")
    return None


def _with_day_type(span: Span, kind: Any) -> Span | None:
    return replace(span, day_type=kind) if span.day_type is None else None


def _the_day(value: Span | Cycle, _mark: Mark, here: Here) -> Value | None:
    span = concrete(value, here)
    if span.unit == "holiday" and span.length > ONE_DAY:
        raise TimeProblem("which_holiday_day")
    return value if span.unit in {"day", "holiday"} else None


def _around(_value: Span | Cycle, _mark: Mark, _here: Here) -> Value | None:
    """国庆前后: nobody can say how many days."""
    return Problem("vague_around")


def _problem(_value: Span | Cycle, problem: Problem, _here: Here) -> Value | None:
    return problem if problem.code == "vague_season" else None


def _day_kind(kind: DayKind, value: Span | Cycle, here: Here) -> Value | None:
    span = concrete(value, here)
    if span.unit not in WHOLE or span.length <= ONE_DAY or span.day_type:
        return None
    if kind.daily and span.daily:
        return None
    return replace(span, day_type=kind.type, daily=kind.daily or span.daily).noting(
        *(kind.daily.policies if kind.daily else ())
    )


def _day_kind_hours(kind: DayKind, part: Hours, _here: Here) -> Value | None:
    return replace(kind, daily=part) if kind.daily is None and not part.point else None


def _slice(value: Span | Cycle, part: Slice, here: Here) -> Value | None:
    span = concrete(value, here)
    if span.unit == "holiday" and part.alone:
        before = shifted_span(span, Shift(part.count, part.unit))
        return before and before.noting(f"the {part.count} {part.unit}s before the holiday")
    if span.unit not in WHOLE or span.daily or size(part.unit) * part.count > span.length * 1.05:
        return None
    return here.slice(part, span)


def _beside(value: Span | Cycle, shift: Shift, here: Here) -> Value | None:
    span = concrete(value, here)
    return shifted_span(span, shift) if span.unit in WHOLE and span.unit != "rolling" else None


def shifted_span(span: Span, shift: Shift) -> Span | None:
    """The `count` units right before the span, or right after it for a negative count."""
    if shift.unit == "same":
        return None
    if shift.count > 0:
        start, end = step(shift.unit, span.start, -shift.count), span.start
    else:
        start, end = span.end, step(shift.unit, span.end, -shift.count)
    single = shift.unit == "day" and end - start == ONE_DAY
    return Span(start, end, "day" if single else "range", anchor=start if single else None)


def _since(value: Span | Cycle, _mark: Mark, here: Here) -> Value | None:
    span = concrete(value, here)
    if span.unit in {"rolling", "until", "range"} and span.end <= here.now and not span.anchor and span.unit != "range":
        return span
    end = here.now
    if span.unit == "clock" and span.anchor and _mark.kind == "onward":
        end = min(end, _end_of_day(span, span.anchor, here))
    if span.start >= end:
        raise TimeProblem("future")
    return replace(span, end=end, unit="range", running=False, anchor=None, hours=None)


def _end_of_day(span: Span, day: datetime, here: Here) -> datetime:
    """Midnight; the end of the night where the clock time was one of the night ("昨晚10点以后")."""
    night = here.policies.parts["night"].on(day)
    return night.end if span.hours and span.hours.clock == "late" and span.start >= night.start else step("day", day, 1)


def _after(value: Span | Cycle, _mark: Mark, here: Here) -> Value | None:
    """Words like `after October`: not October itself; after a clock time: from it on."""
    span = concrete(value, here)
    if span.unit == "clock":
        return _since(span, Mark("onward"), here)
    if span.end >= here.now:
        raise TimeProblem("future")
    return Span(span.end, here.now, "range", running=False)


def _until(value: Span | Cycle, mark: Mark, here: Here) -> Value | None:
    span = concrete(value, here)
    if span.unit == "clock" and span.anchor:
        return Span(span.anchor, span.start, "range", running=False, relative=span.relative)
    inclusive = mark.kind in {"until", "until_then"} or any(one.startswith("end of") for one in span.policies)
    end = min(span.end, here.now) if inclusive and span.unit != "clock" else span.start
    return Span(BEGINNING, end, "until", running=False, policies=("from the first record",))


def _cut(span: Span, until: Span, _here: Here) -> Value | None:
    """本月截至昨天: the month up to the end of yesterday."""
    if until.unit != "until" or span.unit not in WHOLE or not span.start < until.end < span.end:
        return None
    return replace(span, end=until.end, running=False, unit="range")


def _ago(length: Length, _mark: Mark, here: Here) -> Value | None:
    start = floor(length.unit if length.unit != "half" else "month", here.back(length.count, length.unit))
    if length.unit in {"hour", "minute"}:
        start = here.back(length.count, length.unit)
    anchor = start if length.unit == "day" else None
    return Span(
        start,
        step(length.unit, start, 1),
        length.unit if anchor or length.unit not in {"hour", "minute"} else "clock",
        anchor=anchor,
        relative=True,
    )


def _edge(mark: Mark, value: Span | Cycle, here: Here) -> Value | None:
    edge, unit = mark.kind.removeprefix("edge "), value.unit
    entry = here.policies.edges.get(unit, {}).get(edge)
    if entry is None:
        return None
    first, last = entry.get("days") or entry["months"]
    make = cycles.days_of_month if unit == "month" else cycles.months_of_year
    part = make(first, last, cycles.bounds(edge, unit, first, last))
    return cycles.nested(value, part, here) if isinstance(value, Cycle) else part.at(value.start)


def _nth_weekday(mark: Mark, value: Span | Cycle, here: Here) -> Value | None:
    _, nth, name = mark.kind.split(" ")
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    cycle = cycles.weekend() if name == "weekend" else cycles.weekday(names.index(name) + 1)
    found = here.within(cycle, concrete(value, here))
    index = int(nth) - 1 if int(nth) > 0 else -1
    return found[index] if len(found) > index else None


def _week_of(value: Span | Cycle, _mark: Mark, here: Here) -> Value | None:
    span = concrete(value, here)
    if span.unit not in {"day", "holiday"} or span.relative or (isinstance(value, Cycle) and value.every == "week"):
        return None
    start = floor("week", span.start)
    return Span(start, step("week", start, 1), "week")


def _against(_mark: Mark, value: Span | Cycle | Shift | Against, here: Here) -> Value | None:
    if isinstance(value, Shift):
        return Against("previous", shift=value)
    if isinstance(value, Against):
        return replace(value, alone=False) if value.alone or value.span is None else None
    return Against("window", span=concrete(value, here))


def _compared(value: Span | Cycle | Shift | Against, mark: Mark, here: Here) -> Value | None:
    return _against(mark, value, here)


def _mode_span(mode: Against, span: Span, _here: Here) -> Value | None:
    """环比上周, 同比去年."""
    if mode.span is not None or mode.shift is not None or not span.relative or span.end > _here.now:
        return None
    return replace(mode, mode="window", span=span)


def _mode_cycle(mode: Against, cycle: Cycle, here: Here) -> Value | None:
    return _mode_span(mode, replace(here.latest(cycle), relative=True), here) if cycle.every == "year" else None


def _each_year(series: Series, cycle: Cycle, _here: Here) -> Value | None:
    """每年10月: a month of every year is no window."""
    return Problem("recurring_month") if series.grain == Grain.YEAR and cycle.every == "year" else None


def _spans(first: Span, last: Span, here: Here) -> Value | None:
    if first.unit in {"until", "rolling"} or last.unit in {"until", "rolling"}:
        return None
    return cycles.joined(first, last, here)


def _span_cycle(first: Span, last: Cycle, here: Here) -> Value | None:
    return None if first.unit in {"until", "rolling"} else cycles.through(first, last, here)


def _cycle_span(first: Cycle, last: Span, here: Here) -> Value | None:
    if last.unit in {"until", "rolling"}:
        return None
    period = floor(first.every, last.start)
    for back in (0, 1, 2):
        start = first.at(step(first.every, period, -back))
        if start is not None and start.start < last.end:
            return cycles.joined(start, last, here)
    return None


def _cycles(first: Cycle, last: Cycle, here: Here) -> Value | None:
    if size(first.every) < size(last.every):
        return None
    return cycles.between(first, last, here)


def _now(first: Span | Cycle, _moment: Moment, here: Here) -> Value | None:
    return _since(first, Mark("since"), here)


def _swap(rule: Callable[[Any, Any, Here], Value | None]) -> Callable[[Any, Any, Here], Value | None]:
    return lambda first, second, here: rule(second, first, here)


_Rules = dict[tuple[str, str], Callable[[Any, Any, Here], "Value | None"]]
_EITHER: _Rules = {
    ("Span", "Cycle"): _cycle_in_span,
    ("Cycle", "Cycle"): _cycle_in_cycle,
    ("Span", "Hours"): hours.on_span,
    ("Cycle", "Hours"): hours.on_cycle,
    ("Hours", "Hours"): hours.in_part,
    ("DayKind", "Span"): _day_kind,
    ("DayKind", "Cycle"): _day_kind,
    ("DayKind", "Hours"): _day_kind_hours,
    ("Span", "Slice"): _slice,
    ("Cycle", "Slice"): _slice,
    ("Span", "Span"): _cut,
}
_IN_ORDER: _Rules = {
    ("every", "Hours"): hours.each_day,
    ("every_night", "Hours"): hours.every_night,
    **{(kind, "around"): _around for kind in ("Span", "Cycle")},
    **{(kind, "the_day"): _the_day for kind in ("Span", "Cycle")},
    **{(kind, "Problem"): _problem for kind in ("Span", "Cycle")},
    ("every", "DayKind"): lambda _mark, kind, _here: kind,
    ("tomorrow", "Hours"): hours.on_the_next_day,
    ("Hours", "onward"): hours.onward,
    ("since", "Hours"): _swap(hours.onward),
    ("Hours", "before"): hours.until,
    ("until", "Hours"): _swap(hours.until),
    ("Length", "ago"): _ago,
    ("edge", "Span"): _edge,
    ("edge", "Cycle"): _edge,
    ("nth", "Span"): _nth_weekday,
    ("nth", "Cycle"): _nth_weekday,
    **{(kind, "Shift"): _beside for kind in ("Span", "Cycle")},
    **{("Shift", kind): _swap(_beside) for kind in ("Span", "Cycle")},
    **{(kind, "onward"): _since for kind in ("Span", "Cycle")},
    **{("since", kind): _swap(_since) for kind in ("Span", "Cycle")},
    **{("until", kind): _swap(_until) for kind in ("Span", "Cycle")},
    **{("ahead", kind): _swap(_until) for kind in ("Span", "Cycle")},
    **{("after", kind): _swap(_after) for kind in ("Span", "Cycle")},
    ("ahead", "Hours"): _swap(hours.until),
    ("after", "Hours"): _swap(hours.onward),
    **{(kind, "until_then"): _until for kind in ("Span", "Cycle")},
    **{(kind, "before"): _until for kind in ("Span", "Cycle")},
    **{(kind, "week_of"): _week_of for kind in ("Span", "Cycle")},
    **{("week_of", kind): _swap(_week_of) for kind in ("Span", "Cycle")},
    **{("against", kind): _against for kind in ("Span", "Cycle", "Shift", "Against")},
    **{(kind, "compared"): _compared for kind in ("Span", "Cycle", "Shift", "Against")},
    ("Against", "Span"): _mode_span,
    ("Against", "Cycle"): _mode_cycle,
    ("Series", "Cycle"): _each_year,
}
_TO: _Rules = {
    ("Span", "Span"): _spans,
    ("Span", "Cycle"): _span_cycle,
    ("Cycle", "Span"): _cycle_span,
    ("Cycle", "Cycle"): _cycles,
    ("Hours", "Hours"): hours.to_hours,
    ("Span", "Hours"): hours.span_to_hours,
    ("Span", "Moment"): _now,
    ("Cycle", "Moment"): _now,
}
