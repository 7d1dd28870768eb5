"""Who may use what, and whose rows they see: every tool, every role, every scope, where the tool runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.toolbox import run_tool
from tests.assistant.agent.desk import BY_DISTRICT, COUNTS, NOW
from tests.tools.work_orders.office import file, ledger_at
from tools import TOOLS
from tools.principal import Principal, Role
from tools.spec import Tool, ToolContext, ToolResult
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Place
from tools.work_orders.outside import SnapshotCases
from warehouse.reader import Warehouse

TOOL = {tool.name: tool for tool in TOOLS}
TIME = BY_DISTRICT["time"]
CALLS: dict[str, list[dict[str, Any]]] = {
    "query_metrics": [
        BY_DISTRICT,
        {"metrics": ["reported_cases"], "time": TIME},
        {**BY_DISTRICT, "dimensions": ["street"], "calc": "share"},
        {
            **BY_DISTRICT,
            "dimensions": ["district"],
            "calc": "rank",
            "filters": [{"dimension": "district", "values": ["东湖区"]}],
        },
        {**BY_DISTRICT, "order": [{"by": "reported_cases", "direction": "asc"}]},
    ],
    "list_cases": [{"query": {"rows": "cases", "time": TIME, "limit": 100}}, {"case_no": "东湖区-0"}],
    "detect_anomalies": [{"time": TIME, "dimension": "district"}],
    "describe_catalog": [
        {"topic": "members", "about": ["district", "street", "department"]},
        *({"topic": topic} for topic in ("metrics", "dimensions", "freshness", "can_ask")),
        {"topic": "definition", "about": ["reported_cases"]},
    ],
    "draw_chart": [{"query": BY_DISTRICT}],
    "search_policy": [{"question": "占道经营罚多少"}],
    "find_work_orders": [{}, {"open_only": True, "limit": 200}, {"overdue": True}, {"district": "东湖区"}],
    "work_order_timeline": [{"case_no": "东湖区-0"}, {"case_no": "望山区-1"}, {"case_no": "CD2026112300001"}],
    "my_tasks": [{}],
    "report_problem": [{}],
    "propose_work_order": [
        {"title": "垃圾", "description": "一堆垃圾", "kind": "event", "minor": "暴露垃圾", "address": "月光路 1 号"}
    ],
    "propose_transition": [
        {"action": "urge", "query": {"rows": "cases", "time": TIME}},
        {"action": "urge", "case_nos": ["东湖区-0"]},
    ],
    "propose_subscription": [{"change": "start", "briefing": "personal"}, {"change": "stop"}],
    "propose_alert_rule": [
        {"rule": {"kind": "threshold", "metric": "reported_cases", "dimension": "district", "value": 1}},
        {"change": "stop"},
    ],
    "my_subscriptions": [{}],
    "clarify": [{"about": "区", "options": [{"label": "a", "reply": "a"}]}],
    "abstain": [{"reason": "unsupported"}],
    "chat": [{"kind": "greeting"}],
}
SCOPES: dict[str, dict[str, tuple[str, ...]]] = {
    "city": {},
    "one district": {"districts": ("望山区",)},
    "two districts": {"districts": ("望山区", "高新区")},
    "a district that is none": {"districts": ("月亮区",)},
    "a department": {"departments": ("城管局",)},
    "a department in a district": {"districts": ("望山区",), "departments": ("城管局",)},
}


ORDERS = {
    "find_work_orders", "work_order_timeline", "my_tasks", "propose_work_order", "propose_transition",
    "propose_subscription", "propose_alert_rule", "my_subscriptions",
}  # fmt: skip
# What the work-order domain may answer instead; none of it holds anything of a case.
REFUSALS = {"not_permitted", "not_possible", "unknown_order", "no_case", "ledger_unavailable", "no_subscription"}


@pytest.fixture(scope="module")
def ledger(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger beside the small city, with a case of its own in every district."""
    opened = ledger_at(tmp_path_factory.mktemp("ledger"))
    opened.outside = SnapshotCases(warehouse, opened.flow.machine)
    for district in COUNTS:
        file(opened, NOW, place=Place(district=district, street=f"{district[0]}街道", address="路口"), title="垃圾")
    yield opened
    opened.close()


def run(
    tool: str, args: dict[str, Any], who: Principal, warehouse: Warehouse, kept: Ledger | None = None
) -> ToolResult:
    context = ToolContext(principal=who, now=NOW, warehouse=warehouse, ledger=lambda: kept)
    return run_tool(TOOL, tool, args, context)


def shown(result: ToolResult) -> str:
    """Everything that could reach the asker, but for what was asked and the limits themselves."""
    tables = [[str(cell) for cell in row] for table in result.tables for row in table.rows]
    return json.dumps([result.text, tables, result.facts], ensure_ascii=False, default=str)


def test_the_matrix_knows_every_tool() -> None:
    assert set(CALLS) == set(TOOL)


