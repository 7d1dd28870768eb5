import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.compose import compose
from assistant.dialogue import AnswerStatus, Question
from assistant.offline.plan import Call
from assistant.render import as_json
from assistant.verbalise import verbalise
from assistant.verbalise_cells import Speech
from tools.principal import Principal, Role
from tools.spec import QueryEvidence, ToolResult
from warehouse.catalog import City
from warehouse.semantic import SemanticQuery
from warehouse.table import Column, Table

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=ZONE)
WINDOW = (datetime(2026, 11, 16, tzinfo=ZONE), datetime(2026, 11, 23, tzinfo=ZONE))
CITY = City(id="made_up", name={"zh": "某市", "en": "Somewhere"})
DISTRICT = Column(name="district", label={"zh": "区", "en": "district"}, type="text", role="dimension")
RATE = Column(
    name="closure_rate",
    label={"zh": "结案率", "en": "closure rate"},
    type="ratio",
    role="metric",
    unit="percent",
    better="up",
)
SAMPLE = Column(name="closure_rate.sample", label={"zh": "样本", "en": "of"}, type="integer", role="sample")
COUNT = Column(
    name="registered_cases",
    label={"zh": "立案数", "en": "registered cases"},
    type="integer",
    role="metric",
    unit="case",
)


def result(columns, rows, as_of=NOW, **query):
    semantic = SemanticQuery(time={"start": WINDOW[0], "end": WINDOW[1]}, **query)
    evidence = QueryEvidence(semantic=semantic, sql="", parameters=(), definition={"zh": "口径句", "en": "the definition"}, window=WINDOW,
                             base_window=None, scope={}, as_of=as_of, rows=len(rows), elapsed_ms=1.0)  # fmt: skip
    return ToolResult(text="", tables=(Table(columns=columns, rows=rows, as_of=as_of),), evidence=(evidence,))


def said(one, language="zh", tool="query_metrics"):
    return verbalise([(Call(tool, {}), one)], language=language, now=NOW, city=CITY)


@pytest.mark.parametrize("language", ["zh", "en"])
@given(counts=st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_every_numeral_is_a_cell_or_stands_in_the_account(language, counts):
    text = said(result((DISTRICT, COUNT), tuple((f"{'ABCDEFGH'[i]}", c) for i, c in enumerate(counts)),
                       metrics=("registered_cases",), dimensions=("district",)), language)  # fmt: skip
    head = [line for line in text.splitlines() if "2026" not in line]
    numerals = {n for line in head for n in re.findall(r"\d[\d,]*(?:\.\d+)?", line)}
    assert numerals <= {f"{c:,}" for c in counts}


def test_groups_with_the_same_most_are_a_tie():
    one = result((DISTRICT, COUNT), (("甲区", 5), ("乙区", 5)), metrics=("registered_cases",), dimensions=("district",))
    assert "并列" in said(one).splitlines()[0]


def test_a_rate_carries_its_parts():
    one = result(
        (DISTRICT, RATE, SAMPLE), (("甲区", 41 / 52, 52),), metrics=("closure_rate",), dimensions=("district",)
    )
    assert "78.8%（41/52）" in said(one)


def test_a_rate_of_nothing_is_no_number():
    assert "无法计算" in said(result((RATE, SAMPLE), ((None, 0),), metrics=("closure_rate",)))


def test_a_window_after_the_data_is_not_a_zero():
    one = result((COUNT,), ((0,),), as_of=datetime(2026, 11, 1, tzinfo=ZONE), metrics=("registered_cases",))
    assert "不能当作零" in said(one).splitlines()[0]


def test_json_has_the_keys_of_the_contract_in_order():
    one = result((COUNT,), ((7,),), metrics=("registered_cases",))
    asked = Question(text="", principal=Principal("x", Role.LEADER), now=NOW, thread="t")
    answer = compose(question=asked, calls=[(Call("query_metrics", {}), one)], text="", language="zh", model="offline",
                     fallback=False, trace_id="t", elapsed_ms=1.0)  # fmt: skip
    assert answer.status is AnswerStatus.ANSWER
    assert list(as_json(answer)) == ["status", "text", "language", "tables", "queries", "citations", "proposals", "charts",
                                     "clarification", "suggestions", "model", "fallback", "trace_id", "elapsed_ms"]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "topic, facts",
    [
        ("metrics", {"metrics": [{"id": "closure_rate", "definition": {"zh": "甲", "en": "a"}, "missing": []}]}),
        (
            "definition",
            {"metrics": [{"id": "alarms", "definition": {"zh": "甲", "en": "a"}, "missing": ["detected_at"]}]},
        ),
        ("dimensions", {"dimensions": [{"id": "district"}]}),
        ("members", {"members": [{"id": "state", "count": 60, "values": ["open"]}]}),
        (
            "freshness",
            {"as_of": "2026-11-23T08:29:00+08:00", "feeds": [{"feed": "cases", "loaded_at": "2026-11-23T08:30:00"}]},
        ),
        ("can_ask", {}),
    ],
)
def test_catalogue_facts_are_said_and_never_dumped(topic, facts, language):
    one = ToolResult(text=str(facts), facts=facts)
    text = verbalise([(Call("describe_catalog", {"topic": topic}), one)], language=language, now=NOW, city=CITY)
    assert text and "{" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", ["unknown_member", "metric_unavailable", "not_applicable", "empty_window", "query_timeout",
                                  "scope_denied", "no_snapshot", "denied", "never_heard_of"])  # fmt: skip
def test_every_error_has_words_and_no_raw_text(code, language):
    one = ToolResult(
        text="RAW", facts={"error": code, "metric": "alarms", "missing": ["x"], "value": "Y", "near": ["Z"]}
    )
    text = verbalise([(Call("query_metrics", {}), one)], language=language, now=NOW, city=CITY)
    assert text and "RAW" not in text


def test_a_question_back_numbers_its_options():
    call = Call("clarify", {"about": "高新", "options": [{"label": "高新区", "reply": "高新区立案数"}]})
    assert verbalise([(call, ToolResult(text=""))], language="zh", now=NOW, city=CITY).splitlines()[1] == "1. 高新区"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_columns_of_a_table_have_the_same_head(language):
    def derived(owner, role):
        return Column(name=f"{owner.name}.{role}", label=owner.label, type="number", role=role)

    parts = ("base", "change", "change_ratio", "share", "rank", "sample")
    columns = (DISTRICT, *(one for owner in (COUNT, RATE) for one in (owner, *(derived(owner, p) for p in parts))))
    table = Speech.of(language, CITY, NOW).table(Table(columns=columns, rows=(), as_of=NOW))
    heads = [column.label[language] for column in table.columns]
    assert len(set(heads)) == len(heads)
