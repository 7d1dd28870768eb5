"""Tools: what they give back, and what a model is told when its call is wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.toolbox import run_tool
from tests.assistant.agent.desk import BY_DISTRICT, INJECTION, NOW
from tools import TOOLS
from tools.evidence import LONGEST_CELL, as_text, one_line
from tools.principal import Principal, Role
from tools.spec import ToolContext, ToolResult
from warehouse.reader import Warehouse
from warehouse.table import Column, Table

TOOL = {tool.name: tool for tool in TOOLS}


def run(warehouse: Warehouse, tool: str, **args: Any) -> ToolResult:
    context = ToolContext(principal=Principal("p", Role.LEADER), now=NOW, warehouse=warehouse)
    return run_tool(TOOL, tool, args, context)


def test_a_query_comes_with_its_evidence(warehouse: Warehouse) -> None:
    result = run(warehouse, "query_metrics", **BY_DISTRICT)
    evidence = result.evidence[0]
    assert result.tables[0].rows == (("东湖区", 7), ("望山区", 4), ("高新区", 2))
    assert evidence.sql
    assert evidence.rows == 3
    assert set(evidence.definition) == {"zh", "en"}
    assert evidence.window == tuple(datetime(2026, 11, day, tzinfo=ZoneInfo("Asia/Shanghai")) for day in (22, 23))


def test_a_chart_has_the_rows_of_the_query(warehouse: Warehouse) -> None:
    drawn = run(warehouse, "draw_chart", query=BY_DISTRICT, mark="bar")
    assert drawn.tables[0].rows == run(warehouse, "query_metrics", **BY_DISTRICT).tables[0].rows
    assert drawn.facts["mark"] == "bar"


def test_a_list_says_how_many_there_are_in_all(warehouse: Warehouse) -> None:
    result = run(warehouse, "list_cases", query={"rows": "cases", "time": BY_DISTRICT["time"], "limit": 5})
    assert len(result.tables[0].rows) == 5
    assert result.facts["total"] == 13


def test_one_case_by_its_number(warehouse: Warehouse) -> None:
    result = run(warehouse, "list_cases", case_no="望山区-1")
    assert [row[0] for row in result.tables[0].rows] == ["望山区-1"]


def test_anomalies_are_held_against_the_weeks_before(warehouse: Warehouse) -> None:
    result = run(warehouse, "detect_anomalies", time=BY_DISTRICT["time"], dimension="district", metric="reported_cases")
    assert result.facts["excess"] is True
    assert {row[0] for row in result.tables[0].rows} <= {"东湖区", "望山区", "高新区"}


@pytest.mark.parametrize("tool", list(TOOL))
@pytest.mark.parametrize(
    "args", [{}, {"x": 1}, {"query": None}, {"metrics": None}, {"time": "yesterday"}, {"query": {"metrics": []}}]
)
def test_wrong_arguments_are_facts_and_never_an_exception(
    warehouse: Warehouse, tool: str, args: dict[str, Any]
) -> None:
    result = run(warehouse, tool, **args)
    if not args and tool in {
        "find_work_orders",
        "my_tasks",
        "my_subscriptions",
        "propose_alert_rule",
        "report_problem",
    }:
        assert result.facts["error"] == "ledger_unavailable"  # they need no arguments
        return
    assert result.facts["error"] in {"bad_arguments", "unknown_name"}
    assert tool in result.text


@given(st.dictionaries(st.text(max_size=8), st.recursive(st.none() | st.integers() | st.text(max_size=8), st.lists)))
def test_no_arguments_at_all_bring_a_tool_down(args: dict[str, Any]) -> None:
    context: Any = None
    for name in TOOL:
        result = run_tool(TOOL, name, {**args, "\0": 0}, context)
        assert result.facts["error"] == "bad_arguments"


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        ({"metrics": ["reported_case"]}, "reported_cases"),
        ({"metrics": ["reported_cases"], "dimensions": ["distrikt"]}, "district"),
        ({"metrics": ["reported_cases"], "filters": [{"dimension": "district", "values": ["东胡区"]}]}, "东湖区"),
    ],
)
def test_a_wrong_name_comes_with_the_nearest_right_one(warehouse: Warehouse, args: dict[str, Any], hint: str) -> None:
    assert hint in run(warehouse, "query_metrics", **args).text


def test_an_unknown_tool_is_told_what_there_is(warehouse: Warehouse) -> None:
    text = run(warehouse, "run_sql", sql="select 1").text
    assert all(name in text for name in TOOL)


def test_a_cell_cannot_leave_its_place() -> None:
    columns = tuple(Column(name=n, label={}, type="text", role="dimension") for n in ("a", "b"))
    text = as_text(Table(columns=columns, rows=((INJECTION, "x\n\ny | z"),), as_of=NOW))
    assert len(text.splitlines()) == 2
    assert text.splitlines()[1].count("|") == 1


@given(st.text())
def test_any_text_fits_on_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert len(line) <= LONGEST_CELL
    assert "|" not in line


def test_rows_beyond_what_is_told_are_marked() -> None:
    columns = (Column(name="a", label={}, type="integer", role="metric"),)
    text = as_text(Table(columns=columns, rows=tuple((n,) for n in range(500)), as_of=NOW))
    assert text.endswith("…")
    assert len(text.splitlines()) == 52
