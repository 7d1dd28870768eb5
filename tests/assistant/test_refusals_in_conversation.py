"""What the conversation refuses: whoever tries is told why in words, it is noted, and nothing is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from assistant.ask import Assistant
from assistant.dialogue import Answer, Question
from assistant.orders import Orders
from tests.assistant.agent.desk import NOW
from tests.assistant.test_orders_in_conversation import assistant, orders, settings
from tools.principal import Principal, Role
from tools.work_orders.refusals import refusals
from tools.work_orders.tables import case, event, outbox, proposal

__all__ = ["assistant", "orders", "settings"]

COLLECTOR, ACCEPTOR, CHIEF, DISPATCHER = (
    Principal(role.value, role) for role in (Role.COLLECTOR, Role.ACCEPTOR, Role.SHIFT_LEADER, Role.DISPATCHER)
)
OURS = Principal("城管的人", Role.HANDLER, (), ("城管局",))
OTHER_UNIT = Principal("市政的人", Role.HANDLER, (), ("市政中心",))
NO_UNIT = Principal("没单位的人", Role.HANDLER)
ELSEWHERE = Principal("望山值班", Role.SHIFT_LEADER, ("望山区",))
LATER = 25 * 60


@dataclass
class Counter:
    """The front door, and what lies behind it seen from outside."""

    assistant: Assistant
    orders: Orders

    def say(self, who: Principal, *turns: str, minutes: int = 0, thread: str = "t", key: str | None = None) -> Answer:
        """The answer to the last of the turns."""
        answers = [
            self.assistant.ask(
                Question(text=text, principal=who, now=NOW + timedelta(minutes=minutes), thread=thread, key=key,
                         channel="paper")
            )
            for text in turns
        ]  # fmt: skip
        return answers[-1]

    def offered(self, who: Principal, *turns: str, **more: Any) -> str:
        """The id of the card that the last turn showed."""
        answer = self.say(who, *turns, **more)
        assert answer.status == "proposal", answer.text
        return str(answer.proposals[0]["id"])

    def filed(self) -> str:
        """The number of a case in 东湖区 that waits for filing."""
        done = self.say(COLLECTOR, "东湖区东街道3号路灯不亮了", "确认", thread="report")
        found = re.search(r"CD\d+", done.text)
        assert found is not None, done.text
        return found[0]

    def registering(self) -> str:
        """A card of the acceptor's to register such a case."""
        return self.offered(ACCEPTOR, f"把{self.filed()}立案")

    def dispatched(self) -> str:
        """The number of a case that is with 城管局."""
        number = self.filed()
        done = self.say(CHIEF, f"把{number}立案", "确认", f"把{number}派遣给城管局", "确认")
        assert done.status == "done", done.text
        return number

    def written(self) -> list[list[Any]]:
        """Everything that a confirmed step writes."""
        with self.orders.ledger().database.reading() as connection:
            return [list(connection.execute(select(table))) for table in (case, event, outbox)]

    def state(self, card: str) -> str:
        with self.orders.ledger().database.reading() as connection:
            return str(connection.execute(select(proposal.c.status).where(proposal.c.id == card)).scalar_one())

    def noted(self) -> list[dict[str, Any]]:
        return list(refusals(self.orders.ledger()))


@pytest.fixture
def counter(assistant: Assistant, orders: Orders) -> Iterator[Counter]:
    yield Counter(assistant, orders)


def refused(counter: Counter, answer: Answer, who: Principal, code: str, why: str | None = None) -> None:
    """Told, and noted with who it was; a row and no more."""
    assert answer.status == "denied", answer.text
    assert not answer.proposals
    row = counter.noted()[-1]
    assert (row["who"], row["role"], row["channel"], row["code"]) == (who.name, who.role.value, "paper", code)
    assert row["facts"].get("why") == why


def test_a_card_whose_case_moved_on_is_stale(counter: Counter) -> None:
    card = counter.registering()
    assert counter.say(CHIEF, "我的待办", "把第一件立案", "确认").status == "done"
    before = counter.written()
    answer = counter.say(ACCEPTOR, "确认")
    refused(counter, answer, ACCEPTOR, "stale_version")
    assert "变动" in answer.text
    assert counter.written() == before
    assert counter.state(card) == "stale"


def test_a_card_that_lay_too_long_has_expired(counter: Counter) -> None:
    card, before = counter.registering(), counter.written()
    answer = counter.say(ACCEPTOR, f"approve:{card}", minutes=LATER)
    refused(counter, answer, ACCEPTOR, "proposal_expired")
    assert "有效期" in answer.text
    assert counter.written() == before
    assert counter.state(card) == "expired"


@pytest.mark.parametrize("state", ["stale", "expired"])
def test_a_card_that_ended_by_itself_was_settled_by_nobody(counter: Counter, state: str) -> None:
    card = counter.registering()
    if state == "stale":
        counter.say(CHIEF, "我的待办", "把第一件立案", "确认")
    counter.say(ACCEPTOR, f"approve:{card}", minutes=LATER if state == "expired" else 0)
    assert counter.state(card) == state
    answer = counter.say(ACCEPTOR, f"approve:{card}")
    refused(counter, answer, ACCEPTOR, "already_decided", "itself")
    assert "None" not in answer.text
    assert "重新发起" in answer.text


