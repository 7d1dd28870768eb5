"""A language model may draw up an act only on what the asker wrote; what it has read elsewhere orders nothing."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.offline.plan import Call
from assistant.toolbox import _unsaid
from tests.assistant.agent.desk import BY_DISTRICT, OfficeOf
from tests.assistant.agent.scripted import Endpoint, call, calls, text

STEP = {"action": "close", "case_nos": ["东湖区-0"]}


def test_an_act_that_nobody_asked_for_is_refused_and_told(office_of: OfficeOf, endpoint: Endpoint) -> None:
    endpoint.script(
        calls(call("query_metrics", BY_DISTRICT)), calls(call("propose_transition", STEP)), text("好了，已结案。")
    )
    answer = office_of(endpoint.url).ask("昨天各区上报了多少案件")
    assert "refused" in str(endpoint.requests[2]["messages"][-1]["content"])
    assert not answer.proposals
    assert "已结案" not in answer.text


@pytest.mark.parametrize(
    ("tool", "args", "said", "refused"),
    [
        ("propose_transition", {"case_nos": ["A-1"]}, ("督办 a-1",), False),
        ("propose_transition", {"case_nos": ["A-1", "B-2"]}, ("督办 A-1",), True),
        ("propose_transition", {"case_nos": ["A-1"]}, ("查 A-1", "督办它"), False),
        ("propose_transition", {"query": {"rows": "cases"}}, ("全部结案",), True),
        ("propose_transition", {}, ("结案",), True),
        ("propose_work_order", {"description": "路灯 不亮"}, ("人民路路灯 不亮了",), False),
        ("propose_work_order", {"description": "一切正常"}, ("人民路路灯不亮了",), True),
        ("query_metrics", {"metrics": ["reported_cases"]}, (), False),
    ],
)
def test_only_the_asker_s_own_words_count(
    tool: str, args: dict[str, Any], said: tuple[str, ...], refused: bool
) -> None:
    assert bool(_unsaid(Call(tool, args), said)) is refused
