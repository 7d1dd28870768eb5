"""The best cover of a question by known surfaces: fewest unknown words first, then fewest pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.offline.lexicon import lexicons
from assistant.offline.normalise import Normalised, is_cjk
from assistant.offline.spelling import Speller
from assistant.offline.tokens import Token
from assistant.offline.vocabulary import Entry, Vocabulary

UNKNOWN_COST = 10.0
STEM_COST = 0.15
GUESS_COST = 3.0
# A long name written with another character of the same sound, where the pieces alone would be words too.
HEARD_COST = 2.5
CONTENT_BONUS = 0.1
_FUNCTION = frozenset({"stop", "op", "case"})
_LOOSE = frozenset({"stop", "op"})
_WEAK = _FUNCTION | {"number", "dimension"}


@dataclass(frozen=True, slots=True)
class Span:
    """A piece that must be kept together: a time, with what it covers in the normalised text."""

    start: int
    end: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the cover: tokens `first` to `last` (exclusive) and what they may mean; no meanings: unknown."""

    first: int
    last: int
    start: int
    end: int
    entries: tuple[Entry, ...]
    said: str

    def of(self, *kinds: str) -> tuple[Entry, ...]:
        """Meanings of these kinds."""
        return tuple(entry for entry in self.entries if entry.kind in kinds)

    def has(self, kind: str, *targets: str) -> bool:
        """Whether one of the meanings is of the kind (and one of the targets)."""
        return any(e.kind == kind and (not targets or e.target in targets) for e in self.entries)

    def op(self, *targets: str) -> bool:
        """Whether it may be one of the operators."""
        return self.has("op", *targets)

    @property
    def number(self) -> float | None:
        """The number it stands for."""
        found = self.of("number")
        return float(found[0].target) if found else None


@dataclass(frozen=True, slots=True)
class _Edge:
    start: int
    end: int
    entries: tuple[Entry, ...]
    cost: float


def cover(
    text: Normalised, tokens: Sequence[Token], vocabulary: Vocabulary, speller: Speller, times: Sequence[Span]
) -> tuple[Segment, ...]:
    """The best cover, with misspelt names repaired where that leaves less unknown."""
    fixed = _time_edges(tokens, times)
    blocked = {i for edge in fixed for i in range(edge.start, edge.end)}
    edges = [*fixed, *_known_edges(tokens, vocabulary, blocked), *_number_edges(tokens, blocked)]
    path = _best_path(tokens, edges)
    loose = {e.start for e in path if e.end - e.start == 1 and e.entries and all(x.kind in _LOOSE for x in e.entries)}
    heard = [
        _Edge(*guess, HEARD_COST) for guess in speller.heard(tokens, loose) if blocked.isdisjoint(range(*guess[:2]))
    ]
    if heard:
        edges += heard
        path = _best_path(tokens, edges)
    unknown = [i for edge in path if not edge.entries for i in range(edge.start, edge.end)]
    if unknown:
        weak = set(unknown) | {
            e.start for e in path if e.end - e.start == 1 and e.entries and all(x.kind in _WEAK for x in e.entries)
        }
        edges += [
            _Edge(*guess, GUESS_COST)
            for guess in speller.corrections(tokens, unknown, weak)
            if not blocked & set(range(guess[0], guess[1]))
        ]
        path = _best_path(tokens, edges)
    return tuple(_segment(text, tokens, edge) for edge in _joined(path))


def _segment(text: Normalised, tokens: Sequence[Token], edge: _Edge) -> Segment:
    start, end = tokens[edge.start].start, tokens[edge.end - 1].end
    return Segment(edge.start, edge.end, start, end, edge.entries, text.said(start, end))


def _time_edges(tokens: Sequence[Token], times: Sequence[Span]) -> list[_Edge]:
    edges = []
    for span in times:
        inside = [i for i, t in enumerate(tokens) if t.start < span.end and t.end > span.start]
        if inside and inside == list(range(inside[0], inside[-1] + 1)):
            edges.append(_Edge(inside[0], inside[-1] + 1, (span.entry,), 1.0))
    return edges


def _known_edges(tokens: Sequence[Token], vocabulary: Vocabulary, blocked: set[int]) -> Iterable[_Edge]:
    for start in range(len(tokens)):
        if start in blocked:
            continue
        for end, entries, exact in vocabulary.starting_at(tokens, start):
            if blocked and not blocked.isdisjoint(range(start, end)):
                continue
            content = any(e.kind not in _FUNCTION for e in entries)
            cost = 1.0 - CONTENT_BONUS * content + (0.0 if exact else STEM_COST * (end - start))
            cost += 0.2 * (
                end - start == 1 and all(e.kind == "stop" for e in entries) and is_cjk(tokens[start].text[0])
            )
            cost += 0.3 * any(e.kind == "op" and e.target == "not" for e in entries)
            cost += 0.05 * (max(e.score for e in entries) < 1)
            yield _Edge(start, end, entries, cost)