@pytest.mark.parametrize(
    ("who", "why", "told"),
    [(OTHER_UNIT, "unit", "不属于您的单位（市政中心）"), (NO_UNIT, "no_unit", "名下没有单位")],
    ids=["other", "none"],
)
def test_another_unit_s_case_is_not_touched(counter: Counter, who: Principal, why: str, told: str) -> None:
    number = counter.dispatched()
    before = counter.written()
    for text in (f"签收{number}", f"{number}已处理完毕，反馈：灯修好了"):
        answer = counter.say(who, text)
        refused(counter, answer, who, "not_permitted", why)
        assert told in answer.text
    assert counter.written() == before


def test_another_unit_s_card_is_not_pressed(counter: Counter) -> None:
    number = counter.dispatched()
    card, before = counter.offered(OURS, f"签收{number}"), counter.written()
    refused(counter, counter.say(OTHER_UNIT, f"approve:{card}"), OTHER_UNIT, "not_permitted", "unit")
    assert counter.written() == before
    assert counter.state(card) == "pending"


def test_another_district_s_case_is_not_touched(counter: Counter) -> None:
    number = counter.filed()
    before = counter.written()
    for text in (f"督办{number}，影响很坏", f"把{number}立案"):
        answer = counter.say(ELSEWHERE, text)
        refused(counter, answer, ELSEWHERE, "not_permitted", "area")
        assert "不在您的辖区" in answer.text
    assert counter.written() == before


def test_another_district_s_card_is_not_pressed(counter: Counter) -> None:
    card, before = counter.registering(), counter.written()
    refused(counter, counter.say(ELSEWHERE, f"approve:{card}"), ELSEWHERE, "not_permitted", "area")
    assert counter.written() == before
    assert counter.state(card) == "pending"


@pytest.mark.parametrize(
    ("text", "told"), [("把{}结案", "不能「结案」"), ("close {}", "cannot close")], ids=["zh", "en"]
)
def test_a_step_before_its_stage_is_refused(counter: Counter, text: str, told: str) -> None:
    number = counter.filed()
    before = counter.written()
    answer = counter.say(CHIEF, text.format(number))
    refused(counter, answer, CHIEF, "not_possible")
    assert told in answer.text
    assert counter.noted()[-1]["case_nos"] == [number]
    assert counter.written() == before


@pytest.mark.parametrize("deed", ["approve", "reject", "undo"])
def test_a_forged_card_is_none(counter: Counter, deed: str) -> None:
    real, before = counter.registering(), counter.written()
    forged = real[:-1] + ("2" if real[-1] != "2" else "3")
    answer = counter.say(ACCEPTOR, f"{deed}:{forged}")
    refused(counter, answer, ACCEPTOR, "unknown_proposal")
    assert counter.noted()[-1]["proposal"] == forged
    assert forged in answer.text
    assert counter.written() == before
    assert counter.state(real) == "pending"


def test_a_press_delivered_again_is_answered_again_and_acts_once(counter: Counter) -> None:
    card = counter.registering()
    first = counter.say(ACCEPTOR, f"approve:{card}", key="m1")
    assert first.status == "done"
    before = counter.written()
    again = counter.say(ACCEPTOR, f"approve:{card}", key="m1")
    assert again.status == "done"
    assert counter.written() == before
    assert counter.noted() == []


def test_a_second_press_is_told_who_was_first(counter: Counter) -> None:
    card = counter.registering()
    counter.say(ACCEPTOR, f"approve:{card}", key="m1")
    before = counter.written()
    for who, key in ((ACCEPTOR, "m2"), (CHIEF, "m1")):
        answer = counter.say(who, f"approve:{card}", key=key)
        refused(counter, answer, who, "already_decided", "person")
        assert ACCEPTOR.name in answer.text
    assert counter.written() == before


@pytest.mark.parametrize("role", [Role.LEADER, Role.ANALYST, Role.COLLECTOR, Role.DISPATCHER, Role.ADMIN])
def test_a_role_without_the_right_neither_asks_nor_presses(counter: Counter, role: Role) -> None:
    number = counter.filed()
    card, before = counter.offered(ACCEPTOR, f"把{number}立案"), counter.written()
    who = Principal(f"某{role.value}", role)
    for text in (f"把{number}立案", f"approve:{card}"):
        answer = counter.say(who, text)
        refused(counter, answer, who, "not_permitted", "role")
        assert "立案" in answer.text
        assert who.name in answer.text
    assert counter.written() == before
    assert counter.state(card) == "pending"
    assert len(counter.noted()) == 2


def test_a_borrowed_name_with_another_role_may_not_confirm_a_report(counter: Counter) -> None:
    card = counter.offered(COLLECTOR, "东湖区东街道3号路灯不亮了")
    before, other = counter.written(), replace(COLLECTOR, role=Role.LEADER)
    refused(counter, counter.say(other, f"approve:{card}"), other, "not_permitted", "not_asker")
    assert counter.written() == before


def test_the_asker_of_an_extension_does_not_grant_it(counter: Counter) -> None:
    number = counter.dispatched()
    card, before = counter.offered(CHIEF, f"{number}延期，连日下雨"), counter.written()
    answer = counter.say(CHIEF, "确认")
    refused(counter, answer, CHIEF, "not_permitted", "two_persons")
    assert "另一人" in answer.text
    assert counter.written() == before
    assert counter.state(card) == "pending"


def test_nobody_takes_back_what_another_confirmed(counter: Counter) -> None:
    card = counter.registering()
    assert counter.say(ACCEPTOR, "确认").status == "done"
    before = counter.written()
    refused(counter, counter.say(CHIEF, f"undo:{card}"), CHIEF, "not_permitted", "not_asker")
    refused(counter, counter.say(ACCEPTOR, "撤销", minutes=11), ACCEPTOR, "not_undoable", "too_late")
    assert counter.written() == before
