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


_ROADS = {"路": ("road", "rd"), "街": ("street", "st"), "大道": ("avenue", "ave")}


def latin(name: str) -> set[str]:
    """How English messages write a Chinese name, lower case: Hubin, Jiang'an, Hongqiao Road; none for what is too short."""
    if not _HAN.fullmatch(name):
        return set()
    forms = {_together(name), _together(name).replace("'", "")}
    for ending, said in _ROADS.items():
        if name.endswith(ending) and len(name) > len(ending) + 1:
            forms |= {f"{_together(name.removesuffix(ending))} {word}" for word in said}
    return {form for form in forms if len(form) >= _SHORTEST_LATIN}


def _together(name: str) -> str:
    """Syllables in one word; one that begins with a vowel is set off (GB/T 16159)."""
    syllables = [_syllable(character) for character in name]
    return "".join(f"'{one}" if at and one[:1] in "aeo" else one for at, one in enumerate(syllables))


def sound(name: str) -> str:
    """Syllables without the differences that are often mistyped; empty where it is not Chinese."""
    if not _HAN.fullmatch(name):
        return ""
    heard = " ".join(map(_syllable, name))
    for precise, blurred in _SLOPPY:
        heard = heard.replace(precise, blurred)
    return heard
