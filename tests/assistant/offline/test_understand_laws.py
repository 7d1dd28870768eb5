"""Laws of understanding: nothing raises, nothing unexplained is answered, and templates come back as they were meant."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import NOW, NOW_EN, denver_like, lanzhou_like

from assistant.offline.lattice import cover
from assistant.offline.normalise import normalise
from assistant.offline.plan import PastTurn, Turn, Understanding
from assistant.offline.tokens import tokenise
from assistant.offline.understand import understand
from warehouse.semantic import SemanticQuery

YUNHE, PORT_ALDER = lanzhou_like(), denver_like()
ANSWERS = {"query_metrics", "list_cases", "draw_chart", "detect_anomalies"}
WORDS = [
    "上周", "昨天", "高新区", "东湖", "哪个区", "最多", "结案率", "超期", "暴露垃圾", "和", "除了", "各街道", "占比", "排第几", "前三",
    "超过100件", "同比", "画个图", "列出", "多少", "火星", "呢", "last week", "Harborview", "which type", "most", "closure rate",
    "potholes", "not", "by department", "top 3", "share", "vs", "zebra", "overdue", "and", "?", "，",
]  # fmt: skip


def ask(text: str, *, english: bool = False, history: tuple[PastTurn, ...] = ()) -> Understanding:
    desk, now = (PORT_ALDER, NOW_EN) if english else (YUNHE, NOW)
    return understand(Turn(text=text, now=now, history=history), desk)


def query(understood: Understanding) -> dict[str, Any]:
    assert [c.tool for c in understood.calls] == ["query_metrics"], understood
    found = SemanticQuery.model_validate(understood.calls[0].args)
    return found.model_dump(mode="json", exclude_defaults=True)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_understood_declined_or_asked_back(text: str) -> None:
    understood = ask(text)
    assert understood.calls
    assert 0 <= understood.confidence <= 1


@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=8), st.booleans())
def test_unexplained_words_are_never_answered_over(words: list[str], english: bool) -> None:
    understood = ask(" ".join(words), english=english)
    if understood.unexplained:
        assert understood.calls[0].tool not in ANSWERS
        assert understood.confidence < 0.5
    for call in understood.calls:
        if call.tool == "query_metrics":
            SemanticQuery.model_validate(call.args)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=2, max_size=4), st.booleans())
def test_any_conversation_goes_on(turns: list[list[str]], english: bool) -> None:
    history: tuple[PastTurn, ...] = ()
    for words in turns:
        understood = ask(" ".join(words), english=english, history=history)
        assert understood.calls
        assert not (understood.unexplained and understood.calls[0].tool in ANSWERS)
        history = (*history, PastTurn(text=" ".join(words), calls=understood.calls, shown=("松山区", "Harborview")))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=10))
def test_pieces_cover_every_token_once(words: list[str]) -> None:
    text = normalise("".join(words))
    tokens = tokenise(text.text)
    segments = cover(text, tokens, YUNHE.vocabulary, YUNHE.speller, [])
    covered = [i for segment in segments for i in range(segment.first, segment.last)]
    assert covered == list(range(len(tokens)))


@given(st.text(max_size=40))
def test_original_wording_is_traced(text: str) -> None:
    even = normalise(text)
    assert len(even.origins) == len(even.text) + 1
    assert list(even.origins) == sorted(even.origins)


@pytest.mark.parametrize("word", ["量子", "火星", "zebra", "Atlantis", "quantum"])
@pytest.mark.parametrize(
    "template", ["上周{}多少件", "{} cases last week", "高新区{}结案率", "closure rate {} by department"]
)
def test_unknown_content_word_is_named(word: str, template: str) -> None:
    understood = ask(template.format(word), english=template.isascii())
    assert understood.calls[0].tool in {"abstain", "clarify"}
    assert any(word in said for said in understood.unexplained)


ZH_METRICS = {
    "立案数": "registered_cases",
    "结案率": "closure_rate",
    "在办数": "open_cases",
    "上报量": "reported_cases",
}
ZH_CUTS = {"区": "district", "街道": "street", "小类": "minor_category", "责任部门": "department"}
ZH_PLACES = {"松山区": "松山区", "高新": "云河高新技术产业开发区", "东湖": "东湖新区"}


@pytest.mark.parametrize(("metric", "cut"), list(product(ZH_METRICS, ZH_CUTS)))
def test_chinese_templates_come_back_as_meant(metric: str, cut: str) -> None:
    one = ZH_METRICS[metric]
    assert query(ask(f"各{cut}{metric}")) == {"metrics": [one], "dimensions": [ZH_CUTS[cut]]}
    assert query(ask(f"按{cut}统计{metric}")) == {"metrics": [one], "dimensions": [ZH_CUTS[cut]]}
    ranked = {"metrics": [one], "dimensions": [ZH_CUTS[cut]], "order": [{"by": one}]}
    assert query(ask(f"哪个{cut}{metric}最高")) == {**ranked, "limit": 1}
    assert query(ask(f"{metric}最高的三个{cut}")) == {**ranked, "limit": 3}
    assert query(ask(f"{metric}前五的{cut}")) == {**ranked, "limit": 5}


@pytest.mark.parametrize(("metric", "place"), list(product(ZH_METRICS, ZH_PLACES)))
def test_chinese_places_filter(metric: str, place: str) -> None:
    for question in (f"{place}{metric}", f"{metric}，{place}的", f"{place}的{metric}是多少"):
        got = query(ask(question))
        assert got["metrics"] == [ZH_METRICS[metric]]
        assert [(f["dimension"], f["values"]) for f in got["filters"]] == [("district", [ZH_PLACES[place]])]
    dropped = query(ask(f"除了{place}以外的{metric}"))["filters"]
    assert [(f["op"], f["values"]) for f in dropped] == [("not_in", [ZH_PLACES[place]])]


EN_METRICS = {"reported cases": "reported_cases", "closure rate": "closure_rate", "open cases": "open_cases"}
EN_CUTS = {"neighborhood": "district", "department": "department", "type": "minor_category"}


@pytest.mark.parametrize(("metric", "cut"), list(product(EN_METRICS, EN_CUTS)))
def test_english_templates_come_back_as_meant(metric: str, cut: str) -> None:
    one = EN_METRICS[metric]
    assert query(ask(f"{metric} by {cut}", english=True)) == {"metrics": [one], "dimensions": [EN_CUTS[cut]]}
    ranked = {"metrics": [one], "dimensions": [EN_CUTS[cut]], "order": [{"by": one}]}
    assert query(ask(f"which {cut} has the highest {metric}", english=True)) == {**ranked, "limit": 1}
    assert query(ask(f"top 4 {cut}s by {metric}", english=True)) == {**ranked, "limit": 4}
    over = query(ask(f"{cut}s with more than 10 {metric}", english=True))
    assert over["having"] == [{"metric": one, "op": "gt", "value": 10.0}]


def test_option_of_a_clarification_is_chosen_by_number_label_or_reply() -> None:
    asked = ask("案件最多")
    assert asked.calls[0].tool == "clarify"
    options = asked.calls[0].args["options"]
    history = (PastTurn(text="案件最多", calls=asked.calls),)
    for said in ("2", options[1]["label"], options[1]["reply"], "第二个"):
        chosen = ask(said, history=history)
        assert [{"tool": c.tool, "args": c.args} for c in chosen.calls] == options[1]["calls"]


def test_complete_question_inherits_nothing() -> None:
    first = ask("上周高新区暴露垃圾多少件")
    after = ask("昨天各区结案率", history=(PastTurn(text="…", calls=first.calls),))
    assert after.calls == ask("昨天各区结案率").calls


def test_area_is_one_level_below_the_scope() -> None:
    from warehouse.scope import Scope

    scope = Scope({"district": frozenset({"松山区"})})
    got = understand(Turn(text="哪个区域案件最多", now=NOW, scope=scope), YUNHE)
    assert got.calls[0].args["dimensions"] == ["street"]


def test_metric_the_city_lacks_is_unavailable() -> None:
    got = ask("how many alarms last night", english=True)
    assert got.calls[0].tool == "abstain"
    assert got.calls[0].args["reason"] == "unavailable"


@pytest.mark.parametrize("question", ["cases by street last week", "which street had the most cases"])
def test_dimension_the_city_lacks_is_unavailable(question: str) -> None:
    got = ask(question, english=True)
    assert got.calls[0].tool == "abstain"
    assert got.calls[0].args["facts"]["dimension"] == "street"
