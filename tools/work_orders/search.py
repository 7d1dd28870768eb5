"""Finding cases, as far as the asker may see: their area and unit, and whatever they reported themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, and_, false, func, or_, select, true

from tools.principal import Principal, Role
from tools.work_orders.errors import UnknownOrder
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import WorkOrder, WorkOrderStatus
from tools.work_orders.outside import is_adopted, steps_of
from tools.work_orders.records import order_of
from tools.work_orders.tables import IS_OPEN, IS_SUPERVISED, case
from warehouse.past_cases import OpenCase

# What waits for whom: the statuses a role has to do something about.
TASKS: dict[Role, tuple[WorkOrderStatus, ...]] = {
    Role.COLLECTOR: (WorkOrderStatus.VERIFYING, WorkOrderStatus.CHECKING),
    Role.ACCEPTOR: (WorkOrderStatus.REPORTED, WorkOrderStatus.FED_BACK, WorkOrderStatus.CHECKED),
    Role.SHIFT_LEADER: (WorkOrderStatus.REPORTED, WorkOrderStatus.REGISTERED, WorkOrderStatus.CHECKED),
    Role.DISPATCHER: (WorkOrderStatus.REGISTERED, WorkOrderStatus.FED_BACK),
    Role.HANDLER: (WorkOrderStatus.DISPATCHED, WorkOrderStatus.HANDLING),
}
_FINAL = frozenset({WorkOrderStatus.CLOSED, WorkOrderStatus.CANCELLED, WorkOrderStatus.NOT_REGISTERED})
_WORKING = (WorkOrderStatus.DISPATCHED, WorkOrderStatus.HANDLING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; everything given must hold. `overdue` means the unit is late now."""

    statuses: tuple[WorkOrderStatus, ...] = ()
    district: str | None = None
    unit: str | None = None
    minor: str | None = None
    reporter: str | None = None
    open_only: bool = False
    overdue: bool = False
    supervised: bool = False
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The first cases, the most pressing deadline first, and how many there are in all."""

    orders: tuple[WorkOrder, ...]
    total: int


def find(ledger: Ledger, search: Search, who: Principal, now: datetime) -> Found:
    """Cases that the asker may see."""
    wanted = and_(visible_to(who), *_conditions(search, now))
    with ledger.database.reading() as connection:
        records = connection.execute(_page(wanted, search.limit)).scalars().all()
        total = len(records)
        if total >= search.limit:
            total = connection.execute(select(func.count()).select_from(case).where(wanted)).scalar_one()
    return Found(orders=tuple(ledger.flow.woken(order_of(record), now) for record in records), total=total)


def _page(wanted: ColumnElement[bool], limit: int) -> Select[tuple[Any]]:
    """The records of the first cases.

    Which ones they are is settled first, by what the indexes hold: who sorts records reads all that could be listed.
    """
    order = (case.c.due_at.asc().nulls_last(), case.c.case_no)
    first = select(case.c.case_no).where(wanted).order_by(*order).limit(limit)
    return select(case.c.record).where(case.c.case_no.in_(first)).order_by(*order)


def tasks(ledger: Ledger, who: Principal, now: datetime, limit: int = 20) -> Found:
    """What waits for this person, by their role; nothing for roles that only look."""
    statuses = TASKS.get(who.role, ())
    return find(ledger, Search(statuses=statuses, limit=limit), who, now) if statuses else Found(orders=(), total=0)


def timeline(
    ledger: Ledger, case_no: str, who: Principal, now: datetime
) -> tuple[WorkOrder, Sequence[Mapping[str, Any]]]:
    """A case and every step it took.

    Raises:
        UnknownOrder: There is none, or the asker may not see it; which of both is not told.
    """
    seen = select(case.c.record).where(case.c.case_no == case_no, visible_to(who))
    with ledger.database.reading() as connection:
        record = connection.execute(seen).scalar()
    if record is None:
        return _outside(ledger, case_no, who, now)
    return ledger.flow.woken(order_of(record), now), _course(ledger, order_of(record))


def _course(ledger: Ledger, order: WorkOrder) -> Sequence[Mapping[str, Any]]:
    """The audit of a case; of one that came from outside with the steps before it."""
    events = ledger.events(order.case_no)
    if not is_adopted(order) or not events:
        return events
    then = order_of(events[0]["after"])
    return [*steps_of(then, then.draft.source or ""), *events]


def _outside(
    ledger: Ledger, case_no: str, who: Principal, now: datetime
) -> tuple[WorkOrder, Sequence[Mapping[str, Any]]]:
    """A case that the city's export knows, with the steps its stamps tell; or one written in other letters."""
    order = ledger.outside.order(case_no)
    if order is None or not _may_see(who, order):
        raise UnknownOrder(case_no=case_no)
    with ledger.database.reading() as connection:
        stored = ledger.read(connection, order.case_no)
    if stored.version == 0:
        return ledger.flow.woken(order, now), steps_of(order, order.draft.source or "")
    return ledger.flow.woken(stored, now), _course(ledger, stored)


