"""Proposals: nothing is written without one, and one is carried out exactly once, by a person with the right.

A proposal is a row. Whoever presses - by button, by a word, on whichever channel - comes through `decide`: the proposal's
end, the case's next version, its audit row and the messages about it are one transaction, so a second press, a webhook
that is delivered twice, a restart or a crash between any two statements leaves either nothing or all of it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection

from tools.principal import Principal
from tools.proposal_rights import concerns, is_asker, may_press_report, may_report, may_turn_down
from tools.standing import deeds
from tools.standing.deeds import Deed
from tools.work_orders import proposal_rows as rows
from tools.work_orders.arguments import StepArgs
from tools.work_orders.errors import (
    AlreadyDecided,
    MissingArgument,
    NotPermitted,
    ProposalExpired,
    StaleVersion,
    TooMany,
    WorkOrderError,
)
from tools.work_orders.ledger import Circumstances, Ledger
from tools.work_orders.model import Actor, CaseDraft, WorkOrder
from tools.work_orders.proposal_rows import REPORT, Proposal, ProposalStatus
from tools.work_orders.records import draft_of, draft_record
from tools.work_orders.refusals import Attempt, audited
from tools.work_orders.standing_rows import carry_out
from tools.work_orders.transitions import Step, permit

# Letters and digits that are not taken for one another; twelve of them fit into every button of every channel.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ID_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done.

    Attributes:
        action: A step of the flow.
        case_nos: The cases; several make one bulk proposal.
        key: Where the wish came from (thread and tool call): the same wish under the same key is one proposal.
    """

    action: str
    case_nos: tuple[str, ...]
    args: StepArgs
    key: str | None = None
    thread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Somebody's decision on a proposal.

    Attributes:
        delivery: The channel's id of this press; the same one again gets the same answer and changes nothing.
        changes: With `modify`: what should be different, a step's arguments or fields of the draft.
    """

    proposal: str
    decision: Literal["approve", "reject", "modify"]
    actor: Actor
    delivery: str | None = None
    changes: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a press did.

    Attributes:
        proposal: As it stands now; with `modify` the new one.
        cases: The cases as they are after it.
        skipped: Cases of a bulk act that no longer allowed it, with the reason.
        replayed: This delivery was answered before.
    """

    proposal: Proposal
    cases: tuple[WorkOrder, ...] = ()
    skipped: Mapping[str, str] | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _Made:
    """What a new proposal is made of."""

    action: str
    key: str | None
    thread: str | None
    args: Mapping[str, Any]


def propose_report(
    ledger: Ledger, draft: CaseDraft, actor: Actor, now: datetime, *, key: str | None = None, thread: str | None = None
) -> Proposal:
    """A proposal to file this draft.

    Raises:
        MissingArgument: The draft lacks what a case needs.
        NotPermitted: The person may not report.
    """
    with audited(ledger, Attempt(actor=actor, wanted=REPORT, now=now)):
        if draft.missing:
            raise MissingArgument(action=REPORT, missing=draft.missing)
        may_report(ledger, actor.principal)
    draft = replace(draft, reporter=draft.reporter or actor.name)
    made = _drawn(ledger, _Made(REPORT, key, thread, draft_record(draft)), actor, now)
    with ledger.database.writing() as connection:
        return rows.add(connection, made)


def propose_standing(
    ledger: Ledger, deed: Deed, actor: Actor, now: datetime, *, key: str | None = None, thread: str | None = None
) -> Proposal:
    """A proposal to let a briefing or an alert rule stand for the asker, to change it, or to end it."""
    made = _Made(deed.action, key, thread, deed.model_dump(mode="json", exclude_none=True))
    with ledger.database.writing() as connection:
        return rows.add(connection, _drawn(ledger, made, actor, now))


def propose(ledger: Ledger, wish: Wish, actor: Actor, now: datetime) -> Proposal:
    """A proposal to take a step on one case, or on several at once.

    Raises:
        UnknownOrder, UnknownAction, MissingArgument, NotPermitted, NotPossible: It could not be carried out now; of
            several cases, none could.
        TooMany: More cases than one act may touch.
    """
    with audited(ledger, Attempt(actor=actor, wanted=wish.action, now=now, case_nos=wish.case_nos)):
        return _propose(ledger, wish, actor, now)


