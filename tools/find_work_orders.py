"""find_work_orders: cases of the ledger by status, place, unit and lateness, within the asker's scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tools.ledger_results import orders_table, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from tools.work_orders.model import WorkOrderStatus
from warehouse.semantic import Frozen

if TYPE_CHECKING:
    from tools.work_orders.ledger import Ledger


class OrderSearch(Frozen):
    """What is looked for; everything given must hold."""

    statuses: tuple[WorkOrderStatus, ...] = ()
    district: str | None = None
    unit: str | None = None
    minor: str | None = None
    mine: bool = False
    open_only: bool = False
    overdue: bool = False
    supervised: bool = False
    limit: int = Field(default=20, ge=1, le=200)


def run(asked: OrderSearch, context: ToolContext, ledger: Ledger) -> ToolResult:
    """The cases, the most pressing deadline first."""
    from tools.work_orders import search

    given = asked.model_dump(exclude={"mine"})
    wanted = search.Search(**given, reporter=context.principal.name if asked.mine else None)
    found = search.find(ledger, wanted, context.principal, context.now)
    table = orders_table(ledger, found.orders, context, found.total)
    return ToolResult(text=f"{found.total} cases", tables=(table,), facts={"total": found.total})


FIND_WORK_ORDERS = Tool(
    name="find_work_orders",
    args=OrderSearch,
    run=with_ledger(run),
    effect="read",
    description={
        "zh": "在工单库里找案件：状态、区、单位、类别、超期、督办、我上报的。",
        "en": "Find work orders by status, district, unit, class, overdue, supervised, or reported by the asker.",
    },
)
