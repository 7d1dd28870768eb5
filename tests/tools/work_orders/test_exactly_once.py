"""A confirmed proposal is carried out once: under presses at once, again, from elsewhere, and through crashes."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.tools.work_orders.office import (
    MINUTE,
    NOW,
    UNIT,
    act,
    approve,
    draft,
    file,
    handled,
    ledger_at,
    person,
    wish,
)
from tools import proposals
from tools.work_orders import tables
from tools.work_orders.errors import (
    AlreadyDecided,
    NotPermitted,
    ProposalExpired,
    StaleVersion,
    WorkOrderError,
)
from tools.work_orders.ledger import Ledger
from tools.work_orders.proposal_rows import ProposalStatus, read
from tools.work_orders.records import record_of

ROOT = Path(__file__).resolve().parents[3]
PRESSES = 8


def rows(ledger: Ledger, table: Any) -> int:
    with ledger.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def status(ledger: Ledger, proposal: str) -> ProposalStatus:
    with ledger.database.reading() as connection:
        return read(connection, proposal).status


def pressed_at_once(ledger: Ledger, proposal: Any, deliveries: list[str | None]) -> Counter[str]:
    gate = Barrier(len(deliveries))

    def press(delivery: str | None) -> str:
        gate.wait()
        try:
            did = approve(ledger, proposal, person("collector"), NOW + MINUTE, delivery)
        except AlreadyDecided as problem:
            assert problem.facts["by"] == "collector"
            return "already"
        return "replayed" if did.replayed else "done"

    with ThreadPoolExecutor(len(deliveries)) as pool:
        return Counter(pool.map(press, deliveries))


@pytest.mark.parametrize("round_", range(5))
def test_eight_presses_at_once_act_once(ledger: Ledger, round_: int) -> None:
    made = proposals.propose_report(ledger, draft(), person("collector"), NOW)
    outcome = pressed_at_once(ledger, made, [None] * PRESSES)
    assert outcome == {"done": 1, "already": PRESSES - 1}
    assert rows(ledger, tables.case) == rows(ledger, tables.event) == 1


def test_eight_deliveries_of_one_webhook_get_one_answer(ledger: Ledger) -> None:
    made = proposals.propose_report(ledger, draft(), person("collector"), NOW)
    outcome = pressed_at_once(ledger, made, ["update-7"] * PRESSES)
    assert outcome == {"done": 1, "replayed": PRESSES - 1}
    assert rows(ledger, tables.case) == 1


def test_a_replayed_delivery_answers_with_what_it_did(ledger: Ledger) -> None:
    made = proposals.propose_report(ledger, draft(), person("collector"), NOW)
    first = approve(ledger, made, person("collector"), NOW, "update-1")
    again = approve(ledger, made, person("collector"), NOW + timedelta(days=3), "update-1")
    assert again.replayed and again.cases == first.cases


def test_the_same_wish_from_the_same_call_is_one_proposal(ledger: Ledger) -> None:
    made = [
        proposals.propose_report(ledger, draft(), person("collector"), NOW, key="thread-1:call-1") for _ in range(3)
    ]
    other = proposals.propose_report(ledger, draft(title="别的"), person("collector"), NOW, key="thread-1:call-1")
    assert len({one.id for one in made}) == 1 != len({made[0].id, other.id})


def pressing(folder: Path, proposal: str, role: str, kill_at: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.tools.work_orders.pressing", str(folder), proposal, role, str(kill_at)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def go(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    return process.communicate(timeout=120)[0].strip()


def test_eight_processes_act_once(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path)
    made = proposals.propose_report(ledger, draft(), person("collector"), NOW)
    processes = [pressing(tmp_path, made.id, "collector", 0) for _ in range(PRESSES)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = Counter(process.communicate(timeout=120)[0].split()[0] for process in processes)
    assert said == {"done": 1, "already_decided": PRESSES - 1}
    assert rows(ledger, tables.case) == rows(ledger, tables.event) == 1
    ledger.close()


def everything(ledger: Ledger) -> dict[str, list[dict[str, Any]]]:
    with ledger.database.reading() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.metadata.sorted_tables
        }


@pytest.mark.parametrize("kind", ["report", "close"])
def test_a_kill_after_any_statement_leaves_nothing_and_the_next_press_acts_once(tmp_path: Path, kind: str) -> None:
    ledger = ledger_at(tmp_path)
    role = "collector" if kind == "report" else "acceptor"
    if kind == "report":
        made = proposals.propose_report(ledger, draft(), person("collector"), NOW)
    else:
        order = act(ledger, handled(ledger, NOW - timedelta(hours=1)), person("handler"), "feed_back", NOW, result="清")
        order = act(ledger, order, person("collector"), "check", NOW, passed=True)
        made = proposals.propose(ledger, wish("close", order.case_no), person("acceptor"), NOW)
    before = everything(ledger)
    killed = 0
    for kill_at in range(1, 100):
        process = pressing(tmp_path, made.id, role, kill_at)
        said = go(process)
        if process.returncode == 0:
            assert said.startswith("done")
            break
        assert process.returncode == -9
        killed += 1
        assert everything(ledger) == before, f"killed after statement {kill_at}"
    assert killed >= 6
    assert status(ledger, made.id) is ProposalStatus.DONE
    now = everything(ledger)
    assert len(now["event"]) == len(before["event"]) + 1
    assert len(now["case"]) == len(before["case"]) + (kind == "report")
    with pytest.raises(AlreadyDecided):
        approve(ledger, made, person(role), NOW + MINUTE)
    after = everything(ledger)
    assert [row["code"] for row in after.pop("refusal")] == ["already_decided"]
    assert after == {name: kept for name, kept in now.items() if name != "refusal"}
    ledger.close()


def test_a_kill_at_the_commit_leaves_all_or_nothing(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path)
    made = proposals.propose_report(ledger, draft(), person("collector"), NOW)
    process = pressing(tmp_path, made.id, "collector", -1)
    go(process)
    assert process.returncode == -9
    counts = {rows(ledger, tables.case), rows(ledger, tables.event), rows(ledger, tables.subscription)}
    assert counts in ({0}, {1})
    assert (status(ledger, made.id) is ProposalStatus.DONE) == (counts == {1})
    ledger.close()


def test_a_proposal_survives_a_restart(tmp_path: Path) -> None:
    first = ledger_at(tmp_path)
    made = proposals.propose_report(first, draft(), person("collector"), NOW)
    first.close()
    second = ledger_at(tmp_path)
    assert approve(second, made, person("collector"), NOW + MINUTE).cases[0].status == "reported"
    second.close()


def test_an_old_card_cannot_be_pressed(ledger: Ledger) -> None:
    made = proposals.propose_report(ledger, draft(), person("collector"), NOW)
    late = made.expires_at
    for _ in range(2):
        with pytest.raises((ProposalExpired, AlreadyDecided)):
            approve(ledger, made, person("collector"), late)
    assert status(ledger, made.id) is ProposalStatus.EXPIRED
    assert rows(ledger, tables.case) == 0


def test_a_case_that_moved_on_makes_its_proposals_stale(ledger: Ledger) -> None:
    order = handled(ledger)
    waiting = proposals.propose(ledger, wish("extend", order.case_no, reason="雨"), person("handler"), NOW + 4 * MINUTE)
    act(ledger, order, person("dispatcher"), "reassign", NOW + 5 * MINUTE, unit="别的队", reason="错派")
    before = record_of(ledger.order(order.case_no))
    with pytest.raises(StaleVersion):
        approve(ledger, waiting, person("dispatcher"), NOW + 6 * MINUTE)
    assert record_of(ledger.order(order.case_no)) == before
    assert status(ledger, waiting.id) is ProposalStatus.STALE


def test_being_urged_does_not_make_a_proposal_stale(ledger: Ledger) -> None:
    order = handled(ledger)
    waiting = proposals.propose(ledger, wish("extend", order.case_no, reason="雨"), person("handler"), NOW + 4 * MINUTE)
    act(ledger, order, person("leader"), "urge", NOW + 5 * MINUTE)
    done = approve(ledger, waiting, person("dispatcher"), NOW + 6 * MINUTE)
    assert (done.cases[0].extension_count, done.cases[0].urge_count) == (1, 1)


def test_who_asks_for_an_extension_may_not_grant_it(ledger: Ledger) -> None:
    order = handled(ledger)
    asker = person("dispatcher", "陈派遣")
    waiting = proposals.propose(ledger, wish("extend", order.case_no, reason="雨"), asker, NOW + 4 * MINUTE)
    for presser in (asker, person("handler"), person("leader")):
        with pytest.raises(NotPermitted):
            approve(ledger, waiting, presser, NOW + 5 * MINUTE)
    assert status(ledger, waiting.id) is ProposalStatus.PENDING
    assert approve(ledger, waiting, person("dispatcher", "林派遣"), NOW + 5 * MINUTE).cases[0].extension_count == 1


def test_who_handled_a_case_may_not_check_it(ledger: Ledger) -> None:
    order = handled(ledger)
    order = act(ledger, order, person("handler", "赵"), "feed_back", NOW + 5 * MINUTE, result="清了")
    waiting = proposals.propose(
        ledger, wish("check", order.case_no, passed=True), person("collector", "赵"), NOW + 6 * MINUTE
    )
    with pytest.raises(NotPermitted):
        approve(ledger, waiting, person("collector", "赵"), NOW + 7 * MINUTE)


def test_a_changed_proposal_replaces_the_old_one(ledger: Ledger) -> None:
    collector = person("collector")
    made = proposals.propose_report(ledger, draft(), collector, NOW)
    press = proposals.Press(proposal=made.id, decision="modify", actor=collector, changes={"title": "改过的标题"})
    new = proposals.decide(ledger, press, NOW + MINUTE).proposal
    with pytest.raises(AlreadyDecided):
        approve(ledger, made, collector, NOW + 2 * MINUTE)
    assert approve(ledger, new, collector, NOW + 2 * MINUTE).cases[0].draft.title == "改过的标题"
    assert rows(ledger, tables.case) == 1


def test_a_dropped_proposal_writes_nothing(ledger: Ledger) -> None:
    made = proposals.propose_report(ledger, draft(), person("collector"), NOW)
    with pytest.raises(NotPermitted):
        proposals.decide(ledger, proposals.Press(proposal=made.id, decision="reject", actor=person("handler")), NOW)
    proposals.decide(ledger, proposals.Press(proposal=made.id, decision="reject", actor=person("collector")), NOW)
    with pytest.raises(AlreadyDecided):
        approve(ledger, made, person("collector"), NOW)
    assert rows(ledger, tables.case) == 0


def test_the_audit_cannot_be_rewritten(ledger: Ledger) -> None:
    order = file(ledger)
    for statement in (tables.event.update().values(actor="nobody"), tables.event.delete()):
        with pytest.raises(Exception, match="append-only"), ledger.database.writing() as connection:
            connection.execute(statement)
    assert ledger.events(order.case_no)[0]["actor"] == "collector"


def test_the_audit_tells_the_whole_case(ledger: Ledger) -> None:
    order = handled(ledger)
    order = act(ledger, order, person("handler"), "feed_back", NOW + 5 * MINUTE, result="清了")
    order = act(ledger, order, person("dispatcher"), "rework", NOW + 6 * MINUTE, reason="没清干净")
    order = act(
        ledger, order, person("handler"), "suspend", NOW + 7 * MINUTE, reason="等料", until=NOW + timedelta(days=9)
    )
    told: dict[str, Any] = {}
    for event in ledger.events(order.case_no):
        assert event["before"] is None or {name: told[name] for name in event["before"]} == event["before"]
        told |= event["after"]
    assert told == {**record_of(order), "version": 1, "updated_at": told["updated_at"]}


def test_a_bulk_act_is_one_proposal_and_skips_what_moved_on(ledger: Ledger) -> None:
    orders = [handled(ledger, NOW + n * timedelta(minutes=10)) for n in range(4)]
    now = NOW + timedelta(hours=1)
    made = proposals.propose(ledger, wish("urge", *(o.case_no for o in orders)), person("leader"), now)
    act(ledger, orders[2], person("handler"), "feed_back", now, result="清了")
    did = approve(ledger, made, person("leader"), now + MINUTE)
    assert [order.case_no for order in did.cases] == [orders[n].case_no for n in (0, 1, 3)]
    assert set(did.skipped or {}) == {orders[2].case_no}
    assert all(order.urge_count == 1 and order.unit == UNIT for order in did.cases)


def test_a_bulk_act_is_capped(ledger: Ledger) -> None:
    numbers = [f"CD{n}" for n in range(ledger.flow.machine.policy.bulk_cap + 1)]
    with pytest.raises(WorkOrderError, match="too_many"):
        proposals.propose(ledger, wish("urge", *numbers), person("leader"), NOW)
