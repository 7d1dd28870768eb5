"""Words whose meaning is data: parts of the day, holidays, and the edges of months and years."""

from __future__ import annotations

import re
from typing import Any

from assistant.offline.times import cycles
from assistant.offline.times.dates_zh import PLACE
from assistant.offline.times.here import Here
from assistant.offline.times.rule import Rule, compiled, one_of, words
from assistant.offline.times.values import Cycle, Hours, Mark, Problem, Value

_LATIN_BEFORE, _LATIN_AFTER = r"(?<![a-z\-])", r"(?![a-z])"
STREET = (
    r"(?!\s+(?:st|street|ave|avenue|blvd|boulevard|road|rd|lane|ln|drive|dr|way|park|square|plaza|pkwy|court|ct)\b)"
)
# 十一 is also a plain eleven, so it is National Day only where the rest says so.
_ELEVEN = r"(?=期间|假期|长假|黄金周|放假|当天|前后|小长假|节)"
_TAIL = r"(?:小?长假|假期|放假|黄金周|假日)?"


def rules(here: Here) -> tuple[Rule, ...]:
    """The rules for this city's policies and calendar."""
    return (*_parts(here), *_holidays(here), *_edges(here))


def _parts(here: Here) -> list[Rule]:
    return [_named(name, part) for name, part in here.policies.words.items()] + [
        _named("rush hour", None), _named("rush hours", None), _named("peak hours", None), _named("高峰期", None),
    ]  # fmt: skip


def _named(name: str, part: Hours | None) -> Rule:
    if name.isascii():
        return words(rf"{_LATIN_BEFORE}{re.escape(name)}{_LATIN_AFTER}{STREET}", part or Problem("ambiguous_rush_hour"))
    return words(rf"{re.escape(name)}(?!{PLACE})", part or Problem("ambiguous_rush_hour"))


def _holidays(here: Here) -> list[Rule]:
    found = []
    for key, names in here.calendar.names.items():
        latin = [name for group in names.values() for name in group if name.isascii()]
        han = [name for group in names.values() for name in group if not name.isascii() and name != "十一"]
        if han:
            found.append(Rule(compiled(rf"{one_of(han)}(?:节)?{_TAIL}(?!{PLACE}|国际)"), _holiday(key)))
        if latin:
            tail = r"(?:\s+(?:holidays?|break|week(?=\s+holiday)))?"
            pattern = (
                rf"{_LATIN_BEFORE}(?:the\s+)?{one_of(latin)}(?:\s+festival)?{tail}{_LATIN_AFTER}(?! eve\b){STREET}"
            )
            found.append(Rule(compiled(pattern), _holiday(key)))
        if "十一" in names.get("zh", ()):
            found.append(
                Rule(
                    compiled(rf"十一{_ELEVEN}{_TAIL}节?|(?<=年)十一(?![月号日个件起点宗条次天周年]){_TAIL}"),
                    _holiday(key),
                )
            )
    return found


def _holiday(key: str) -> Any:
    def build(_match: re.Match[str], here: Here) -> Value:
        return cycles.holiday_of_year(key, here)

    return build


def _edges(here: Here) -> list[Rule]:
    found = []
    for unit, edges in here.policies.edges.items():
        for edge, entry in edges.items():
            first, last = entry.get("days") or entry["months"]
            make = cycles.days_of_month if unit == "month" else cycles.months_of_year
            cycle = make(first, last, cycles.bounds(edge, unit, first, last))
            found += [_edge_zh(name, cycle, unit) for name in entry["zh"]]
    for edge, entry in here.policies.edges["month"].items():
        names = one_of(entry["en"])
        pattern = rf"{_LATIN_BEFORE}(?:the\s+)?{names}(?:\s+(?:part\s+)?of|\s+in|\s*-)?(?=[\s\-]\S|\S)"
        found.append(words(pattern, Mark(f"edge {edge}")))
    return found


def _edge_zh(name: str, cycle: Cycle, unit: str) -> Rule:
    follows = "(?<=[月份])" if unit == "month" else "(?<=年)"
    return words(rf"{follows if len(name) == 1 else ''}{name}(?!级)", cycle)
