"""`citydesk tasks`, `case`, `undo`: a person's own work at the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.order_words import say
from bots.terminal.approving import Office, office_of
from bots.terminal.asking import Who
from bots.terminal.shared import FAILED, out, problems
from tools import confirming
from tools.work_orders import search
from tools.work_orders.model import WorkOrder

_NOTHING = {"zh": "没有待办案件", "en": "no case waits for you"}
_TOTAL = {"zh": "共 {n} 件，列出 {shown} 件", "en": "{n} cases in all, {shown} shown"}


def tasks(who: Who, now: datetime, *, city: str | None, as_json: bool) -> int:
    """What waits for the person by their role, a line each."""
    with office_of(who, city) as office:
        found = search.tasks(office.ledger, office.actor.principal, office.moment(now))
        if as_json:
            facts = {"total": found.total, "cases": [_facts(office, one, now) for one in found.orders]}
            out().print_json(json.dumps(facts, ensure_ascii=False))
            return 0
        for order in found.orders:
            out().print(_line(office, order, now), markup=False)
        if found.total > len(found.orders):
            out().print(_TOTAL[office.language].format(n=found.total, shown=len(found.orders)), style="dim")
        if not found.orders:
            out().print(_NOTHING[office.language])
    return 0


def course(who: Who, number: str, now: datetime, *, city: str | None, as_json: bool) -> int:
    """A case as it stands and its steps, first to last."""
    with office_of(who, city) as office:
        order, events = search.timeline(office.ledger, number, office.actor.principal, office.moment(now))
        steps = [_step(office, one) for one in events]
        if as_json:
            facts = {**_facts(office, order, now), "steps": steps}
            out().print_json(json.dumps(facts, ensure_ascii=False))
            return 0
        out().print(_line(office, order, now), markup=False)
        for step in steps:
            told = "  ".join(filter(None, (step["at"], step["label"], step["by"], step["why"])))
            out().print(f"  {told}", markup=False)
    return 0


def undo(who: Who, proposal: str | None, now: datetime, *, city: str | None, as_json: bool) -> int:
    """Take back one proposal, or the last that the person confirmed."""
    with office_of(who, city) as office:
        moment = office.moment(now)
        last = None if proposal else confirming.last_done(office.ledger, office.actor, moment)
        chosen = proposal or (last.id if last is not None else None)
        if chosen is None:
            problems().print(say("nothing_to_undo", office.language), markup=False)
            return FAILED
        cases = confirming.undo(office.ledger, chosen, office.actor, moment)
        if as_json:
            facts = {"undone": chosen, "cases": [_facts(office, one, now) for one in cases]}
            out().print_json(json.dumps(facts, ensure_ascii=False))
            return 0
        out().print(say("undone", office.language), markup=False)
        for order in cases:
            out().print(_line(office, order, now), markup=False)
    return 0


def _line(office: Office, order: WorkOrder, now: datetime) -> str:
    facts = _facts(office, order, now)
    late = {"zh": "已超期", "en": "overdue"}[office.language] if facts["overdue"] else None
    until = {"zh": "截止 {due}", "en": "due {due}"}[office.language].format(**facts) if facts["due"] else None
    return "  ".join(filter(None, (order.case_no, facts["label"], order.draft.title, order.unit, until, late)))


def _facts(office: Office, order: WorkOrder, now: datetime) -> dict[str, Any]:
    flow = office.ledger.flow
    return {
        "case_no": order.case_no,
        "status": order.status.value,
        "label": getattr(flow.machine.statuses[order.status], office.language),
        "title": order.draft.title,
        "district": order.draft.place.district,
        "unit": order.unit,
        "due": f"{order.due_at.astimezone(flow.clock.zone):%Y-%m-%d %H:%M}" if order.due_at else None,
        "overdue": flow.is_overdue(order, office.moment(now)),
    }


def _step(office: Office, event: Mapping[str, Any]) -> dict[str, Any]:
    machine = office.ledger.flow.machine
    action = str(event["action"])
    if action == "report":
        label = getattr(machine.report.label, office.language)
    elif action in machine.actions:
        label = getattr(machine.actions[action].label, office.language)
    else:
        label = say(f"step_{action}", office.language)
    return {
        "at": f"{event['at'].astimezone(office.ledger.flow.clock.zone):%Y-%m-%d %H:%M}",
        "action": action,
        "label": label,
        "by": event["actor"] or None,
        "why": event["why"],
    }
