"""Work orders on the page: what waits for the person, and a board of what is open by its status."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter

from bots.reception import Reception
from bots.web.person import Person
from tools.work_orders import search
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import WorkOrder, WorkOrderStatus

_ENDED = frozenset({WorkOrderStatus.CLOSED, WorkOrderStatus.CANCELLED, WorkOrderStatus.NOT_REGISTERED})
OPEN = tuple(status for status in WorkOrderStatus if status not in _ENDED)
MOST_A_COLUMN = 30
MOST_TASKS = 60


def nothing() -> None:
    """Where no work orders are kept."""


def board_router(reception: Reception, ledger: Callable[[], Ledger | None]) -> APIRouter:
    """Routes /api/tasks and /api/board; both are empty where the city keeps no work orders."""
    router = APIRouter()

    @router.get("/tasks")
    def tasks(principal: Person, language: Literal["zh", "en"] = "zh") -> dict[str, Any]:
        """Cases that wait for the person, the most pressing first."""
        kept, now = ledger(), reception.wall()
        if kept is None:
            return {"orders": [], "total": 0}
        found = search.tasks(kept, principal, now, MOST_TASKS)
        return {"orders": [_shown(kept, one, now, language) for one in found.orders], "total": found.total}

    @router.get("/board")
    def board(principal: Person, language: Literal["zh", "en"] = "zh") -> list[dict[str, Any]]:
        """Open cases as far as the person may see, a column for each status that has any."""
        kept, now = ledger(), reception.wall()
        if kept is None:
            return []
        columns = []
        for status in OPEN:
            found = search.find(kept, search.Search(statuses=(status,), limit=MOST_A_COLUMN), principal, now)
            if found.total:
                name = getattr(kept.flow.machine.statuses[status], language)
                cards = [_shown(kept, one, now, language) for one in found.orders]
                columns.append({"status": status.value, "name": name, "total": found.total, "orders": cards})
        return columns

    return router


def _shown(ledger: Ledger, order: WorkOrder, now: datetime, language: Literal["zh", "en"]) -> dict[str, Any]:
    place, zone = order.draft.place, ledger.flow.clock.zone
    left = None if order.due_at is None else round((order.due_at - now).total_seconds() / 60)
    return {
        "case_no": order.case_no,
        "title": order.draft.title,
        "status": getattr(ledger.flow.machine.statuses[order.status], language),
        "place": " ".join(filter(None, (place.district, place.street, place.address))),
        "unit": order.unit,
        "due_at": None if order.due_at is None else order.due_at.astimezone(zone).isoformat(),
        "minutes_left": left,
        "overdue": ledger.flow.is_overdue(order, now),
        "supervised": order.supervision is not None,
    }
