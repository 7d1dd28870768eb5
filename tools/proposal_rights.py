"""Who may ask for, confirm or turn down what; a refusal names who may."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from tools.principal import Principal
from tools.standing import deeds
from tools.work_orders.errors import NotPermitted, WorkOrderError
from tools.work_orders.ledger import Ledger
from tools.work_orders.proposal_rows import REPORT, Proposal
from tools.work_orders.transitions import Step, permit


def concerns(ledger: Ledger, connection: Connection, one: Proposal, who: Principal, now: datetime) -> bool:
    """Whether somebody asked for it or may confirm it."""
    if one.asker.name == who.name or one.action in deeds.ACTIONS:
        return one.asker.name == who.name
    try:
        if one.action == REPORT:
            may_press_report(ledger, one, who)
        else:
            step = Step(action=one.action, principal=who, now=now, args={})
            for number in one.case_nos:
                permit(ledger.flow.machine, ledger.read(connection, number), step, pressing=True)
    except WorkOrderError:
        return False
    return True


def may_report(ledger: Ledger, who: Principal) -> None:
    """Raises NotPermitted where the role may not report."""
    allowed = ledger.flow.machine.report.ask
    if who.role not in allowed:
        raise NotPermitted(action=REPORT, why="role", who=who.name, allowed=tuple(sorted(allowed)))


def is_asker(found: Proposal, who: Principal) -> None:
    """What concerns one person only is confirmed by nobody else; raises NotPermitted."""
    if who.name != found.asker.name or who.role != found.asker.role:
        raise NotPermitted(action=found.action, why="not_asker", who=who.name, allowed=(found.asker.name,))


def may_press_report(ledger: Ledger, found: Proposal, who: Principal) -> None:
    """A report is confirmed by who made it, or by the desk that takes reports."""
    if who.name == found.asker.name and who.role == found.asker.role:
        return
    desk = ledger.flow.machine.action("register").pressers
    if who.role not in desk:
        raise NotPermitted(action=REPORT, why="not_asker", who=who.name, allowed=tuple(sorted(desk)))


def may_turn_down(ledger: Ledger, connection: Connection, found: Proposal, who: Principal) -> None:
    """The asker may take back or change what they asked for; others need the right to confirm it."""
    if who.name == found.asker.name:
        return
    if found.action in deeds.ACTIONS:
        is_asker(found, who)
    if found.action == REPORT:
        may_press_report(ledger, found, who)
        return
    step = Step(action=found.action, principal=who, now=found.created_at, args={})
    for number in found.case_nos:
        permit(ledger.flow.machine, ledger.read(connection, number), step, pressing=True)
