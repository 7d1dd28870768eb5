"""my_tasks: what waits for the asker: cases by role, and proposals they may confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tools.ledger_results import orders_table, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Frozen

if TYPE_CHECKING:
    from tools.work_orders.ledger import Ledger


class TaskList(Frozen):
    """How many to show."""

    limit: int = Field(default=20, ge=1, le=200)


def run(asked: TaskList, context: ToolContext, ledger: Ledger) -> ToolResult:
    """Cases to act on, the most pressing first, and the pending proposals."""
    from tools import proposals
    from tools.work_orders import search
    from tools.work_orders.cards import card

    found = search.tasks(ledger, context.principal, context.now, asked.limit)
    waiting = proposals.pending(ledger, context.now, context.principal)
    table = orders_table(ledger, found.orders, context, found.total)
    titles = [{"id": p.id, **{la: card(ledger, p, la).title for la in ("zh", "en")}} for p in waiting[: asked.limit]]
    facts = {"total": found.total, "proposals": [one.id for one in waiting], "waiting": titles}
    return ToolResult(text=f"{found.total} cases, {len(waiting)} proposals", tables=(table,), facts=facts)


MY_TASKS = Tool(
    name="my_tasks",
    args=TaskList,
    run=with_ledger(run),
    effect="read",
    description={
        "zh": "我的待办：轮到我办的案件和待确认事项。",
        "en": "What waits for the asker: cases and proposals.",
    },
)
