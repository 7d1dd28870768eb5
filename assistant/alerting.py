"""An alert in words: what was found, against what, in which window, by which definition. Every number is a finding's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from assistant.verbalise_cells import Speech, account
from tools.spec import QueryEvidence
from tools.standing.watching import Finding
from tools.standing.wishes import AlertRule
from warehouse.reader import Warehouse

Language = Literal["zh", "en"]
MOST_LINES = 8
_WORDS = Path(__file__).parent / "phrases" / "alerts.yml"


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return found


def alert_lines(
    rule: AlertRule, findings: Sequence[Mapping[str, Any]], speech: Speech, *, more: int = 0
) -> list[str]:  # fmt: skip
    """A line for each finding's facts, the first ones; and how many there are beside them."""
    lines = [_line(rule, facts, speech) for facts in findings[:MOST_LINES]]
    rest = len(findings) - len(lines) + more
    return lines + ([_say("more", speech, n=rest)] if rest else [])


def alert_text(
    rule: AlertRule, findings: Sequence[Mapping[str, Any]], foot: str, warehouse: Warehouse, now: datetime,
    language: Language,
) -> str:  # fmt: skip
    """The message: its level and title, the findings, and below them the account of the numbers.

    Args:
        foot: As `alert_account` gives it.
    """
    speech = Speech.of(language, warehouse.city, now, warehouse.catalog)
    head = _say(f"level_{rule.level}", speech, title=rule.title[language])
    lines = [f"- {line}" for line in alert_lines(rule, findings, speech)]
    return "\n".join((f"**{head}**", *lines, *([foot] if foot else [])))


def alert_account(found: Finding, warehouse: Warehouse, now: datetime) -> dict[str, str]:
    """Window, limits, definition and freshness of a finding's number by language, as under any answer."""
    if found.evidence is None:
        return {}
    return {
        language: "\n".join(account(Speech.of(language, warehouse.city, now, warehouse.catalog), found.evidence))
        for language in ("zh", "en")
    }


def evidence_of(found: Finding, warehouse: Warehouse, now: datetime) -> dict[str, Any]:
    """What vouches for a finding, as JSON: metric, window, SQL with its parameters, rows, freshness."""
    if found.evidence is None:
        return {"source": "feed_loads", **dict(found.facts)}
    one: QueryEvidence = found.evidence
    return {
        "semantic": one.semantic.model_dump(mode="json", exclude_defaults=True),
        "sql": one.sql,
        "parameters": [str(value) for value in one.parameters],
        "window": [end.isoformat() for end in one.window] if one.window else None,
        "scope": {name: list(values) for name, values in one.scope.items()},
        "as_of": one.as_of.isoformat(),
        "rows": one.rows,
        "account": alert_account(found, warehouse, now),
    }


def _line(rule: AlertRule, facts: Mapping[str, Any], speech: Speech) -> str:
    if rule.kind == "feed_silent":
        hours = speech.hours(facts["silent_minutes"] / 60)
        return _say("feed_silent", speech, feed=facts["feed"], length=hours, at=_moment(facts["loaded_at"], speech))
    if rule.kind == "overdue_soon":
        owner = facts.get("owner") or _say("no_owner", speech)
        due = _moment(facts["due_at"], speech)
        return _say("overdue_soon", speech, **{**facts, "owner": owner, "due": due})
    where = facts.get("member")
    place = "" if where is None else f"{speech.member(rule.dimension or '', where)} "
    metric = rule.metric or ""
    fields = {
        name: _number(facts[name], metric, speech) for name in ("value", "usual", "limit", "bound") if name in facts
    }
    sign = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}[rule.op]
    return _say(rule.kind, speech, place=place, metric=speech.label(metric), sign=sign, **fields)


def _say(key: str, speech: Speech, **fields: object) -> str:
    return _texts()["en" if speech.language == "en" else "zh"][key].format(**fields)


def _moment(text: str, speech: Speech) -> str:
    return speech.moment(datetime.fromisoformat(text))


def _number(value: float, metric: str, speech: Speech) -> str:
    known = speech.names.metric(metric.partition(".")[0])
    if known is not None and known.kind == "ratio":
        return f"{value * 100:.1f}%"
    return speech.count(value, known.unit if known is not None else "")
