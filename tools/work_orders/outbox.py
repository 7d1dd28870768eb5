"""Who is told of a step: rows that a channel sends later, each once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from tools.work_orders.database import Database
from tools.work_orders.machine import Machine
from tools.work_orders.model import WorkOrder
from tools.work_orders.tables import outbox, subscription
from tools.work_orders.transitions import Step


def tell(
    connection: Connection, machine: Machine, order: WorkOrder, step: Step, *, event_id: int, proposal: str | None
) -> None:
    """Put the messages of a step into the outbox; bodies carry facts, a channel makes the sentence."""
    told = machine.actions[step.action].tell if step.action in machine.actions else ()
    if not told:
        return
    body = {
        "case_no": order.case_no,
        "title": order.draft.title,
        "action": step.action,
        "status": order.status.value,
        "by": step.principal.name,
        "why": step.args.get("reason") or step.args.get("result") or step.args.get("requirement"),
        "due_at": order.due_at.isoformat() if order.due_at else None,
    }
    for recipient in dict.fromkeys(_recipients(connection, order, told)):
        connection.execute(
            insert(outbox),
            {
                "idem_key": f"event:{event_id}:{recipient}",
                "recipient": recipient,
                "kind": step.action,
                "body": body,
                "proposal": proposal,
                "created_at": step.now,
                "sent_at": None,
                "withdrawn_at": None,
            },
        )


def _recipients(connection: Connection, order: WorkOrder, told: Sequence[str]) -> Iterator[str]:
    """`person:NAME` and `unit:NAME`, as the channels know them."""
    if "unit" in told and order.unit is not None:
        yield f"unit:{order.unit}"
    if "reporter" in told:
        people = select(subscription.c.person).where(subscription.c.case_no == order.case_no)
        for person in connection.execute(people.order_by(subscription.c.person)).scalars():
            yield f"person:{person}"


def waiting(database: Database, limit: int = 100) -> Sequence[Mapping[str, Any]]:
    """Messages to send, oldest first. Send with `idem_key`, then call `sent`."""
    with database.reading() as connection:
        rows = select(outbox).where(outbox.c.sent_at.is_(None), outbox.c.withdrawn_at.is_(None))
        return [dict(row) for row in connection.execute(rows.order_by(outbox.c.id).limit(limit)).mappings()]


def sent(database: Database, ids: Sequence[int], now: datetime) -> None:
    """These went out."""
    with database.writing() as connection:
        connection.execute(update(outbox).where(outbox.c.id.in_(ids), outbox.c.sent_at.is_(None)).values(sent_at=now))
