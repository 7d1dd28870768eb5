"""Text → index terms: single characters and pairs of Chinese, whole words of Latin script and numbers.

Pairs beat a word splitter here, because legal compounds are split differently in a question and in a statute.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

RUN = re.compile(r"[㐀-䶿一-鿿]+|[a-z]+|[0-9]+(?:\.[0-9]+)?")


def terms(text: str, *, singles: bool = True) -> Iterator[str]:
    """The terms of a text in order, repetitions kept.

    >>> list(terms("罚款500元"))
    ['罚', '款', '罚款', '500', '元']
    """
    for run in RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            yield run
            continue
        if singles or len(run) == 1:
            yield from run
        yield from (run[at : at + 2] for at in range(len(run) - 1))


def pairs(text: str) -> Iterator[str]:
    """The terms without single characters of longer runs: what a phrase is recognised by."""
    return terms(text, singles=False)


def is_chinese(text: str) -> bool:
    """Whether the text is to be answered in Chinese: any Chinese character decides."""
    return any("㐀" <= character <= "鿿" for character in text)
