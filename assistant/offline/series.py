"""Members in a row: 「执法一中队到执法四中队」, "Zone 2 through Zone 5" mean those between as well."""

from __future__ import annotations

import re

from assistant.offline.desk import Desk
from assistant.offline.lexicon import words
from assistant.offline.sentence import Sentence, Slots, ValueUse
from assistant.offline.times.numbers import number

_NUMBER = re.compile(r"[一二三四五六七八九十]+|\d+")


def read_series(sentence: Sentence, slots: Slots, desk: Desk) -> None:
    """Add the members between two that are joined by "to"; two that are no series are a doubt."""
    for first, last in zip(list(slots.values), list(slots.values)[1:], strict=False):
        if first.dimension != last.dimension or first.position >= last.position:
            continue
        joint = sentence.gap(first.position, last.position).strip()
        if joint not in words("through"):
            continue
        between = _between(desk.members.get(first.dimension, ()), first.value, last.value)
        if between is None:
            slots.doubts.append(joint)
            continue
        sentence.use(*range(first.position, last.position))
        known = {use.value for use in slots.values if use.dimension == first.dimension}
        slots.values += [
            ValueUse(first.dimension, value, value, last.position) for value in between if value not in known
        ]


def _between(members: tuple[str, ...], first: str, last: str) -> list[str] | None:
    """Members named like both ends with a number in between, both ends included; None when the ends are no series."""
    start, end = _numbered(first), _numbered(last)
    if start is None or end is None or start[0] != end[0] or start[1] >= end[1]:
        return None
    form, low, high = *start, end[1]
    found = {name: numbered for name in members if (numbered := _numbered(name)) is not None}
    return [name for name, (like, at) in found.items() if like == form and low <= at <= high]


def _numbered(name: str) -> tuple[str, float] | None:
    """A name without its only number, and the number."""
    found = _NUMBER.findall(name)
    return (_NUMBER.sub("#", name), number(found[0])) if len(found) == 1 else None
