"""The work-order tools: what is found, told and proposed, within the asker's rights."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.tools.work_orders.office import MINUTE, NOW, OTHER_UNIT, UNIT, act, approve, draft, file, handled, person
from tools import proposals
from tools.find_work_orders import FIND_WORK_ORDERS
from tools.my_tasks import MY_TASKS
from tools.propose_transition import PROPOSE_TRANSITION
from tools.propose_work_order import PROPOSE_WORK_ORDER
from tools.spec import Tool, ToolContext, ToolResult
from tools.work_order_timeline import WORK_ORDER_TIMELINE
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Actor, Place
from tools.work_orders.search import TASKS, Search, find

SOON = NOW + timedelta(minutes=30)


def use(ledger: Ledger, tool: Tool, who: Actor, now: datetime = SOON, **args: Any) -> ToolResult:
    context = ToolContext(principal=who.principal, now=now, warehouse=None, ledger=lambda: ledger)  # type: ignore[arg-type]
    return tool.run(tool.args.model_validate(args), context)


def numbers(result: ToolResult) -> list[str]:
    return [row[0] for row in result.tables[0].rows]


def test_a_report_by_tool_writes_nothing_until_confirmed(ledger: Ledger) -> None:
    who = person("collector")
    result = use(
        ledger,
        PROPOSE_WORK_ORDER,
        who,
        title="垃圾",
        description="一堆垃圾",
        kind="event",
        minor="暴露垃圾",
        address="某路",
    )
    assert find(ledger, Search(), person("leader").principal, SOON).total == 0
    press = proposals.Press(proposal=result.facts["proposal"]["id"], decision="approve", actor=who)
    assert proposals.decide(ledger, press, SOON).cases[0].draft.reporter == "collector"


def test_a_refused_step_says_why_in_both_languages(ledger: Ledger) -> None:
    order = file(ledger)
    result = use(ledger, PROPOSE_TRANSITION, person("shift_leader"), action="close", case_nos=[order.case_no])
    assert result.facts["error"] == "not_possible"
    assert order.case_no in result.facts["sentence"]["zh"]
    assert "cannot" in result.facts["sentence"]["en"]


def test_a_tool_without_a_ledger_refuses() -> None:
    context = ToolContext(principal=person("leader").principal, now=NOW, warehouse=None)  # type: ignore[arg-type]
    assert MY_TASKS.run(MY_TASKS.args(), context).facts["error"] == "ledger_unavailable"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (person("leader"), {"高新区", "东湖区"}),
        (person("leader", districts=("东湖区",)), {"东湖区"}),
        (person("acceptor", districts=("月亮区",)), set()),
        (person("handler", units=(UNIT,)), {"高新区"}),
        (person("handler", units=(OTHER_UNIT,)), set()),
        (person("collector", districts=("月亮区",)), {"高新区", "东湖区"}),
    ],
)
def test_nobody_sees_beyond_their_scope_but_their_own_reports(ledger: Ledger, who: Actor, sees: set[str]) -> None:
    handled(ledger)
    far = file(ledger, place=Place(district="东湖区", address="湖滨路"), department="市政中心")
    found = use(ledger, FIND_WORK_ORDERS, who)
    assert {row[3] for row in found.tables[0].rows} == sees
    told = use(ledger, WORK_ORDER_TIMELINE, who, case_no=far.case_no)
    assert ("error" in told.facts) == ("东湖区" not in sees)


def test_overdue_means_the_unit_is_late_now(ledger: Ledger) -> None:
    late, held = handled(ledger), handled(ledger)
    act(ledger, held, person("handler"), "suspend", NOW + 9 * MINUTE, reason="等料", until=NOW + timedelta(days=20))
    fed_back = handled(ledger)
    act(ledger, fed_back, person("handler"), "feed_back", NOW + 9 * MINUTE, result="清了")
    tomorrow = NOW + timedelta(days=1)
    assert numbers(use(ledger, FIND_WORK_ORDERS, person("leader"), overdue=True)) == []
    assert numbers(use(ledger, FIND_WORK_ORDERS, person("leader"), tomorrow, overdue=True)) == [late.case_no]


def test_every_role_finds_what_waits_for_it(ledger: Ledger) -> None:
    orders = {"reported": file(ledger), "handling": handled(ledger)}
    for role, statuses in TASKS.items():
        expected = {orders[status.value].case_no for status in statuses if status.value in orders}
        assert set(numbers(use(ledger, MY_TASKS, person(role.value)))) == expected, role


def test_a_timeline_tells_every_step_in_order(ledger: Ledger) -> None:
    order = handled(ledger)
    steps = use(ledger, WORK_ORDER_TIMELINE, person("leader"), case_no=order.case_no).tables[1].rows
    assert [step[1] for step in steps] == ["report", "register", "dispatch", "accept"]
    assert [step[0] for step in steps] == sorted(step[0] for step in steps)


def test_a_pending_proposal_is_a_task_of_who_may_confirm_it(ledger: Ledger) -> None:
    order = handled(ledger)
    asked = use(
        ledger, PROPOSE_TRANSITION, person("handler"), action="extend", case_nos=[order.case_no], reason="下雨"
    ).facts["proposal"]["id"]
    assert use(ledger, MY_TASKS, person("dispatcher")).facts["proposals"] == [asked]
    assert use(ledger, MY_TASKS, person("collector")).facts["proposals"] == []


def test_the_reporter_is_told_when_the_case_is_closed(ledger: Ledger) -> None:
    from tools.work_orders.outbox import sent, waiting

    order = handled(ledger)
    order = act(ledger, order, person("handler"), "feed_back", SOON, result="清了")
    order = act(ledger, order, person("collector", "查"), "check", SOON, passed=True)
    act(ledger, order, person("acceptor"), "close", SOON)
    told = [row for row in waiting(ledger.database) if row["recipient"] == "person:collector"]
    assert [row["kind"] for row in told] == ["close"]
    sent(ledger.database, [row["id"] for row in told], SOON)
    assert [row["recipient"] for row in waiting(ledger.database)] == [f"unit:{UNIT}"]


def test_a_refused_proposal_tells_nobody(ledger: Ledger) -> None:
    from tools.work_orders.outbox import waiting

    made = proposals.propose_report(ledger, draft(), person("collector"), NOW)
    proposals.decide(ledger, proposals.Press(proposal=made.id, decision="reject", actor=person("collector")), NOW)
    with pytest.raises(Exception, match="already_decided"):
        approve(ledger, made, person("collector"), NOW)
    assert waiting(ledger.database) == []
