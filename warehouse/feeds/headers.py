"""Which unified column a header of an export means: by the names that exports use, and by what stands in the column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from warehouse.unified import FACTS

LISTS = ("areas", "categories", "departments")
ALIKE = 90.0
_NOISE = re.compile(r"[\s_\-()（）【】\[\]:：/.,，*#\"']+")


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands under one header, over the rows looked at.

    Attributes:
        filled: Share of rows with a value, 0..1.
        distinct: Different values.
        examples: Frequent values, most frequent first.
        times, numbers, marks: Shares of the values that read as a time, a number, a yes or no, 0..1.
        earliest: The smallest time there, ISO text; empty when there is none.
    """

    header: str
    rows: int
    filled: float
    distinct: int
    examples: tuple[str, ...]
    times: float
    numbers: float
    marks: float
    earliest: str = ""
    latest: str = ""


@cache
def known_headers() -> dict[str, Any]:
    """The shipped names, by fact or list and column."""
    text = (Path(__file__).parent / "headers.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def plain(header: str) -> str:
    """A header without case, blanks and punctuation."""
    return _NOISE.sub("", header).casefold()


def matched(kind: str, seen: Sequence[Seen]) -> dict[str, str]:
    """Column to header for a fact or list; each header serves one column, the surest match first."""
    stems = known_headers()["stems"].get(kind, {})
    offers = sorted(
        (
            (-score, order, column, one.header)
            for order, one in enumerate(seen)
            for column, names in known_headers()[kind].items()
            if _fits(kind, column, one)
            and (score := max(_score(one.header, names), _stem_score(one.header, stems.get(column, ()))))
        ),
    )
    found: dict[str, str] = {}
    for _, _, column, header in offers:
        if column not in found and header not in found.values():
            found[column] = header
    return _levels_in_order(found, seen)


# The wider level before the narrower.
_LEVELS = (
    ("district", "street"),
    ("street", "community"),
    ("major_category", "minor_category"),
    ("department", "unit"),
)


def _levels_in_order(found: dict[str, str], seen: Sequence[Seen]) -> dict[str, str]:
    """Of two levels the one with fewer different values is the wider; where only the narrower was told, it is alone."""
    distinct = {one.header: one.distinct for one in seen}
    for wide, narrow in _LEVELS:
        if wide in found and narrow in found and distinct[found[wide]] > distinct[found[narrow]]:
            found[wide], found[narrow] = found[narrow], found[wide]
    for wide, narrow in (("district", "street"), ("department", "unit")):
        if narrow in found and wide not in found:
            found[wide] = found.pop(narrow)
    return found


def _stem_score(header: str, stems: Sequence[str]) -> float:
    """Below any listed name: how much of the header the stem is, and whether the header ends with it; 0 for none."""
    written, best = plain(header), 0.0
    spaced = re.sub(r"[\s_\-/]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)).casefold().strip()
    for stem in stems:
        wanted = plain(str(stem))
        whole_words = f" {str(stem).casefold()} " in f" {spaced} "
        if wanted.isascii() and not whole_words:
            continue
        if wanted in written:
            ending = 8.0 if written.endswith(wanted) else 0.0
            best = max(best, 40.0 + ending + 15.0 * len(wanted) / len(written))
    return best


def by_a_word(kind: str, placed: Mapping[str, str]) -> list[str]:
    """Columns whose header is no listed name and was told by a word in it."""
    return [column for column, header in placed.items() if not _score(header, known_headers()[kind].get(column, ()))]


def _score(header: str, names: Sequence[str]) -> float:
    """100 for a listed name, less for one that is nearly so or holds one; 0 for none."""
    written = plain(header)
    best = 0.0
    for rank, name in enumerate(names):
        wanted = plain(str(name))
        if written == wanted:
            return 100.0 - rank / 100
        long_enough = len(wanted) >= (3 if not wanted.isascii() else 6)
        if long_enough and (written.endswith(wanted) or written.startswith(wanted)):
            best = max(best, 70.0 + 20.0 * len(wanted) / len(written))
        elif long_enough and (ratio := fuzz.ratio(written, wanted)) >= ALIKE:
            best = max(best, ratio - 10)
    return best


def _fits(kind: str, column: str, one: Seen) -> bool:
    """Whether what stands there can be what the column holds; an empty column can be anything."""
    if kind in LISTS or one.filled == 0:
        return True
    wanted = next((c.type for c in FACTS[kind] if c.name == column), "VARCHAR")
    if wanted == "TIMESTAMP":
        return one.times >= 0.8
    if wanted in {"DOUBLE", "INTEGER"}:
        return one.numbers >= 0.8
    if wanted == "BOOLEAN":
        return one.marks >= 0.8 or one.distinct <= 2
    return one.times < 0.8 or column in {"case_no", "alarm_no"}


def value_map(column: str, examples: Sequence[str]) -> dict[str, str]:
    """What the words under a header mean, for columns with fixed words; only words that are known."""
    words: Mapping[str, Sequence[str]] = known_headers()["values"].get(column, {})
    meant = {plain(str(word)): value for value, listed in words.items() for word in listed}
    return {text: meant[plain(text)] for text in examples if plain(text) in meant and text != meant[plain(text)]}


def fixed_words(column: str) -> frozenset[str]:
    """The only values a column may hold; empty for columns of any text."""
    return frozenset(known_headers()["values"].get(column, {})) if column in {"satisfaction", "kind"} else frozenset()


def status_map(column: str, examples: Sequence[str], *, refused_too: bool = False) -> dict[str, str]:
    """Status words to whether the case was `cancelled` or `suspended`; empty where no word says so.

    Args:
        refused_too: Whether what was never filed counts as cancelled, because no column tells when a case was filed.
    """
    listed = known_headers()[f"{column}_words"] + (known_headers()["refused_words"] if refused_too else [])
    words = {plain(str(word)) for word in listed}
    if not any(plain(text) in words for text in examples):
        return {}
    return {text: "true" if plain(text) in words else "false" for text in examples}
