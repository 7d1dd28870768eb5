"""Hours of the day on days, in parts of the day, and to each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from assistant.offline.times import cycles
from assistant.offline.times.here import Here
from assistant.offline.times.values import ONE_DAY, WHOLE, Cycle, Hours, Mark, Span, Value
from assistant.offline.times.walls import step


def on_span(span: Span, hours: Hours, _here: Here) -> Value | None:
    """A day's hours; on anything longer, the same hours of each day."""
    if span.daily or span.unit == "until":
        return None
    if span.unit == "part" and span.hours and span.hours.name and span.anchor and hours.point:
        return refined(span.hours, hours).on(span.anchor)
    if (
        span.unit == "part"
        and span.hours
        and span.anchor
        and span.hours.clock == "late"
        and not (hours.point or hours.name)
    ):
        return hours.on(step("day", span.anchor, 1) if hours.start.hour < 12 else span.anchor)
    if span.anchor and span.unit in {"day", "holiday", "range"} and not hours.daily:
        return replace(hours.on(span.anchor), relative=span.relative)
    if span.unit in WHOLE and span.length > ONE_DAY and not (hours.point and not hours.daily):
        return replace(span, daily=hours).noting(*hours.policies)
    return None


def on_cycle(cycle: Cycle, hours: Hours, here: Here) -> Value | None:
    """Wednesday afternoon; October nights."""
    if cycle.unit == "part" and hours.point and not hours.fixed:
        return None
    if cycle.unit in {"day"} and not hours.daily:
        return cycles.nested(cycle, hours, here)
    if cycle.unit in WHOLE and not (hours.point and not hours.daily):
        return on_span(here.latest(cycle), hours, here)
    return None


def in_part(part: Hours, point: Hours, _here: Here) -> Value | None:
    """下午 and 3点."""
    if not part.name or part.point or not point.point or part.tomorrow:
        return None
    return refined(part, point)


def refined(part: Hours, point: Hours) -> Hours:
    """A clock time inside a part of the day: 下午 3点 is 15:00, 晚上 2点 the next day's 02:00."""
    hour = point.start.hour
    after = False
    if part.clock == "am" and hour == 12 and not point.fixed:
        hour = 0 if part.name == "dawn" else 12
    elif part.clock in {"pm", "noon"} and hour < (12 if part.clock == "pm" else 10):
        hour += 12
    elif part.clock == "late" and point.fixed:
        after = hour < 12
    elif part.clock == "late" and (hour == 12 or hour == 0):
        hour, after = 0, True
    elif part.clock == "late":
        hour, after = (hour + 12, False) if 5 <= hour < 12 else (hour, hour < 5)
    minute = point.start.minute
    end = time((hour + 1) % 24) if not minute else point.end.replace(hour=hour % 24 if minute < 59 else (hour + 1) % 24)
    return replace(
        point,
        start=time(hour, minute),
        end=end,
        clock=part.clock,
        fixed=True,
        loose=False,
        tomorrow=after,
        daily=part.daily,
    )


def each_day(_mark: Mark, hours: Hours, _here: Here) -> Value | None:
    """Every night: a limit on each day, never one night."""
    return replace(hours, daily=True, loose=False)


def every_night(_mark: Mark, hours: Hours, here: Here) -> Value | None:
    """每晚10点."""
    return replace(refined(here.policies.parts["evening"], hours), daily=True) if hours.point else None


def onward(hours: Hours, _mark: Mark, _here: Here) -> Value | None:
    """From a clock time to midnight."""
    if not hours.point or hours.start == time(0):
        return None
    return Hours(hours.start, time(0), daily=hours.daily, clock=hours.clock)


def until(hours: Hours, _mark: Mark, _here: Here) -> Value | None:
    """From midnight to a clock time."""
    return Hours(time(0), hours.start, daily=hours.daily) if hours.point and hours.start != time(0) else None


def on_the_next_day(_mark: Mark, hours: Hours, _here: Here) -> Value | None:
    """次日6点: the end of hours that run over midnight."""
    return hours


def to_hours(first: Hours, last: Hours, _here: Here) -> Value | None:
    """From one clock time, or from then on (十点以后到六点), to another."""
    if not ((first.point or first.end == time(0)) and last.point):
        return None
    end = _next_clock(first, last)
    return Hours(first.start, end, daily=first.daily or last.daily, clock=first.clock)


def _next_clock(first: Hours, last: Hours) -> time:
    """The end hour: "下午3点到5点" ends at 17:00 because the half of the day was given for the start only."""
    if last.fixed or last.tomorrow or not first.clock:
        return last.start
    hours = [last.start.hour % 12, last.start.hour % 12 + 12]
    best = min(
        hours, key=lambda hour: (hour * 60 + last.start.minute - first.start.hour * 60 - first.start.minute - 1) % 1440
    )
    return last.start.replace(hour=best)


def span_to_hours(first: Span, last: Hours, _here: Here) -> Value | None:
    """From a clock time of a day to the next such clock time."""
    if first.anchor is None or first.hours is None or not first.hours.point or not last.point:
        return None
    end = first.start.replace(hour=0, minute=0) + timedelta(
        hours=(clock := _next_clock(first.hours, last)).hour, minutes=clock.minute
    )
    if end <= first.start:
        end += ONE_DAY
    return replace(first, end=end, unit="range", anchor=None, hours=None, running=False)
