"""A ledger of an invented city and the people who work with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tools import proposals
from tools.principal import Principal, Role
from tools.work_orders.arguments import StepArgs
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Actor, CaseDraft, Category, Place, WorkOrder
from tools.work_orders.proposal_rows import Proposal
from warehouse.working_calendar import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar.load("cn")
# A Monday morning.
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=ZONE).astimezone(UTC)
MINUTE = timedelta(minutes=1)
UNIT = "环卫所"
OTHER_UNIT = "城管大队"


def ledger_at(folder: Path, **options: Any) -> Ledger:
    return Ledger.open(f"sqlite:///{folder / 'ledger.db'}", CALENDAR, ZONE, **options)


def person(
    role: str, name: str | None = None, *, units: tuple[str, ...] = (), districts: tuple[str, ...] = ()
) -> Actor:
    if role == "handler" and not units:
        units = (UNIT, OTHER_UNIT)
    return Actor(principal=Principal(name or role, Role(role), districts, units), channel="test")


def draft(**changes: Any) -> CaseDraft:
    return CaseDraft(
        **{
            "title": "路边垃圾",
            "description": "云谷街道路口垃圾满地",
            "category": Category(kind="event", major="市容环境", minor="暴露垃圾"),
            "place": Place(district="高新区", street="云谷街道", address="科技大道 3 号"),
            "department": "环境卫生中心",
            **changes,
        }
    )


def wish(action: str, *numbers: str, key: str | None = None, **args: Any) -> proposals.Wish:
    return proposals.Wish(action=action, case_nos=numbers, args=StepArgs(**args), key=key)


def approve(
    ledger: Ledger, proposal: Proposal, who: Actor, now: datetime, delivery: str | None = None
) -> proposals.Decided:
    press = proposals.Press(proposal=proposal.id, decision="approve", actor=who, delivery=delivery)
    return proposals.decide(ledger, press, now)


def file(ledger: Ledger, now: datetime = NOW, who: Actor | None = None, **changes: Any) -> WorkOrder:
    who = who or person("collector")
    return approve(ledger, proposals.propose_report(ledger, draft(**changes), who, now), who, now).cases[0]


def act(ledger: Ledger, order: WorkOrder, who: Actor, action: str, now: datetime, **args: Any) -> WorkOrder:
    """Propose and confirm; where two persons are needed a shift leader confirms."""
    made = proposals.propose(ledger, wish(action, order.case_no, **args), who, now)
    spec = ledger.flow.machine.action(action)
    confirmer = person("shift_leader", "second") if spec.two_persons or who.principal.role not in spec.pressers else who
    return approve(ledger, made, confirmer, now).cases[0]


def handled(ledger: Ledger, now: datetime = NOW, **changes: Any) -> WorkOrder:
    """A case that a unit is working on since `now` + 3 minutes."""
    order = file(ledger, now, **changes)
    order = act(ledger, order, person("acceptor"), "register", now + MINUTE)
    order = act(ledger, order, person("dispatcher"), "dispatch", now + 2 * MINUTE, unit=UNIT)
    return act(ledger, order, person("handler"), "accept", now + 3 * MINUTE)
