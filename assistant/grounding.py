"""Grounding: may a language model's words stand? Only if the results say the same, clause by clause.

What cannot be checked does not stand: the coded wording takes its place, so a refusal costs style and never truth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tools.spec import ToolResult
from warehouse.table import Table

_NUMERAL = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?%?|(?<=[\u4e00-\u9fff])\d[\d,]*(?:\.\d+)?%?")
_HAN_COUNT = re.compile(
    r"[零〇一二两三四五六七八九十百千万亿]{2,}|[一二两三四五六七八九十](?=[件条起个宗成])|[过近]?半数|翻[了一]?番"
)
_STATES = re.compile(
    r"已(?:经)?(?:派遣|派单|督办|结案|催办|转派|作废|创建|通知)|"
    r"\b(?:has been|have|I(?:'ve| have)) (?:dispatched|closed|escalated|created|cancelled|assigned|notified)",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?:|www\.|!?\[[^\]]*\]\(|<[a-z!/]|@\w+\.\w", re.IGNORECASE)
_MOST = re.compile(r"最[多高大长]|居首|第一|\b(?:most|highest|largest|longest|top)\b", re.IGNORECASE)
_LEAST = re.compile(r"最[少低小短]|末位|垫底|\b(?:least|fewest|lowest|smallest|shortest)\b", re.IGNORECASE)
_ROSE = re.compile(r"[上回]升|增[加长多]|上涨|\b(?:rose|risen|up|increas\w+|grew|growth)\b", re.IGNORECASE)
_FELL = re.compile(r"下[降滑]|减少|回落|\b(?:fell|fallen|down|decreas\w+|drop\w*|declin\w+)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[。！？!?；;\n]|\.(?=\s|$)")
_CLAUSE = re.compile(r"[，,、](?!\d)")
_DATE_OR_TIME = re.compile(r"\d{1,4}\s*(?:[年月日号点时]|[:：/-]\d{1,2}(?:[:：/-]\d{1,2})?)")
_LIST_MARK = re.compile(r"(?m)^\s*\d{1,2}[.、)]")


@dataclass(frozen=True, slots=True)
class _Row:
    """A result row as words can be held against it."""

    names: frozenset[str]
    values: tuple[float, ...]
    changes: tuple[float, ...]
    is_most: bool
    is_least: bool


def is_grounded(text: str, results: Sequence[ToolResult], question: str, now: datetime) -> bool:
    """Whether the results say what the text says.

    Every numeral is a result cell of the row that the text names, a bound of a window, a date of now, or was in the
    question; numbers agree as they are printed (12345 and 12,345; 0.873 and 87.3 %; rounded to the digits shown).
    Who has most or least, and what rose or fell, is what the named row says. Text that claims that something was done
    is never grounded, nor is a link: only a person's confirmation does things, and results hold no addresses.
    """
    if _STATES.search(text) or _HAN_COUNT.search(text) or _LINK.search(text):
        return False
    rows = [row for result in results for table in result.tables for row in _rows(table)]
    allowed = _allowed(results, question, now)
    plain = _LIST_MARK.sub("", text)
    return all(_sentence_holds(sentence, rows, allowed) for sentence in _SENTENCE.split(plain))


def are_replies_grounded(
    replies: Sequence[Mapping[str, Any]], results: Sequence[ToolResult], question: str, now: datetime
) -> bool:
    """Whether texts that a model wrote for a question back or a refusal hold nothing that it made up.

    Dates and times may stand: they are readings, not results.
    """
    allowed = _allowed(results, question, now)
    values = [value for result in results for table in result.tables for row in _rows(table) for value in row.values]
    for text in _texts(replies):
        if _STATES.search(text) or _LINK.search(text):
            return False
        if not all(n in allowed or _is_value(n, values) for n in _numerals(_DATE_OR_TIME.sub("", text))):
            return False
    return True


def _texts(value: object) -> Iterable[str]:
    """The texts of reply arguments; the calls an option stands for are checked when they run."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key != "calls":
                yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner)


def _allowed(results: Sequence[ToolResult], question: str, now: datetime) -> frozenset[str]:
    """Numerals that may stand anywhere: those of the question, of the windows and of today."""
    moments = [m for r in results for e in r.evidence for w in (e.window, e.base_window) if w for m in w]
    parts = {str(part) for m in (now, *moments) for part in (m.year, m.month, m.day)}
    hours = {str(part) for m in moments for part in (m.hour,)}
    padded = {part.zfill(2) for part in parts | hours if len(part) < 2}
    sizes = {str(len(table.rows)) for result in results for table in result.tables}
    return frozenset({*_numerals(question), *parts, *hours, *padded, *sizes, "00"})


