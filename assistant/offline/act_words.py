"""Finding words of a list in a text: longest first, whole words where they are written in Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from assistant.offline.lexicon import lexicons, words
from assistant.offline.normalise import is_cjk

# What makes a number or an attribute of a step.
_COUNTED = frozenset("率数量比时的情")


@dataclass(frozen=True, slots=True)
class Verb:
    """A step that is named, and where."""

    action: str
    start: int
    end: int
    said: str


def pattern_of(listed: Iterable[str]) -> re.Pattern[str]:
    """A pattern of any of the words, the longest first."""
    ordered = sorted({word.casefold() for word in listed}, key=len, reverse=True)
    if not ordered:
        return re.compile(r"(?!)")
    return re.compile("|".join(_whole(word) for word in ordered))


def _whole(word: str) -> str:
    before = "" if is_cjk(word[0]) else r"(?<![a-z0-9])"
    after = "" if is_cjk(word[-1]) or not word[-1].isalnum() else r"(?![a-z0-9])"
    return f"{before}{re.escape(word)}{after}"


@cache
def listed(name: str) -> re.Pattern[str]:
    """The words of a list of the lexicon, both languages."""
    return pattern_of(words(name))


@cache
def _acts() -> tuple[re.Pattern[str], dict[str, str]]:
    by_word = {
        word.casefold(): action
        for lexicon in lexicons()
        for action, said in lexicon.acts.items()
        for word in said
    }  # fmt: skip
    return pattern_of(by_word), by_word


def verbs_in(text: str) -> list[Verb]:
    """The steps that a text names, in order; 「结案率」 and 「挂账的」 name what is counted."""
    pattern, by_word = _acts()
    return [
        Verb(by_word[m.group()], m.start(), m.end(), m.group())
        for m in pattern.finditer(text)
        if text[m.end() : m.end() + 1] not in _COUNTED or not text[m.end() :]
    ]


def is_sure(verb: Verb) -> bool:
    """Whether the word only ever orders; others also name what is counted."""
    return listed("order_sure").fullmatch(verb.said) is not None


def without(text: str, *names: str) -> str:
    """The text with the words of some lists blanked out."""
    for name in names:
        text = listed(name).sub(lambda found: " " * len(found.group()), text)
    return text


def bare(text: str) -> str:
    """What is left without spaces and punctuation at the ends, gaps closed."""
    return re.sub(r"\s+", " ", text).strip(" ,.;:!?，。；：！？、~'\"-")
