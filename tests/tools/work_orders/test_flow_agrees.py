"""Every sequence of steps up to seven long: the machine, the ledger and a second description by hand agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.work_orders.flow_model import SYMBOLS, Seen, after
from tests.tools.work_orders.office import MINUTE, NOW, OTHER_UNIT, UNIT, draft, file, person
from tools.principal import Role
from tools.work_orders.errors import NotPossible
from tools.work_orders.ledger import Circumstances, Ledger
from tools.work_orders.model import WorkOrder
from tools.work_orders.transitions import Step, permit

DEPTH = 7
UNITS = {"A": UNIT, "B": OTHER_UNIT}
ROLES = {
    "verify_request": "acceptor", "verify": "collector", "register": "acceptor", "refuse": "acceptor",
    "dispatch": "dispatcher", "accept": "handler", "feed_back": "handler", "send_check": "acceptor",
    "check": "collector", "close": "shift_leader", "return": "handler", "send_back": "dispatcher",
    "rework": "dispatcher", "reassign": "dispatcher", "extend": "dispatcher", "suspend": "dispatcher",
    "resume": "dispatcher", "escalate": "leader", "reply": "dispatcher", "urge": "leader", "appeal": "handler",
    "review_appeal": "dispatcher", "decide_appeal": "acceptor", "cancel": "shift_leader",
}  # fmt: skip
HOW = Circumstances(channel="test")


class Undo(Exception):
    """Rolls a transaction back."""


def step_of(symbol: str, now: datetime) -> Step:
    name, _, unit = symbol.partition(" ")
    passed = {"+": True, "-": False}.get(name[-1])
    name = name.rstrip("+-")
    args: dict[str, Any] = {"reason": "r", "result": "r", "kind": "leader", "requirement": "r", "limit": None}
    args |= {"unit": UNITS[unit]} if unit else {}
    args |= {"passed": passed} if passed is not None else {}
    args |= {"until": now + timedelta(days=10)} if name == "suspend" else {}
    return Step(action=name, principal=person(ROLES[name]).principal, now=now, args=args)


def seen(ledger: Ledger, order: WorkOrder, now: datetime) -> Seen:
    """What the model knows of a case."""
    order = ledger.flow.woken(order, now)
    late = order.disposed_at is not None and order.due_at is not None and order.disposed_at > order.due_at
    working = order.status in {"dispatched", "handling"}
    return Seen(
        status=order.status.value,
        verified=order.verified,
        unit={UNIT: "A", OTHER_UNIT: "B"}.get(order.draft.unit or ""),
        returned_by={UNIT: "A", OTHER_UNIT: "B"}.get(order.returned_by or ""),
        overdue=ledger.flow.is_overdue(order, now) if working and not order.is_suspended else False,
        fed_back_late=late,
        suspended=order.is_suspended,
        extensions=order.extension_count,
        suspensions=order.suspension_count,
        supervision="none" if order.supervision is None else "given" if order.supervision.replied_at else "owed",
        appeal=order.appeal,
        exempt=order.timeout_exempt,
    )


def visible(model: Seen) -> Seen:
    """Of the model's lateness only what can be seen in a case that stands there."""
    working = model.status in {"dispatched", "handling"} and not model.suspended
    done = model.status in {"fed_back", "checking", "checked", "closed", "cancelled"}
    return Seen(**{**vars(model), "overdue": model.overdue and working, "fed_back_late": model.fed_back_late and done})


def walk() -> Iterator[tuple[Seen, tuple[str, ...], int]]:
    """Every state that seven steps reach, a shortest way there, and in how many sequences it is the end."""
    ways: dict[Seen, tuple[str, ...]] = {Seen(): ()}
    ends: Counter[Seen] = Counter({Seen(): 1})
    total: Counter[Seen] = Counter(ends)
    for _ in range(DEPTH):
        further: Counter[Seen] = Counter()
        for state, count in ends.items():
            for symbol in SYMBOLS:
                there = after(state, symbol)
                if there is not None:
                    further[there] += count
                    ways.setdefault(there, (*ways[state], symbol))
        ends = further
        total += further
    for state, way in ways.items():
        yield state, way, total[state]


def advance(ledger: Ledger, order: WorkOrder, symbol: str, now: datetime) -> tuple[WorkOrder, datetime]:
    """The symbol done through the ledger; the two that are only time passing move the clock."""
    if symbol == "(late)":
        assert order.due_at is not None
        return order, max(now, order.due_at) + MINUTE
    if symbol == "(wake)":
        assert order.suspended_until is not None
        return order, order.suspended_until
    now += MINUTE
    with ledger.database.writing() as connection:
        step = step_of(symbol, now)
        permit(ledger.flow.machine, order, step, pressing=True)
        return ledger.move(connection, order, step, HOW), now


