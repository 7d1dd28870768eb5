"""work_order_timeline: what happened to one case, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.ledger_results import orders_table, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Frozen
from warehouse.table import Column, Table

if TYPE_CHECKING:
    from tools.work_orders.ledger import Ledger


class CaseNumber(Frozen):
    """A case."""

    case_no: str


def run(asked: CaseNumber, context: ToolContext, ledger: Ledger) -> ToolResult:
    """The case as it stands, where it is the ledger's, and its steps, first to last: when, what, who, why."""
    from tools.work_orders import search

    order, events = search.timeline(ledger, asked.case_no, context.principal, context.now)
    zone = ledger.flow.clock.zone
    rows = tuple(
        (event["at"].astimezone(zone), event["action"], event["actor"] or None, event["why"]) for event in events
    )
    columns = (
        Column(name="at", label={"zh": "时间", "en": "time"}, type="timestamp", role="detail"),
        Column(name="order_step", label={"zh": "步骤", "en": "step"}, type="text", role="detail"),
        Column(name="actor", label={"zh": "经办", "en": "by"}, type="text", role="detail"),
        Column(name="why", label={"zh": "说明", "en": "note"}, type="text", role="detail"),
    )
    steps = Table(columns=columns, rows=rows, as_of=context.now.astimezone(zone))
    # Of a case that another system keeps only its stamps are known here; where it stands that system words itself.
    status = (orders_table(ledger, (order,), context, 1),) if order.version else ()
    return ToolResult(
        text=f"{order.case_no}: {order.status}", tables=(*status, steps), facts={"case_no": order.case_no}
    )


WORK_ORDER_TIMELINE = Tool(
    name="work_order_timeline",
    args=CaseNumber,
    run=with_ledger(run),
    effect="read",
    description={"zh": "一件案件的经过：每一步的时间、经办人和说明。", "en": "The course of one case, step by step."},
)
