"""From mentions to one reading: the window, what it is compared with, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant.offline.times.here import Here
from assistant.offline.times.mentions import TimeMention
from assistant.offline.times.shifts import comparison, span_of
from assistant.offline.times.values import WHOLE, Against, Cycle, DayKind, DayType, Hours, Span, TimeProblem
from warehouse.catalog import City
from warehouse.semantic import Compare, DailyWindow, Grain, TimeRange
from warehouse.working_calendar import WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeReading:
    """What a question says about time, put together.

    Attributes:
        range: The window with grain, hours and day type merged in; null when no window was said.
        comparisons: Every comparison asked for, in order ("同比和环比"); `compare` is the first.
        compare: What it is compared with; its window is given where the kind of the first window settles it.
        alternatives: Every window, in order, when more than one was said ("10月和9月", "this week vs last week").
        grain, daily_window, day_type: What was said even though there is no window to merge it into.
        problems: Mentions that name no window.
        policies: Printable choices.
        moment: "now" was said.
        spans: The stretches of text that are accounted for.
    """

    range: TimeRange | None = None
    compare: Compare | None = None
    comparisons: tuple[Compare, ...] = ()
    alternatives: tuple[TimeRange, ...] = ()
    grain: Grain | None = None
    daily_window: DailyWindow | None = None
    day_type: DayType | None = None
    problems: tuple[TimeMention, ...] = ()
    policies: tuple[str, ...] = ()
    moment: bool = False
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """A window and how it was said."""

    span: Span
    said: str


def resolve(
    mentions: Sequence[TimeMention],
    *,
    now: datetime,
    city: City,
    calendar: WorkingCalendar,
    previous: TimeRange | None = None,
) -> TimeReading:
    """Put the mentions of one question together.

    Args:
        mentions: As found by `find_times`, in order.
        now: Aware.
        city: As given to `find_times`.
        calendar: As given to `find_times`.
        previous: The window of the turn before: what a bare comparison ("同比呢") is about.
    """
    here = Here.of(now, city, calendar)
    problems = [one for one in mentions if one.kind == "problem"]
    windows = _windows(mentions, here)
    grain = next((one.grain for one in mentions if one.kind == "grain"), None)
    parts: list[Hours | None] = [
        one.value for one in mentions if one.kind == "daily_window" and isinstance(one.value, Hours)
    ]
    hours = parts[0] if parts else None
    kinds: list[TimeMention | None] = [one for one in mentions if one.kind == "day_type"]
    kind = kinds[0] if kinds else None
    windows = [
        replace(one, span=_limited(one.span, part, day, grain))
        for one in windows
        for part in parts or [None]
        for day in kinds or [None]
    ] or [said for part in parts or [None] for said in _alone(part, kind, grain, here)]
    sides = [one for one in mentions if one.kind == "compare" and isinstance(one.value, Against)]
    against = sides[0] if sides else None
    compares: list[Compare] = []
    for side in sides:
        try:
            compare, windows = _compare(side, windows, here, previous)
            compares += [compare] if compare else []
        except TimeProblem as problem:
            problems.append(replace(side, kind="problem", problem=problem.code))
    ranges, late = _ranges(windows, here, mentions)
    if (
        against is not None
        and isinstance(against.value, Against)
        and against.value.span is not None
        and against.range
        and ranges
    ):
        ranges = [ranges[0], against.range]
    first = ranges[0] if ranges else None
    return TimeReading(
        range=first,
        compare=compares[0] if compares else None,
        comparisons=tuple(compares),
        alternatives=tuple(ranges) if len(ranges) > 1 else (),
        grain=grain,
        daily_window=_daily(hours, kind),
        day_type=kind.day_type if kind else None,
        problems=(*problems, *late),
        policies=tuple(dict.fromkeys(part for one in mentions if one.policy for part in one.policy.split("; "))),
        moment=any(one.kind == "moment" for one in mentions),
        spans=tuple((one.start, one.end) for one in mentions),
    )


def _windows(mentions: Sequence[TimeMention], here: Here) -> list[_Said]:
    """The windows said; a month or date said apart from its year is put into it."""
    found: list[_Said] = []
    cycles = [one for one in mentions if one.kind == "window" and isinstance(one.value, Cycle)]
    for one in mentions:
        if one.kind != "window":
            continue
        span = _span(one, here)
        inner = [
            _inside(cycle.value, span, here) for cycle in cycles if isinstance(cycle.value, Cycle) and cycle is not one
        ]
        if not isinstance(one.value, Cycle) and any(len(inside) == 1 and inside[0] != span for inside in inner):
            continue
        found.append(_Said(span, one.said))
    years = [_span(one, here) for one in mentions if one.kind == "window" and not isinstance(one.value, Cycle)]
    return [_placed(said, mentions, years, here) for said in found]


def _placed(said: _Said, mentions: Sequence[TimeMention], outers: Sequence[Span], here: Here) -> _Said:
    cycle = next((one.value for one in mentions if one.said == said.said and isinstance(one.value, Cycle)), None)
    if cycle is None:
        return said
    for outer in outers:
        inside = _inside(cycle, outer, here)
        if len(inside) == 1:
            return _Said(inside[0], said.said)
    return said


def _inside(cycle: Cycle, span: Span, here: Here) -> tuple[Span, ...]:
    """The occurrences inside a calendar unit; none in a stretch that a single month or date is no part of."""
    try:
        return here.within(cycle, span) if span.unit in WHOLE - {"rolling", "range"} else ()
    except TimeProblem:
        return ()


def _span(one: TimeMention, here: Here) -> Span:
    if isinstance(one.value, Span):
        return one.value
    if isinstance(one.value, Cycle):
        return here.latest(one.value)
    assert one.range is not None
    return span_of(one.range, here)


def _limited(span: Span, hours: Hours | None, kind: TimeMention | None, grain: Grain | None) -> Span:
    """The window with hours, day type and bucket said elsewhere in the question."""
    if hours is not None and span.daily is None:
        if span.anchor is not None and span.unit == "day" and not hours.daily:
            span = hours.on(span.anchor)
        elif span.unit not in {"part", "clock"}:
            span = replace(span, daily=hours)
    if kind is not None and span.unit not in {"part", "clock", "day"} and span.day_type is None:
        daily = kind.value.daily if isinstance(kind.value, DayKind) else None
        span = replace(span, day_type=kind.day_type, daily=span.daily or daily)
    return replace(span, grain=span.grain or grain)


def _alone(hours: Hours | None, kind: TimeMention | None, grain: Grain | None, here: Here) -> list[_Said]:
    """Hours or a weekend without a window: the latest ones."""
    if kind is not None and isinstance(kind.value, Cycle):
        span = replace(here.latest(kind.value), grain=grain)
        return [_Said(replace(span, daily=hours) if hours else span, kind.said)]
    if hours is not None and not hours.daily and kind is None:
        return [_Said(replace(here.latest_hours(hours), grain=grain), "")]
    return []


def _compare(
    mention: TimeMention | None, windows: list[_Said], here: Here, previous: TimeRange | None
) -> tuple[Compare | None, list[_Said]]:
    if mention is None or not isinstance(mention.value, Against):
        return None, windows
    against = mention.value
    if not windows and previous is not None and against.span is None:
        windows = [_Said(span_of(previous, here), previous.said)]
    if (
        not windows
        and against.span is not None
        and against.span.relative
        and against.span.unit in {"day", "week", "month", "quarter", "year"}
    ):
        windows = [_Said(here.this(against.span.unit), "")]
    if not windows:
        return mention.compare or Compare(mode="previous"), windows
    return comparison(windows[0].span, against, here), windows


def _ranges(
    windows: Sequence[_Said], here: Here, mentions: Sequence[TimeMention]
) -> tuple[list[TimeRange], list[TimeMention]]:
    ranges: list[TimeRange] = []
    late: list[TimeMention] = []
    for one in windows:
        try:
            ranges.append(here.window(one.span, one.said))
        except TimeProblem as problem:
            source = next((mention for mention in mentions if mention.said == one.said), mentions[0])
            late.append(replace(source, kind="problem", problem=problem.code, range=None))
    return ranges, late


def _daily(hours: Hours | None, kind: TimeMention | None) -> DailyWindow | None:
    if hours is not None:
        return DailyWindow(start=hours.start, end=hours.end)
    return kind.daily_window if kind else None
