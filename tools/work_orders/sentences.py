"""What a person is told when a step cannot be taken, in their language, from the facts of the error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from tools.standing.cards import word as briefing_word
from tools.work_orders.cards import word
from tools.work_orders.errors import WorkOrderError
from tools.work_orders.machine import Machine
from tools.work_orders.model import WorkOrderStatus


def sentence(problem: WorkOrderError, machine: Machine, language: Literal["zh", "en"] = "zh") -> str:
    """The error as one sentence."""
    texts = _texts()
    entry: Mapping[str, Any] = texts[problem.code]
    facts = {name: _said(name, value, machine, language) for name, value in problem.facts.items()}
    if language not in entry:
        entry = entry[str(problem.facts.get("guard") or problem.facts.get("why"))]
    separator = "、" if language == "zh" else ", "
    joined = {name: separator.join(value) if isinstance(value, list) else value for name, value in facts.items()}
    return str(entry[language]).format(**joined)


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "problems.yml").read_text(encoding="utf-8"))
    return texts


def _said(name: str, value: object, machine: Machine, language: Literal["zh", "en"]) -> str | list[str]:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [str(_said(name, one, machine, language)) for one in value]
    text = str(value)
    if name == "missing":
        return str(_texts()["arguments"].get(text, {}).get(language, text))
    if text in machine.actions:
        return str(getattr(machine.actions[text].label, language))
    if text == "report":
        return str(getattr(machine.report.label, language))
    if name == "status" and text in set(WorkOrderStatus):
        return str(getattr(machine.statuses[WorkOrderStatus(text)], language))
    if name == "status":
        return word("decisions", text, language)
    if name == "known":
        return briefing_word("briefings", text, language)
    return word("roles", text, language) if name == "allowed" else text
