"""`citydesk proposals`, `propose`, `approve`: what waits for a person, and saying yes or no to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from assistant.directory import Directory
from assistant.errors import UnknownPerson
from assistant.ledger import open_ledger
from assistant.settings import read_settings
from bots.terminal.asking import Who
from bots.terminal.shared import FAILED, WRONG_ARGUMENTS, explain, out, problems
from tools import proposals
from tools.work_orders.arguments import StepArgs
from tools.work_orders.cards import card
from tools.work_orders.errors import WorkOrderError
from tools.work_orders.ledger import Ledger
from tools.work_orders.machine import load_machine
from tools.work_orders.model import Actor, CaseDraft, Category, Place
from tools.work_orders.proposal_rows import Proposal
from tools.work_orders.sentences import sentence
from warehouse.errors import WarehouseError
from warehouse.reader import Warehouse, open_warehouse

CHANNEL = "terminal"
Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Office:
    """The ledger with the person at the terminal."""

    ledger: Ledger
    warehouse: Warehouse
    actor: Actor
    language: Language

    def moment(self, now: datetime) -> datetime:
        """A moment without a zone is the city's wall time."""
        return now if now.tzinfo else now.replace(tzinfo=self.warehouse.timezone)


def show_pending(who: Who, now: datetime, *, city: str | None, as_json: bool) -> int:
    """Every proposal that the person made or may confirm."""
    with office_of(who, city) as office:
        waiting = proposals.pending(office.ledger, office.moment(now), office.actor.principal)
        if as_json:
            out().print_json(json.dumps([_facts(one) for one in waiting], ensure_ascii=False))
            return 0
        for one in waiting:
            _show(office, one)
        if not waiting:
            out().print("没有待确认事项" if office.language == "zh" else "nothing is waiting")
    return 0


def propose(
    who: Who, action: str, cases: Sequence[str], settings: Sequence[str], *, city: str | None, now: datetime
) -> int:
    """Propose a report or a step; prints the card, writes nothing but the proposal."""
    given = _read(settings)
    with office_of(who, city) as office:
        if action == "report":
            made = proposals.propose_report(office.ledger, _draft(given), office.actor, office.moment(now))
        else:
            args = StepArgs.model_validate(given)
            wish = proposals.Wish(action=action, case_nos=tuple(cases), args=args)
            made = proposals.propose(office.ledger, wish, office.actor, office.moment(now))
        _show(office, made)
    return 0


def decide(who: Who, proposal: str, now: datetime, *, city: str | None, reject: bool, changes: Sequence[str]) -> int:
    """Confirm, drop or change a proposal."""
    with office_of(who, city) as office:
        decision: Literal["approve", "reject", "modify"] = "modify" if changes else "reject" if reject else "approve"
        press = proposals.Press(proposal=proposal, decision=decision, actor=office.actor, changes=_read(changes))
        did = proposals.decide(office.ledger, press, office.moment(now))
        if decision == "modify":
            _show(office, did.proposal)
        elif decision == "reject":
            out().print("已取消，未作任何改动" if office.language == "zh" else "dropped; nothing was written")
        for order in did.cases:
            status = office.ledger.flow.machine.statuses[order.status]
            due = f"  截止 {order.due_at.astimezone(office.warehouse.timezone):%Y-%m-%d %H:%M}" if order.due_at else ""
            out().print(f"✓ {order.case_no}  {getattr(status, office.language)}{due}", markup=False)
        for number, why in (did.skipped or {}).items():
            out().print(f"– {number}  {why}", markup=False)
    return 0


def confirm(office: Office, proposal: str, now: datetime, *, yes: bool) -> int:
    """Show a proposal's card; with `yes` confirm it at once, else say how."""
    waiting = next(one for one in proposals.pending(office.ledger, office.moment(now)) if one.id == proposal)
    _show(office, waiting)
    if yes:
        press = proposals.Press(proposal=proposal, decision="approve", actor=office.actor)
        proposals.decide(office.ledger, press, office.moment(now))
        out().print("✓ 已生效" if office.language == "zh" else "✓ done")
    else:
        out().print(f"→ citydesk approve {proposal}", style="dim", markup=False)
    return 0


@contextmanager
def office_of(who: Who, city: str | None) -> Iterator[Office]:
    """The ledger and the numbers of a city with who sits at the terminal."""
    settings = read_settings()
    principal = Directory.read(settings.home).principal(who.name, who.districts, who.units)
    warehouse = open_warehouse(settings.home, city)
    ledger = open_ledger(settings, warehouse)
    try:
        yield Office(ledger, warehouse, Actor(principal=principal, channel=CHANNEL), warehouse.city.language)
    finally:
        ledger.close()
        warehouse.close()


def guarded(command: Callable[[], int], language: Language = "zh") -> int:
    """The command's exit status; an expected problem is one sentence."""
    try:
        return command()
    except UnknownPerson as problem:
        problems().print(str(problem), markup=False)
        return WRONG_ARGUMENTS
    except WorkOrderError as problem:
        problems().print(f"✗ {sentence(problem, load_machine(), language)}", style="red", markup=False)
        return FAILED
    except ValidationError as problem:
        for one in problem.errors(include_url=False, include_input=False):
            problems().print(f"✗ {'.'.join(map(str, one['loc']))}: {one['msg']}", style="red", markup=False)
        return WRONG_ARGUMENTS
    except WarehouseError as problem:
        return explain(problem)


def _show(office: Office, proposal: Proposal) -> None:
    out().print(f"[{proposal.id}] {card(office.ledger, proposal, office.language).text()}", markup=False)


def _facts(one: Proposal) -> dict[str, Any]:
    return {
        "id": one.id,
        "action": one.action,
        "target": list(one.case_nos),
        "fields": dict(one.args),
        "asker": one.asker.name,
        "status": one.status.value,
        "expires_at": one.expires_at.isoformat(),
    }


def _read(settings: Sequence[str]) -> dict[str, Any]:
    """`name=value` pairs; true, false and numbers are read as such."""
    read: dict[str, Any] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        read[name.strip()] = {"true": True, "false": False}.get(value, value)
    return read


def _draft(given: dict[str, Any]) -> CaseDraft:
    """A draft from flat settings: title, description, kind, major, minor, district, street, address and so on."""
    place = {name: given.pop(name) for name in ("district", "street", "community", "grid", "address") if name in given}
    minor = given.pop("minor", None)
    category = (
        Category(kind=given.pop("kind", "event"), major=given.pop("major", ""), minor=minor)
        if minor is not None
        else None
    )
    title = given.pop("title", "") or given.get("description", "")
    return CaseDraft(
        title=title,
        description=given.pop("description", title),
        category=category,
        place=Place(**place),
        **{name: given[name] for name in ("department", "unit", "source", "condition") if name in given},
    )
