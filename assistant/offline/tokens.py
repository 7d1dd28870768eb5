"""Tokens: a Chinese character, or a run of Latin letters or digits with its stem."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from assistant.offline.normalise import is_cjk

_STEMMER = snowballstemmer.stemmer("english")
_TOKEN = re.compile(
    r"[㐀-鿿豈-﫿]|\d+(?:[.,]\d+)*(?:st|nd|rd|th)?(?![a-z])|[^\W\d_㐀-鿿]+(?:'(?!s\b)[a-z]+)?|\d+|[%+&]"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the normalised text, its span there, and its stem (itself for Chinese and digits)."""

    text: str
    stem: str
    start: int
    end: int

    @property
    def singular(self) -> str:
        """The word without a plural ending: all that a name may differ in."""
        return singular(self.text)

    @property
    def weight(self) -> int:
        """How much it says, in Chinese characters: a Latin word counts like two."""
        return 1 if is_cjk(self.text[0]) or not self.text[0].isalpha() else 2

    @property
    def is_number(self) -> bool:
        """Whether it is written in digits."""
        return _NUMBER.fullmatch(self.text) is not None


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of an English word; anything else is its own."""
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    found: str = _STEMMER.stemWord(word)
    return found


def singular(word: str) -> str:
    """An English word without its plural ending; anything else is its own."""
    if len(word) <= 3 or not word.isascii() or not word.isalpha() or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word.removesuffix("s")


def tokenise(text: str) -> tuple[Token, ...]:
    """Tokens of a normalised text, in order; spaces and punctuation are left out."""
    return tuple(
        Token(m.group(), stem(m.group()), m.start(), m.end())
        for m in _TOKEN.finditer(text)
        if not _is_genitive(text, m)
    )


def words_of(text: str) -> list[str]:
    """The texts of its tokens."""
    if "'" in text:
        return [token.text for token in tokenise(text)]
    return _TOKEN.findall(text)


def _is_genitive(text: str, match: re.Match[str]) -> bool:
    return match.group() == "s" and match.start() > 0 and text[match.start() - 1] == "'"
