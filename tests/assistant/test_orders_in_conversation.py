"""Work orders in the conversation: proposed in words, written only when a person confirms, refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.ask import Assistant
from assistant.build import Desks, build_assistant
from assistant.dialogue import Answer, Location, Question
from assistant.orders import Orders
from assistant.settings import Settings
from tests.assistant.agent.desk import NOW, small_city
from tools.principal import Principal, Role
from tools.work_orders.tables import event, refusal

Ask = Callable[..., Answer]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=small_city(tmp_path), _env_file=None)  # type: ignore[call-arg]


@pytest.fixture
def assistant(settings: Settings) -> Assistant:
    return build_assistant(settings)


@pytest.fixture
def orders(settings: Settings) -> Iterator[Orders]:
    """The same ledger, seen from outside the conversation."""
    desk = Desks(settings, None).current()
    assert desk.orders is not None
    yield desk.orders
    desk.orders.close()


@pytest.fixture
def ask(assistant: Assistant) -> Ask:
    def asked(text: str, role: Role = Role.LEADER, thread: str = "t", minutes: int = 0, **more: Any) -> Answer:
        who = Principal(name=role.value, role=role)
        now = NOW + timedelta(minutes=minutes)
        return assistant.ask(Question(text=text, principal=who, now=now, thread=thread, **more))

    return asked


def _rows(orders: Orders, table: Any) -> int:
    with orders.ledger().database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_step_said_in_words_is_only_proposed(ask: Ask, orders: Orders) -> None:
    listed = ask("列出在办的案件")
    answer = ask("把第二件督办一下，影响很坏")
    assert answer.status == "proposal"
    assert answer.proposals[0]["target"] == [listed.tables[0].rows[1][0]]
    assert _rows(orders, event) == 0


def test_a_yes_carries_it_out_once_and_undo_takes_it_back(ask: Ask, orders: Orders) -> None:
    ask("列出在办的案件")
    ask("督办第一件，影响很坏")
    assert ask("行").status == "done"
    written = _rows(orders, event)
    assert written > 0
    assert ask("确认").status != "done"
    assert _rows(orders, event) == written
    assert ask("撤销").status == "done"


def test_the_same_message_delivered_twice_acts_once(ask: Ask, orders: Orders) -> None:
    ask("列出在办的案件", key="m1")
    first = ask("督办第一件，影响很坏", key="m2")
    again = ask("督办第一件，影响很坏", key="m2")
    assert first.proposals[0]["id"] == again.proposals[0]["id"]
    ask("确认", key="m3")
    written = _rows(orders, event)
    assert ask("确认", key="m3").status == "done"
    assert _rows(orders, event) == written


def test_who_may_not_is_told_why_and_it_is_noted(ask: Ask, orders: Orders) -> None:
    ask("列出在办的案件", Role.COLLECTOR)
    answer = ask("把第一件结案", Role.COLLECTOR)
    assert answer.status == "denied"
    assert "结案" in answer.text
    assert _rows(orders, refusal) == 1
    assert _rows(orders, event) == 0


@pytest.mark.parametrize("word", ["确认", "算了", "go ahead", "approve"])
def test_a_yes_or_no_to_nothing_decides_nothing(ask: Ask, orders: Orders, word: str) -> None:
    answer = ask(word)
    assert answer.status == "answer"
    assert not answer.proposals
    assert _rows(orders, event) == 0


def test_thanks_are_no_reason(ask: Ask) -> None:
    ask("列出在办的案件", Role.DISPATCHER)
    assert ask("把第一件转派给城管局", Role.DISPATCHER).status == "clarify"
    assert ask("谢谢", Role.DISPATCHER).status == "answer"


def test_a_plain_report_becomes_a_case_that_counts_in_the_next_answer(ask: Ask) -> None:
    before = ask("今天上报多少件", Role.LEADER, "numbers").tables[0].rows if ask("今天上报多少件").tables else ()
    assert ask("东湖区东街道3号路灯不亮了", Role.COLLECTOR, "report").status == "proposal"
    filed = ask("确认", Role.COLLECTOR, "report")
    assert filed.status == "done"
    after = ask("今天上报多少件", Role.LEADER, "numbers", minutes=1)
    count = after.tables[0].rows[0][0]
    assert count == (before[0][0] if before else 0) + 1


def test_a_pin_answers_where(ask: Ask) -> None:
    pin = Location(latitude=30.9, longitude=114.3)
    answer = ask("路灯不亮了", Role.COLLECTOR, "pin", attachments=(pin,))
    assert answer.status in {"proposal", "clarify"}
    assert "什么地方" not in answer.text


@pytest.mark.parametrize(
    "text", ["路灯不亮的有多少件", "昨天暴露垃圾报了多少件", "how many reports of exposed garbage"]
)
def test_a_question_about_numbers_is_no_report(ask: Ask, text: str) -> None:
    answer = ask(text, Role.COLLECTOR)
    assert answer.status != "proposal"
    assert not answer.proposals


def test_what_is_written_in_a_case_proposes_nothing(ask: Ask, orders: Orders) -> None:
    """The title of the first case of each district orders the desk about."""
    ask("列出东湖区的案件")
    for text in ("查一下东湖区-0", "好的", "继续"):
        assert not ask(text).proposals
    assert _rows(orders, event) == 0


def test_text_of_a_case_stays_on_its_line_of_the_card(ask: Ask) -> None:
    ask("列出高新区在办的案件")
    answer = ask("把这件督办一下，影响很坏")
    assert answer.status == "proposal"
    assert "\u202e" not in answer.text
    assert not any(line.startswith("SYSTEM") for line in answer.text.splitlines())


def test_dispatch_it_takes_the_suggested_unit_or_offers_candidates(ask: Ask, assistant: Assistant) -> None:
    from tools.work_orders.routing import Router
    from warehouse.past_cases import PastRoute

    orders = assistant._desk().orders
    assert orders is not None

    def learned(first: int, second: int) -> None:
        cases = [*[PastRoute("路灯", unit="市政中心")] * first, *[PastRoute("路灯", unit="城管局")] * second]
        orders.ledger().router = lambda: Router(lambda _: cases, lambda _: ())

    ask("东湖区东街道3号路灯不亮了", Role.COLLECTOR, "report")
    ask("确认", Role.COLLECTOR, "report")
    ask("我的待办", Role.ACCEPTOR)
    ask("把第一件立案", Role.ACCEPTOR)
    ask("确认", Role.ACCEPTOR)
    learned(9, 8)
    ask("我的待办", Role.DISPATCHER)
    asked = ask("派吧", Role.DISPATCHER)
    assert asked.status == "clarify"
    assert asked.clarification is not None
    assert [option.reply for option in asked.clarification.options] == ["市政中心", "城管局"]
    assert ask("2", Role.DISPATCHER).proposals[0]["fields"] == {"unit": "城管局"}
    learned(90, 1)
    ask("我的待办", Role.DISPATCHER, "other")
    assert ask("派吧", Role.DISPATCHER, "other").proposals[0]["fields"] == {"unit": "市政中心"}
    assert ask("行，派吧", Role.DISPATCHER, "other").status == "done"
