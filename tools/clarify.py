"""clarify: ask back, with at most three readings to tap."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Frozen


class ReadingOption(Frozen):
    """One reading: what is shown, what is sent back, and the calls it stands for."""

    label: str
    reply: str
    calls: tuple[dict[str, Any], ...] = ()


class ClarifyRequest(Frozen):
    """A question back."""

    about: str
    options: tuple[ReadingOption, ...] = Field(default=(), max_length=3)
    understood: str = ""


def run(asked: ClarifyRequest, context: ToolContext) -> ToolResult:  # noqa: ARG001  # every tool has this shape
    """The question back as facts."""
    options = [option.model_dump(mode="json") for option in asked.options]
    return ToolResult(
        text=asked.about, facts={"about": asked.about, "options": options, "understood": asked.understood}
    )


CLARIFY = Tool(
    name="clarify",
    args=ClarifyRequest,
    run=run,
    effect="reply",
    description={
        "zh": "问题有歧义时反问，最多三个可点选的读法。",
        "en": "Ask back when the question is ambiguous, with at most three readings to choose from.",
    },
)
