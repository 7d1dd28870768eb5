"""Stage times: when each stage of a case began, was due and ended, as the warehouse counts them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, update

from tools.principal import Principal, Role
from tools.work_orders.model import WorkOrder, WorkOrderStatus
from tools.work_orders.tables import stage

_RUNNING = update(stage).where(stage.c.case_no == bindparam("of"), stage.c.finished_at.is_(None))
_BEGUN = insert(stage)
# The ledger's own hand: what happens because time passed.
CLOCKWORK = Principal("clock", Role.ADMIN)
_STAGE_OF: dict[WorkOrderStatus, str] = {
    WorkOrderStatus.REPORTED: "register",
    WorkOrderStatus.VERIFYING: "verify",
    WorkOrderStatus.REGISTERED: "dispatch",
    WorkOrderStatus.DISPATCHED: "dispose",
    WorkOrderStatus.HANDLING: "dispose",
    WorkOrderStatus.FED_BACK: "check",
    WorkOrderStatus.CHECKING: "check",
    WorkOrderStatus.CHECKED: "close",
}
# Desk work is measured in continuous minutes; handling has the deadline of the case.
_DESK_LIMITS = {
    "register": timedelta(minutes=15),
    "dispatch": timedelta(minutes=15),
    "verify": timedelta(minutes=30),
    "check": timedelta(minutes=30),
    "close": timedelta(minutes=30),
}


def follow(connection: Connection, before: WorkOrder | None, after: WorkOrder, now: datetime) -> None:
    """End the stage a case has left and begin the one it has entered; the same stage only gets its new deadline."""
    left = _STAGE_OF.get(before.status) if before is not None else None
    entered = _STAGE_OF.get(after.status)
    if left == entered:
        if entered == "dispose":
            connection.execute(_RUNNING, {"of": after.case_no, "due_at": after.due_at, "unit": after.unit})
        return
    if before is not None:
        paused = int(paused_time(before, now).total_seconds()) if left == "dispose" else 0
        connection.execute(_RUNNING, {"of": after.case_no, "finished_at": now, "paused_seconds": paused})
    if entered is not None:
        due = after.due_at if entered == "dispose" else now + _DESK_LIMITS[entered]
        connection.execute(
            _BEGUN,
            {
                "case_no": after.case_no,
                "stage": entered,
                "started_at": now,
                "due_at": due,
                "finished_at": None,
                "paused_seconds": 0,
                "unit": after.unit,
            },
        )


def paused_time(order: WorkOrder, now: datetime) -> timedelta:
    """How long the handling clock has stood still until `now`, around the clock."""
    spans = ((pause.start, min(pause.end or now, now)) for pause in order.pauses)
    return sum((max(end - start, timedelta(0)) for start, end in spans), timedelta(0))
