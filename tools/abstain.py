"""abstain: say what cannot be answered, and why."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Frozen


class Refusal(Frozen):
    """Why there is no answer, which words were not understood, and what could be answered instead."""

    reason: Literal[
        "not_understood", "unavailable", "unknown_value", "out_of_scope", "time_problem", "future", "unsupported"
    ]
    unexplained: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    facts: dict[str, Any] = Field(default_factory=dict)


def run(asked: Refusal, context: ToolContext) -> ToolResult:  # noqa: ARG001  # every tool has this shape
    """The refusal as facts."""
    return ToolResult(text=asked.reason, facts=asked.model_dump(mode="json"))


ABSTAIN = Tool(
    name="abstain",
    args=Refusal,
    run=run,
    effect="reply",
    description={
        "zh": "无法作答时说明原因和没听懂的词，给出最接近的可答问题。",
        "en": "Say that there is no answer and why, name the words not understood and the nearest questions that have one.",
    },
)
