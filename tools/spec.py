"""Tool: one verb = arguments + function. The offline model and an LLM get the same list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from tools.principal import Principal, Role

if TYPE_CHECKING:
    from knowledge.passages import Found
    from knowledge.retrieve import Finder
    from tools.work_orders.intake import Intake
    from tools.work_orders.intake_draft import Photo, Pin
    from tools.work_orders.ledger import Ledger
    from warehouse.reader import Warehouse
    from warehouse.semantic import SemanticQuery
    from warehouse.table import Table


def nothing() -> None:
    """Where none is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """What a tool may use. The model never sees or sets any of it.

    Attributes:
        now: The moment of asking, aware; a tool never reads a clock.
        policies: The policy library; None where there is none.
        place: Jurisdiction of the city, whose rules hold unless another one is asked for.
        ledger: Gives the city's work orders, opened when first asked for; None where none are kept.
        intake: Gives what reads a report in plain words, opened likewise.
        said: What the asker said in this conversation, the latest last; a report is made of nothing else.
        report: State of the report that is being taken, as JSON.
        thread: The conversation, and `turn` what was asked in it: the same turn again makes no second proposal.
        channel: Through which it was asked, for the audit.
    """

    principal: Principal
    now: datetime
    warehouse: Warehouse
    policies: Finder | None = None
    place: str = ""
    ledger: Callable[[], Ledger | None] = nothing
    intake: Callable[[], Intake | None] = nothing
    said: tuple[str, ...] = ()
    report: Mapping[str, Any] | None = None
    pin: Pin | None = None
    photos: tuple[Photo, ...] = ()
    thread: str | None = None
    turn: str | None = None
    channel: str = "assistant"

    @property
    def words(self) -> str:
        """What was just said."""
        return self.said[-1] if self.said else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryEvidence:
    """How a number came to be.

    Attributes:
        definition: Metric definitions by language, ready to print.
        window: Both ends, aware, half-open; None when all data was asked for.
        base_window: The compared window, if any.
        scope: The limits that were applied, by dimension id.
        since: The earliest record of what was counted, aware; None where nothing was counted.
        elapsed_ms: Engine time only.
    """

    semantic: SemanticQuery
    sql: str
    parameters: tuple[Any, ...]
    definition: dict[str, str]
    window: tuple[datetime, datetime] | None
    base_window: tuple[datetime, datetime] | None
    scope: dict[str, tuple[str, ...]]
    as_of: datetime
    rows: int
    elapsed_ms: float
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool gives back.

    Attributes:
        text: Short account for a language model (it may only repeat numbers that stand in the tables).
        tables: Results, in the order they should be read.
        evidence: One for every query that ran.
        facts: Anything else the verbaliser needs, JSON-able, keyed by the tool's own words.
        citations: Of rules, as an Answer carries them: document, article, quote, version, effective, score.
        found: What the policy library found, for `knowledge.answer.render`.
    """

    text: str
    tables: tuple[Table, ...] = ()
    evidence: tuple[QueryEvidence, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    citations: tuple[dict[str, Any], ...] = ()
    found: Found | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A verb of the assistant.

    Attributes:
        effect: `read` looks, `propose` writes a proposal row, `reply` ends the turn (clarify, abstain).
        roles: Who may use it; checked where it runs. Empty means everybody.
        description: For a language model, by language.
    """

    name: str
    args: type[BaseModel]
    run: Callable[[Any, ToolContext], ToolResult]
    effect: Literal["read", "propose", "reply"]
    description: dict[str, str]
    roles: frozenset[Role] = frozenset()
