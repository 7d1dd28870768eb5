"""Finding is the same as looking at every case, and reads the small index of open cases, whoever asks."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, text

from tests.tools.work_orders.office import NOW, draft
from tools.principal import Principal, Role
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Category, Place, Supervision, WorkOrder, WorkOrderStatus
from tools.work_orders.records import columns_of
from tools.work_orders.search import TASKS, Found, Search, find, tasks
from tools.work_orders.tables import case

DISTRICTS, UNITS, CLASSES, PEOPLE = (
    ("东湖区", "高新区"),
    ("环卫所", "城管大队", "市政所"),
    ("暴露垃圾", "占道"),
    ("甲", "乙"),
)
ENDED = {WorkOrderStatus.CLOSED, WorkOrderStatus.CANCELLED, WorkOrderStatus.NOT_REGISTERED}
WORKING = {WorkOrderStatus.DISPATCHED, WorkOrderStatus.HANDLING}
ROUNDS = 300


def made_up(some: random.Random, number: int) -> WorkOrder:
    """A case; deadlines are few, so that many tie, and some have none."""

    def hours() -> timedelta:
        return timedelta(hours=some.randrange(-9, 9))

    return WorkOrder(
        case_no=f"CD{number:05d}",
        version=1,
        status=some.choice(list(WorkOrderStatus)),
        draft=draft(
            category=some.choice((None, *(Category(kind="event", major="市容", minor=minor) for minor in CLASSES))),
            place=Place(district=some.choice((None, *DISTRICTS)), address="某路"),
            department=some.choice((None, *UNITS)),
            unit=some.choice((None, *UNITS)),
            reporter=some.choice(PEOPLE),
        ),
        reported_at=NOW + hours(),
        updated_at=NOW,
        due_at=some.choice((None, NOW + hours())),
        suspended_until=some.choice((None, None, NOW + hours())),
        supervision=some.choice(
            (None, Supervision(kind="key", level=1, requirement="", ordered_by="王局", replied_at=NOW))
        ),
    )


def wished(some: random.Random) -> Search:
    return Search(
        statuses=tuple(some.sample(list(WorkOrderStatus), some.choice((0, 0, 1, 2, 4)))),
        district=some.choice((None, None, *DISTRICTS)),
        unit=some.choice((None, None, None, *UNITS)),
        minor=some.choice((None, None, *CLASSES)),
        reporter=some.choice((None, None, *PEOPLE)),
        open_only=some.random() < 0.3,
        overdue=some.random() < 0.3,
        supervised=some.random() < 0.3,
        limit=some.choice((1, 5, 20, 200)),
    )


def asking(some: random.Random) -> Principal:
    return Principal(
        some.choice((*PEOPLE, "丙")),
        some.choice(list(Role)),
        tuple(some.sample(DISTRICTS, some.choice((0, 0, 1, 2)))),
        tuple(some.sample(UNITS, some.choice((0, 0, 1, 2)))),
    )


def sees(who: Principal, one: WorkOrder) -> bool:
    if one.draft.reporter == who.name:
        return True
    if who.districts and one.draft.place.district not in who.districts:
        return False
    if who.departments:
        return bool({one.draft.unit, one.draft.department} & set(who.departments))
    return who.role is not Role.HANDLER


def fits(one: WorkOrder, search: Search) -> bool:
    category, units = one.draft.category, {one.draft.unit, one.draft.department}
    late = one.status in WORKING and one.due_at is not None and one.due_at < NOW
    return (
        (not search.statuses or one.status in search.statuses)
        and search.district in {None, one.draft.place.district}
        and (search.unit is None or search.unit in units)
        and (search.minor is None or (category is not None and search.minor == category.minor))
        and search.reporter in {None, one.draft.reporter}
        and (not search.open_only or one.status not in ENDED)
        and (not search.overdue or (late and (one.suspended_until is None or one.suspended_until <= NOW)))
        and (not search.supervised or one.supervision is not None)
    )


def looked_at_all(orders: list[WorkOrder], search: Search, who: Principal) -> tuple[list[str], int]:
    fitting = [one for one in orders if fits(one, search) and sees(who, one)]
    fitting.sort(key=lambda one: (one.due_at is None, one.due_at or NOW, one.case_no))
    return [one.case_no for one in fitting[: search.limit]], len(fitting)


def told(found: Found) -> tuple[list[str], int]:
    return [one.case_no for one in found.orders], found.total


def test_finding_is_looking_at_every_case(ledger: Ledger) -> None:
    some = random.Random(20261123)
    orders = [made_up(some, number) for number in range(400)]
    with ledger.database.writing() as connection:
        connection.execute(insert(case), [columns_of(one) for one in orders])
    for _ in range(ROUNDS):
        search, who = wished(some), asking(some)
        assert told(find(ledger, search, who, NOW)) == looked_at_all(orders, search, who), (search, who)
        mine = replace(Search(), statuses=TASKS.get(who.role, ()))
        expected = looked_at_all(orders, mine, who) if mine.statuses else ([], 0)
        assert told(tasks(ledger, who, NOW)) == expected, who


@pytest.mark.parametrize(
    "search",
    [Search(statuses=TASKS[Role.HANDLER]), Search(overdue=True), Search(open_only=True, district="高新区")],
    ids=["tasks", "overdue", "open"],
)
@pytest.mark.parametrize(
    "who",
    [
        Principal("甲", Role.HANDLER, (), (UNITS[0],)),
        Principal("王局", Role.LEADER),
        Principal("乙", Role.ACCEPTOR, DISTRICTS),
    ],
    ids=lambda who: who.role.value,
)
def test_open_cases_are_found_without_reading_any(ledger: Ledger, search: Search, who: Principal) -> None:
    """The database uses that index only while a query says its condition word for word."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    @event.listens_for(ledger.database.engine, "before_cursor_execute")
    def noted(_c: object, _cursor: object, statement: str, parameters: tuple[object, ...], *_: object) -> None:
        asked.append((statement, parameters))

    find(ledger, replace(search, limit=0), who, NOW)
    event.remove(ledger.database.engine, "before_cursor_execute", noted)
    selects = [one for one in asked if one[0].startswith("SELECT")]
    assert len(selects) == 2
    with ledger.database.reading() as connection:
        for statement, parameters in selects:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            assert "COVERING INDEX case_open" in "\n".join(row[3] for row in plan), statement


def test_what_is_held_is_woken_without_reading_every_case(ledger: Ledger) -> None:
    with ledger.database.reading() as connection:
        plan = connection.execute(text('EXPLAIN QUERY PLAN SELECT record FROM "case" WHERE suspended_until <= 1'))
        assert "case_held" in plan.one()[3]