def test_what_every_role_may_use_is_written_down_here() -> None:
    assert {name: tool.roles for name, tool in TOOL.items()} == dict.fromkeys(CALLS, frozenset())


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("tool", CALLS)
def test_nobody_sees_a_row_outside_their_scope(
    warehouse: Warehouse, ledger: Ledger, tool: str, role: Role, scope: str
) -> None:
    who = Principal("p", role, **SCOPES[scope])
    allowed = set(who.districts) or set(COUNTS)
    for args in CALLS[tool]:
        result = run(tool, args, who, warehouse, ledger)
        known = {None, "scope_denied", "outside_scope", *(REFUSALS if tool in ORDERS | {"report_problem"} else ())}
        assert result.facts.get("error") in known, result.text
        if result.facts.get("error") == "outside_scope":
            assert not result.tables  # and only what was asked about is named
            continue
        text = shown(result)
        for asked in (*args.get("case_nos", ()), args.get("case_no", "")):
            text = text.replace(str(asked), "") if asked else text  # what was asked for may be repeated
        for district in set(COUNTS) - allowed:
            assert district not in text
            assert f"{district[0]}街道" not in text
        for evidence in result.evidence:
            assert {k: set(v) for k, v in evidence.scope.items()} == {k: set(v) for k, v in who.scope.limits.items()}


@pytest.mark.parametrize("scope", SCOPES)
def test_totals_are_those_of_the_scope(warehouse: Warehouse, scope: str) -> None:
    who = Principal("p", Role.LEADER, **SCOPES[scope])
    allowed = set(who.districts) or set(COUNTS)
    per_department = {d: len([n for n in range(COUNTS[d]) if not who.departments or n % 3 == 0]) for d in COUNTS}
    expected = sum(count for district, count in per_department.items() if district in allowed)
    total = run("query_metrics", {"metrics": ["reported_cases"], "time": TIME}, who, warehouse)
    assert total.tables[0].rows == ((expected,),)
    assert run("list_cases", CALLS["list_cases"][0], who, warehouse).facts["total"] == expected


@pytest.mark.parametrize("scope", [name for name, limits in SCOPES.items() if "望山区" in limits.get("districts", ())])
def test_a_case_elsewhere_looks_like_one_that_does_not_exist(warehouse: Warehouse, scope: str) -> None:
    who = Principal("p", Role.ANALYST, **SCOPES[scope])
    elsewhere = run("list_cases", {"case_no": "东湖区-0"}, who, warehouse)
    nowhere = run("list_cases", {"case_no": "no such case"}, who, warehouse)
    assert elsewhere.tables[0].rows == nowhere.tables[0].rows == ()
    assert elsewhere.text == nowhere.text


def test_a_filter_cannot_widen_a_scope(warehouse: Warehouse) -> None:
    who = Principal("p", Role.ADMIN, districts=("望山区",))
    for op, values in (("in", ["东湖区"]), ("not_in", ["望山区"]), ("is_null", []), ("contains", ["湖"])):
        query = {
            "metrics": ["reported_cases"],
            "time": TIME,
            "filters": [{"dimension": "district", "op": op, "values": values}],
        }
        result = run("query_metrics", query, who, warehouse)
        assert "error" in result.facts or result.tables[0].rows in {((0,),), ()}


def test_how_much_was_loaded_is_told_only_to_who_sees_the_city(warehouse: Warehouse) -> None:
    for who, shown_ in (
        (Principal("p", Role.LEADER), True),
        (Principal("p", Role.LEADER, districts=("望山区",)), False),
    ):
        feed = run("describe_catalog", {"topic": "freshness"}, who, warehouse).facts["feeds"][0]
        assert feed["feed"] == "cases"
        assert ("loaded" in feed) is shown_


def test_members_below_a_limit_are_those_inside_it(warehouse: Warehouse) -> None:
    who = Principal("p", Role.LEADER, districts=("望山区",))
    facts = run("describe_catalog", {"topic": "members", "about": ["district", "street"]}, who, warehouse).facts
    assert [(one["count"], one["values"]) for one in facts["members"]] == [(1, ["望山区"]), (1, ["望街道"])]


@pytest.mark.parametrize("role", list(Role))
def test_a_restricted_tool_runs_only_for_its_roles(warehouse: Warehouse, role: Role) -> None:
    ran = []

    def note(asked: Any, context: ToolContext) -> ToolResult:
        ran.append(asked)
        return ToolResult(text="ran")

    tool = Tool(name="audit", args=TOOL["chat"].args, run=note, effect="read", description={},
                roles=frozenset({Role.ADMIN, Role.ANALYST}))  # fmt: skip
    context = ToolContext(principal=Principal("p", role), now=NOW, warehouse=warehouse)
    result = run_tool({"audit": tool}, "audit", {"kind": "help"}, context)
    may = role in {Role.ADMIN, Role.ANALYST}
    assert bool(ran) is may
    assert result.facts.get("error") == (None if may else "denied")


@pytest.mark.parametrize("smuggled", ["role", "principal", "scope", "district", "now", "user_id"])
@pytest.mark.parametrize("tool", CALLS)
def test_no_argument_sets_who_asks(warehouse: Warehouse, tool: str, smuggled: str) -> None:
    if smuggled in TOOL[tool].args.model_fields:
        pytest.skip("what is looked for or reported there, not who looks")
    who = Principal("p", Role.HANDLER, districts=("望山区",))
    result = run(tool, {**CALLS[tool][0], smuggled: "admin"}, who, warehouse)
    assert result.facts["error"] == "bad_arguments"
