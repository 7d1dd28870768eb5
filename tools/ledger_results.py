"""What the work-order tools share: the ledger they need, cases as a table, a proposal as a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tools.spec import ToolContext, ToolResult
from tools.work_orders.cards import card
from tools.work_orders.errors import LedgerUnavailable, WorkOrderError
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Actor, WorkOrder
from tools.work_orders.proposal_rows import Proposal
from tools.work_orders.sentences import sentence
from warehouse.table import Column, ColumnType, Table

Args = TypeVar("Args")
_COLUMNS: tuple[tuple[str, str, str, ColumnType], ...] = (
    ("case_no", "案件号", "case no.", "text"),
    ("status", "状态", "status", "text"),
    ("title", "标题", "title", "text"),
    ("district", "区", "district", "text"),
    ("unit", "处置单位", "unit", "text"),
    ("due_at", "截止时间", "due", "timestamp"),
    ("overdue", "超期", "overdue", "boolean"),
)


def with_ledger(run: Callable[[Args, ToolContext, Ledger], ToolResult]) -> Callable[[Args, ToolContext], ToolResult]:
    """The tool's function with the city's ledger; what the domain refuses comes back as facts and a sentence."""

    def guarded(args: Args, context: ToolContext) -> ToolResult:
        try:
            if context.ledger is None:
                raise LedgerUnavailable(problem="this city keeps no work orders here")
            return run(args, context, context.ledger)
        except WorkOrderError as problem:
            facts = {
                name: str(value) if not isinstance(value, tuple) else list(value)
                for name, value in problem.facts.items()
            }
            told = {"sentence": _sentences(problem, context)}
            return ToolResult(text=str(problem), facts={"error": problem.code, **facts, **told})

    return guarded


def actor(context: ToolContext) -> Actor:
    """Who asks, as the ledger notes them."""
    return Actor(principal=context.principal, channel="assistant")


def proposed(ledger: Ledger, proposal: Proposal) -> ToolResult:
    """A proposal with its card in both languages; nothing has been written yet."""
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
    }
    return ToolResult(text=f"proposed {proposal.action}, waits for a person: {proposal.id}", facts={"proposal": facts})


def orders_table(ledger: Ledger, orders: tuple[WorkOrder, ...], context: ToolContext, total: int) -> Table:
    """Cases, a row each."""
    zone = ledger.flow.clock.zone
    rows = tuple(
        (
            order.case_no,
            ledger.flow.machine.statuses[order.status].zh,
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


def _sentences(problem: WorkOrderError, context: ToolContext) -> dict[str, str]:
    if context.ledger is None:
        return {}
    machine = context.ledger.flow.machine
    return {"zh": sentence(problem, machine, "zh"), "en": sentence(problem, machine, "en")}