def _may_see(who: Principal, order: WorkOrder) -> bool:
    """The rule of `visible_to` for one case."""
    units = {order.draft.unit, order.draft.department}
    if who.districts and order.draft.place.district not in who.districts:
        return False
    if who.departments:
        return bool(units & set(who.departments))
    return who.role is not Role.HANDLER


def open_of_class(ledger: Ledger, minor: str, since: datetime, until: datetime) -> list[OpenCase]:
    """Cases of a class reported in a window that are not closed, whoever asks: to tell a repeated report."""
    wanted = and_(
        case.c.minor == minor,
        case.c.reported_at >= since,
        case.c.reported_at < until,
        IS_OPEN,
    )
    with ledger.database.reading() as connection:
        records = connection.execute(select(case.c.record).where(wanted)).scalars().all()
    return [
        OpenCase(
            case_no=order.case_no,
            minor=minor,
            reported_at=order.reported_at,
            address=order.draft.place.address,
            community=order.draft.place.community,
            longitude=order.draft.place.longitude,
            latitude=order.draft.place.latitude,
        )
        for order in map(order_of, records)
    ]


def visible_to(who: Principal) -> ColumnElement[bool]:
    """A handler without units sees no unit's cases; others see the whole city where nothing limits them."""
    limits: list[ColumnElement[bool]] = []
    if who.districts:
        limits.append(case.c.district.in_(who.districts))
    if who.departments:
        limits.append(or_(case.c.unit.in_(who.departments), case.c.department.in_(who.departments)))
    elif who.role is Role.HANDLER:
        limits.append(false())
    return or_(and_(true(), *limits), case.c.reporter == who.name)


def _conditions(search: Search, now: datetime) -> list[ColumnElement[bool] | TextClause]:
    given: list[ColumnElement[bool] | TextClause] = []
    statuses = search.statuses
    is_open = search.open_only or search.overdue or (bool(statuses) and _FINAL.isdisjoint(statuses))
    if is_open:
        # Said twice, in words and status by status: the small index of open cases serves who says both.
        given.append(IS_OPEN)
        statuses = tuple(status for status in statuses or WorkOrderStatus if status not in _FINAL)
    if statuses or is_open:
        given.append(case.c.status.in_([status.value for status in statuses]))
    named = {case.c.district: search.district, case.c.minor: search.minor, case.c.reporter: search.reporter}
    given += [column == value for column, value in named.items() if value is not None]
    if search.unit is not None:
        given.append(or_(case.c.unit == search.unit, case.c.department == search.unit))
    if search.overdue:
        running = or_(case.c.suspended_until.is_(None), case.c.suspended_until <= now)
        given += [case.c.status.in_([status.value for status in _WORKING]), case.c.due_at < now, running]
    if search.supervised:
        given.append(IS_SUPERVISED)
    return given
