"""Finding what is said about time in a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from assistant.offline.times.chart import Piece, pieces
from assistant.offline.times.here import Here
from assistant.offline.times.numbers import ZH, number
from assistant.offline.times.shifts import before, later, span_of
from assistant.offline.times.values import (
    Against,
    Cycle,
    DayKind,
    DayType,
    Hours,
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
from assistant.offline.times.walls import step
from warehouse.catalog import City
from warehouse.semantic import Compare, DailyWindow, Grain, TimeRange
from warehouse.working_calendar import WorkingCalendar

Kind = Literal["window", "grain", "compare", "daily_window", "day_type", "moment", "problem"]

_LEAD = re.compile(
    r"(?:(?:\b(?:in|on|during|over|for|at|within|of|from|between|throughout|across|through|by)|从|自|由|在|于|和|与|跟|同)\s*(?:the\s+|all of\s+|all\s+)?|\bthe\s+|从)$"
)
_TRAIL = re.compile(r"(?:期间|这段时间|的时候|时候|之内|当天|当日|那天|那周|全天|全月|全年|整天|一整天|一整年|整年)")
_WITH = ("和", "与", "跟", "同")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMention:
    """A stretch of the question that speaks of time.

    Attributes:
        start, end: Offsets in the text given, end exclusive.
        said: That stretch of the text.
        kind: `window` has a range; `daily_window` and `day_type` limit a window and, where they can stand alone
            ("夜里", "周末"), carry the latest such range too; `compare` carries what is compared with; `moment` is
            "now"; `problem` has a code: impossible_date, empty_window, future, unknown_calendar_year, needs_context,
            vague_season, vague_around, recurring_weekday, recurring_month, ambiguous_rush_hour, which_holiday,
            which_holiday_day. `resolve` adds unequal_windows (a year against a month).
        policy: How a word that leaves a choice was read, printable; null when nothing was chosen.
        value: The reading itself, for `resolve`.
    """

    start: int
    end: int
    said: str
    kind: Kind
    range: TimeRange | None = None
    grain: Grain | None = None
    compare: Compare | None = None
    daily_window: DailyWindow | None = None
    day_type: DayType | None = None
    problem: str | None = None
    policy: str | None = None
    value: Value | None = field(default=None, repr=False, compare=False)


def find_times(
    text: str, *, now: datetime, city: City, calendar: WorkingCalendar, previous: TimeRange | None = None
) -> tuple[TimeMention, ...]:
    """Everything said about time, in order, without overlaps; the longest reading wins.

    Args:
        text: Normalised text: NFKC, lower-case Latin, simplified Chinese.
        now: Aware; relative words count from it.
        city: For its zone, night and parts of the day.
        calendar: For its holidays and working hours.
        previous: The window of the turn before, for "那前一周呢" and "同期".
    """
    here = Here.of(now, city, calendar)
    chosen: list[TimeMention] = []
    candidates = [piece for piece in pieces(text, here) if _stands_alone(piece.value)]
    for piece in sorted(candidates, key=_preference):
        if any(piece.start < other.end and other.start < piece.end for other in chosen):
            continue
        chosen.append(_mention(text, piece, here, previous))
    chosen.sort(key=lambda one: one.start)
    widened = [_widened(text, one, chosen[i - 1].end if i else 0) for i, one in enumerate(chosen)]
    return tuple(_follow_up(widened, here, previous))


def _preference(piece: Piece) -> tuple[int, int, int]:
    """Longest first, then leftmost; of two readings of the same words a comparison, or a window that needs no hours."""
    limited = isinstance(piece.value, Span) and piece.value.daily is not None
    rank = 0 if isinstance(piece.value, Against) else 2 if limited else 1
    return piece.start - piece.end, piece.start, rank


def _stands_alone(value: Value) -> bool:
    if isinstance(value, Hours | Cycle):
        return not value.loose
    if isinstance(value, Slice):
        return value.alone
    return isinstance(value, Span | DayKind | Against | Series | Moment | Problem | Shift) or (
        isinstance(value, Mark) and value.kind in {"every", "every_night"}
    )


def _mention(text: str, piece: Piece, here: Here, previous: TimeRange | None) -> TimeMention:
    base = TimeMention(
        start=piece.start, end=piece.end, said=text[piece.start : piece.end], kind="problem", value=piece.value
    )
    try:
        return _read(base, piece.value, here, previous)
    except TimeProblem as problem:
        return replace(base, problem=problem.code)
    except (OverflowError, ValueError):
        return replace(base, problem="impossible_date")


def _read(base: TimeMention, value: Value, here: Here, previous: TimeRange | None) -> TimeMention:  # noqa: C901 one case per kind of value
    match value:
        case Span():
            return _window(base, value, here)
        case Cycle() if value.key == ("weekend",):
            return replace(_window(base, here.latest(value), here), kind="day_type", day_type="weekend")
        case Cycle():
            return _window(base, here.latest(value), here)
        case Hours(daily=True):
            return replace(
                base, kind="daily_window", daily_window=_daily(value), policy="; ".join(value.policies) or None
            )
        case Hours():
            return replace(
                _window(base, here.latest_hours(value), here), kind="daily_window", daily_window=_daily(value)
            )
        case DayKind():
            daily = _daily(value.daily) if value.daily else None
            return replace(base, kind="day_type", day_type=value.type, daily_window=daily)
        case Slice() | Shift():
            return _window(base, _relative(value, here, previous), here)
        case Against():
            return _comparison(base, value, here)
        case Series():
            return replace(base, kind="grain", grain=value.grain)
        case Mark(kind="every"):
            return replace(base, kind="grain", grain=Grain.DAY)
        case Mark():
            night = here.policies.parts["night"]
            return replace(
                base,
                kind="daily_window",
                daily_window=_daily(night),
                policy=night.policies[0],
                value=replace(night, daily=True),
            )
        case Moment():
            return replace(base, kind="moment")
        case Problem():
            return replace(base, problem=value.code)
        case _:
            raise TimeProblem("impossible_date")


def _window(base: TimeMention, span: Span, here: Here) -> TimeMention:
    policy = "; ".join(span.policies) or None
    return replace(base, kind="window", range=here.window(span, base.said), policy=policy)


def _daily(hours: Hours) -> DailyWindow:
    return DailyWindow(start=hours.start, end=hours.end)


def _relative(value: Slice | Shift, here: Here, previous: TimeRange | None) -> Span:
    """前两周, 前一天, the week before: before the previous window if there is one, else before now."""
    if isinstance(value, Slice) and value.unit == "quarter":
        return here.slice(value, here.this("year"))
    count = value.count
    if previous is not None:
        origin = span_of(previous, here)
        return before(origin, count, value.unit) if count > 0 else later(origin, -count, value.unit)
    if value.unit == "same" or count < 0:
        raise TimeProblem("needs_context")
    if count == 1:
        return here.this(value.unit, -1)
    end = here.this(value.unit).start
    return Span(step(value.unit, end, -count), end, "range", policies=(f"the {count} whole {value.unit}s before",))


def _comparison(base: TimeMention, value: Against, here: Here) -> TimeMention:
    window = here.window(value.span, base.said) if value.span is not None else None
    return replace(
        base,
        kind="compare",
        range=window,
        compare=Compare(mode=value.mode, window=window) if window or value.mode != "window" else None,
    )


def _widened(text: str, one: TimeMention, floor: int) -> TimeMention:
    """Take the preposition before and the filler after into the mention."""
    start, end = one.start, one.end
    lead = _LEAD.search(text, floor, start)
    if (
        lead is not None
        and lead.end() == start
        and (one.kind == "compare" or not lead[0].startswith(_WITH))
        and one.kind != "grain"
    ):
        start = lead.start()
    trail = _TRAIL.match(text, end)
    if trail is not None and one.kind in {"window", "day_type", "daily_window"}:
        end = trail.end()
    if isinstance(one.value, Span | Cycle) and one.value.unit == "holiday":
        end = _holiday_days(text, one, end)
    said = text[start:end]
    window = one.range and one.range.model_copy(update={"said": said.strip()})
    return replace(one, start=start, end=end, said=said, range=window)


_HOLIDAY_DAYS = re.compile(rf"的?(?:那|这)?(?:小?长假|假期|放假|({ZH}|几|些)个?天(?:假期?|里)?)(?:期间|里)?")


def _holiday_days(text: str, one: TimeMention, end: int) -> int:
    """Where 「元旦三天」, 「端午那几天」 end; a number of days that the holiday does not have is left over."""
    match = _HOLIDAY_DAYS.match(text, end)
    if match is None:
        return end
    days = (one.range.end - one.range.start).days if one.range else 0
    fits = match[1] in {None, "几", "些"} or number(match[1]) == days
    return match.end() if fits else end


def _follow_up(mentions: Sequence[TimeMention], here: Here, previous: TimeRange | None) -> Sequence[TimeMention]:
    """「去年同期」 as the only time, after a window: that window, moved."""
    timed = [one for one in mentions if one.kind not in {"grain", "moment"}]
    if previous is None or len(timed) != 1 or not isinstance(timed[0].value, Against) or not timed[0].value.alone:
        return mentions
    shift = timed[0].value.shift or Shift(1, "year")
    origin = span_of(previous, here)
    moved = replace(
        origin,
        start=step(shift.unit, origin.start, -shift.count),
        end=step(shift.unit, origin.end, -shift.count),
        running=False,
    )
    base = replace(timed[0], compare=None)
    return [_window(base, moved, here) if one is timed[0] else one for one in mentions]
