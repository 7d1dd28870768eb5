"""Discipline: what stands between a language model and the desk. Retries, budgets, and answers that make no sense."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from assistant.errors import BudgetSpent, ModelFailed
from assistant.grounding import are_replies_grounded
from assistant.job import Job
from assistant.prompt import moment_note
from tools import TOOLS

log = logging.getLogger(__name__)
# How often a model is told that it went wrong, in a row.
CORRECTIONS = 2
_FIRST_WAIT = 0.5
_PASSING = frozenset({408, 409, 425, 429})
_REPLIES = frozenset(tool.name for tool in TOOLS if tool.effect == "reply")
# Mistakes in how a tool was called; what the data cannot tell is an answer instead.
_MENDABLE = frozenset({"bad_arguments", "unknown_tool", "unknown_name", "internal"})
_UNFINISHED = "The last call failed, so nothing is known. Correct the call, or call abstain."
_NO_CHAT = "Answer by calling a tool: chat for talk, clarify to ask back, abstain when no metric answers it."
_BAD_JSON = "The arguments of {names} were no complete JSON object, so nothing was called. Call again with valid JSON."
_INVENTED = "{names}: texts may hold no number, link or claim that is neither in the question nor in a result. Call again without."


class Discipline(AgentMiddleware[Any, Job, Any]):
    """Calls the model until it says something usable, within the budget of the job.

    Args:
        strict: For a language model: it is told the moment and the asker, retried, corrected, and may not answer
            without a tool. The embedded model needs none of it.
    """

    def __init__(self, *, strict: bool) -> None:
        super().__init__()
        self._strict = strict

    def wrap_model_call(
        self, request: ModelRequest[Job], handler: Callable[[ModelRequest[Job]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """The model's next message, or none when a reply tool has already ended the turn.

        Raises:
            ModelFailed: The model is unreachable, refuses, or keeps making no sense.
            BudgetSpent: The question has cost all it may.
        """
        job = request.runtime.context
        if _has_replied(request.messages):
            return ModelResponse(result=[AIMessage("")])
        if not self._strict:
            job.budget.spend_model_call()
            return handler(request)
        message = self._usable(request, handler, job)
        job.budget.spend_tool_calls(len(message.tool_calls))
        return ModelResponse(result=[message])

    def _usable(self, request: ModelRequest[Job], handler: Any, job: Job) -> AIMessage:
        system = f"{request.system_message.text if request.system_message else ''}\n\n{moment_note(job.tools)}"
        asked: list[AnyMessage] = list(request.messages)
        for _ in range(CORRECTIONS + 1):
            job.budget.spend_model_call()
            message = _patiently(handler, request.override(system_message=SystemMessage(system), messages=asked), job)
            wrong = _complaint(message, request.messages, job)
            if wrong is None:
                return _tidied(message)
            log.info("model corrected, trace %s: %s", job.trace_id, wrong)
            asked += [AIMessage(message.text or "…"), HumanMessage(wrong)]
        raise ModelFailed("malformed", attempts=CORRECTIONS + 1)


def _patiently(handler: Any, request: ModelRequest[Job], job: Job) -> AIMessage:
    """The endpoint's answer, asked again while what is wrong may pass."""
    limits = job.budget.limits
    for attempt in range(1, limits.retries + 2):
        try:
            return _complete(handler(request), attempt)
        except BudgetSpent:
            raise
        except Exception as problem:  # noqa: BLE001  # any provider may raise anything
            failed = _failed(problem, attempt)
            wait = _asked_to_wait(problem, attempt)
            log.warning("model request failed, trace %s: %s", job.trace_id, failed)
            if attempt > limits.retries or not _may_pass(problem) or wait > limits.longest_wait:
                raise failed from None
            job.budget.wait(wait)
    raise AssertionError("unreachable")


