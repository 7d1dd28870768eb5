"""Names written a little wrongly: homophones, typing slips and parts of a long name.

Never one character and never bare digits; the longer the name, the more may differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from assistant.offline.lexicon import words
from assistant.offline.normalise import fold, is_cjk
from assistant.offline.tokens import Token, tokenise
from assistant.offline.vocabulary import Entry, How
from tools.pinyin import sound

# A pair of characters in more names than this ("社区") says nothing about which name is meant.
_COMMON_PAIR = 300


class Speller:
    """Finds the known names nearest to what was written."""

    def __init__(self, names: Mapping[str, Sequence[Entry]], members: Mapping[str, frozenset[str]]) -> None:
        """`members` are the values that part of a name may stand for; fixed marks are not among them."""
        self._names = names
        self._open = members

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            if len(name) >= 2 and is_cjk(name[0]) and (key := sound(name)):
                found[key].append(name)
        return found

    @cached_property
    def _chinese(self) -> list[str]:
        return [name for name in self._names if len(name) >= 2 and is_cjk(name[0])]

    @cached_property
    def _by_pair(self) -> dict[str, list[str]]:
        """Chinese names by the pairs of characters in them."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in self._chinese:
            for pair in {name[i : i + 2] for i in range(len(name) - 1)}:
                found[pair].append(name)
        return found

    @cached_property
    def _latin(self) -> list[str]:
        return [name for name in self._names if len(name) >= 4 and name.isascii()]

    @cached_property
    def _squeezed(self) -> dict[str, list[str]]:
        """English names by their words, in the singular, without spaces: "bedbug" is "bed bugs"."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in self._latin:
            found[_squeeze(name)].append(name)
        return found

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        """English names by their words, in the singular."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in self._latin:
            for word in {token.singular for token in tokenise(name)}:
                found[word].append(name)
        return found

    def corrections(
        self, tokens: Sequence[Token], unknown: Sequence[int], weak: set[int]
    ) -> Iterator[tuple[int, int, tuple[Entry, ...]]]:
        """Spans of tokens that are probably misspelt names, each holding an unknown token.

        A short span may hold only `weak` tokens beside it: unknown ones and single function words.
        """
        for start, end in _windows(tokens, set(unknown)):
            written = _join(tokens[start:end])
            if end - start <= 3 and not weak.issuperset(range(start, end)):
                if is_cjk(written[0]) and (entries := self._by_ear(written)):
                    yield start, end, entries
                continue
            held = bool({start, end - 1} & (weak - set(unknown)))
            entries = self._corrected(written, whole=held)
            if entries:
                yield start, end, entries

    def _corrected(self, written: str, *, whole: bool = False) -> tuple[Entry, ...]:
        """Names like it; `whole`: it begins or ends with a function word, which no slip may change."""
        if is_cjk(written[0]):
            if alike := self._by_ear(written):
                return alike
            names = self._one_slip(written)
            if not names and len(written) >= 3:
                parts = self.parts(written)
                return parts if len({(e.target, e.value) for e in parts}) == 1 and _mostly(written, parts) else ()
        else:
            names = self._squeezed.get(_squeeze(written), []) or ([] if whole else self._near_latin(written))
        return self._entries(names, 0.8, "spelling")

    def heard(self, tokens: Sequence[Token], loose: set[int]) -> Iterator[tuple[int, int, tuple[Entry, ...]]]:
        """Spans of four Chinese characters or more that only sound like a name (「按其结案率」 is 按期结案率).

        Only spans that hold a `loose` token: a single character that was taken for a function word.
        """
        for start in range(len(tokens)):
            for end in range(start + 4, min(len(tokens), start + 8) + 1):
                if not is_cjk(tokens[end - 1].text[0]):
                    break
                if loose.isdisjoint(range(start, end)):
                    continue
                written = _join(tokens[start:end])
                if all(map(is_cjk, written)) and written not in self._names and (entries := self._by_ear(written)):
                    yield start, end, entries

    def _by_ear(self, written: str) -> tuple[Entry, ...]:
        """Names that sound the same and share at least half of the characters (「立暗」 is 立案)."""
        alike = [name for name in self._by_sound.get(sound(written), []) if _half_same(name, written)]
        return self._entries(alike, 0.8, "spelling")

    def _entries(self, names: Sequence[str], score: float, how: How) -> tuple[Entry, ...]:
        found = [
            replace(e, score=score * e.score, how=how, group="" if how == "part" else e.group)
            for name in names
            for e in self._names[name]
        ]
        return tuple(dict.fromkeys(found))

    def _one_slip(self, written: str) -> list[str]:
        if len(written) < 4 or len(written) > 12:
            return []
        pairs = [
            p for i in range(len(written) - 1) if len(self._by_pair.get(p := written[i : i + 2], ())) <= _COMMON_PAIR
        ]
        near = {
            n for pair in pairs for n in self._by_pair.get(pair, ()) if len(n) >= 4 and abs(len(n) - len(written)) <= 1
        }
        near = {n for n in near if any(self._is_open(e) for e in self._names[n])}
        near = {n for n in near if n not in written}
        return [name for name in near if DamerauLevenshtein.distance(name, written) == 1]

    def _near_latin(self, written: str) -> list[str]:
        if len(written) < 5 or any(c.isdigit() for c in written):
            return []
        allowed = 1 if len(written) < 8 else 2
        found = process.extract(written, self._latin, scorer=DamerauLevenshtein.distance, score_cutoff=allowed, limit=4)
        best = min((distance for _, distance, _ in found), default=0)
        return [name for name, distance, _ in found if distance == best and name[0] == written[0]]

    def parts(self, written: str) -> tuple[Entry, ...]:
        """Values whose names contain what was written as a whole word or a run of characters.

        A word that is in names of any kind ("office", 「管理」) says nothing and finds nothing.
        """
        if len(written) < 2 or not {token.singular for token in tokenise(written)} - words("generic"):
            return ()
        if written in words("generic"):
            return ()
        if is_cjk(written[0]):
            names = [name for name in self._by_pair.get(written[:2], ()) if _is_in(written, name)]
        else:
            wanted = [token.singular for token in tokenise(written)]
            pools = [set(self._by_stem.get(word, ())) for word in wanted]
            names = sorted(set.intersection(*pools)) if pools else []
        found = self._entries(names, 0.7, "part")
        return tuple(
            entry
            for entry in found
            if (self._is_open(entry) and written in fold(entry.value)) or self._has_words(entry, written)
        )

    def _is_open(self, entry: Entry) -> bool:
        return entry.kind == "value" and entry.value in self._open.get(entry.target, ())

    def _has_words(self, entry: Entry, written: str) -> bool:
        """Whether the member's own name holds the words, and not only something people say for it."""
        held = {token.singular for token in tokenise(fold(entry.value))}
        return self._is_open(entry) and {token.singular for token in tokenise(written)} <= held

    def near(self, written: str, limit: int = 3) -> tuple[Entry, ...]:
        """Values that look a little like it, for "did you mean"; best first."""
        pool = self._chinese if is_cjk(written[0]) else self._latin
        found = process.extract(written, pool, scorer=fuzz.ratio, score_cutoff=75, limit=limit * 3)
        entries = self._entries([name for name, _, _ in found], 0.5, "spelling")
        unique = {
            (e.target, e.value): e for e in entries if self._is_open(e) and fuzz.ratio(fold(e.value), written) >= 60
        }
        return tuple(unique.values())[:limit]


