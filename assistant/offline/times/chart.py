"""Putting neighbouring pieces together until nothing new comes of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.offline.times import digits, named, words_en, words_zh
from assistant.offline.times.here import Here
from assistant.offline.times.joins import join, span_to
from assistant.offline.times.rule import Rule
from assistant.offline.times.values import Problem, TimeProblem, Value

# Safety valve against adversarial text; real questions stay below 80.
_MOST_PIECES = 600
_LONGEST_TEXT = 600

_NEXT_TO = re.compile(
    r"(?a)\s*(?:的|,\s?)?\s*(?:(?:of|in|on|at|during|for|from|between|within|over)\b\s*)?(?:(?:the|both|each)\b\s*)?(?:从|自|在|于)?(?:期间)?\s*"
)
_TO = re.compile(
    r"(?a)\s*(?:当[天日])?\s*(?:一直)?(?:-{1,2}|~|到|至|直到|\bto\b|\bthrough\b|\bthru\b|\buntil\b|\btill\b|\band\b|/(?=\d{4}))\s*(?:the\b\s*)?"
)
_SPACE = re.compile(r"(?a)t(?=\d)|\s*(?:的|,)?\s*(?:\b(?:of|in|on|at|during|for|from|between)\s+)?")
_BETWEEN = re.compile(r"(?:between|介于|在)\s*(?:the\s+)?$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text and what it means."""

    start: int
    end: int
    value: Value


def pieces(text: str, here: Here) -> list[Piece]:
    """Every reading of every stretch, lexical ones first."""
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT]
    chart = _Chart(text, here)
    for piece in _lexical(text, here):
        chart.add(piece)
    return chart.all


class _Chart:
    """All pieces so far, found by where they start and by where a neighbour may start."""

    def __init__(self, text: str, here: Here) -> None:
        self.text = text
        self.here = here
        self.all: list[Piece] = []
        self._seen: set[tuple[int, int, Value]] = set()
        self._starting: dict[int, list[Piece]] = defaultdict(list)
        self._expecting: dict[int, list[tuple[Piece, str]]] = defaultdict(list)

    def add(self, first: Piece) -> None:
        """Add a piece and everything that follows from it."""
        agenda = [first]
        while agenda and len(self.all) < _MOST_PIECES:
            piece = agenda.pop()
            if (piece.start, piece.end, piece.value) in self._seen:
                continue
            self._seen.add((piece.start, piece.end, piece.value))
            self.all.append(piece)
            self._starting[piece.start].append(piece)
            for left, glue in self._expecting[piece.start]:
                agenda.extend(self._join(left, glue, piece))
            for glue, position in self._glues(piece):
                self._expecting[position].append((piece, glue))
                for right in self._starting[position]:
                    agenda.extend(self._join(piece, glue, right))

    def _join(self, left: Piece, glue: str, right: Piece) -> Iterator[Piece]:
        try:
            value = (join if glue == "next" else span_to)(left.value, right.value, self.here)
        except TimeProblem as problem:
            value = Problem(problem.code)
        except (OverflowError, ValueError):
            value = Problem("impossible_date")
        if value is not None:
            yield Piece(left.start, right.end, value)

    def _glues(self, piece: Piece) -> Iterator[tuple[str, int]]:
        beside = _NEXT_TO.match(self.text, piece.end)
        plain = _SPACE.match(self.text, piece.end)
        ends = {piece.end, beside.end() if beside else piece.end, plain.end() if plain else piece.end}
        yield from (("next", end) for end in sorted(ends))
        to = _TO.match(self.text, piece.end)
        if to is not None and ("and" not in to[0] or _BETWEEN.search(self.text, 0, piece.start)):
            yield "to", to.end()


def _lexical(text: str, here: Here) -> Iterator[Piece]:
    for one in _rules(here):
        for match in one.pattern.finditer(text):
            if match.end() == match.start():
                continue
            try:
                value = one.build(match, here)
            except TimeProblem as problem:
                value = Problem(problem.code)
            except (OverflowError, ValueError):
                value = None
            if value is not None:
                yield Piece(match.start(), match.end(), value)


_CACHE: dict[tuple[int, str], tuple[Rule, ...]] = {}


def _rules(here: Here) -> tuple[Rule, ...]:
    key = (id(here.policies), here.calendar.id)
    if key not in _CACHE:
        _CACHE[key] = (*words_zh.RULES, *words_en.RULES, *digits.RULES, *named.rules(here))
    return _CACHE[key]
