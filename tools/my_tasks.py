"""my_tasks: what waits for the asker: cases by role, and proposals they may confirm."""

from __future__ import annotations

from pydantic import Field

from tools import proposals
from tools.ledger_results import orders_table, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from tools.work_orders import search
from tools.work_orders.ledger import Ledger
from warehouse.semantic import Frozen


class TaskList(Frozen):
    """How many to show."""

    limit: int = Field(default=20, ge=1, le=200)


def run(asked: TaskList, context: ToolContext, ledger: Ledger) -> ToolResult:
    """Cases to act on, the most pressing first, and the ids of pending proposals."""
    found = search.tasks(ledger, context.principal, context.now, asked.limit)
    waiting = proposals.pending(ledger, context.now, context.principal)
    table = orders_table(ledger, found.orders, context, found.total)
    facts = {"total": found.total, "proposals": [one.id for one in waiting]}
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
