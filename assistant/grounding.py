"""Grounding: may a language model's words stand? Only if every numeral in them comes from somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from assistant.offline.plan import Call
from tools.spec import ToolResult

_NUMERAL = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?%?")
_HAN_COUNT = re.compile(r"[零〇一二两三四五六七八九十百千万亿]{2,}|[一二两三四五六七八九十](?=[件条起个宗成])")
_STATES = re.compile(
    r"已(?:经)?(?:派遣|派单|督办|结案|催办|转派|作废|创建)|\b(?:has been|have|I(?:'ve| have)) (?:dispatched|closed|escalated|created|cancelled|assigned)",
    re.IGNORECASE,
)
# List markers and the like; small whole numbers say nothing by themselves.
_ORDINALS = frozenset(str(n) for n in range(1, 11))


def is_grounded(text: str, results: Sequence[tuple[Call, ToolResult]], question: str, now: datetime) -> bool:
    """Whether every numeral of the text is a result cell, a bound of a window, a date of now, or was in the question.

    Numbers agree as they are printed: 12345 and 12,345; 0.873 and 87.3 %; a rounding to the digits shown. Text that
    claims that something was done is never grounded: only a person's confirmation does things.
    """
    if _STATES.search(text) or _HAN_COUNT.search(text):
        return False
    allowed = set(_numerals(question)) | {str(now.year), str(now.month), str(now.day)}
    values = list(_values(results))
    moments = [m for _, r in results for e in r.evidence for w in (e.window, e.base_window) if w for m in w]
    for moment in moments:
        allowed |= {
            str(moment.year),
            str(moment.month),
            str(moment.day),
            f"{moment.day:02d}",
            f"{moment.month:02d}",
            str(moment.hour),
            f"{moment.hour:02d}",
            "00",
        }
    listed = {m.group(1) for m in re.finditer(r"(?m)^\s*(\d{1,2})[.、)]", text)} & _ORDINALS
    return all(n in allowed or n in listed or _is_value(n, values) for n in _numerals(text))


def _numerals(text: str) -> Iterable[str]:
    return (m.group().replace(",", "").replace("−", "-") for m in _NUMERAL.finditer(text))


def _values(results: Sequence[tuple[Call, ToolResult]]) -> Iterable[Any]:
    for _, result in results:
        for table in result.tables:
            yield len(table.rows)
            for row in table.rows:
                yield from (cell for cell in row if isinstance(cell, int | float) and not isinstance(cell, bool))
                for cell in row:
                    if isinstance(cell, datetime):
                        yield from (cell.year, cell.month, cell.day, cell.hour, cell.minute)
                    elif isinstance(cell, str):
                        yield from (float(n.rstrip("%")) for n in _numerals(cell))


def _is_value(numeral: str, values: Sequence[Any]) -> bool:
    percent = numeral.endswith("%")
    said = abs(float(numeral.rstrip("%")))
    digits = len(numeral.rstrip("%").partition(".")[2])
    for value in values:
        shown = abs(value) * (100 if percent else 1)
        if round(shown, digits) == said or (
            not percent and isinstance(value, float) and round(abs(value) * 100, digits) == said
        ):
            return True
    return False