def _complete(response: ModelResponse[Any], attempt: int) -> AIMessage:
    message = next((m for m in response.result if isinstance(m, AIMessage)), None)
    if message is None:
        raise ModelFailed("malformed", kind="no message", attempts=attempt)
    reason = message.response_metadata.get("finish_reason")
    if reason == "content_filter":
        raise ModelFailed("filtered", attempts=attempt)
    if reason == "length":
        # What was cut in the middle means nothing, above all a call of a tool.
        raise ModelFailed("cut", attempts=attempt)
    return message


def _failed(problem: Exception, attempt: int) -> ModelFailed:
    if isinstance(problem, ModelFailed):
        return problem
    status = getattr(problem, "status_code", None)
    if isinstance(status, int):
        reason = "refused" if 400 <= status < 500 else "unreachable"
        return ModelFailed(reason, status=status, attempts=attempt, kind=type(problem).__name__)
    malformed = isinstance(problem, ValueError | LookupError | TypeError)
    return ModelFailed("malformed" if malformed else "unreachable", attempts=attempt, kind=type(problem).__name__)


def _may_pass(problem: Exception) -> bool:
    """Whether the same request may fare better; a wrong key or a wrong address never does."""
    if isinstance(problem, ModelFailed):
        return problem.reason in {"cut", "malformed"}
    status = getattr(problem, "status_code", None)
    return not isinstance(status, int) or status in _PASSING or status >= 500


def _asked_to_wait(problem: Exception, attempt: int) -> float:
    """Seconds until the next request: what the endpoint asks for, else twice as long each time."""
    headers = getattr(getattr(problem, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return float(_FIRST_WAIT * 2 ** (attempt - 1))


def _complaint(message: AIMessage, before: Sequence[BaseMessage], job: Job) -> str | None:
    """What the model should correct, in its own terms; None when it can go on."""
    if message.invalid_tool_calls:
        return _BAD_JSON.format(names=", ".join(str(call["name"]) for call in message.invalid_tool_calls))
    question, artifacts = _this_turn(before)
    if not message.tool_calls and not artifacts:
        return _NO_CHAT
    if not message.tool_calls and _is_left_wrong(before):
        return _UNFINISHED
    replies = [call for call in message.tool_calls if call["name"] in _REPLIES]
    if replies and not are_replies_grounded([call["args"] for call in replies], artifacts, question, job.tools.now):
        return _INVENTED.format(names=", ".join(call["name"] for call in replies))
    return None


def _is_left_wrong(messages: Sequence[BaseMessage]) -> bool:
    """Whether the last round of calls failed by the model's own mistakes, so that there is nothing to talk about."""
    last = _last_round(messages)
    return bool(last) and all(m.artifact is not None and m.artifact.facts.get("error") in _MENDABLE for m in last)


def _this_turn(messages: Sequence[BaseMessage]) -> tuple[str, list[Any]]:
    """The question, and the results that came since."""
    last = max((n for n, m in enumerate(messages) if isinstance(m, HumanMessage)), default=0)
    results = [m.artifact for m in messages[last:] if isinstance(m, ToolMessage) and m.artifact is not None]
    return (messages[last].text if messages else ""), results


def _has_replied(messages: Sequence[BaseMessage]) -> bool:
    """Whether the last round of calls ended the turn: reply tools only, none of them failed."""
    last = _last_round(messages)
    return bool(last) and all(m.name in _REPLIES and m.status == "success" for m in last)


def _last_round(messages: Sequence[BaseMessage]) -> list[ToolMessage]:
    last: list[ToolMessage] = []
    for message in reversed(messages):
        if not isinstance(message, ToolMessage):
            break
        last.append(message)
    return last


def _tidied(message: AIMessage) -> AIMessage:
    """The message with call ids that are there and differ, whatever the endpoint sent."""
    calls, seen = [], set[str]()
    for number, call in enumerate(message.tool_calls):
        call_id = call["id"] or f"call_{number}"
        while call_id in seen:
            call_id = f"{call_id}_{number}"
        seen.add(call_id)
        calls.append({**call, "id": call_id})
    return message.model_copy(update={"tool_calls": calls})
