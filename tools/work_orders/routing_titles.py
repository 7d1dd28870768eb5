"""Titles that are alike: where a title tells more than its class, the cases that share it speak first."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

# Distinct titles looked through where none is the same; the newest, so that the first question about a class of
# free-text titles does not wait for all of them to be read.
_READ = 2_000
# Weight of what two titles share, of what either has: least for the most alike one, and beside it.
_ALIKE, _BESIDE = 0.2, 0.7
_WORD = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+")
_NUMBER = re.compile(r"\d+")


class Titles:
    """The titles of a class's cases, by place in the order they came."""

    def __init__(self, titles: Sequence[str]) -> None:
        places: dict[str, list[int]] = {}
        for place, title in enumerate(titles):
            if plain := _plain(title):
                places.setdefault(plain, []).append(place)
        self._places = {title: np.array(found, dtype=np.int64) for title, found in places.items()}
        self._found: dict[str, npt.NDArray[np.int64] | None] = {}

    def alike(self, title: str) -> npt.NDArray[np.int64] | None:
        """Places of the cases whose title is the same but for numbers, else alike; None where none is."""
        plain = _plain(title)
        if plain in self._places:
            return self._places[plain]
        if plain not in self._found:
            self._found[plain] = self._like(plain)
        return self._found[plain]

    @cached_property
    def _features(self) -> tuple[list[str], list[frozenset[str]], dict[str, float]]:
        """The newest distinct titles, their pieces, and what each piece weighs: rare ones tell more."""
        titles = list(self._places)[:_READ]
        grams = [_pieces(title) for title in titles]
        often = Counter(gram for one in grams for gram in one)
        return titles, grams, {gram: math.log1p(len(titles) / count) for gram, count in often.items()}

    def _like(self, plain: str) -> npt.NDArray[np.int64] | None:
        titles, grams, weights = self._features
        asked = _pieces(plain)
        if not asked or not titles:
            return None
        new = math.log1p(len(titles))
        mine = sum(weights.get(gram, new) for gram in asked)
        scores = np.zeros(len(titles))
        for at, theirs in enumerate(grams):
            shared = sum(weights[gram] for gram in asked & theirs)
            scores[at] = shared / (mine + sum(weights[gram] for gram in theirs) - shared) if shared else 0.0
        best = scores.max()
        if best < _ALIKE:
            return None
        return np.sort(np.concatenate([self._places[titles[at]] for at in np.flatnonzero(scores >= _BESIDE * best)]))


def _pieces(plain: str) -> frozenset[str]:
    """Words and pairs of words; of Chinese, which sets no blanks, single characters and pairs."""
    words = _WORD.findall(plain)
    return frozenset((*words, *(f"{one} {two}" for one, two in pairwise(words))))


@lru_cache(maxsize=20_000)
def _plain(title: str) -> str:
    """Lower case without numbers and signs: a house number makes no title another one."""
    return " ".join(re.findall(r"\w+", _NUMBER.sub(" ", title).casefold()))
