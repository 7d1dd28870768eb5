"""Sentence: the cover of a question with a ledger of which pieces a rule has accounted for; Slots: what they fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.offline.lattice import Segment
from assistant.offline.normalise import is_cjk
from assistant.offline.vocabulary import Entry

# Operators that carry no result of their own: nothing is lost when no rule needed them.
QUIET = frozenset({
    "which", "how_many", "each", "and", "or", "again", "whole", "handle_object", "have", "respectively", "all_time",
    "greeting", "thanks", "praise", "complaint", "also", "ordinal", "what_does", "case_no", "this_case", "goodbye", "where_place", "show",
})  # fmt: skip


@dataclass(slots=True)
class Sentence:
    """Segments of one question and which of them are explained.

    Attributes:
        text: The normalised text, for what stands between segments.
    """

    text: str
    segments: tuple[Segment, ...]
    used: set[int] = field(default_factory=set)

    def use(self, *positions: int) -> None:
        """Mark pieces as explained."""
        self.used.update(positions)

    def where(self, kind: str, *targets: str) -> list[int]:
        """Positions of pieces that may mean this."""
        return [i for i, s in enumerate(self.segments) if s.has(kind, *targets)]

    def any_of(self, *kinds: str) -> list[int]:
        """Positions of pieces that may be of one of the kinds."""
        return [i for i, s in enumerate(self.segments) if any(e.kind in kinds for e in s.entries)]

    def ops(self, *targets: str, free: bool = True) -> list[int]:
        """Positions of operators, of unexplained ones by default."""
        return [i for i in self.where("op", *targets) if not free or i not in self.used]

    def take(self, *targets: str) -> bool:
        """Whether one of the operators is there; explains all of them."""
        found = self.ops(*targets, free=False)
        self.use(*found)
        return bool(found)

    def is_filler(self, position: int) -> bool:
        """Whether the piece may be passed over between two that belong together."""
        return bool(self.segments[position].entries) and self.segments[position].has("stop")

    def before(self, position: int) -> int | None:
        """The nearest piece before that is no filler."""
        return next((i for i in range(position - 1, -1, -1) if not self._passed(i)), None)

    def after(self, position: int) -> int | None:
        """The nearest piece after that is no filler."""
        return next((i for i in range(position + 1, len(self.segments)) if not self._passed(i)), None)

    def _passed(self, position: int) -> bool:
        entries = self.segments[position].entries
        return bool(entries) and all(e.kind == "stop" for e in entries)

    def gap(self, left: int, right: int) -> str:
        """What stands between two pieces."""
        return self.text[self.segments[left].end : self.segments[right].start]

    def unexplained(self) -> Iterator[Segment]:
        """Content that no rule accounted for."""
        for position, segment in enumerate(self.segments):
            if position not in self.used and not _is_quiet(segment):
                yield segment

    def unexplained_words(self) -> tuple[str, ...]:
        """The same as the asker wrote it: pieces of one Chinese word are put together again."""
        words: list[str] = []
        end = -1
        for segment in self.unexplained():
            if words and segment.start == end:
                words[-1] += segment.said
            else:
                words.append(self._torn_off(segment) + segment.said)
            end = segment.end
        return tuple(dict.fromkeys(words))

    def _torn_off(self, segment: Segment) -> str:
        """A single character before an unknown Chinese piece that was taken for an operator (「量」 of 「量子」)."""
        before = next((s for s in self.segments if s.end == segment.start and s.last == segment.first), None)
        torn = (
            before is not None
            and not segment.entries
            and before.last - before.first == 1
            and is_cjk(before.said[:1] or " ")
        )
        return before.said if torn and before is not None and before.has("op") and not before.has("stop") else ""


def _is_quiet(segment: Segment) -> bool:
    return any(e.kind in {"stop", "case", "city"} or (e.kind == "op" and e.target in QUIET) for e in segment.entries)


@dataclass(slots=True)
class ValueUse:
    """A filter in the making."""

    dimension: str
    value: str
    said: str
    position: int
    negated: bool = False


@dataclass(slots=True)
class Slots:
    """What a question fills; turned into calls by `compose`."""

    metrics: list[str] = field(default_factory=list)
    dimensions: list[str] = field(default_factory=list)
    values: list[ValueUse] = field(default_factory=list)
    numeric: list[tuple[str, str, float]] = field(default_factory=list)
    thresholds: list[tuple[int, str, float, str]] = field(default_factory=list)
    time: dict[str, Any] | None = None
    compare: dict[str, Any] | None = None
    partial: dict[str, Any] | None = None
    grain: str | None = None
    wants_trend: bool = False
    direction: str | None = None
    limit: int | None = None
    singular: bool = True
    limit_per: list[str] = field(default_factory=list)
    calc: str = "none"
    rows: str = "aggregate"
    chart: str | None = None
    excess: bool = False
    change_order: str | None = None
    order: list[dict[str, str]] = field(default_factory=list)
    inherited: bool = False
    derived_metric: bool = False
    having: list[dict[str, Any]] = field(default_factory=list)
    statistic: str | None = None
    case_no: str | None = None
    own: list[str] = field(default_factory=list)
    pointed: list[tuple[int, str]] = field(default_factory=list)
    any_type: bool = False
    who: bool = False
    whole_of: list[str] = field(default_factory=list)
    citywide: bool = False
    default_metric: bool = False
    strong_metric: bool = False
    reported: bool = False
    it: bool = False
    readings: list[dict[str, Any]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    leans: bool = False
    ambiguous: list[tuple[int, tuple[Entry, ...]]] = field(default_factory=list)
    penalty: float = 0.0

    def note(self, key: str, **fields: Any) -> None:
        """A reading to be printed with the answer."""
        entry = {"key": key, **fields}
        if entry not in self.readings:
            self.readings.append(entry)
