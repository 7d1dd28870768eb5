"""Numbers as people say them inside time words: 7, 七, 二十三, 两, 半, 一个半, twenty-four, a couple of."""

from __future__ import annotations

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SCALES = {"十": 10, "廿": 20, "百": 100}
_WORDS = dict(
    zip(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        range(1, 21),
        strict=True,
    )
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_VAGUE = {"几", "数", "several", "few", "a few"}

# 一 that begins 一共, 一直 … is no numeral.
HAN = r"(?:(?!一(?:共|直|般|样|些|定|律|并|致))[零〇一二两三四五六七八九十廿百])+"
ZH = rf"(?:\d+(?:\.5)?|{HAN}|半|几|数)"
_EN_WORDS = sorted([*_WORDS, *_TENS], key=len, reverse=True)
EN = rf"(?:\d+(?:\.5)?|(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_WORDS)})|{'|'.join(_EN_WORDS)}|a couple(?: of)?|couple(?: of)?|a few|few|several|half an?|half|an|a)"
ORDINAL = r"(?:first|second|third|fourth|1st|2nd|3rd|4th)"

# How many "a few" are; said aloud in the answer as the policy `few`.
FEW = 3


def is_vague(text: str) -> bool:
    """Whether the number is only an indication ("几", "a few")."""
    text = text.strip()
    return text in _VAGUE or _is_about(text)


def _is_about(text: str) -> bool:
    """两三, 三四: two neighbouring digits; the larger one is taken."""
    digits = [_DIGITS[sign] for sign in text if sign in _DIGITS]
    return len(text) == len(digits) == 2 and 1 <= digits[0] == digits[1] - 1


def number(text: str) -> float:
    """The number written in digits, Chinese numerals or English words.

    Text that is no number is a `ValueError`.
    """
    text = text.strip()
    if is_vague(text):
        return _DIGITS[text[1]] if _is_about(text) else FEW
    if text[:1].isdigit():
        return float(re.sub(r"(?:st|nd|rd|th)$", "", text))
    if text == "半" or text.startswith("half"):
        return 0.5
    return float(_han(text) if text[0] in _DIGITS or text[0] in _SCALES else _english(text))


def _han(text: str) -> int:
    if not any(scale in text for scale in _SCALES):
        return int("".join(str(_DIGITS[digit]) for digit in text))
    total = pending = 0
    for sign in text:
        if sign in _SCALES:
            total += (pending or 1) * _SCALES[sign]
            pending = 0
        else:
            pending = _DIGITS[sign]
    return total + pending


def _english(text: str) -> int:
    words = text.replace("-", " ").split()
    if words[0] in {"a", "an", "couple"}:
        return 2 if "couple" in words else 1
    if words[0] in _ORDINALS:
        return _ORDINALS[words[0]]
    try:
        return sum(_TENS.get(word) or _WORDS[word] for word in words)
    except KeyError as error:
        raise ValueError(text) from error