def _propose(ledger: Ledger, wish: Wish, actor: Actor, now: datetime) -> Proposal:
    cap = ledger.flow.machine.policy.bulk_cap
    if len(wish.case_nos) > cap:
        raise TooMany(count=len(wish.case_nos), cap=cap)
    step = Step(action=wish.action, principal=actor.principal, now=now, args=wish.args.given)
    with ledger.database.writing() as connection:
        possible: dict[str, int] = {}
        problem: WorkOrderError | None = None
        for number in dict.fromkeys(wish.case_nos):
            try:
                order = ledger.read(connection, number)
                permit(ledger.flow.machine, order, step, pressing=False)
                ledger.flow.check(order, step)
                possible[order.case_no] = order.version
            except WorkOrderError as refused:
                problem = refused
        if problem is not None and (not possible or len(wish.case_nos) == 1):
            raise problem
        made = _drawn(ledger, _Made(wish.action, wish.key, wish.thread, wish.args.record), actor, now)
        return rows.add(connection, replace(made, case_nos=tuple(possible), versions=possible))


def decide(ledger: Ledger, press: Press, now: datetime) -> Decided:
    """Carry out, turn down or change a proposal.

    Raises:
        UnknownProposal: There is none of that id.
        AlreadyDecided: It is settled; the facts say by whom and how.
        ProposalExpired: Nobody pressed in time.
        NotPermitted: The presser may not.
        StaleVersion, NotPossible: The case has moved on; nothing was written and the proposal is closed as stale.
    """
    with audited(ledger, Attempt(actor=press.actor, wanted=press.decision, now=now, proposal=press.proposal)):
        try:
            with ledger.database.writing() as connection:
                return _decide(ledger, connection, press, now)
        except ProposalExpired:
            _close(ledger, press, ProposalStatus.EXPIRED, now)
            raise
        except StaleVersion:
            _close(ledger, press, ProposalStatus.STALE, now)
            raise


def _decide(ledger: Ledger, connection: Connection, press: Press, now: datetime) -> Decided:
    if press.delivery is not None:
        seen = rows.pressed(connection, press.delivery)
        if seen is not None:
            return _again(ledger, connection, seen)
    found = rows.read(connection, press.proposal)
    if found.status is not ProposalStatus.PENDING:
        raise _settled(found)
    if found.expires_at <= now:
        raise ProposalExpired(proposal=found.id, expired_at=found.expires_at)
    did = _DECISIONS[press.decision](ledger, connection, found, press, now)
    if press.delivery is not None:
        rows.note_press(
            connection,
            delivery=press.delivery,
            proposal=found.id,
            presser=press.actor.name,
            decision=press.decision,
            channel=press.actor.channel,
            at=now,
            outcome={"proposal": did.proposal.id},
        )
    return did


def _approve(ledger: Ledger, connection: Connection, found: Proposal, press: Press, now: datetime) -> Decided:
    if found.action in deeds.ACTIONS:
        return _let_stand(connection, found, press, now)
    how = Circumstances(channel=press.actor.channel, asker=found.asker.name, proposal=found.id)
    if found.action == REPORT:
        may_press_report(ledger, found, press.actor.principal)
        step = Step(action=REPORT, principal=press.actor.principal, now=now, args={})
        cases: list[WorkOrder] = [ledger.report(connection, draft_of(dict(found.args)), step, how)]
        skipped: dict[str, str] = {}
    else:
        cases, skipped = _take(ledger, connection, found, press, now, how)
    outcome = {"cases": {order.case_no: order.version for order in cases}, "skipped": skipped}
    done = _settle(connection, found, ProposalStatus.DONE, press, now, outcome=outcome)
    return Decided(proposal=done, cases=tuple(cases), skipped=skipped)


def _let_stand(connection: Connection, found: Proposal, press: Press, now: datetime) -> Decided:
    """A standing wish is one's own: nobody else says yes to it."""
    is_asker(found, press.actor.principal)
    outcome = {"cases": {}, "standing": carry_out(connection, found, now)}
    return Decided(proposal=_settle(connection, found, ProposalStatus.DONE, press, now, outcome=outcome))


def _take(
    ledger: Ledger, connection: Connection, found: Proposal, press: Press, now: datetime, how: Circumstances
) -> tuple[list[WorkOrder], dict[str, str]]:
    """The step on each case. One case must allow it; of several, those that no longer do are left out and named."""
    machine = ledger.flow.machine
    if machine.action(found.action).two_persons and press.actor.name == found.asker.name:
        raise NotPermitted(action=found.action, why="two_persons", who=press.actor.name, allowed=())
    args = StepArgs.model_validate(found.args).given
    step = Step(action=found.action, principal=press.actor.principal, now=now, args=args)
    cases: list[WorkOrder] = []
    skipped: dict[str, str] = {}
    for number in found.case_nos:
        order = ledger.read(connection, number)
        try:
            permit(machine, order, step, pressing=True)
            _fresh(ledger, connection, order, found)
            cases.append(ledger.move(connection, order, step, how))
        except WorkOrderError as refused:
            if len(found.case_nos) == 1:
                raise
            skipped[number] = refused.code
    return cases, skipped


