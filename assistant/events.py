"""Events: what happens on the way to an answer, for channels that show progress."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.dialogue import Answer
from assistant.offline.plan import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolStarted:
    """A tool begins; `call_id` ties it to its end. Several may run at once."""

    call_id: str
    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolFinished:
    """A tool is done.

    Attributes:
        error: Code of what went wrong, None when nothing did.
        rows: Rows of its tables.
    """

    call_id: str
    call: Call
    error: str | None
    rows: int
    elapsed_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FellBack:
    """The language model gave up and the embedded model starts afresh: what was shown so far is void."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The end; always the last event, and always there."""

    answer: Answer


Event = ToolStarted | ToolFinished | FellBack | Answered