def _half_same(name: str, written: str) -> bool:
    """Whether at least half of the characters are the same: a slip of the keyboard changes few of them."""
    return 2 * sum(a == b for a, b in zip(name, written, strict=False)) >= min(len(name), 4)


def _is_in(written: str, name: str) -> bool:
    """Whether the name holds it, and not its contrary (「机动车」 is not in 「非机动车」)."""
    at = name.find(written)
    return at >= 0 and name[at - 1 : at] not in set("非不无未")


def _mostly(written: str, parts: Sequence[Entry]) -> bool:
    """Whether what was written is most of the name it is part of."""
    return all(2 * len(written) > len(fold(entry.value)) for entry in parts)


def _squeeze(name: str) -> str:
    return "".join(token.singular for token in tokenise(name))


def _join(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        if parts and not is_cjk(token.text[0]) and not is_cjk(parts[-1][-1]):
            parts.append(" ")
        parts.append(token.text)
    return "".join(parts)


def _windows(tokens: Sequence[Token], unknown: set[int]) -> Iterator[tuple[int, int]]:
    for start in range(len(tokens)):
        chinese = is_cjk(tokens[start].text[0])
        for end in range(start + (2 if chinese else 1), min(len(tokens), start + (10 if chinese else 4)) + 1):
            window = tokens[start:end]
            if any(is_cjk(t.text[0]) != chinese for t in window):
                break
            if unknown & set(range(start, end)) and not any(t.is_number for t in window):
                yield start, end
