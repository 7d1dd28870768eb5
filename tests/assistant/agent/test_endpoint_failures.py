"""What an endpoint does wrong: retried while it may pass, then the embedded model answers and says so."""

from __future__ import annotations

import logging
import socket
from time import perf_counter

import pytest

from assistant.dialogue import AnswerStatus
from tests.assistant.agent.desk import BY_DISTRICT, KEY, OfficeOf
from tests.assistant.agent.scripted import Endpoint, Step, call, calls, error, message, streamed, text

ASKED = "昨天各区上报了多少案件"
GOOD = calls(call("query_metrics", BY_DISTRICT))


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_what_may_pass_is_asked_again(office_of: OfficeOf, endpoint: Endpoint, status: int) -> None:
    endpoint.script(error(status), error(status), GOOD, text(""))
    answer = office_of(endpoint.url).ask(ASKED)
    assert not answer.fallback
    assert answer.model == "openai:scripted"
    assert len(endpoint.requests) == 4


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_does_not_pass_is_answered_by_the_embedded_model(
    office_of: OfficeOf, endpoint: Endpoint, status: int
) -> None:
    endpoint.script(error(status))
    office = office_of(endpoint.url, model_retries=1)
    answer = office.ask(ASKED)
    assert len(endpoint.requests) == 2
    assert answer.status is AnswerStatus.ANSWER
    assert answer.fallback
    assert answer.model == "offline"
    assert "语言模型暂不可用，本次由内置模型作答" in answer.text
    assert dict(answer.tables[0].rows)["东湖区"] == 7
    assert str(status) in office.traced[0]["troubles"][0]


def test_the_notice_is_in_the_asker_s_language(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(error(500))
    answer = office_of(endpoint.url, model_retries=0).ask("How many cases were reported yesterday by district?")
    assert "The language model is not available now" in answer.text


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_cannot_pass_is_asked_once(office_of: OfficeOf, endpoint: Endpoint, status: int) -> None:
    endpoint.script(error(status))
    answer = office_of(endpoint.url).ask(ASKED)
    assert len(endpoint.requests) == 1
    assert answer.fallback


def test_retry_after_is_kept(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(error(429, retry_after="0.4"), GOOD, text(""))
    began = perf_counter()
    assert not office_of(endpoint.url).ask(ASKED).fallback
    assert perf_counter() - began >= 0.4


def test_an_endpoint_that_asks_for_too_much_patience_is_left(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(error(429, retry_after="3600"))
    began = perf_counter()
    assert office_of(endpoint.url).ask(ASKED).fallback
    assert perf_counter() - began < 3
    assert len(endpoint.requests) == 1


def test_connection_refused_falls_back(office_of: OfficeOf) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = office_of(f"http://127.0.0.1:{port}/v1", model_retries=1).ask(ASKED)
    assert answer.fallback
    assert answer.status is AnswerStatus.ANSWER


def test_an_unknown_host_falls_back(office_of: OfficeOf) -> None:
    assert office_of("http://no-such-host.invalid/v1", model_retries=0).ask(ASKED).fallback


def test_a_silent_endpoint_times_out(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(Step(body=message("…"), delay=3))
    began = perf_counter()
    answer = office_of(endpoint.url, model_timeout_seconds=0.3, model_retries=1).ask(ASKED)
    assert answer.fallback
    assert perf_counter() - began < 2.5
    assert len(endpoint.requests) == 2


def test_an_endpoint_that_only_trickles_holds_nobody(office_of: OfficeOf, endpoint: Endpoint) -> None:
    # Each piece comes within the request's time limit; only the question's own limit can end this.
    endpoint.script(Step(pieces=(": wait\n\n",) * 100, pause=0.1))
    office = office_of(endpoint.url, model_streaming=True, model_timeout_seconds=5, question_seconds=0.7)
    began = perf_counter()
    answer = office.ask(ASKED)
    assert answer.fallback
    assert answer.status is AnswerStatus.ANSWER
    assert perf_counter() - began < 3
    assert "seconds" in office.traced[0]["troubles"][0]


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Step(body={**message("x"), "choices": []}), id="empty choices"),
        pytest.param(Step(body={**message("x"), "choices": None}), id="null choices"),
        pytest.param(Step(body={"object": "chat.completion"}), id="no choices"),
        pytest.param(Step(raw=b'{"id": "chatcmpl-1", "choices": [{"ind'), id="half a body"),
        pytest.param(Step(raw=b"<html>Bad Gateway</html>"), id="a web page"),
        pytest.param(Step(raw=b""), id="nothing"),
        pytest.param(Step(raw=b"null"), id="null"),
        pytest.param(Step(body={"error": {"message": "overloaded"}}), id="an error with status 200"),
        pytest.param(Step(drop=True), id="connection dropped"),
        pytest.param(text(""), id="an empty message"),
        pytest.param(text("x", finish="content_filter"), id="filtered"),
        pytest.param(text("x", finish="length"), id="cut"),
    ],
)
def test_a_response_that_is_none_falls_back(office_of: OfficeOf, endpoint: Endpoint, step: Step) -> None:
    endpoint.script(step)
    answer = office_of(endpoint.url, model_retries=1).ask(ASKED)
    assert answer.fallback
    assert answer.status is AnswerStatus.ANSWER
    assert dict(answer.tables[0].rows)["东湖区"] == 7


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Step(pieces=("data: [DONE]\n\n",)), id="no chunk"),
        pytest.param(streamed({"content": "东湖区"}, finish=None, done=False), id="cut"),
        pytest.param(Step(pieces=("data: {half\n\n",)), id="no JSON"),
        pytest.param(error(500), id="500"),
    ],
)
def test_a_stream_that_is_none_falls_back(office_of: OfficeOf, endpoint: Endpoint, step: Step) -> None:
    endpoint.script(step)
    assert office_of(endpoint.url, model_streaming=True, model_retries=1).ask(ASKED).fallback