def _number_edges(tokens: Sequence[Token], blocked: set[int]) -> Iterable[_Edge]:
    chinese, english = (lexicon.numerals for lexicon in lexicons())
    for start, token in enumerate(tokens):
        if start in blocked:
            continue
        if token.is_number:
            yield from _digits(tokens, start)
        elif token.text in english:
            yield _number(start, start + 1, float(english[token.text]))
        elif token.text in chinese and (start == 0 or tokens[start - 1].text not in chinese):
            yield from _numerals(tokens, start, blocked, chinese)


def _number(start: int, end: int, value: float, unit: str = "") -> _Edge:
    return _Edge(start, end, (Entry("number", f"{value:g}", unit),), 1.0)


def _digits(tokens: Sequence[Token], start: int) -> Iterable[_Edge]:
    digits = tokens[start].text.rstrip("stndrh").replace(",", "")
    value = float(digits) if digits.count(".") < 2 else 0.0
    yield _number(start, start + 1, value)
    after = tokens[start + 1].text if start + 1 < len(tokens) else ""
    if after in {"%", "percent", "成"}:
        yield _number(start, start + 2, value / (10 if after == "成" else 100), "%")


def _numerals(tokens: Sequence[Token], start: int, blocked: set[int], values: Mapping[str, int]) -> Iterable[_Edge]:
    first = start
    percent = [t.text for t in tokens[start : start + 3]] == ["百", "分", "之"]
    if percent:
        first = start + 3
        if first < len(tokens) and tokens[first].is_number:
            yield _number(start, first + 1, float(tokens[first].text) / 100, "%")
    end = first
    while end < len(tokens) and tokens[end].text in values and end not in blocked:
        end += 1
        value = float(chinese_number([t.text for t in tokens[first:end]], values))
        yield _number(start, end, value / 100 if percent else value, "%" if percent else "")
        if end < len(tokens) and tokens[end].text == "成" and not percent:
            yield _number(start, end + 1, value / 10, "%")


def chinese_number(characters: Sequence[str], values: Mapping[str, int]) -> int:
    """The value of a Chinese numeral: 三百二十 is 320, 二〇 is 20."""
    if all(values[c] < 10 for c in characters):
        return int("".join(str(values[c]) for c in characters))
    total = section = digit = 0
    for character in characters:
        value = values[character]
        if value < 10:
            digit = value
        elif value == 10_000:
            total, section, digit = (total + section + digit) * value, 0, 0
        else:
            section, digit = section + (digit or 1) * value, 0
    return total + section + digit


def _best_path(tokens: Sequence[Token], edges: Iterable[_Edge]) -> list[_Edge]:
    """Dynamic programming from the end; an edge that knows nothing is the last resort for each token."""
    by_start: dict[int, list[_Edge]] = defaultdict(list)
    merged: dict[tuple[int, int], _Edge] = {}
    for edge in edges:
        key = (edge.start, edge.end)
        seen = merged.get(key)
        entries = tuple(dict.fromkeys((*(seen.entries if seen else ()), *edge.entries)))
        merged[key] = _Edge(edge.start, edge.end, entries, min(edge.cost, seen.cost if seen else edge.cost))
    for edge in merged.values():
        by_start[edge.start].append(edge)
    best: list[tuple[float, _Edge | None]] = [(0.0, None)] * (len(tokens) + 1)
    for start in range(len(tokens) - 1, -1, -1):
        unknown = _Edge(start, start + 1, (), UNKNOWN_COST * tokens[start].weight)
        options = [(edge.cost + best[edge.end][0], edge) for edge in (*by_start[start], unknown)]
        best[start] = min(options, key=lambda option: (option[0], -option[1].end))
    path = []
    at = 0
    while at < len(tokens):
        chosen = best[at][1]
        assert chosen is not None
        path.append(chosen)
        at = chosen.end
    return path


def _joined(path: Sequence[_Edge]) -> list[_Edge]:
    """Neighbouring unknown pieces as one."""
    out: list[_Edge] = []
    for edge in path:
        if out and not edge.entries and not out[-1].entries:
            out[-1] = _Edge(out[-1].start, edge.end, (), out[-1].cost + edge.cost)
        else:
            out.append(edge)
    return out