def arrive(ledger: Ledger, way: tuple[str, ...]) -> tuple[WorkOrder, datetime]:
    order, now = file(ledger, NOW), NOW
    for symbol in way:
        order, now = advance(ledger, order, symbol, now)
    return order, now


def attempt(ledger: Ledger, order: WorkOrder, symbol: str, now: datetime) -> Seen | None:
    """What the ledger makes of a symbol, rolled back; None where it refuses."""
    moved: list[WorkOrder] = []
    try:
        ledger.flow.check(order, step_of(symbol, now + MINUTE))
    except NotPossible:
        return None
    try:
        with ledger.database.writing() as connection:
            moved.append(ledger.move(connection, order, step_of(symbol, now + MINUTE), HOW))
            raise Undo
    except Undo:
        return seen(ledger, moved[0], now + MINUTE)


def test_every_sequence_of_seven_steps_ends_where_the_model_says(ledger: Ledger) -> None:
    states = list(walk())
    assert sum(count for _, _, count in states) > 100_000
    for model, way, _ in states:
        order, now = arrive(ledger, way)
        assert seen(ledger, ledger.order(order.case_no), now) == visible(model), way
        if len(way) == DEPTH:
            continue
        for symbol in SYMBOLS:
            expected = after(model, symbol)
            if not symbol.startswith("("):
                found = attempt(ledger, order, symbol, now)
                assert found == (expected and visible(expected)), (*way, symbol)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(symbols=st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=25))
def test_long_random_sequences_agree_too(ledger: Ledger, symbols: list[str]) -> None:
    order, now, model = file(ledger, NOW), NOW, Seen()
    for symbol in symbols:
        expected = after(model, symbol)
        if expected is None:
            if not symbol.startswith("("):
                assert attempt(ledger, order, symbol, now) is None, symbols
            continue
        order, now = advance(ledger, order, symbol, now)
        model = expected
        assert seen(ledger, ledger.order(order.case_no), now) == visible(model), symbols


RIGHTS = {
    "verify_request": "acceptor shift_leader", "verify": "collector acceptor shift_leader",
    "register": "acceptor shift_leader", "refuse": "acceptor shift_leader", "dispatch": "dispatcher shift_leader",
    "accept": "handler", "feed_back": "handler", "send_check": "acceptor dispatcher shift_leader",
    "check": "collector acceptor shift_leader", "close": "acceptor shift_leader", "return": "handler",
    "send_back": "dispatcher shift_leader", "rework": "acceptor dispatcher shift_leader",
    "reassign": "dispatcher shift_leader", "extend": "dispatcher shift_leader", "suspend": "dispatcher shift_leader",
    "resume": "dispatcher shift_leader", "escalate": "leader shift_leader dispatcher",
    "reply": "handler dispatcher shift_leader", "urge": "leader shift_leader dispatcher acceptor", "appeal": "handler",
    "review_appeal": "dispatcher shift_leader", "decide_appeal": "acceptor shift_leader", "cancel": "shift_leader",
}  # fmt: skip


@pytest.mark.parametrize("action", RIGHTS)
def test_only_the_roles_of_the_rule_may_confirm_a_step(ledger: Ledger, action: str) -> None:
    order = file(ledger, NOW, unit=UNIT)
    for role in Role:
        step = Step(action=action, principal=person(role.value).principal, now=NOW, args={})
        allowed = _permitted(ledger, order, step)
        assert allowed == (role.value in RIGHTS[action].split()), (action, role)


def test_the_rights_table_is_whole(ledger: Ledger) -> None:
    assert set(RIGHTS) == set(ledger.flow.machine.actions) == {symbol.split()[0].rstrip("+-") for symbol in SYMBOLS} - {
        "(late)", "(wake)",
    }  # fmt: skip


def _permitted(ledger: Ledger, order: WorkOrder, step: Step) -> bool:
    from tools.work_orders.errors import NotPermitted

    try:
        permit(ledger.flow.machine, order, step, pressing=True)
    except NotPermitted:
        return False
    return True


def test_another_units_handler_is_refused(ledger: Ledger) -> None:
    order = file(ledger, NOW, unit=UNIT)
    for units in ((OTHER_UNIT,), ()):
        from tools.principal import Principal

        stranger = Principal("h", Role.HANDLER, (), units)
        assert not _permitted(ledger, order, Step(action="feed_back", principal=stranger, now=NOW, args={}))


def test_another_districts_people_are_refused(ledger: Ledger) -> None:
    order = file(ledger, NOW)
    for districts, allowed in ((("高新区",), True), (("东湖区",), False), (("东湖区", "高新区"), True)):
        who = person("acceptor", districts=districts).principal
        assert _permitted(ledger, order, Step(action="register", principal=who, now=NOW, args={})) == allowed


def test_a_draft_without_a_class_cannot_be_filed(ledger: Ledger) -> None:
    assert draft(category=None).missing == ("category",)