def _fresh(ledger: Ledger, connection: Connection, order: WorkOrder, found: Proposal) -> None:
    """A case may only have taken harmless steps since the asker saw it."""
    seen = found.versions[order.case_no]
    if order.version == seen:
        return
    taken = ledger.steps_since(connection, order.case_no, seen)
    if any(not ledger.flow.machine.is_harmless(action) for action in taken):
        raise StaleVersion(case_no=order.case_no, expected=seen, found=order.version)


def _reject(ledger: Ledger, connection: Connection, found: Proposal, press: Press, now: datetime) -> Decided:
    may_turn_down(ledger, connection, found, press.actor.principal)
    return Decided(proposal=_settle(connection, found, ProposalStatus.REJECTED, press, now))


def _modify(ledger: Ledger, connection: Connection, found: Proposal, press: Press, now: datetime) -> Decided:
    """The proposal with other arguments, under a new id: a button of the old card can no longer carry it out."""
    may_turn_down(ledger, connection, found, press.actor.principal)
    changed = {**found.args, **dict(press.changes or {})}
    args: Mapping[str, Any]
    if found.action in deeds.ACTIONS:
        args = Deed.model_validate(changed).model_dump(mode="json", exclude_none=True)
    elif found.action == REPORT:
        draft = draft_of(changed)
        if draft.missing:
            raise MissingArgument(action=REPORT, missing=draft.missing)
        args = draft_record(draft)
    else:
        checked = StepArgs.model_validate(changed)
        args = checked.record
        step = Step(action=found.action, principal=press.actor.principal, now=now, args=checked.given)
        for number in found.case_nos:
            ledger.flow.check(ledger.read(connection, number), step)
    new = replace(
        found,
        id=_new_id(),
        idem_key=f"{found.idem_key[:120]}>{secrets.token_hex(8)}",
        args=args,
        created_at=now,
        expires_at=now + timedelta(hours=ledger.flow.machine.policy.proposal_hours),
    )
    rows.add(connection, new)
    _settle(connection, found, ProposalStatus.REPLACED, press, now, replaced_by=new.id)
    return Decided(proposal=new)


_DECISIONS = {"approve": _approve, "reject": _reject, "modify": _modify}


def _settle(
    connection: Connection, found: Proposal, status: ProposalStatus, press: Press, now: datetime, **changes: Any
) -> Proposal:
    settled = rows.settle(connection, found, status, by=press.actor.name, at=now, **changes)
    if settled is None:
        raise _settled(rows.read(connection, found.id))
    return settled


def _settled(found: Proposal) -> AlreadyDecided:
    """What whoever comes too late is told: who was first, or that it ended by itself."""
    why = "person" if found.decided_by is not None else "itself"
    return AlreadyDecided(
        proposal=found.id, status=found.status.value, by=found.decided_by, at=found.decided_at, why=why
    )


def _again(ledger: Ledger, connection: Connection, seen: Mapping[str, Any]) -> Decided:
    """The answer that this delivery got before, with the cases as they are now."""
    found = rows.read(connection, seen["outcome"]["proposal"])
    cases = tuple(ledger.read(connection, number) for number in found.outcome.get("cases", {}))
    return Decided(proposal=found, cases=cases, skipped=found.outcome.get("skipped"), replayed=True)


def _close(ledger: Ledger, press: Press, status: ProposalStatus, now: datetime) -> None:
    with ledger.database.writing() as connection:
        rows.settle(connection, rows.read(connection, press.proposal), status, by=None, at=now)


def pending(ledger: Ledger, now: datetime, principal: Principal | None = None) -> Sequence[Proposal]:
    """What waits for a press, oldest first; of a person, what they asked for or may confirm."""
    with ledger.database.reading() as connection:
        waiting = rows.pending(connection, now)
        if principal is None:
            return waiting
        return [one for one in waiting if concerns(ledger, connection, one, principal, now)]


def _drawn(ledger: Ledger, made: _Made, actor: Actor, now: datetime) -> Proposal:
    digest = hashlib.sha256(json.dumps(made.args, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
    key = f"{made.key}:{made.action}:{digest}" if made.key is not None else f"once:{secrets.token_hex(12)}"
    return Proposal(
        id=_new_id(),
        idem_key=key[-160:],
        action=made.action,
        case_nos=(),
        versions={},
        args=made.args,
        asker=actor.principal,
        channel=actor.channel,
        thread=made.thread,
        status=ProposalStatus.PENDING,
        created_at=now,
        expires_at=now + timedelta(hours=ledger.flow.machine.policy.proposal_hours),
    )


def _new_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
