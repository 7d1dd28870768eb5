"""What the work-order tools share: the ledger they need, cases as a table, a proposal as a result.

The ledger's modules are imported when one of these runs: a question about numbers must not pay for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from tools.spec import ToolContext, ToolResult
from tools.work_orders.errors import LedgerUnavailable, WorkOrderError
from warehouse.table import Column, ColumnType, Table

if TYPE_CHECKING:
    from tools.work_orders.ledger import Ledger
    from tools.work_orders.model import Actor, WorkOrder
    from tools.work_orders.proposal_rows import Proposal

Args = TypeVar("Args")
_COLUMNS: tuple[tuple[str, str, str, ColumnType], ...] = (
    ("case_no", "案件号", "case no.", "text"),
    ("order_status", "状态", "status", "text"),
    ("title", "标题", "title", "text"),
    ("district", "区", "district", "text"),
    ("unit", "处置单位", "unit", "text"),
    ("due_at", "截止时间", "due", "timestamp"),
    ("overdue", "超期", "overdue", "boolean"),
)


def with_ledger(run: Callable[[Args, ToolContext, Ledger], ToolResult]) -> Callable[[Args, ToolContext], ToolResult]:
    """The tool's function with the city's ledger; what the domain refuses comes back as facts and a sentence."""

    def guarded(args: Args, context: ToolContext) -> ToolResult:
        ledger: Ledger | None = None
        try:
            ledger = context.ledger()
            if ledger is None:
                raise LedgerUnavailable(problem="this city keeps no work orders here")
            return run(args, context, ledger)
        except WorkOrderError as problem:
            return refused(ledger, problem)

    return guarded


def refused(ledger: Ledger | None, problem: WorkOrderError) -> ToolResult:
    """What the domain refused: its code, its facts, and a sentence in both languages."""
    facts = {name: str(value) if not isinstance(value, tuple) else list(value) for name, value in problem.facts.items()}
    return ToolResult(
        text=str(problem), facts={**facts, "error": problem.code, "sentence": _sentences(ledger, problem)}
    )


def actor(context: ToolContext) -> Actor:
    """Who asks, as the ledger notes them."""
    from tools.work_orders.model import Actor

    return Actor(principal=context.principal, channel=context.channel)


def key_of(context: ToolContext, *about: str) -> str | None:
    """Where a wish comes from: person, conversation, turn and what it is about; None where the turn is not known."""
    if context.turn is None:
        return None
    parts = (context.principal.name, context.thread or "", context.turn, *about)
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def proposed(ledger: Ledger, proposal: Proposal, asked: int = 0) -> ToolResult:
    """A proposal with its card in both languages; nothing has been written yet.

    Args:
        asked: How many cases were asked for, where some of them do not allow the step.
    """
    from tools.work_orders.cards import card

    cards = {}
    for language in ("zh", "en"):
        drawn = card(ledger, proposal, language)
        cards[language] = {
            "title": drawn.title,
            "lines": [list(line) for line in drawn.lines],
            "buttons": [[button.label, button.payload] for button in drawn.buttons],
        }
    facts: dict[str, Any] = {
        "id": proposal.id,
        "action": proposal.action,
        "target": list(proposal.case_nos),
        "fields": dict(proposal.args),
        "expires_at": proposal.expires_at.isoformat(),
        "status": proposal.status.value,
        "card": cards,
        "left_out": max(0, asked - len(proposal.case_nos)),
    }
    return ToolResult(text=f"proposed {proposal.action}, waits for a person: {proposal.id}", facts={"proposal": facts})


def orders_table(ledger: Ledger, orders: Sequence[WorkOrder], context: ToolContext, total: int) -> Table:
    """Cases, a row each."""
    zone = ledger.flow.clock.zone
    rows = tuple(
        (
            order.case_no,
            order.status.value,
            order.draft.title,
            order.draft.place.district,
            order.unit,
            order.due_at.astimezone(zone) if order.due_at else None,
            ledger.flow.is_overdue(order, context.now),
        )
        for order in orders
    )
    columns = tuple(
        Column(name=n, label={"zh": zh, "en": en}, type=kind, role="detail") for n, zh, en, kind in _COLUMNS
    )
    notes = (f"total: {total}",)
    return Table(
        columns=columns, rows=rows, as_of=context.now.astimezone(zone), truncated=total > len(rows), notes=notes
    )


def _sentences(ledger: Ledger | None, problem: WorkOrderError) -> dict[str, str]:
    from tools.work_orders.machine import load_machine
    from tools.work_orders.sentences import sentence

    machine = ledger.flow.machine if ledger is not None else load_machine()
    return {"zh": sentence(problem, machine, "zh"), "en": sentence(problem, machine, "en")}
