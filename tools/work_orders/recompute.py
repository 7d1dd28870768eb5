"""Deadlines again, after a calendar changed: a holiday was decreed, a swapped day moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from tools.work_orders.ledger import Circumstances, Ledger
from tools.work_orders.model import WorkOrderStatus
from tools.work_orders.records import order_of
from tools.work_orders.stages import CLOCKWORK
from tools.work_orders.tables import case
from tools.work_orders.transitions import Step

_RUNNING = (WorkOrderStatus.DISPATCHED, WorkOrderStatus.HANDLING, WorkOrderStatus.REGISTERED)


def recompute(ledger: Ledger, now: datetime) -> tuple[str, ...]:
    """Give every case whose clock has started and not ended its deadline by the calendar of now.

    What was fed back already keeps the deadline it was judged by. Returns the case numbers that changed; running it
    again changes nothing.
    """
    changed = []
    with ledger.database.writing() as connection:
        running = select(case.c.record).where(case.c.status.in_([status.value for status in _RUNNING]))
        for order in map(order_of, connection.execute(running).scalars().all()):
            again = ledger.flow.due_again(order)
            if (again.due_at, again.due_is_provisional) == (order.due_at, order.due_is_provisional):
                continue
            step = Step(
                action="recompute", principal=CLOCKWORK, now=now, args={"reason": ledger.flow.clock.calendar.id}
            )
            after = replace(again, version=order.version + 1, updated_at=now)
            ledger.replace(connection, order, after, step, Circumstances(channel="clock"))
            changed.append(order.case_no)
    return tuple(changed)
