"""What intake says after each message: a draft, one question, or that it is not the city's business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.work_orders.model import Attachment, CaseDraft, Category, Limit

Asked = Literal["what", "category", "place", "duplicate"]
StepKind = Literal["ready", "question", "not_ours", "chit_chat", "cancelled", "joined"]
MOST_QUESTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A point a person sent or a photo carries, WGS-84 degrees; `label` is what the map calls it."""

    longitude: float
    latitude: float
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo with what is known about it.

    Attributes:
        said: What a vision model or the sender's caption says is on it; None when nobody looked.
        pin: From the photo's own GPS.
    """

    attachment: Attachment
    said: str | None = None
    pin: Pin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A button: what it shows and what pressing it sends."""

    label: str
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeQuestion:
    """One question. `item` is the position of the case it is about; free text is always an answer too."""

    about: Asked
    text: str
    options: tuple[Option, ...] = ()
    item: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who answers for a case and until when, with the clause that says so.

    Attributes:
        condition: Id of the clause; `clause` its words, ready to show.
    """

    department: str | None = None
    unit: str | None = None
    condition: str | None = None
    clause: str | None = None
    limit: Limit | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """An open case that may be the same: how far away (metres, None without points) and how old (hours)."""

    case_no: str
    metres: float | None
    hours: float
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeItem:
    """One problem of the message.

    Attributes:
        confidence: That the category is right, 0..1; 1.0 when a person chose it.
        alternatives: Other categories, likeliest first.
        is_listed: False when the city's own list lacks the class and the national one stands in.
        emergency: Kind of danger, None when there is none.
        advice: What to do at once, in the reporter's language.
    """

    draft: CaseDraft
    confidence: float
    alternatives: tuple[tuple[Category, float], ...] = ()
    is_listed: bool = True
    emergency: str | None = None
    advice: str | None = None
    assignment: Assignment = Assignment()
    duplicates: tuple[Duplicate, ...] = ()


class IntakeSession(BaseModel):
    """What must be remembered until the next message; JSON both ways, nothing else is kept.

    Attributes:
        said: The reporter's messages that describe the problem, in order.
        answers: Question (`about:item`) to the answer.
        pending: The question that waits, with its buttons' replies.
        asked: How many questions were asked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    said: tuple[str, ...] = ()
    answers: dict[str, str] = Field(default_factory=dict)
    pending: str | None = None
    replies: tuple[str, ...] = ()
    asked: int = 0
    longitude: float | None = None
    latitude: float | None = None
    pin_label: str | None = None
    photos: tuple[dict[str, str], ...] = ()
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeStep:
    """The answer to one message.

    Attributes:
        items: The cases so far, emergencies first; complete when `kind` is `ready`.
        question: The one question, when `kind` is `question`.
        text: What to say, in the reporter's language.
        call: Whom to call, for what is not ours and for danger to life.
        emergency: Whether any of it jumps the queue.
        joined: Case number the reporter chose to join.
        session: To be given back with the next message; None when the conversation about this report is over.
    """

    kind: StepKind
    text: str
    language: Literal["zh", "en"]
    items: tuple[IntakeItem, ...] = ()
    question: IntakeQuestion | None = None
    call: str | None = None
    emergency: bool = False
    joined: str | None = None
    session: IntakeSession | None = None

    @property
    def drafts(self) -> tuple[CaseDraft, ...]:
        """The drafts alone."""
        return tuple(item.draft for item in self.items)


Assign = Callable[[CaseDraft, datetime], Assignment]
