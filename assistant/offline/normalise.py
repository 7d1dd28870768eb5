"""One spelling for reading: width, script, case and quotes evened out, every character traced to the original."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import opencc

_SIMPLIFY = opencc.OpenCC("t2s")
_SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-", "﹪": "%", "。": ".", "、": ","})


@dataclass(frozen=True, slots=True)
class Normalised:
    """Text to read, and where each of its characters came from.

    Attributes:
        text: NFKC, simplified Chinese, lower case.
        original: What was written.
        origins: For every character of `text` the offset in `original`, with the length of `original` at the end.
    """

    text: str
    original: str
    origins: tuple[int, ...]

    def replaced(self, start: int, end: int, word: str) -> Normalised:
        """The same with another word in place of `text[start:end]`, traced to the same original."""
        origins = (
            *self.origins[:start],
            *([self.origins[start]] * (len(word) - 1)),
            self.origins[end - 1],
            *self.origins[end:],
        )
        return Normalised(self.text[:start] + word + self.text[end:], self.original, origins)

    def said(self, start: int, end: int) -> str:
        """The original wording of `text[start:end]`."""
        if start >= end:
            return ""
        return self.original[self.origins[start] : max(self.origins[end - 1] + 1, self.origins[end])].strip()


@lru_cache(maxsize=65_536)
def _even(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).translate(_SAME)
    if any("㐀" <= c <= "鿿" for c in folded):
        folded = _SIMPLIFY.convert(folded)
    return folded.lower()


def normalise(text: str) -> Normalised:
    """Even out the text; control characters become spaces."""
    parts: list[str] = []
    origins: list[int] = []
    for offset, character in enumerate(text):
        even = " " if unicodedata.category(character).startswith("C") else _even(character)
        parts.append(even)
        origins.extend([offset] * len(even))
    return Normalised("".join(parts), text, (*origins, len(text)))


class _Even(dict[int, str]):
    """A translation table that fills itself."""

    def __missing__(self, code: int) -> str:
        self[code] = _even(chr(code))
        return self[code]


_TABLE = _Even()


def fold(surface: str) -> str:
    """A name in the same spelling as a normalised text."""
    return " ".join(surface.translate(_TABLE).split())


def is_cjk(character: str) -> bool:
    """Whether it is a Chinese character."""
    return "㐀" <= character <= "鿿" or "豈" <= character <= "﫿"
