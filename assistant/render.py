"""The Answer as JSON for machines, keys in the order of the contract."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from assistant.dialogue import Answer
from tools.spec import QueryEvidence
from warehouse.table import Table


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as plain JSON values; rates stay 0..1, moments are ISO 8601 with offset, missing cells null."""
    asked = answer.clarification
    return {
        "status": str(answer.status),
        "text": answer.text,
        "language": answer.language,
        "tables": [_table(answer, table) for table in answer.tables],
        "queries": [_query(evidence, answer.language) for evidence in answer.evidence],
        "citations": [plain(one) for one in answer.citations],
        "proposals": [_proposal(one, answer.language) for one in answer.proposals],
        "charts": [{"spec": plain(chart.spec), "alt": chart.alt} for chart in answer.charts],
        "clarification": asked
        and {"about": asked.about, "options": [{"label": o.label, "reply": o.reply} for o in asked.options]},
        "suggestions": list(answer.suggestions),
        "model": answer.model,
        "fallback": answer.fallback,
        "trace_id": answer.trace_id,
        "elapsed_ms": round(answer.elapsed_ms, 1),
    }


def _proposal(one: dict[str, Any], language: str) -> Any:
    """A proposal with its card in the language of the answer."""
    return plain({**one, "card": one["card"].get(language, one["card"]["zh"])} if "card" in one else one)


def _table(answer: Answer, table: Table) -> dict[str, Any]:
    language = answer.language
    labels = [c.label.get(language, c.name) for c in table.columns if c.role == "metric"] or [
        c.label.get(language, c.name) for c in table.columns[:1]
    ]
    return {
        "title": ("、" if language == "zh" else ", ").join(labels),
        "columns": [
            {"name": c.name, "label": c.label.get(language, c.name), "unit": c.unit, "type": c.type}
            for c in table.columns
        ],
        "rows": [[plain(cell) for cell in row] for row in table.rows],
        "truncated": table.truncated,
    }


def _query(evidence: QueryEvidence, language: str) -> dict[str, Any]:
    return {
        "semantic": evidence.semantic.model_dump(mode="json"),
        "sql": evidence.sql,
        "parameters": [plain(one) for one in evidence.parameters],
        "definition": evidence.definition.get(language, ""),
        "window": [end.isoformat() for end in evidence.window] if evidence.window else None,
        "as_of": evidence.as_of.isoformat(),
        "rows": evidence.rows,
        "elapsed_ms": round(evidence.elapsed_ms, 1),
    }


def plain(value: Any) -> Any:
    """A JSON value; what JSON does not know becomes text, never an error in front of the asker."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return str(value)
