"""A standing wish is a proposal like any other: nothing stands before its asker says so, and then once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.assistant.agent.desk import NOW
from tests.tools.work_orders.office import ledger_at
from tools import confirming, proposals
from tools.principal import Principal, Role
from tools.proposals import Press
from tools.propose_alert_rule import PROPOSE_ALERT_RULE, AlertWish
from tools.propose_subscription import PROPOSE_SUBSCRIPTION, SubscriptionWish
from tools.spec import ToolContext, ToolResult
from tools.work_orders.errors import AlreadyDecided, NotPermitted, NotUndoable, ProposalExpired
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Actor
from tools.work_orders.standing_rows import active
from warehouse.errors import WarehouseError
from warehouse.reader import Warehouse

LEADER = Principal("王局", Role.LEADER)
OTHER = Principal("李局", Role.LEADER)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = ledger_at(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def context(warehouse: Warehouse, ledger: Ledger) -> ToolContext:
    return ToolContext(principal=LEADER, now=NOW, warehouse=warehouse, ledger=lambda: ledger, thread="t", turn="1")


def wished(context: ToolContext, **wish: Any) -> ToolResult:
    return PROPOSE_SUBSCRIPTION.run(SubscriptionWish.model_validate(wish), context)


def pressed(
    ledger: Ledger, result: ToolResult, who: Principal = LEADER, *, decision: Any = "approve", late: float = 0
) -> Any:
    press = Press(
        proposal=result.facts["proposal"]["id"], decision=decision, actor=Actor(principal=who, channel="test")
    )
    return proposals.decide(ledger, press, NOW + timedelta(hours=late))


def standing(ledger: Ledger, who: Principal = LEADER) -> dict[str, str]:
    return {
        one.name: f"{one.subscription.schedule.at:%H:%M}" for one in active(ledger.database, "subscription", who.name)
    }


def test_nothing_stands_before_its_asker_confirms(context: ToolContext, ledger: Ledger) -> None:
    result = wished(context, change="start", briefing="night", at="08:00")
    assert standing(ledger) == {}
    pressed(ledger, result)
    assert standing(ledger) == {"night": "08:00"}


def test_nobody_else_confirms_changes_or_turns_it_down(context: ToolContext, ledger: Ledger) -> None:
    result = wished(context, change="start", briefing="night")
    for decision in ("approve", "reject", "modify"):
        with pytest.raises(NotPermitted):
            pressed(ledger, result, OTHER, decision=decision)
    assert proposals.pending(ledger, NOW, OTHER) == []
    assert len(proposals.pending(ledger, NOW, LEADER)) == 1


def test_second_press_and_late_press_write_nothing(context: ToolContext, ledger: Ledger) -> None:
    result = wished(context, change="start", briefing="night")
    pressed(ledger, result)
    with pytest.raises(AlreadyDecided):
        pressed(ledger, result)
    other = wished(replace(context, turn="2"), change="start", briefing="daily")
    with pytest.raises(ProposalExpired):
        pressed(ledger, other, late=1000)
    assert standing(ledger) == {"night": "08:00"}


def test_same_turn_again_is_the_same_proposal(context: ToolContext) -> None:
    first, again = (wished(context, change="start", briefing="night").facts["proposal"]["id"] for _ in range(2))
    assert first == again


def test_moving_keeps_the_days_and_says_what_was_before(context: ToolContext, ledger: Ledger) -> None:
    pressed(ledger, wished(context, change="start", briefing="weekly", days="week", weekdays=[1, 5]))
    moved = wished(replace(context, turn="2"), change="move", at="09:00")
    assert ["原来", "每周一、周五 08:30"] in moved.facts["proposal"]["card"]["zh"]["lines"]
    pressed(ledger, moved)
    [one] = active(ledger.database, "subscription")
    assert one.subscription.schedule.weekdays == (1, 5)
    assert standing(ledger) == {"weekly": "09:00"}


def test_stopping_ends_it_and_starting_again_owes_nothing(context: ToolContext, ledger: Ledger) -> None:
    pressed(ledger, wished(context, change="start", briefing="night"))
    pressed(ledger, wished(replace(context, turn="2"), change="stop", briefing="night"))
    assert standing(ledger) == {}
    again = wished(replace(context, turn="3"), change="start", briefing="night")
    pressed(ledger, again, late=3)
    assert active(ledger.database, "subscription")[0].changed_at == NOW + timedelta(hours=3)


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"change": "stop", "briefing": "night"}, "nothing"), ({"change": "move", "at": "09:00"}, "nothing"),
        ({"change": "start"}, "which"), ({"change": "start", "briefing": "hourly"}, "role"),
    ],
)  # fmt: skip
def test_wish_that_is_about_nothing_says_what_there_is(context: ToolContext, wish: dict[str, Any], why: str) -> None:
    result = wished(context, **wish)
    assert (result.facts["error"], result.facts["why"]) == ("no_subscription", why)
    assert all("{" not in text and text for text in result.facts["sentence"].values())


def test_move_of_one_among_many_asks_which(context: ToolContext, ledger: Ledger) -> None:
    for turn, briefing in enumerate(("night", "daily")):
        pressed(ledger, wished(replace(context, turn=f"n{turn}"), change="start", briefing=briefing))
    result = wished(context, change="move", at="09:00")
    assert result.facts["why"] == "which"
    assert "夜间简报" in result.facts["sentence"]["zh"]


def test_role_gets_no_briefing_that_is_not_its_own(context: ToolContext) -> None:
    handler = replace(context, principal=Principal("h", Role.HANDLER))
    assert wished(handler, change="start", briefing="night").facts["why"] == "role"


def test_rule_is_described_by_its_parts_and_told_to_its_asker_alone(context: ToolContext, ledger: Ledger) -> None:
    condition = {"kind": "threshold", "metric": "overdue_open", "op": "gt", "value": 50}
    result = PROPOSE_ALERT_RULE.run(AlertWish.model_validate({"rule": condition}), context)
    assert "> 50" in result.facts["proposal"]["card"]["zh"]["title"]
    pressed(ledger, result)
    [one] = active(ledger.database, "alert_rule")
    assert one.rule.to.persons == ("王局",)
    assert one.rule.to.roles == ()


def test_rule_that_the_data_cannot_answer_is_not_proposed(context: ToolContext) -> None:
    condition = {"kind": "threshold", "metric": "satisfaction", "value": 1}
    with pytest.raises(WarehouseError):
        PROPOSE_ALERT_RULE.run(AlertWish.model_validate({"rule": condition}), context)


def test_wish_is_ended_by_saying_so_and_not_by_undoing(context: ToolContext, ledger: Ledger) -> None:
    result = wished(context, change="start", briefing="night")
    pressed(ledger, result)
    with pytest.raises(NotUndoable):
        confirming.undo(ledger, result.facts["proposal"]["id"], Actor(principal=LEADER, channel="test"), NOW)
    assert standing(ledger) == {"night": "08:00"}
