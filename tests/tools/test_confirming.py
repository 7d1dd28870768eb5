"""Words as well as buttons, for one unambiguous proposal; undo while it harms nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tools.work_orders.office import MINUTE, NOW, act, approve, draft, handled, ledger_at, person, wish
from tools import proposals
from tools.confirming import press_words, spoken, undo
from tools.work_orders.errors import NotPermitted, NotUndoable
from tools.work_orders.ledger import Ledger
from tools.work_orders.outbox import waiting
from tools.work_orders.records import record_of

WHO = person("collector")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = ledger_at(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("行，派吧", "approve"), ("算了", "reject"), ("好的！", "approve"), ("OK", "approve"), ("Never mind.", "reject"),
        ("行政大楼门口派出所", None), ("算了多少件", None), ("不好", None), ("取消多少件", None), ("", None), ("好不好", None),
    ],
)  # fmt: skip
def test_only_whole_words_decide(ledger: Ledger, text: str, decision: str | None) -> None:
    said = spoken(ledger, text, WHO, NOW)
    assert (said.decision if said else None) == decision


def test_words_press_the_one_proposal_of_that_person(ledger: Ledger) -> None:
    proposals.propose_report(ledger, draft(), person("acceptor"), NOW)
    made = proposals.propose_report(ledger, draft(), WHO, NOW)
    said = spoken(ledger, "行，派吧", WHO, NOW)
    assert said is not None
    assert press_words(ledger, said, WHO, NOW).proposal.id == made.id


def test_words_with_two_proposals_or_none_press_nothing(ledger: Ledger) -> None:
    for count in range(3):
        said = spoken(ledger, "好", WHO, NOW)
        assert said is not None
        assert said.is_clear == (count == 1)
        if not said.is_clear:
            with pytest.raises(ValueError, match="proposals"):
                press_words(ledger, said, WHO, NOW)
        proposals.propose_report(ledger, draft(title=f"第{count}件"), WHO, NOW)


def test_words_stay_in_their_conversation(ledger: Ledger) -> None:
    here = proposals.propose_report(ledger, draft(), WHO, NOW, thread="a")
    proposals.propose_report(ledger, draft(), WHO, NOW, thread="b")
    said = spoken(ledger, "确认", WHO, NOW, thread="a")
    assert said is not None
    assert [one.id for one in said.about] == [here.id]


def test_undo_puts_the_case_back_and_withdraws_messages(ledger: Ledger) -> None:
    order = handled(ledger)
    made = proposals.propose(
        ledger, wish("reassign", order.case_no, unit="别的队", reason="错"), person("dispatcher"), NOW
    )
    approve(ledger, made, person("dispatcher"), NOW + 4 * MINUTE)
    told = len(waiting(ledger.database))
    back = undo(ledger, made.id, person("dispatcher"), NOW + 6 * MINUTE)[0]
    same = replace(back, version=order.version, updated_at=order.updated_at)
    assert record_of(same) == record_of(order)
    assert len(waiting(ledger.database)) == told - 1
    with pytest.raises(NotUndoable):
        undo(ledger, made.id, person("dispatcher"), NOW + 7 * MINUTE)


def test_undoing_a_report_cancels_it(ledger: Ledger) -> None:
    made = proposals.propose_report(ledger, draft(), WHO, NOW)
    approve(ledger, made, WHO, NOW)
    assert undo(ledger, made.id, WHO, NOW + MINUTE)[0].status == "cancelled"


def test_undo_has_its_limits(ledger: Ledger) -> None:
    order = handled(ledger)
    dispatcher = person("dispatcher")
    made = proposals.propose(ledger, wish("reassign", order.case_no, unit="别的队", reason="错"), dispatcher, NOW)
    with pytest.raises(NotUndoable):
        undo(ledger, made.id, dispatcher, NOW)
    approve(ledger, made, dispatcher, NOW + 4 * MINUTE)
    with pytest.raises(NotPermitted):
        undo(ledger, made.id, person("leader"), NOW + 5 * MINUTE)
    with pytest.raises(NotUndoable):
        undo(ledger, made.id, dispatcher, NOW + timedelta(hours=1))
    act(ledger, order, person("leader"), "urge", NOW + 6 * MINUTE)
    with pytest.raises(NotUndoable):
        undo(ledger, made.id, dispatcher, NOW + 7 * MINUTE)
