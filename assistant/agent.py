"""The agent: one loop of model and tools, the same for the embedded model and a language model."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, cast

from langchain.agents import create_agent
from langchain.agents.middleware.types import InputAgentState
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig

from assistant.discipline import Discipline
from assistant.errors import BudgetSpent
from assistant.events import Event
from assistant.job import Budget, Job, Limits
from assistant.offline.plan import Call, PastTurn
from assistant.toolbox import Gate, langchain_tools
from tools import TOOLS, Tool
from tools.spec import ToolContext, ToolResult

OWN = "citydesk"
# Supersteps of the graph: two for each model call, and some for the ends. Its own default is 9,999.
_STEPS_PER_CALL = 2
_STEPS_AROUND = 6
_THOUGHTS = re.compile(r"<think>.*?</think>|^.*?</think>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run of the agent did.

    Attributes:
        results: Every tool call that stands with its result, in order; failures that the model mended are left out.
        text: The model's closing words, "" when the run ended on a reply tool.
        notes: What the model said about its reading (embedded model only).
        tokens: Read and written, where the endpoint tells.
    """

    results: tuple[tuple[Call, ToolResult], ...]
    text: str
    notes: dict[str, Any]
    tokens: tuple[int, int] = (0, 0)


class Agent:
    """A model with the tools. Built once per model and used by many threads.

    Args:
        strict: For a language model: retried, corrected, held to tools.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        limits: Limits,
        strict: bool = False,
        system_prompt: str | None = None,
        tools: Sequence[Tool] = TOOLS,
    ) -> None:
        self._limits = limits
        self._graph = create_agent(
            model,
            langchain_tools(tools),
            system_prompt=system_prompt,
            middleware=[Discipline(strict=strict), Gate(tools, own_words=strict)],
            context_schema=Job,
        )

    def run(self, messages: Sequence[BaseMessage], context: ToolContext, trace_id: str = "") -> Iterator[Event | Run]:
        """Let the model work: events as they happen, and at last the run.

        The work goes on in a thread of its own, so that neither an endpoint that trickles nor a slow tool can hold the
        asker longer than the limit. Closing the iterator stops the work before its next call.

        Raises:
            ModelFailed: The model gave nothing usable within the limits.
        """
        told: SimpleQueue[Event | Run | Exception] = SimpleQueue()
        job = Job(tools=context, budget=Budget(self._limits), tell=told.put, trace_id=trace_id)
        # A daemon, because a request that nobody waits for must not keep the process alive.
        threading.Thread(target=self._work, args=(messages, job, told), daemon=True, name="agent").start()
        try:
            while True:
                try:
                    item = told.get(timeout=job.budget.seconds_left)
                except Empty:
                    raise BudgetSpent("seconds", self._limits.seconds) from None
                if isinstance(item, Exception):
                    raise item
                yield item
                if isinstance(item, Run):
                    return
        finally:
            job.budget.stop()

    def _work(self, messages: Sequence[BaseMessage], job: Job, told: SimpleQueue[Event | Run | Exception]) -> None:
        try:
            state = self._graph.invoke(
                InputAgentState(messages=cast("list[Any]", messages)),
                config=RunnableConfig(recursion_limit=self._limits.model_calls * _STEPS_PER_CALL + _STEPS_AROUND),
                context=job,
            )
            told.put(run_of(state["messages"][len(messages) :]))
        except Exception as problem:  # noqa: BLE001  # whoever waits gets it
            told.put(problem)


def run_of(messages: Sequence[BaseMessage]) -> Run:
    """What happened, from the messages of a run."""
    calls: dict[str, Call] = {}
    rounds: list[list[tuple[Call, ToolResult]]] = []
    notes: dict[str, Any] = {}
    text, read, written = "", 0, 0
    for message in messages:
        if isinstance(message, AIMessage):
            notes |= message.additional_kwargs.get(OWN, {})
            calls = {call["id"] or "": Call(call["name"], call["args"]) for call in message.tool_calls}
            text = "" if message.tool_calls else _THOUGHTS.sub("", message.text).strip()
            usage = message.usage_metadata
            read, written = (
                read + (usage["input_tokens"] if usage else 0),
                written + (usage["output_tokens"] if usage else 0),
            )
            rounds.append([])
        elif isinstance(message, ToolMessage) and isinstance(message.artifact, ToolResult):
            rounds[-1].append((calls[message.tool_call_id], message.artifact))
    return Run(results=_standing([r for r in rounds if r]), text=text, notes=notes, tokens=(read, written))


def _standing(rounds: Sequence[list[tuple[Call, ToolResult]]]) -> tuple[tuple[Call, ToolResult], ...]:
    """The last round, and of earlier ones what succeeded and answers: looking things up on the way does not."""
    earlier = [
        (call, result) for one in rounds[:-1] for call, result in one if "error" not in result.facts and result.evidence
    ]
    return (*earlier, *(rounds[-1] if rounds else ()))


def messages_of(past: Sequence[tuple[PastTurn, str]], text: str, own: dict[str, Any]) -> list[BaseMessage]:
    """A conversation as messages. What the embedded model needs travels beside the words; providers ignore it.

    Earlier calls come with their results left out, each call with its message: numbers are always asked for again.
    """
    messages: list[BaseMessage] = []
    for number, (turn, answer) in enumerate(past):
        messages.append(HumanMessage(turn.text))
        ids = [f"past_{number}_{n}" for n in range(len(turn.calls))]
        if ids:
            calls: list[Any] = [
                {"name": c.tool, "args": c.args, "id": i, "type": "tool_call"}
                for c, i in zip(turn.calls, ids, strict=True)
            ]
            messages.append(AIMessage("", tool_calls=calls))
            messages += [ToolMessage("(shown to the asker then)", tool_call_id=i) for i in ids]
        messages.append(AIMessage(answer or "…", additional_kwargs={OWN: {"turn": turn}}))
    return [*messages, HumanMessage(text, additional_kwargs={OWN: own})]
