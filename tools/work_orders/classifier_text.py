"""From a message to features: character n-grams of Chinese, stemmed words and word pairs of everything else."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt
import snowballstemmer

# Enough that two of some 60 000 n-grams rarely fall together, small enough to sort.
BUCKETS = 2**22
_CHINESE = re.compile(r"[㐀-鿿]+")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_PIECE = re.compile(r"[㐀-鿿]+|[^㐀-鿿]+")
_POLITE = re.compile(
    r"你好|您好|请问|麻烦(?:你们|您|尽快|帮忙)?|谢谢(?:你们|您)?|辛苦(?:了|你们)?|希望(?:有关部门|相关部门|领导)?|"
    r"(?:请|能不能|可不可以|能否)(?:尽快|帮忙|赶紧|派人|有关部门|相关部门|你们)*(?:来)?(?:处理|解决|看看|管管|协调|核实|清理)?(?:一下|下)?|"
    r"反映(?:一下|个问题|问题)?|我(?:要|想)?(?:投诉|举报|上报|反映)(?:一下)?|上报|城管同志|领导|"
    r"\b(?:please|hello|hi|thanks?(?: you)?|dear sir|can (?:you|someone)|could (?:you|someone)|i (?:want|would like) to (?:report|complain about))\b",
    re.I,
)
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "of",
        "to",
        "in",
        "on",
        "at",
        "and",
        "it",
        "its",
        "this",
        "that",
        "there",
        "here",
        "we",
        "i",
        "my",
        "our",
        "you",
        "your",
        "for",
        "with",
        "has",
        "have",
        "had",
        "by",
        "as",
        "from",
        "so",
        "they",
        "them",
        "he",
        "she",
        "his",
        "her",
        "me",
        "us",
        "will",
        "would",
        "can",
        "could",
        "just",
        "very",
        "really",
        "some",
    ]
)


def cleaned(text: str) -> str:
    """Full-width folded, lower case, politeness and white space runs taken out; never empty for a non-empty text."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = re.sub(r"\s+", " ", _POLITE.sub(" ", folded)).strip(" ,，。.!！?？;；:：~")
    return bare or folded.strip()


def language_of(text: str) -> str:
    """`zh` when any Chinese character is in it, else `en`."""
    return "zh" if _CHINESE.search(text) else "en"


def features(text: str) -> npt.NDArray[np.int64]:
    """Distinct feature numbers of a message, sorted."""
    found: set[int] = set()
    for piece in _PIECE.findall(cleaned(text)):
        grams = _chinese_grams(piece) if _CHINESE.match(piece) else _word_grams(piece)
        found.update(crc32(gram.encode()) % BUCKETS for gram in grams)
    return np.array(sorted(found), dtype=np.int64)


def _chinese_grams(run: str) -> list[str]:
    return [run[at : at + size] for size in (1, 2, 3, 4) for at in range(len(run) - size + 1)]


def _word_grams(run: str) -> list[str]:
    words = [_stem(word) for word in _WORD.findall(run)]
    told = [word for word in words if word not in _STOP]
    pairs = [f"{one} {two}" for one, two in pairwise(told)]
    # A misspelt word still shares its beginning and its pieces.
    pieces = [f"#{word[at : at + 4]}" for word in told if len(word) > 4 for at in range(len(word) - 3)]
    return [*told, *pairs, *pieces]


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))
