"""Standing wishes as rows of the ledger: one a person and name, active or stopped; every change came by a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from tools.standing.deeds import KIND, Deed
from tools.standing.wishes import AlertRule, Subscription
from tools.work_orders.database import Database
from tools.work_orders.proposal_rows import Proposal
from tools.work_orders.tables import standing

Kind = Literal["subscription", "alert_rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A wish that stands, or did.

    Attributes:
        name: The briefing, or the rule's id: with kind and person it is the key.
        changed_at: A run that was due before it is not owed.
        proposal: The one that made it what it is.
    """

    kind: Kind
    person: str
    name: str
    body: Mapping[str, Any]
    active: bool
    created_at: datetime
    changed_at: datetime
    proposal: str

    @property
    def id(self) -> str:
        """For people and for keys of what is sent."""
        return f"{self.kind}:{self.person}:{self.name}"

    @property
    def subscription(self) -> Subscription:
        """Its body, where it is one."""
        return Subscription.model_validate(self.body)

    @property
    def rule(self) -> AlertRule:
        """Its body, where it is one."""
        return AlertRule.model_validate(self.body)


def carry_out(connection: Connection, of: Proposal, now: datetime) -> dict[str, Any]:
    """Do what a confirmed proposal says, in its transaction; which names stand or ended, for its outcome."""
    deed, kind, who = Deed.model_validate(of.args), KIND[of.action], of.asker.name
    if of.action in {"subscribe", "alert"}:
        keep(connection, kind=kind, person=who, name=deed.names[0], body=deed.body, now=now, proposal=of.id)
        return {"stands": list(deed.names)}
    ended = [name for name in deed.names if stop(connection, kind=kind, person=who, name=name, now=now, proposal=of.id)]
    return {"ended": ended}


def keep(  # noqa: PLR0913  # one row
    connection: Connection, *, kind: Kind, person: str, name: str, body: Mapping[str, Any], now: datetime, proposal: str
) -> None:
    """Let it stand from now on, whether it is new, changed or was stopped before."""
    row = {"body": dict(body), "active": True, "changed_at": now, "proposal": proposal}
    known = update(standing).where(standing.c.kind == kind, standing.c.person == person, standing.c.name == name)
    if connection.execute(known, row).rowcount == 0:
        connection.execute(insert(standing), {"kind": kind, "person": person, "name": name, "created_at": now, **row})


def stop(connection: Connection, *, kind: Kind, person: str, name: str, now: datetime, proposal: str) -> bool:
    """No more of it; False when it did not stand."""
    ended = connection.execute(
        update(standing).where(
            standing.c.kind == kind, standing.c.person == person, standing.c.name == name, standing.c.active.is_(True)
        ),
        {"active": False, "changed_at": now, "proposal": proposal},
    )
    return ended.rowcount == 1


def standing_of(connection: Connection, kind: Kind, person: str | None = None) -> Sequence[Standing]:
    """What stands, of one person or of all, by person and name."""
    rows = select(standing).where(standing.c.kind == kind, standing.c.active.is_(True))
    if person is not None:
        rows = rows.where(standing.c.person == person)
    found = connection.execute(rows.order_by(standing.c.person, standing.c.name)).mappings()
    return [Standing(**dict(row)) for row in found]


def active(database: Database, kind: Kind, person: str | None = None) -> Sequence[Standing]:
    """What stands now, in a view of its own."""
    with database.reading() as connection:
        return standing_of(connection, kind, person)
