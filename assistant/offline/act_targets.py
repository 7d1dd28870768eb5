"""Which cases an order is about: by number, by their place in the list just shown, or the one just spoken of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from assistant.offline.act_words import listed, without
from assistant.offline.intents import case_numbers
from assistant.offline.lattice import chinese_number
from assistant.offline.lexicon import lexicons
from assistant.offline.normalise import Normalised
from assistant.offline.plan import Call, PastTurn

_HAN = "[一二两三四五六七八九十百]"
_N = rf"(?:{_HAN}+|\d+)"
_UNIT = "(?:件|个|条|起|宗|单)"
_FIRST = re.compile(
    rf"前\s*(?P<n>{_N})\s*{_UNIT}|(?<![a-z])(?:the )?(?:first|top) (?P<en>[a-z]+|\d+)(?: cases| ones)?(?![a-z])"
)
_LAST = re.compile(
    rf"(?:最后|后)\s*(?P<n>{_N})\s*{_UNIT}|(?<![a-z])(?:the )?last (?P<en>[a-z]+|\d+)(?: cases| ones)?(?![a-z])"
)
_THESE = re.compile(rf"[这那]\s*(?P<n>{_N})\s*{_UNIT}")
_ORDINAL = re.compile(
    rf"第\s*(?P<n>{_N}(?:\s*[,、和与及]\s*(?:第\s*)?{_N})*)\s*(?:{_UNIT}|号)?(?:案件|案子)?"
)  # fmt: skip
_EN_ORDINAL = re.compile(
    r"(?<![a-z0-9])(?:the )?(?P<en>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:st|nd|rd|th))"
    r"(?: one| case)?(?![a-z0-9])|(?<![a-z0-9])(?:number|no\.?|item|#)\s*(?P<number>\d{1,2}|[a-z]+)(?![a-z0-9])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What an order points at.

    Attributes:
        numbers: Cases, by number.
        everything: Said of all: of the list just shown, or of what a filter finds.
        rest: The text with the pointing words blanked out.
        is_lost: A place in a list was named and no list reaches it, or the one case meant is not known.
    """

    numbers: tuple[str, ...] = ()
    everything: bool = False
    rest: str
    is_lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The cases that were shown last, in order; `call` made the list."""

    numbers: tuple[str, ...]
    call: Call | None = None


def last_list(history: Sequence[PastTurn]) -> Listed | None:
    """The latest list of cases of the last few turns; a single case that was spoken of is a list of one."""
    for past in reversed(history[-5:]):
        if past.listed and past.shown:
            call = next((c for c in past.calls if c.tool in {"list_cases", "find_work_orders", "my_tasks"}), None)
            return Listed(numbers=past.shown, call=call)
        for call in past.calls:
            numbers = call.args.get("case_nos") or ([call.args["case_no"]] if call.args.get("case_no") else [])
            if numbers:
                return Listed(numbers=tuple(map(str, numbers)))
    return None


def targets_in(text: Normalised, times: Sequence[tuple[int, int]], history: Sequence[PastTurn], held: str) -> Targets:
    """What the words point at.

    Args:
        held: The text to look at, words of other meaning blanked out; offsets as in `text`.
    """
    found = case_numbers(held, tuple(times))
    if found:
        numbers = tuple(text.said(m.start(), m.end()).lstrip("#").upper() for m in found)
        rest = _blanked(held, [m.span() for m in found])
        return Targets(numbers=numbers, rest=without(rest, "order_one", "order_all"))
    shown = last_list(history)
    places, rest = _places(held, len(shown.numbers) if shown else 0)
    if places is not None:
        known = shown.numbers if shown else ()
        inside = [known[p] for p in places if 0 <= p < len(known)]
        rest = without(rest, "order_one", "order_all")
        return Targets(numbers=tuple(dict.fromkeys(inside)), rest=rest, is_lost=len(inside) < len(places) or not inside)
    many = listed("order_many").search(held)
    one = listed("order_one").search(held) if many is None else None
    if one is not None:
        numbers = shown.numbers if shown is not None and len(shown.numbers) == 1 else ()
        return Targets(numbers=numbers, rest=_blanked(held, [one.span()]), is_lost=not numbers)
    rest = without(held, "order_many", "order_all")
    return Targets(everything=rest != held, rest=rest)


def _places(held: str, length: int) -> tuple[list[int] | None, str]:
    """Places in the list, from 0; None where none is named."""
    last = listed("order_last").search(held)
    if last is not None:
        return [length - 1], _blanked(held, [last.span()])
    first, at_end = _FIRST.search(held), _LAST.search(held)
    for found, is_last in ((first, False), (at_end, True)):
        count = _number(found) if found else None
        if found is not None and count is not None:
            start = max(0, length - count) if is_last else 0
            return list(range(start, max(length, count) if is_last else count)), _blanked(held, [found.span()])
    these = _THESE.search(held)
    if these is not None and (count := _number(these)) is not None and count > 1:
        return list(range(count)), _blanked(held, [these.span()])
    spans, ordinals = [], []
    for pattern in (_ORDINAL, _EN_ORDINAL):
        for found in pattern.finditer(held):
            numbers = _numbers(found)
            if numbers:
                spans.append(found.span())
                ordinals += numbers
    return ([n - 1 for n in ordinals] or None), _blanked(held, spans)


def _number(found: re.Match[str]) -> int | None:
    numbers = _numbers(found)
    return numbers[0] if numbers else None


def _numbers(found: re.Match[str]) -> list[int]:
    groups = found.groupdict()
    if groups.get("n"):
        return [n for piece in re.findall(_N, groups["n"]) if (n := _value(piece)) is not None]
    said = groups.get("en") or groups.get("number") or ""
    value = _value(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", said))
    return [value] if value is not None else []


@cache
def _english() -> dict[str, int]:
    return {**lexicons()[1].numerals, "first": 1, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}


def _value(said: str) -> int | None:
    if said.isdigit():
        return int(said)
    if said in _english():
        return _english()[said]
    values = lexicons()[0].numerals
    return chinese_number(list(said), values) if said and all(c in values for c in said) else None


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
