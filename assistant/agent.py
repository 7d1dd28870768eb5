"""The agent: one loop of model and tools, the same for the embedded model and a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware
from langchain.agents.middleware.types import InputAgentState
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig

from assistant.offline.plan import Call, PastTurn
from assistant.toolbox import Gate, langchain_tools
from tools.spec import ToolContext, ToolResult

OWN = "citydesk"
# Supersteps: two per model call, and some for the ends.
STEPS_PER_CALL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run of the agent did.

    Attributes:
        results: Every tool call with its result, in order.
        text: The model's closing words, "" when the run ended on a reply tool or at its budget.
        notes: What the model said about its reading (embedded model only).
    """

    results: tuple[tuple[Call, ToolResult], ...]
    text: str
    notes: dict[str, Any]


class Agent:
    """A model with the tools. Built once per model and used by many threads."""

    def __init__(self, model: BaseChatModel, *, steps: int, system_prompt: str | None = None) -> None:
        self._recursion_limit = steps * STEPS_PER_CALL + 4
        middleware: list[AgentMiddleware[Any, ToolContext, Any]] = [
            ModelCallLimitMiddleware(run_limit=steps, exit_behavior="end"),
            Gate(),
        ]
        self._graph = create_agent(
            model,
            langchain_tools(),
            system_prompt=system_prompt,
            middleware=middleware,
            context_schema=ToolContext,
        )

    def run(self, messages: Sequence[BaseMessage], context: ToolContext) -> Run:
        """Let the model work until it has an answer or its budget is spent."""
        state = self._graph.invoke(
            InputAgentState(messages=cast("list[Any]", messages)),
            config=RunnableConfig(recursion_limit=self._recursion_limit),
            context=context,
        )
        return run_of(state["messages"][len(messages) :])


def run_of(messages: Sequence[BaseMessage]) -> Run:
    """What happened, from the messages of a run."""
    calls: dict[str, Call] = {}
    results: list[tuple[Call, ToolResult]] = []
    notes: dict[str, Any] = {}
    text = ""
    for message in messages:
        text = ""
        if isinstance(message, AIMessage):
            notes |= message.additional_kwargs.get(OWN, {})
            calls |= {call["id"] or "": Call(call["name"], call["args"]) for call in message.tool_calls}
            text = message.text if not message.tool_calls else ""
        elif isinstance(message, ToolMessage) and isinstance(message.artifact, ToolResult):
            results.append((calls[message.tool_call_id], message.artifact))
    return Run(results=tuple(results), text=text, notes=notes)


def messages_of(past: Sequence[tuple[PastTurn, str]], text: str, own: dict[str, Any]) -> list[BaseMessage]:
    """A conversation as messages. What the embedded model needs travels beside the words; providers ignore it."""
    messages: list[BaseMessage] = []
    for turn, answer in past:
        messages.append(HumanMessage(turn.text))
        messages.append(AIMessage(answer or "…", additional_kwargs={OWN: {"turn": turn}}))
    return [*messages, HumanMessage(text, additional_kwargs={OWN: own})]
