"""chat: talk that asks for no data."""

from __future__ import annotations

from typing import Literal

from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Frozen


class Talk(Frozen):
    """What kind of talk it is."""

    kind: Literal["greeting", "thanks", "goodbye", "help", "identity", "praise", "complaint", "other"]


def run(asked: Talk, context: ToolContext) -> ToolResult:
    """The kind of talk, and a few things that can be asked here."""
    return ToolResult(text=asked.kind, facts={"kind": asked.kind, "city": context.warehouse.city.name})


CHAT = Tool(
    name="chat",
    args=Talk,
    run=run,
    effect="reply",
    description={"zh": "问候、感谢、求助等闲谈。", "en": "Greetings, thanks, help and other talk."},
)
