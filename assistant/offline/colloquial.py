"""Everyday names of problems, attached to whatever a city's own list calls them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.offline.lexicon import categories
from assistant.offline.normalise import fold, is_cjk
from assistant.offline.tokens import tokenise
from assistant.offline.vocabulary import Entry, Surface

Place = tuple[str, str]

# Members whose own names hold a phrase are what it means, unless they are this rare among what the entry stands for.
_RARE = 0.1


# A member's code, with the standard it is of and whether it is a component or an event: codes alone overlap.
Standards = Mapping[str, tuple[str, str]]


def colloquial_surfaces(
    members: Mapping[str, Sequence[Any]], levels: Sequence[str], standards: Standards | None = None
) -> Iterator[Surface]:
    """Surfaces for the categories this city has.

    Args:
        members: Known values by dimension.
        levels: The category dimensions, finest first; an entry is attached on the finest level that has it.
        standards: Standard and kind by category name; a category of no known standard is attached by name only.
    """
    index = _Index(members, levels, standards or {})
    for entry in categories():
        places = index.places(entry)
        for phrase in _phrases(entry) if places else ():
            if len(phrase) > 1:
                for place in index.meant(phrase, places):
                    yield Surface(phrase, Entry("value", *place, 0.95, "short", str(entry.get("id", ""))))


def _listed(entry: Mapping[str, Any], key: str) -> Iterator[str]:
    found = entry.get(key) or {}
    for listed in found.values():
        yield from [listed] if isinstance(listed, str) else listed or ()


def _names(entry: Mapping[str, Any]) -> list[str]:
    return [fold(str(name)) for key in ("name", "names") for name in _listed(entry, key)]


def _phrases(entry: Mapping[str, Any]) -> list[str]:
    said = [fold(str(phrase)) for phrase in _listed(entry, "say")]
    legacy = [fold(str(p)) for key in ("zh", "en") for p in entry.get(key) or ()]
    return list(dict.fromkeys((*_names(entry), *said, *legacy)))


class _Index:
    """A city's categories by name, by the words of the name and by code."""

    def __init__(self, members: Mapping[str, Sequence[Any]], levels: Sequence[str], standards: Standards) -> None:
        self._standards = standards
        self._levels = [(level, members.get(level, ())) for level in levels]
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        self._by_code: dict[tuple[str, str], list[tuple[str, Place]]] = defaultdict(list)
        self._by_word: dict[str, list[tuple[frozenset[str], Place]]] = defaultdict(list)
        self._rows: dict[Place, int] = {}
        for level, known in self._levels:
            for member in known:
                self._add(level, member)

    def _add(self, level: str, member: Any) -> None:
        place = (level, member.value)
        folded = fold(member.value)
        self._rows[place] = member.rows
        self._by_name[folded].append(place)
        standard, kind = self._standards.get(member.value, ("", ""))
        if standard and (code := getattr(member, "code", None)):
            self._by_code[str(code), kind].append((_plain(standard), place))
        if not is_cjk(folded[0]):
            words = frozenset(token.stem for token in tokenise(folded))
            for word in words:
                self._by_word[word].append((words, place))

    def places(self, entry: Mapping[str, Any]) -> list[Place]:
        """Where an entry belongs: all members of one level that go by one of its names, else by one of its codes."""
        names = _names(entry)
        found = [place for name in names for place in self._by_name.get(name, ())]
        found += [place for name in names for place in self._containing(name)]
        found = found or list(self._coded(entry))
        for level, _ in self._levels:
            here = list(dict.fromkeys(place for place in found if place[0] == level))
            if here:
                return here
        return []

    def _coded(self, entry: Mapping[str, Any]) -> Iterator[Place]:
        """Members with one of the entry's codes, of the same standard and kind."""
        for standard, listed in (entry.get("standard") or {}).items():
            for code in [listed] if isinstance(listed, str) else listed or ():
                for held, place in self._by_code.get((str(code), str(entry.get("kind", ""))), ()):
                    if held.startswith(_plain(standard)):
                        yield place

    def meant(self, phrase: str, places: Sequence[Place]) -> Sequence[Place]:
        """The members that a phrase means: those named by its own words, else all of them."""
        if len(places) == 1:
            return places
        score = {place: _shared(phrase, fold(place[1])) for place in places}
        best = max(score.values())
        literal = [place for place in places if score[place] == best]
        if best == 0 or len(literal) == len(places):
            return places
        rows = sum(self._rows[place] for place in literal)
        return literal if rows >= _RARE * sum(self._rows[place] for place in places) else places[:1]

    def _containing(self, name: str) -> list[Place]:
        """English members that hold all the words of a name of two words or more ("Request for Pothole Repair")."""
        words = frozenset(token.stem for token in tokenise(name))
        if len(words) < 2 or is_cjk(name[0]):
            return []
        rarest = min(words, key=lambda word: len(self._by_word.get(word, ())))
        return [place for held, place in self._by_word.get(rarest, ()) if words <= held]


def _plain(standard: str) -> str:
    """A standard's number as letters and digits: "GB/T 47678.5-2026" is gbt4767852026."""
    return "".join(c for c in standard.lower() if c.isalnum())


def _shared(phrase: str, name: str) -> int:
    """How many words of the phrase (characters, for Chinese, two at least) the name holds."""
    if is_cjk(phrase[0]):
        shared = len(set(phrase) & set(name))
        return shared if shared > 1 else 0
    held = [token.stem for token in tokenise(name)]
    return sum(any(_same_word(token.stem, word) for word in held) for token in tokenise(phrase))


def _same_word(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) >= 3 and (one.startswith(other) or other.startswith(one)))
