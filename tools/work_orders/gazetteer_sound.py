"""How Chinese names sound: in Latin letters as English messages write them, and alike for names typed by sound."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache, lru_cache

_HAN = re.compile(r"[㐀-鿿]+")
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê", "aaaaeeeeiiiioooouuuuuuuuunnnme")
# What southern keyboards blur.
_SLOPPY = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
_SHORTEST_LATIN = 4


@cache
def _readings() -> Mapping[int, str]:
    # Without the phrases, which take half a second to read.
    os.environ["PYPINYIN_NO_PHRASES"] = os.environ["PYPINYIN_NO_DICT_COPY"] = "true"  # noqa: TID251  # written, not read
    from pypinyin.constants import PINYIN_DICT

    return PINYIN_DICT


@lru_cache(maxsize=32_768)
def _syllable(character: str) -> str:
    return _readings().get(ord(character), "").split(",")[0].translate(_TONES)


def latin(name: str) -> str:
    """The name's syllables written together, lower case; empty where it is not Chinese or too short to be told apart."""
    written = "".join(map(_syllable, name)) if _HAN.fullmatch(name) else ""
    return written if len(written) >= _SHORTEST_LATIN else ""


def sound(name: str) -> str:
    """Syllables without the differences that are often mistyped; empty where it is not Chinese."""
    if not _HAN.fullmatch(name):
        return ""
    heard = " ".join(map(_syllable, name))
    for precise, blurred in _SLOPPY:
        heard = heard.replace(precise, blurred)
    return heard
