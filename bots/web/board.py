"""Work orders on the page: what waits for the person, and a board of what is open by its status."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter

from bots.channel import Action, Card
from bots.reception import Reception
from bots.store.buttons import Say
from bots.web.person import Person
from tools import proposals
from tools.principal import Principal
from tools.work_orders import search
from tools.work_orders.cards import Card as Drawn
from tools.work_orders.cards import card
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import WorkOrder, WorkOrderStatus

_ENDED = frozenset({WorkOrderStatus.CLOSED, WorkOrderStatus.CANCELLED, WorkOrderStatus.NOT_REGISTERED})
OPEN = tuple(status for status in WorkOrderStatus if status not in _ENDED)
MOST_A_COLUMN = 30
MOST_TASKS = 60
MOST_WAITING = 20


def nothing() -> None:
    """Where no work orders are kept."""


def board_router(reception: Reception, ledger: Callable[[], Ledger | None]) -> APIRouter:
    """Routes /api/tasks and /api/board; both are empty where the city keeps no work orders."""
    router = APIRouter()

    @router.get("/tasks")
    def tasks(principal: Person, language: Literal["zh", "en"] = "zh") -> dict[str, Any]:
        """Proposals that the person may decide, as cards; and cases that wait for them, the most pressing first."""
        kept, now = ledger(), reception.wall()
        if kept is None:
            return {"orders": [], "total": 0, "waiting": []}
        found = search.tasks(kept, principal, now, MOST_TASKS)
        waiting = [
            _waiting(reception, card(kept, one, language), principal, now)
            for one in proposals.pending(kept, now, principal)[:MOST_WAITING]
        ]
        return {
            "orders": [_shown(kept, one, now, language) for one in found.orders], "total": found.total,
            "waiting": [one.model_dump(mode="json") for one in waiting],
        }  # fmt: skip

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


def _waiting(reception: Reception, drawn: Drawn, principal: Principal, now: datetime) -> Card:
    """A proposal with its buttons; they decide through the same door as in the conversation."""
    with reception.database.writing():
        actions = tuple(
            Action(
                token=reception.buttons.make(
                    Say(text=button.payload, thread="tasks", shown=button.label), person=principal.name, now=now
                ),
                label=button.label,
                style="good" if button.payload.startswith("approve") else "bad",
            )
            for button in drawn.buttons
            if not button.payload.startswith("modify")
        )
    return Card(title=drawn.title, fields=drawn.lines, actions=actions, purpose="decide")


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
