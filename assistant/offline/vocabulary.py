"""Vocabulary: every surface people may write, and what each may mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.offline.tokens import Token, singular, stem, words_of

Kind = Literal["metric", "dimension", "value", "op", "stop", "case", "number", "time", "city"]

How = Literal["exact", "short", "part", "spelling"]

# Names of things bend in number only: "rate" is no "rating", "park" no "parking".
_NOUNS = frozenset({"value", "dimension"})
ID_KINDS = frozenset({"metric", "dimension", "value"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning of a surface.

    Attributes:
        target: Metric or dimension id, operator id, or the number written.
        value: The member, for values.
        score: 1 for names as they are listed; less for shortened, partial and misspelt ones.
        how: How the surface was recognised, for the echo.
        group: Values of one group are meant together.
    """

    kind: Kind
    target: str
    value: str = ""
    score: float = 1.0
    how: How = "exact"
    group: str = ""


@dataclass(frozen=True, slots=True)
class Surface:
    """A name to be recognised, already folded."""

    text: str
    entry: Entry


class Vocabulary:
    """Surfaces by their tokens, and by the stems of their tokens; names of things only bend in number."""

    def __init__(self, surfaces: Iterable[Surface]) -> None:
        self._exact: dict[str, list[Entry]] = defaultdict(list)
        self._stems: dict[str, list[Entry]] = defaultdict(list)
        self._lengths: dict[str, set[int]] = defaultdict(set)
        self._stem_lengths: dict[str, set[int]] = defaultdict(set)
        self._plurals: dict[str, list[Entry]] = defaultdict(list)
        self._plural_lengths: dict[str, set[int]] = defaultdict(set)
        self.names: dict[str, list[Entry]] = {}
        self.words: set[str] = set()
        for surface in surfaces:
            self._add(surface)

    def _add(self, surface: Surface) -> None:
        words = words_of(surface.text)
        if not words:
            return
        self.words.update(words)
        key = " ".join(words)
        entries = self._exact[key]
        if surface.entry not in entries:
            entries.append(surface.entry)
        self._lengths[words[0]].add(len(words))
        if surface.entry.kind in ID_KINDS and surface.entry.target != "area":
            # A word such as "place" is no name that somebody may have misspelt.
            self.names.setdefault(surface.text, []).append(surface.entry)
        if surface.text.isascii():
            self._add_stems(words, surface.entry)

    def _add_stems(self, words: list[str], entry: Entry) -> None:
        stems = [singular(word) if entry.kind in _NOUNS else stem(word) for word in words]
        index, lengths = (
            (self._plurals, self._plural_lengths) if entry.kind in _NOUNS else (self._stems, self._stem_lengths)
        )
        entries = index[" ".join(stems)]
        if entry not in entries:
            entries.append(entry)
        lengths[stems[0]].add(len(words))

    def starting_at(self, tokens: Sequence[Token], start: int) -> Iterable[tuple[int, tuple[Entry, ...], bool]]:
        """Surfaces that begin at a token, as (end, meanings, written exactly so)."""
        exact_ends = set()
        for length in self._lengths.get(tokens[start].text, ()):
            end = start + length
            entries = self._exact.get(" ".join(t.text for t in tokens[start:end])) if end <= len(tokens) else None
            if entries:
                exact_ends.add(end)
                yield end, tuple(entries), True
        bent = {
            *((length, "stem") for length in self._stem_lengths.get(tokens[start].stem, ())),
            *((length, "singular") for length in self._plural_lengths.get(tokens[start].singular, ())),
        }
        for length, form in bent:
            end = start + length
            if end > len(tokens) or end in exact_ends:
                continue
            index = self._stems if form == "stem" else self._plurals
            entries = index.get(" ".join(getattr(t, form) for t in tokens[start:end]))
            if entries:
                yield end, tuple(entries), False

    def ending_at(self, tokens: Sequence[Token], end: int, reach: int = 4) -> Iterable[Entry]:
        """Meanings of the surfaces that end just before a token."""
        for start in range(max(0, end - reach), end):
            for stop, entries, _ in self.starting_at(tokens, start):
                if stop == end:
                    yield from entries
