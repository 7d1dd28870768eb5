"""Turns of a conversation: cancelled, concurrent, failing, remembered."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from assistant.agent import messages_of
from assistant.dialogue import AnswerStatus
from assistant.events import ToolStarted
from assistant.memory import Memory
from assistant.offline.plan import Call, PastTurn
from tests.assistant.agent.desk import BY_DISTRICT, NOW, OfficeOf, question
from tests.assistant.agent.scripted import Endpoint, Step, call, calls, message, text
from tools.principal import Principal, Role

ASKED = "昨天各区上报了多少案件"


def test_a_cancelled_turn_leaves_nothing_behind(office_of: OfficeOf) -> None:
    office = office_of()
    events = office.assistant.stream(question(ASKED))
    assert isinstance(next(events), ToolStarted)
    events.close()
    assert office.memory.recall("leader", "t", NOW) == ()
    assert not (office.folder / "trace" / "answers.jsonl").exists()
    assert office.ask(ASKED).status is AnswerStatus.ANSWER


def test_a_cancelled_turn_makes_no_further_calls(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(calls(call("query_metrics", BY_DISTRICT)))
    events = office_of(endpoint.url).assistant.stream(question(ASKED))
    next(events)
    events.close()
    time.sleep(0.3)
    made = len(endpoint.requests)
    time.sleep(0.3)
    assert len(endpoint.requests) == made <= 2


def test_an_interrupt_by_the_user_frees_the_conversation(office_of: OfficeOf, monkeypatch: pytest.MonkeyPatch) -> None:
    office = office_of()
    agent = office.desk.offline

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(agent, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        office.ask(ASKED)
    monkeypatch.undo()
    assert office.memory.recall("leader", "t", NOW) == ()
    assert office.ask(ASKED).status is AnswerStatus.ANSWER


def test_two_questions_at_once_on_one_thread_are_answered_one_after_the_other(
    office_of: OfficeOf, endpoint: Endpoint
) -> None:
    body = message(None, [call("query_metrics", BY_DISTRICT)])
    endpoint.script(*(Step(body=body, delay=0.05), text("")) * 6)
    office = office_of(endpoint.url)
    askers = [threading.Thread(target=office.ask, args=(f"{ASKED}{n}",)) for n in range(6)]
    [asker.start() for asker in askers]
    [asker.join() for asker in askers]
    assert sorted(one.text for one, _ in office.memory.recall("leader", "t", NOW)) == [f"{ASKED}{n}" for n in range(6)]
    # Requests of a turn are never mixed with another's: the conversation grows by one question every second request.
    asked = [sum(m["role"] == "user" for m in request["messages"]) for request in endpoint.requests]
    assert asked == [n for n in range(1, 7) for _ in range(2)]


def test_a_conversation_that_is_still_being_answered_says_so(office_of: OfficeOf) -> None:
    office = office_of()
    office.memory._patience = 0.05
    with office.memory.holding("leader", "t"):
        answer = office.ask(ASKED)
    assert answer.status is AnswerStatus.ERROR
    assert "还没有答完" in answer.text


def test_people_do_not_wait_for_each_other(office_of: OfficeOf) -> None:
    office = office_of()
    with office.memory.holding("leader", "t"):
        assert office.ask(ASKED, who=Principal("other", Role.ANALYST)).status is AnswerStatus.ANSWER


def test_a_broken_tool_tells_person_and_operator_apart(
    office_of: OfficeOf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office = office_of()

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("/secret/path exploded")

    monkeypatch.setattr(type(office.desk.warehouse), "run", broken)
    answer = office.ask(ASKED)
    assert answer.status is AnswerStatus.ERROR
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.trace_id in caplog.text
    assert "exploded" in caplog.text


def test_a_broken_desk_gives_a_number_for_the_operator(
    office_of: OfficeOf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office = office_of()
    monkeypatch.setattr(office.assistant, "_run", lambda *_: 1 / 0)
    answer = office.ask(ASKED)
    assert answer.status is AnswerStatus.ERROR
    assert answer.trace_id in answer.text
    assert answer.trace_id in caplog.text
    assert "ZeroDivisionError" in office.traced[0]["troubles"]


@pytest.mark.parametrize("broken", ["recall", "keep"])
def test_a_memory_that_fails_costs_no_answer(office_of: OfficeOf, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    office = office_of()

    def full(*_: Any) -> Any:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(office.memory, broken, full)
    assert office.ask(ASKED).status is AnswerStatus.ANSWER
    assert office.traced[0]["troubles"]


def test_no_tool_message_is_ever_an_orphan(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(
        *(calls(call("query_metrics", BY_DISTRICT, "a"), call("query_metrics", BY_DISTRICT, "b")), text("")) * 8
    )
    office = office_of(endpoint.url, remembered_turns=3)
    for n in range(8):
        assert not office.ask(f"{ASKED}{n}").fallback
    for request in endpoint.requests:
        waiting: list[str] = []
        for said in request["messages"]:
            if said["role"] == "tool":
                waiting.remove(said["tool_call_id"])
            else:
                assert waiting == []
                waiting = [c["id"] for c in said.get("tool_calls") or ()]
    users = sum(m["role"] == "user" for m in endpoint.requests[-1]["messages"])
    assert users == 4
    assert len(json.dumps(endpoint.requests[-1]["messages"])) < 60_000


def test_a_conversation_left_alone_starts_afresh(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(*(calls(call("query_metrics", BY_DISTRICT)), text("")) * 3)
    office = office_of(endpoint.url)
    for moment in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=2)):
        office.ask(ASKED, now=moment)
    asked = [sum(m["role"] == "user" for m in request["messages"]) for request in endpoint.requests]
    assert asked == [1, 1, 2, 2, 1, 1]


def test_a_past_turn_without_calls_has_no_call_message() -> None:
    messages = messages_of([(PastTurn(text="你好", calls=()), "您好")], "问", {})
    assert [m.type for m in messages] == ["human", "ai", "human"]
    messages = messages_of([(PastTurn(text="问", calls=(Call("x", {}), Call("y", {}))), "")], "问", {})
    assert [m.type for m in messages] == ["human", "ai", "tool", "tool", "ai", "human"]


def test_a_very_long_question_is_cut_and_answered(office_of: OfficeOf) -> None:
    assert office_of().ask(ASKED + "？" * 100_000).status in set(AnswerStatus) - {AnswerStatus.ERROR}


@pytest.mark.parametrize("said", ["", "   ", "\u200b", "\x00", "😀" * 500])
def test_questions_that_say_nothing_are_no_error(office_of: OfficeOf, said: str) -> None:
    assert office_of().ask(said).status is not AnswerStatus.ERROR


def test_memory_is_per_person(office_of: OfficeOf) -> None:
    office = office_of()
    office.ask(ASKED)
    memory: Memory = office.memory
    assert memory.recall("somebody", "t", NOW) == ()
