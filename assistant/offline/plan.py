"""What the offline model has understood: tool calls, and how sure it is of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from warehouse.scope import CITY_WIDE, Scope


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call: the tool's name and its JSON-able arguments."""

    tool: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTurn:
    """An earlier turn of the conversation.

    Attributes:
        calls: What was called for it, clarifications included (their options carry calls of their own).
        shown: First-column cells of the result that was shown, in order, for "the second one".
        listed: Whether those cells are case numbers.
        proposed: Ids of the proposals whose cards were shown.
        report: State of a report that waits for the answer to a question, as JSON.
    """

    text: str
    calls: tuple[Call, ...]
    shown: tuple[str, ...] = ()
    listed: bool = False
    proposed: tuple[str, ...] = ()
    report: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What there is to understand. `now` is aware, in the city's time zone; `history` has the latest turn last.

    Attributes:
        acts: Whether work orders are kept here, so that there is something to do and to report.
        role: Of the asker.
        attached: Whether a photo or a place came with the words.
    """

    text: str
    now: datetime
    history: tuple[PastTurn, ...] = ()
    scope: Scope = CITY_WIDE
    acts: bool = False
    role: str = ""
    attached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """The outcome of reading one turn.

    Attributes:
        calls: Never empty. A question back is a call of `clarify`, a refusal one of `abstain`, talk one of `chat`.
        confidence: 0..1; below the threshold the calls are already a clarification or an abstention.
        unexplained: Content words that no part of the reading accounts for, as the asker wrote them.
        readings: How something ambiguous was read, as phrase keys with fields, printed with the answer.
    """

    language: Literal["zh", "en"]
    calls: tuple[Call, ...]
    confidence: float
    unexplained: tuple[str, ...] = ()
    readings: tuple[dict[str, Any], ...] = field(default=())
