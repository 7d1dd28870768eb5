"""Time words of a question as understanding needs them: what they cover, and which window they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistant.offline.desk import Desk
from assistant.offline.times import TimeMention, TimeReading, find_times, resolve
from assistant.offline.tokens import Token
from warehouse.semantic import Compare, Grain, TimeRange

_TALK = frozenset({"greeting", "thanks", "goodbye"})
_NAMES = frozenset({"value", "dimension", "metric"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """The time reading of one question.

    Attributes:
        spans: Offsets in the normalised text that the time words cover.
        others: Further windows, when more than one was said.
        partial: Only hours or a kind of day were said, so `time` is merely the latest such stretch.
        problem: Why no window can be given (an impossible date, a year without a calendar), with what was said.
    """

    spans: tuple[tuple[int, int], ...] = ()
    time: TimeRange | None = None
    others: tuple[TimeRange, ...] = ()
    compare: Compare | None = None
    grain: Grain | None = None
    partial: bool = False
    problem: dict[str, Any] | None = None
    readings: tuple[dict[str, Any], ...] = field(default=())


def read_times(text: str, tokens: Sequence[Token], desk: Desk, *, now: datetime, previous: TimeRange | None) -> Moments:
    """The times named in a normalised text; words inside a longer name ("五一路") are no times."""
    names = _name_spans(tokens, desk)
    found = find_times(text, now=now, city=desk.city, calendar=desk.calendar, previous=previous)
    cut = [(a, b) for a, b in names for m in found if a < m.start < b < m.end or m.start < a < m.end < b]
    if cut:
        found = find_times(_blanked(text, cut), now=now, city=desk.city, calendar=desk.calendar, previous=previous)
    kept = [m for m in found if not any(a <= m.start and m.end <= b and b - a > m.end - m.start for a, b in names)]
    reading = resolve(kept, now=now, city=desk.city, calendar=desk.calendar, previous=previous)
    return _moments(reading, kept)


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with spaces where a name begins or ends inside a time word ("closed late | in November")."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _name_spans(tokens: Sequence[Token], desk: Desk) -> list[tuple[int, int]]:
    """Stretches that are names of this city; each is longer than the time word that may stand in it."""
    return [
        (tokens[start].start, tokens[end - 1].end)
        for start in range(len(tokens))
        for end, entries, exact in desk.vocabulary.starting_at(tokens, start)
        if exact and end - start > 1 and any(e.kind in _NAMES or (e.kind == "op" and e.target in _TALK) for e in entries)
    ]


def _moments(reading: TimeReading, mentions: Sequence[TimeMention]) -> Moments:
    problem = None
    if reading.problems:
        first = reading.problems[0]
        problem = {"code": first.problem, "said": first.said}
    windows = [m for m in mentions if m.kind == "window"]
    return Moments(
        spans=reading.spans,
        time=reading.range,
        others=reading.alternatives[1:],
        compare=reading.compare,
        grain=reading.grain,
        partial=not windows and reading.range is not None and reading.compare is None,
        problem=problem,
        readings=tuple({"key": "time_policy", "said": policy} for policy in reading.policies),
    )
