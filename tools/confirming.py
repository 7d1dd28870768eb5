"""Words instead of buttons, and taking back what was just done: both end in the same rows as a press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from tools import proposals
from tools.decision_words import Said, is_polite, meant
from tools.standing.deeds import ACTIONS
from tools.work_orders import proposal_rows as rows
from tools.work_orders.errors import NotPermitted, NotUndoable
from tools.work_orders.ledger import Circumstances, Ledger
from tools.work_orders.model import Actor, WorkOrder, WorkOrderStatus
from tools.work_orders.proposal_rows import REPORT, Proposal, ProposalStatus
from tools.work_orders.records import order_of, record_of
from tools.work_orders.refusals import Attempt, audited
from tools.work_orders.tables import event, outbox
from tools.work_orders.transitions import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A yes or no in words. Exactly one proposal in `about` can be pressed; none or several must be asked about.

    Attributes:
        is_polite: The words may be mere politeness; they mean the card only right under it.
    """

    decision: Said
    about: tuple[Proposal, ...]
    is_polite: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether the words can only mean one proposal."""
        return len(self.about) == 1


def spoken(ledger: Ledger, text: str, actor: Actor, now: datetime, thread: str | None = None) -> Spoken | None:
    """What words say to the person's own pending proposals (of the conversation, where one is named); None: nothing.

    Only a whole utterance counts: 「行，派吧」 does, 「行政大楼门口的派出所」 does not.
    """
    decision = meant(text)
    if decision is None or decision == "undo":
        return None
    with ledger.database.reading() as connection:
        own = rows.pending(connection, now, asker=actor.name)
    about = tuple(one for one in own if thread is None or one.thread == thread)
    return Spoken(decision=decision, about=about, is_polite=is_polite(text))


def last_done(ledger: Ledger, actor: Actor, now: datetime, thread: str | None = None) -> Proposal | None:
    """What the person confirmed last (in the conversation) and may still take back by time; None: nothing."""
    since = now - timedelta(minutes=ledger.flow.machine.policy.undo_minutes)
    with ledger.database.reading() as connection:
        done = rows.decided_since(connection, actor.name, since)
    return next((one for one in done if thread is None or one.thread == thread), None)


def undo(ledger: Ledger, proposal_id: str, actor: Actor, now: datetime) -> tuple[WorkOrder, ...]:
    """Take back what a proposal did, within the grace period, as long as its cases took no further step.

    A reported case is not deleted but cancelled; messages that were not sent yet are withdrawn.

    Raises:
        UnknownProposal: There is none of that id.
        NotPermitted: Somebody else confirmed it.
        NotUndoable: Too late, not done, or the case has moved on.
    """
    attempt = Attempt(actor=actor, wanted="undo", now=now, proposal=proposal_id)
    with audited(ledger, attempt), ledger.database.writing() as connection:
        done = rows.read(connection, proposal_id)
        _may_undo(ledger, done, actor, now)
        taken = tuple(_put_back(ledger, connection, done, number, actor, now) for number in done.outcome["cases"])
        connection.execute(
            update(outbox).where(outbox.c.proposal == done.id, outbox.c.sent_at.is_(None)).values(withdrawn_at=now)
        )
        rows.conclude(connection, done.id, status=ProposalStatus.UNDONE.value)
        return taken


def _may_undo(ledger: Ledger, done: Proposal, actor: Actor, now: datetime) -> None:
    if done.action in ACTIONS:
        raise NotUndoable(proposal=done.id, why="standing")
    if done.status is not ProposalStatus.DONE or done.decided_at is None:
        raise NotUndoable(proposal=done.id, why="not_done")
    if actor.name != done.decided_by:
        raise NotPermitted(action="undo", why="not_asker", who=actor.name, allowed=(str(done.decided_by),))
    if now > done.decided_at + timedelta(minutes=ledger.flow.machine.policy.undo_minutes):
        raise NotUndoable(proposal=done.id, why="too_late")


def _put_back(
    ledger: Ledger, connection: Connection, done: Proposal, number: str, actor: Actor, now: datetime
) -> WorkOrder:
    order = ledger.read(connection, number)
    if order.version != done.outcome["cases"][number]:
        raise NotUndoable(proposal=done.id, why="moved_on")
    if done.action == REPORT:
        before = replace(order, status=WorkOrderStatus.CANCELLED)
    else:
        before = order_of({**record_of(order), **_changed(connection, order)})
    before = replace(before, version=order.version + 1, updated_at=now)
    step = Step(action="undo", principal=actor.principal, now=now, args={"reason": done.action})
    ledger.replace(connection, order, before, step, Circumstances(channel=actor.channel, proposal=done.id))
    return before


def _changed(connection: Connection, order: WorkOrder) -> dict[str, Any]:
    """The fields that the case's last step changed, as they were before it."""
    last = select(event.c.before).where(event.c.case_no == order.case_no, event.c.version == order.version)
    found: dict[str, Any] = connection.execute(last).scalar_one()
    return found


def press_words(
    ledger: Ledger, said: Spoken, actor: Actor, now: datetime, delivery: str | None = None
) -> proposals.Decided:
    """Carry out clear words as a press.

    Raises:
        ValueError: The words are not clear; ask which proposal is meant.
    """
    if not said.is_clear:
        raise ValueError(f"{len(said.about)} proposals")
    press = proposals.Press(proposal=said.about[0].id, decision=said.decision, actor=actor, delivery=delivery)
    return proposals.decide(ledger, press, now)


def choices(said: Spoken) -> Sequence[str]:
    """The ids to ask about."""
    return [one.id for one in said.about]
