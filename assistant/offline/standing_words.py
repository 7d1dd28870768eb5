"""Words of standing wishes, and a text from which they are cut one after the other until nothing is left unexplained."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from assistant.offline.lexicon import FOLDER
from assistant.offline.normalise import fold, is_cjk


@cache
def standing_words() -> Mapping[str, Any]:
    """The lists of `lexicon/standing.yml`."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: Mapping[str, Any] = yaml.load((FOLDER / "standing.yml").read_text(encoding="utf-8"), Loader=loader)
    return found  # both are safe loaders


@cache
def pattern(*names: str) -> re.Pattern[str]:
    """Matches any word of a list in both languages, the longest first; a Latin word only whole."""
    entry: Any = standing_words()
    for name in names:
        entry = entry[name] if name in entry else entry[int(name)]
    words = sorted({fold(word) for listed in entry.values() for word in listed}, key=len, reverse=True)
    return re.compile("|".join(map(_bounded, words)))


def _bounded(word: str) -> str:
    escaped = re.escape(word)
    return escaped if is_cjk(word[0]) else rf"(?<![a-z0-9']){escaped}(?![a-z0-9'])"


@dataclass(slots=True)
class Cutting:
    """A normalised text; what was explained is blank, so that offsets stay."""

    text: str

    def blank(self, start: int, end: int) -> None:
        """Explained."""
        self.text = self.text[:start] + " " * (end - start) + self.text[end:]

    def take(self, what: re.Pattern[str]) -> re.Match[str] | None:
        """The first match, cut out."""
        found = what.search(self.text)
        if found is not None:
            self.blank(*found.span())
        return found

    def take_all(self, what: re.Pattern[str]) -> None:
        """Every match, cut out."""
        while self.take(what) is not None:
            pass

    def longest(self, groups: Sequence[str], *path: str) -> str | None:
        """Of several lists the one with the longest word in the text, which is cut out."""
        hits = [(found, group) for group in groups for found in pattern(*path, group).finditer(self.text)]
        if not hits:
            return None
        found, group = max(hits, key=lambda hit: (len(hit[0].group()), -hit[0].start()))
        self.blank(*found.span())
        return group

    @property
    def left(self) -> tuple[str, ...]:
        """Pieces that nothing explains: without signs and blanks."""
        return tuple(piece for piece in re.split(r"[\s,.;:!?\"'()\[\]-]+", self.text) if piece)