def _rows(table: Table) -> Iterable[_Row]:
    names = [i for i, c in enumerate(table.columns) if c.type == "text"]
    changes = [i for i, c in enumerate(table.columns) if c.role in {"change", "change_ratio"}]
    metric = next((i for i, c in enumerate(table.columns) if c.role == "metric"), None)
    ranked = [row[metric] for row in table.rows if metric is not None and isinstance(row[metric], int | float)]
    for row in table.rows:
        value = row[metric] if metric is not None and len(ranked) > 1 and not table.truncated else None
        yield _Row(
            names=frozenset(row[i] for i in names if isinstance(row[i], str)),
            values=tuple(_cells(row)),
            changes=tuple(row[i] for i in changes if isinstance(row[i], int | float)),
            is_most=value is not None and value == max(ranked),
            is_least=value is not None and value == min(ranked),
        )


def _cells(row: Sequence[Any]) -> Iterable[float]:
    for cell in row:
        if isinstance(cell, bool) or cell is None:
            continue
        if isinstance(cell, int | float):
            yield cell
        elif isinstance(cell, date):
            yield from (cell.year, cell.month, cell.day)
            if isinstance(cell, datetime):
                yield from (cell.hour, cell.minute)
        elif isinstance(cell, str):
            yield from (float(n.rstrip("%")) for n in _numerals(cell))


def _sentence_holds(sentence: str, rows: Sequence[_Row], allowed: frozenset[str]) -> bool:
    known = {name for row in rows for name in row.names if name}
    named: str | None = None
    for clause in _CLAUSE.split(sentence):
        places = _places(clause, known)
        named = places[0][1] if places else named
        if not _numerals_hold(clause, places, named, rows, allowed) or not _claims_hold(clause, named, rows):
            return False
        named = places[-1][1] if places else named
    return True


def _places(clause: str, known: Iterable[str]) -> list[tuple[int, str]]:
    """Where rows are named, in order; a name inside a longer one is not meant."""
    found: list[tuple[int, str]] = []
    taken: set[int] = set()
    for name in sorted(known, key=len, reverse=True):
        for match in re.finditer(re.escape(name), clause, re.IGNORECASE):
            if not taken & set(range(*match.span())):
                taken |= set(range(*match.span()))
                found.append((match.start(), name))
    return sorted(found)


def _numerals_hold(
    clause: str, places: Sequence[tuple[int, str]], named: str | None, rows: Sequence[_Row], allowed: frozenset[str]
) -> bool:
    for match in _NUMERAL.finditer(clause):
        numeral = _plain(match.group())
        before = [name for at, name in places if at < match.start()]
        name = before[-1] if before else named
        values = [value for row in rows if name is None or name in row.names for value in row.values]
        if numeral not in allowed and not _is_value(numeral, values):
            return False
    return True


def _claims_hold(clause: str, named: str | None, rows: Sequence[_Row]) -> bool:
    """Most, least, rose, fell: true of the named row, or of any row when none is named and there is only one."""
    meant = [row for row in rows if named in row.names] if named is not None else rows
    if named is None and len(meant) > 1:
        return not any(claim.search(clause) for claim in (_MOST, _LEAST, _ROSE, _FELL))
    changes = [change for row in meant for change in row.changes]
    return (
        (not _MOST.search(clause) or any(row.is_most for row in meant))
        and (not _LEAST.search(clause) or any(row.is_least for row in meant))
        and (not _ROSE.search(clause) or (bool(changes) and all(change > 0 for change in changes)))
        and (not _FELL.search(clause) or (bool(changes) and all(change < 0 for change in changes)))
    )


def _numerals(text: str) -> Iterable[str]:
    return (_plain(m.group()) for m in _NUMERAL.finditer(text))


def _plain(numeral: str) -> str:
    return numeral.replace(",", "").replace("−", "-")


def _is_value(numeral: str, values: Sequence[float]) -> bool:
    percent = numeral.endswith("%")
    said = abs(float(numeral.rstrip("%")))
    digits = len(numeral.rstrip("%").partition(".")[2])
    for value in values:
        shown = abs(value) * (100 if percent else 1)
        if round(shown, digits) == said:
            return True
    return False
