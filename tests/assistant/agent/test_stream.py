"""Progress: what a channel sees on the way to an answer."""

from __future__ import annotations

import asyncio

from assistant.dialogue import AnswerStatus
from assistant.events import Answered, FellBack, ToolFinished, ToolStarted
from tests.assistant.agent.desk import BY_DISTRICT, OfficeOf, question
from tests.assistant.agent.scripted import Endpoint, call, calls, error, text


def test_embedded_model_tells_its_tools_and_then_the_answer(office_of: OfficeOf) -> None:
    events = list(office_of().assistant.stream(question("昨天各区上报了多少案件")))
    assert [type(e) for e in events] == [ToolStarted, ToolFinished, Answered]
    started, finished, answered = events
    assert started.call.tool == "query_metrics"
    assert finished.call_id == started.call_id
    assert finished.rows == 3
    assert finished.error is None
    assert answered.answer.status is AnswerStatus.ANSWER


def test_asking_gives_the_answer_of_the_stream(office_of: OfficeOf) -> None:
    office = office_of()
    streamed = list(office.assistant.stream(question("昨天各区上报了多少案件", thread="a")))[-1]
    asked = office.ask("昨天各区上报了多少案件", thread="b")
    assert isinstance(streamed, Answered)
    assert (asked.text, asked.status) == (streamed.answer.text, streamed.answer.status)
    assert asked.tables[0].rows == streamed.answer.tables[0].rows


def test_language_model_goes_the_same_way(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(calls(call("query_metrics", BY_DISTRICT)), text("东湖区最多，7 件。"))
    events = list(office_of(endpoint.url).assistant.stream(question("昨天哪个区最多")))
    assert [type(e) for e in events] == [ToolStarted, ToolFinished, Answered]
    assert events[-1].answer.text == "东湖区最多，7 件。"


def test_a_fallback_is_announced_before_its_tools(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(calls(call("query_metrics", BY_DISTRICT)), error(401))
    events = list(office_of(endpoint.url).assistant.stream(question("昨天各区上报了多少案件")))
    assert [type(e) for e in events] == [ToolStarted, ToolFinished, FellBack, ToolStarted, ToolFinished, Answered]


def test_an_iterator_may_be_driven_from_several_threads(office_of: OfficeOf) -> None:
    office = office_of()

    async def drive() -> list[object]:
        events = office.assistant.stream(question("昨天各区上报了多少案件"))
        found = []
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            found.append(event)
        return found

    assert isinstance(asyncio.run(drive())[-1], Answered)
    assert office.ask("昨天各区上报了多少案件").status is AnswerStatus.ANSWER
