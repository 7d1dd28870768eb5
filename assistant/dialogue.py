"""Question and Answer: the two ends of every conversation, the same for every channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from tools.charts import Chart
from tools.principal import Principal
from tools.spec import QueryEvidence
from warehouse.table import Table


class AnswerStatus(StrEnum):
    """Typed outcome: nobody has to read the text to know what happened."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    ABSTAIN = "abstain"
    NO_DATA = "no_data"
    DENIED = "denied"
    PROPOSAL = "proposal"
    DONE = "done"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place that was sent, in degrees, with the system it is measured in."""

    latitude: float
    longitude: float
    crs: Literal["wgs84", "gcj02"] = "wgs84"
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photo that was sent: the hash of its bytes, and what the sender wrote under it."""

    sha256: str
    media_type: str
    name: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asked. `now` is aware; `thread` continues a conversation.

    Attributes:
        text: May be empty where something is attached.
        key: The channel's id of this message: the same one again asks for the same thing. None: it has none.
        channel: Through which it came, for the audit.
    """

    text: str
    principal: Principal
    now: datetime
    thread: str
    attachments: tuple[Location | Picture, ...] = ()
    key: str | None = None
    channel: str = "assistant"


@dataclass(frozen=True, slots=True)
class Option:
    """One tappable reading: what is shown, and what is sent back when it is chosen."""

    label: str
    reply: str


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question back: what it is about (a word or a slot) and at most three options."""

    about: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What CityDesk says, as blocks: a channel draws them, a machine reads them as JSON (`render.as_json`)."""

    status: AnswerStatus
    text: str
    language: str
    tables: tuple[Table, ...] = ()
    evidence: tuple[QueryEvidence, ...] = ()
    citations: tuple[Any, ...] = ()
    proposals: tuple[Any, ...] = ()
    charts: tuple[Chart, ...] = ()
    clarification: Clarification | None = None
    suggestions: tuple[str, ...] = ()
    model: str = "offline"
    fallback: bool = False
    trace_id: str = ""
    elapsed_ms: float = 0.0
    extra: dict[str, Any] = field(default_factory=dict)


__all__ = ["Answer", "AnswerStatus", "Chart", "Clarification", "Location", "Option", "Picture", "Question"]
