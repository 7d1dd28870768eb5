"""OfflineChatModel: the embedded deterministic model, a LangChain chat model like any other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from assistant.offline.desk import Desk
from assistant.offline.plan import Turn, Understanding
from assistant.offline.understand import understand

OWN = "citydesk"


class OfflineChatModel(BaseChatModel):
    """Understands the last human message, calls tools, and closes when their results are in.

    The messages' `additional_kwargs["citydesk"]` carry what no model may make up: the moment and the scope with the
    question, earlier calls with earlier answers.
    """

    desk: Any

    @property
    def _llm_type(self) -> str:
        return "offline"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:  # noqa: ARG002  # it knows its tools
        """Itself: the tool list is the one it was written for."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del stop, run_manager, kwargs
        if isinstance(messages[-1], ToolMessage):
            return _said(AIMessage("✓"))
        understood = _understood(messages, self.desk)
        calls = [
            {"name": call.tool, "args": call.args, "id": f"call_{uuid4().hex[:12]}", "type": "tool_call"}
            for call in understood.calls
        ]
        notes = {"language": understood.language, "readings": understood.readings, "confidence": understood.confidence,
                 "unexplained": understood.unexplained}  # fmt: skip
        return _said(AIMessage("", tool_calls=calls, additional_kwargs={OWN: notes}))


def _said(message: AIMessage) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=message)])


def _understood(messages: Sequence[BaseMessage], desk: Desk) -> Understanding:
    question = next(m for m in reversed(messages) if isinstance(m, HumanMessage))
    own = question.additional_kwargs[OWN]
    history = tuple(
        m.additional_kwargs[OWN]["turn"]
        for m in messages
        if isinstance(m, AIMessage) and "turn" in m.additional_kwargs.get(OWN, {})
    )
    turn = Turn(
        text=question.text, now=own["now"], history=history, scope=own["scope"], acts=own.get("acts", False),
        role=str(own.get("role", "")), attached=own.get("attached", False),
    )  # fmt: skip
    return understand(turn, desk)


__all__ = ["Callable", "OfflineChatModel"]
