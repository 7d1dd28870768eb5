"""How English messages write Chinese names of places: in Latin letters."""

from __future__ import annotations

from tools.pinyin import is_chinese, syllable

_SHORTEST = 4
_ROADS = {"路": ("road", "rd"), "街": ("street", "st"), "大道": ("avenue", "ave")}


def latin(name: str) -> set[str]:
    """How English messages write a Chinese name, lower case: Hubin, Jiang'an, Hongqiao Road; none for what is too short."""
    if not is_chinese(name):
        return set()
    forms = {_together(name), _together(name).replace("'", "")}
    for ending, said in _ROADS.items():
        if name.endswith(ending) and len(name) > len(ending) + 1:
            forms |= {f"{_together(name.removesuffix(ending))} {word}" for word in said}
    return {form for form in forms if len(form) >= _SHORTEST}


def _together(name: str) -> str:
    """Syllables in one word; one that begins with a vowel is set off (GB/T 16159)."""
    syllables = [syllable(character).replace("v", "u") for character in name]
    return "".join(f"'{one}" if at and one[:1] in "aeo" else one for at, one in enumerate(syllables))
