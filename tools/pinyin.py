"""How Chinese sounds, character by character: what names typed by sound have in common."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache, lru_cache

_HAN = re.compile(r"[㐀-鿿豈-﫿]+")
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê", "aaaaeeeeiiiioooouuuuvvvvvnnnme")
# What southern keyboards blur.
_SLOPPY = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def _readings() -> Mapping[int, str]:
    """Readings by code point. Read when a name is first misspelt, and without the phrases, which take half a second."""
    os.environ["PYPINYIN_NO_PHRASES"] = os.environ["PYPINYIN_NO_DICT_COPY"] = "true"  # noqa: TID251  # written, not read
    from pypinyin.constants import PINYIN_DICT

    return PINYIN_DICT


@lru_cache(maxsize=32_768)
def syllable(character: str) -> str:
    """Its first reading without tone, ü as v; empty for what is not Chinese."""
    return _readings().get(ord(character), "").split(",")[0].translate(_TONES)


@lru_cache(maxsize=32_768)
def _blurred(character: str) -> str:
    heard = syllable(character)
    for precise, blurred in _SLOPPY:
        heard = heard.replace(precise, blurred)
    return heard


def is_chinese(text: str) -> bool:
    """Whether it is nothing but Chinese characters."""
    return _HAN.fullmatch(text) is not None


def sound(text: str) -> str:
    """Syllables without the differences that are often mistyped; empty when a character is not Chinese."""
    return " ".join(map(_blurred, text)) if is_chinese(text) else ""