def test_a_failure_half_way_shows_nothing_of_the_first_half(office_of: OfficeOf, endpoint: Endpoint) -> None:
    other = {**BY_DISTRICT, "dimensions": ["department"]}
    endpoint.script(calls(call("query_metrics", other)), error(400))
    answer = office_of(endpoint.url).ask(ASKED)
    assert [t.columns[0].name for t in answer.tables] == ["district"]


def test_the_next_question_tries_the_language_model_again(office_of: OfficeOf, endpoint: Endpoint) -> None:
    office = office_of(endpoint.url, model_retries=0)
    endpoint.script(error(500))
    assert office.ask(ASKED).fallback
    endpoint.script(GOOD, text(""))
    assert not office.ask(ASKED).fallback


def test_a_follow_up_of_a_fallback_knows_the_conversation(office_of: OfficeOf, endpoint: Endpoint) -> None:
    office = office_of(endpoint.url, model_retries=0)
    endpoint.script(GOOD, text(""))
    office.ask(ASKED)
    endpoint.script(error(500))
    answer = office.ask("按街道拆一下")
    assert answer.fallback
    assert answer.tables[0].columns[0].name == "street"


def test_keys_reach_neither_trace_nor_log_nor_answer(
    office_of: OfficeOf, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.script(error(401, f"Incorrect API key provided: {KEY}"))
    office = office_of(endpoint.url)
    with caplog.at_level(logging.DEBUG, logger="assistant"):
        answer = office.ask(f"昨天各区多少案件 {KEY}，电话 13812345678，身份证 110101199003071234")
    written = (office.folder / "trace" / "answers.jsonl").read_text(encoding="utf-8")
    for secret in (KEY, "13812345678", "110101199003071234"):
        assert secret not in written
        assert secret not in caplog.text
    assert "Incorrect API key" not in answer.text + written + caplog.text
    sent = {name.lower(): value for name, value in endpoint.headers[0].items()}
    assert sent["authorization"] == f"Bearer {KEY}"
    assert "401" in caplog.text
    assert answer.trace_id in caplog.text


def test_tokens_are_in_the_trace(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(GOOD, text(""))
    office = office_of(endpoint.url)
    office.ask(ASKED)
    assert office.traced[0]["tokens"] == [20, 10]
