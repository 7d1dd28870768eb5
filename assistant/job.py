"""Job: what one run of the agent carries beside the conversation, out of any model's reach."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from assistant.errors import BudgetSpent
from assistant.events import Event
from tools.spec import ToolContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one question may cost a model.

    Attributes:
        model_calls: Answers of the model, corrections included; repeated requests after a failure are not counted.
        tool_calls: Tool calls in all.
        seconds: From the first request to the last result.
        retries: Further requests after one that failed for a reason that may pass.
        longest_wait: Seconds to wait between two requests, also when the endpoint asks for more.
    """

    model_calls: int = 8
    tool_calls: int = 16
    seconds: float = 60.0
    retries: int = 2
    longest_wait: float = 8.0


class Budget:
    """What is left of the limits. Stopping it stops the run before its next model or tool call."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._ends = perf_counter() + limits.seconds
        self._stopped = threading.Event()
        self._model_calls = 0
        self._tool_calls = 0

    @property
    def seconds_left(self) -> float:
        """Until the time is up; never negative."""
        return max(0.0, self._ends - perf_counter())

    def spend_model_call(self) -> None:
        """Count an answer of the model.

        Raises:
            BudgetSpent: There is none left, or no time, or the run was stopped.
        """
        self._check()
        self._model_calls += 1
        if self._model_calls > self.limits.model_calls:
            raise BudgetSpent("model_calls", self.limits.model_calls)

    def spend_tool_calls(self, count: int) -> None:
        """Count tool calls before any of them runs.

        Raises:
            BudgetSpent: They are more than are left.
        """
        self._check()
        self._tool_calls += count
        if self._tool_calls > self.limits.tool_calls:
            raise BudgetSpent("tool_calls", self.limits.tool_calls)

    def wait(self, seconds: float) -> None:
        """Let time pass, no longer than is left.

        Raises:
            BudgetSpent: The time is up, or the run was stopped meanwhile.
        """
        self._stopped.wait(min(seconds, self.seconds_left))
        self._check()

    def stop(self) -> None:
        """Nobody waits for this run any more."""
        self._stopped.set()

    def _check(self) -> None:
        if self._stopped.is_set() or not self.seconds_left:
            raise BudgetSpent("seconds", self.limits.seconds)


def nobody(_: Event) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run: the tools' context, what it may cost, whom to tell, and the number the operator finds it by."""

    tools: ToolContext
    budget: Budget = field(default_factory=lambda: Budget(Limits()))
    tell: Callable[[Event], None] = nobody
    trace_id: str = ""
