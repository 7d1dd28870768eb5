"""Numbers in a question: thresholds (more than 50) and how many to show (top 3)."""

from __future__ import annotations

from assistant.offline.lexicon import words
from assistant.offline.sentence import Sentence, Slots

_BEFORE = {"more_than": "gt", "at_least": "ge", "less_than": "lt", "at_most": "le"}
_AFTER = {"or_more": "ge", "or_less": "le"}
_HOURS = {"unit_hour": 1.0, "unit_day": 24.0, "unit_minute": 1 / 60}
_SUPERLATIVES = ("most", "least", "best", "worst", "slow", "fast", "increase", "decrease")


def read_numbers(sentence: Sentence, slots: Slots) -> None:
    """Explain every number as a threshold or as how many to show."""
    _between(sentence, slots)
    for position, segment in enumerate(sentence.segments):
        if segment.number is None or position in sentence.used:
            continue
        if not _threshold(sentence, slots, position):
            _how_many(sentence, slots, position)


def _between(sentence: Sentence, slots: Slots) -> None:
    for position in sentence.ops("between"):
        low = sentence.after(position)
        joint = sentence.after(low) if low is not None else None
        high = sentence.after(joint) if joint is not None else None
        if low is None or joint is None or high is None:
            continue
        bounds = [(i, sentence.segments[i].number) for i in (low, high)]
        if all(n is not None for _, n in bounds) and sentence.segments[joint].op("and"):
            sentence.use(position, joint)
            for (i, number), op in zip(bounds, ("ge", "le"), strict=True):
                _add_threshold(sentence, slots, i, op, number or 0.0)


def _threshold(sentence: Sentence, slots: Slots, position: int) -> bool:
    number = sentence.segments[position].number or 0.0
    before, after = sentence.before(position), sentence.after(position)
    if before is not None:
        for op, symbol in _BEFORE.items():
            if sentence.segments[before].op(op):
                sentence.use(before)
                _add_threshold(sentence, slots, position, symbol, number)
                return True
    unit = after if after is not None and _is_unit(sentence, after) else None
    mark = sentence.after(unit) if unit is not None else after
    if mark is not None:
        for op, symbol in _AFTER.items():
            if sentence.segments[mark].op(op):
                sentence.use(mark)
                _add_threshold(sentence, slots, position, symbol, number)
                return True
    return False


def _is_unit(sentence: Sentence, position: int) -> bool:
    segment = sentence.segments[position]
    return segment.has("case") or segment.op(*_HOURS)


def _add_threshold(sentence: Sentence, slots: Slots, position: int, op: str, number: float) -> None:
    segment = sentence.segments[position]
    unit = segment.of("number")[0].value
    after = sentence.after(position)
    if after is not None and _is_unit(sentence, after):
        hours = next((factor for name, factor in _HOURS.items() if sentence.segments[after].op(name)), None)
        sentence.use(after)
        if hours is not None:
            number, unit = number * hours, "hour"
    sentence.use(position)
    slots.thresholds.append((position, op, number, unit))


def _how_many(sentence: Sentence, slots: Slots, position: int) -> None:
    number = sentence.segments[position].number or 0.0
    if not 1 <= number <= 10_000 or number != int(number) or sentence.segments[position].of("number")[0].value:
        return
    before, after = sentence.before(position), sentence.after(position)
    if after is not None and sentence.segments[after].op("how_many") and number == len(slots.metrics) > 1:
        sentence.use(position)  # "Just the two numbers": as many as were named.
        return
    around = [i for i in (before, after) if i is not None]
    marks = [i for i in around if sentence.segments[i].op("top", "bottom")]
    if marks:
        slots.direction = slots.direction or ("most" if sentence.segments[marks[0]].op("top") else "least")
        sentence.use(position, marks[0])
        slots.limit = int(number)
    elif _asked_for(sentence, position, before, after):
        sentence.use(position)
        slots.limit = int(number)
        slots.direction = slots.direction or "most"
    elif any(
        sentence.segments[i].op(*_SUPERLATIVES) or sentence.segments[i].has("dimension") for i in around
    ) and sentence.ops(*_SUPERLATIVES, free=False):
        sentence.use(position)
        slots.limit = int(number)


def _asked_for(sentence: Sentence, position: int, before: int | None, after: int | None) -> bool:
    """「哪三类」, "which three wards": so many of a kind are asked for, so the first of a ranking."""
    if before is None or after is None or before != position - 1 or not sentence.segments[before].op("which"):
        return False
    named = sentence.segments[after]
    return named.has("dimension") or named.said.lower() in words("type_words")
