"""The same path against aimock, an endpoint that others wrote: what it streams, refuses and breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assistant.dialogue import AnswerStatus
from tests.assistant.agent.aimock import Aimock
from tests.assistant.agent.desk import BY_DISTRICT, OfficeOf

ASKED = "昨天各区上报了多少案件"
QUERY = {"response": {"toolCalls": [{"name": "query_metrics", "arguments": json.dumps(BY_DISTRICT)}]}}
SAID = {"response": {"content": "东湖区最多，7 件。"}}
FAILED: dict[str, Any] = {"response": {"error": {"message": "down", "type": "server_error"}, "status": 500}}

pytestmark = pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])


def test_a_question_is_answered_over_the_wire(office_of: OfficeOf, aimock: Aimock, streaming: bool) -> None:
    aimock.script(QUERY, SAID)
    answer = office_of(aimock.url, model_streaming=streaming).ask(ASKED)
    assert (answer.status, answer.fallback, answer.text) == (AnswerStatus.ANSWER, False, "东湖区最多，7 件。")
    assert dict(answer.tables[0].rows) == {"东湖区": 7, "望山区": 4, "高新区": 2}
    assert bool(aimock.requests[0].get("stream")) is streaming


def test_parallel_calls_beside_words_and_reasoning(office_of: OfficeOf, aimock: Aimock, streaming: bool) -> None:
    other = {**BY_DISTRICT, "dimensions": ["minor_category"]}
    both = [{"name": "query_metrics", "arguments": json.dumps(args)} for args in (BY_DISTRICT, other)]
    aimock.script(
        {"response": {"content": "先查两项，约 999 件。", "reasoning": "密", "toolCalls": both}},
        {"response": {"content": ""}},
    )
    answer = office_of(aimock.url, model_streaming=streaming).ask(ASKED)
    assert [t.columns[0].name for t in answer.tables] == ["district", "minor_category"]
    assert "999" not in answer.text
    assert "密" not in answer.text


def test_malformed_arguments_are_corrected(office_of: OfficeOf, aimock: Aimock, streaming: bool) -> None:
    broken = {"response": {"toolCalls": [{"name": "query_metrics", "arguments": '{"metrics": ["rep'}]}}
    aimock.script(broken, QUERY, SAID)
    answer = office_of(aimock.url, model_streaming=streaming).ask(ASKED)
    assert not answer.fallback
    assert "valid JSON" in aimock.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_error_is_asked_again(office_of: OfficeOf, aimock: Aimock, streaming: bool, status: int) -> None:
    failed = {"response": {"error": {"message": "busy", "type": "x"}, "status": status}}
    aimock.script(failed, QUERY, SAID)
    assert not office_of(aimock.url, model_streaming=streaming).ask(ASKED).fallback


def test_a_lasting_error_falls_back(office_of: OfficeOf, aimock: Aimock, streaming: bool) -> None:
    aimock.script(FAILED, FAILED, FAILED, FAILED)
    answer = office_of(aimock.url, model_streaming=streaming).ask(ASKED)
    assert answer.fallback
    assert dict(answer.tables[0].rows)["东湖区"] == 7


def test_length_and_filter_are_no_answers(office_of: OfficeOf, aimock: Aimock, streaming: bool) -> None:
    for reason in ("length", "content_filter"):
        step = {"response": {"content": "东湖区", "finishReason": reason}}
        aimock.script(step, step, step)
        assert office_of(aimock.url, model_streaming=streaming).ask(ASKED, thread=reason).fallback


def test_every_question_is_answered_while_the_endpoint_breaks_at_random(
    office_of: OfficeOf, aimock: Aimock, streaming: bool
) -> None:
    chaos = {"chaos": {"dropRate": 0.2, "malformedRate": 0.2, "disconnectRate": 0.2}}
    office = office_of(aimock.url, model_streaming=streaming)
    for n in range(10):
        aimock.script(*({**(QUERY if k % 2 == 0 else SAID), **chaos} for k in range(8)))
        answer = office.ask(ASKED, thread=str(n))
        assert answer.status is AnswerStatus.ANSWER
        assert dict(answer.tables[0].rows)["东湖区"] == 7


def test_a_stream_that_breaks_off_is_asked_again(office_of: OfficeOf, aimock: Aimock, streaming: bool) -> None:
    aimock.script({**QUERY, "truncateAfterChunks": 4}, QUERY, SAID)
    answer = office_of(aimock.url, model_streaming=streaming).ask(ASKED)
    assert answer.status is AnswerStatus.ANSWER
    assert dict(answer.tables[0].rows) == {"东湖区": 7, "望山区": 4, "高新区": 2}
