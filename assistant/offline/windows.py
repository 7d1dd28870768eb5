"""Several windows in one question: a comparison, a series, or one longer stretch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from assistant.offline.clock import Moments
from assistant.offline.sentence import Sentence, Slots, ValueUse
from warehouse.periods import calendar_kind, floor
from warehouse.semantic import TimeRange


def read_windows(sentence: Sentence, slots: Slots, moments: Moments) -> None:
    """Fill time, comparison and grain from what was said about time."""
    sentence.use(*sentence.where("time"))
    slots.readings.extend(moments.readings)
    slots.partial = moments.partial
    slots.grain = moments.grain.value if moments.grain else None
    if moments.time is not None:
        slots.time = _json(moments.time)
        slots.grain = slots.grain or (moments.time.grain.value if moments.time.grain else None)
    if moments.kinds_of_day > 1:
        slots.dimensions.append("day_type")
        slots.time = {k: v for k, v in (slots.time or {}).items() if k != "day_type"} if not moments.partial else None
    if moments.compare is not None:
        slots.compare = moments.compare.model_dump(mode="json", exclude_defaults=True)
    row = _in_a_row((moments.time, *moments.others)) if moments.time and len(moments.others) > 1 else None
    if row is not None and moments.compare is None:
        slots.time, slots.grain = {k: v for k, v in row.items() if k != "grain"}, str(row["grain"])
    elif len(moments.others) == 1 and moments.time is not None and moments.compare is None:
        _two(sentence, slots, moments.time, moments.others[0], moments.now)
    elif moments.others and moments.compare is None:
        slots.doubts.append("several_windows")


def _two(sentence: Sentence, slots: Slots, first: TimeRange, second: TimeRange, now: datetime | None) -> None:
    early, late = sorted((first, second), key=lambda window: window.start)
    compared = sentence.ops("compare", "change", "trend", free=False) or slots.direction
    adjacent = early.end == late.start
    if not compared and adjacent and not sentence.ops("each", "respectively", "which", free=False):
        slots.time = {**_json(early), "end": late.end.isoformat(), "said": f"{first.said} + {second.said}"}
        return
    if sentence.ops("change", "trend", free=False) and not sentence.ops("compare", free=False):
        first, second = late, early
    early, late = _same_part(early, late, now)
    first, second = (early, late) if first.start == early.start else (late, early)
    slots.time = _json(first)
    slots.compare = {"mode": "window", "window": _json(second)}


def _same_part(early: TimeRange, late: TimeRange, now: datetime | None) -> tuple[TimeRange, TimeRange]:
    """A unit still running up to now is held against the same elapsed part of the earlier unit."""
    unit = calendar_kind(early)
    if now is None or late.end != now or unit is None or unit[1] != 1 or floor(late.start, unit[0]) != late.start:
        return early, late
    end = early.start + (late.end.replace(tzinfo=None) - late.start.replace(tzinfo=None))
    return (early.model_copy(update={"end": end}) if end < early.end else early), late


_UNITS = ((1, 1, "day"), (7, 7, "week"), (28, 31, "month"), (90, 92, "quarter"), (365, 366, "year"))


def _in_a_row(windows: Sequence[TimeRange]) -> dict[str, object] | None:
    """「8月、9月、10月」: neighbouring calendar units are one series; null when they are not."""
    ordered = sorted(windows, key=lambda window: window.start)
    lengths = [round((w.end - w.start) / timedelta(days=1)) for w in ordered[:-1]]
    grain = next((name for low, high, name in _UNITS if all(low <= days <= high for days in lengths)), None)
    if grain is None or any(a.end != b.start for a, b in pairwise(ordered)):
        return None
    said = ", ".join(window.said for window in ordered)
    return {**_json(ordered[0]), "end": ordered[-1].end.isoformat(), "said": said, "grain": grain}


def read_weekdays(sentence: Sentence, slots: Slots, moments: Moments) -> None:
    """The words "on Mondays" keep the Mondays of the window."""
    for weekday, start in moments.weekdays:
        position = next(i for i, s in enumerate(sentence.segments) if s.start <= start < s.end)
        slots.values.append(ValueUse("weekday", str(weekday), sentence.segments[position].said, position))


def _json(window: TimeRange) -> dict[str, object]:
    return {k: v for k, v in window.model_dump(mode="json", exclude_defaults=True).items() if k != "grain"}
