"""Several windows in one question: a comparison, a series, or one longer stretch."""

from __future__ import annotations

from assistant.offline.clock import Moments
from assistant.offline.sentence import Sentence, Slots
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
    if len(moments.others) == 1 and moments.time is not None and moments.compare is None:
        _two(sentence, slots, moments.time, moments.others[0])
    elif moments.others and moments.compare is None:
        slots.doubts.append("several_windows")


def _two(sentence: Sentence, slots: Slots, first: TimeRange, second: TimeRange) -> None:
    early, late = sorted((first, second), key=lambda window: window.start)
    compared = sentence.ops("compare", "change", "trend", free=False) or slots.direction
    adjacent = early.end == late.start
    if not compared and adjacent and not sentence.ops("each", "respectively", "which", free=False):
        slots.time = {**_json(early), "end": late.end.isoformat(), "said": f"{first.said} + {second.said}"}
        return
    if sentence.ops("change", "trend", free=False) and not sentence.ops("compare", free=False):
        first, second = late, early
    slots.time = _json(first)
    slots.compare = {"mode": "window", "window": _json(second)}


def _json(window: TimeRange) -> dict[str, object]:
    return {k: v for k, v in window.model_dump(mode="json", exclude_defaults=True).items() if k != "grain"}
