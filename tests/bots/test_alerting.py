from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bots.alerting import EVERY, Watch, audience_of, covers
from bots.channel import Actor, Card, Inbound, Press, Ref
from bots.parcels import INBOX, Post
from bots.reception import Reception
from bots.store.outbox import Outbox
from tests.assistant.agent.desk import ZONE
from tests.bots.conftest import Clock
from tests.bots.test_schedule import Chats
from tools.principal import Principal, Role
from tools.standing.wishes import AlertRule
from warehouse.semantic import Filter

NOON = datetime(2026, 11, 23, 12, tzinfo=ZONE)
PERSONS = {"persons": ["王局"]}


def rule(**more: object) -> AlertRule:
    given: dict[str, object] = {
        "id": "many", "title": {"zh": "昨日上报多", "en": "many"}, "kind": "threshold", "metric": "reported_cases",
        "dimension": "district", "window_hours": 36, "op": "ge", "value": 4, "to": PERSONS,
    }  # fmt: skip
    return AlertRule.model_validate(given | more)


@pytest.fixture
def chats(reception: Reception) -> Chats:
    return Chats(Outbox(reception.database))


Watching = Callable[..., Watch]


@pytest.fixture
def watching(reception: Reception, chats: Chats) -> Watching:
    """A watch as a process has it after its start; a second one is a restart."""

    def start(*rules: AlertRule) -> Watch:
        return Watch(reception, Post(reception.answers, chats.address, chats.outbox), lambda: rules, list)

    return start


def press(reception: Reception, person: str, label: str, now: datetime, *, key: str = "p1", which: int = -1) -> str:
    reply = reception.answers.thread(person, INBOX)[which].reply
    token = next(a.token for b in reply.blocks if isinstance(b, Card) for a in b.actions if a.label == label)
    ref = Ref(channel="fake", account="bot", chat=person)
    inbound = Inbound(key=key, at=now, ref=ref, actor=Actor(id=person), parts=(Press(token=token),))
    return reception.respond(inbound, reception.directory.principal(person), thread="t").reply.words


def test_alert_says_what_against_what_in_which_window_by_which_definition(watching: Watching, chats: Chats) -> None:
    assert watching(rule()).tick(NOON) == 1
    text = chats.to("王局")[0]
    assert "东湖区" in text
    assert "望山区" in text
    assert "高新区" not in text
    assert "≥ 4" in text
    assert "口径" in text


def test_every_alert_keeps_the_query_that_found_it(watching: Watching, reception: Reception) -> None:
    watching(rule()).tick(NOON)
    message = reception.alerts.messages()[0]
    evidence = reception.alerts.about(message.id)[0].evidence
    assert evidence["sql"].startswith("SELECT")
    assert evidence["semantic"]["metrics"] == ["reported_cases"]
    assert evidence["window"]
    assert evidence["as_of"]


def test_same_trouble_is_told_once_until_its_time_is_over(watching: Watching, chats: Chats) -> None:
    for minutes in range(0, 5 * 60, 5):
        watching(rule(again_hours=6, window_hours=72)).tick(NOON + timedelta(minutes=minutes))
    assert len(chats.to("王局")) == 1
    assert watching(rule(again_hours=6, window_hours=72)).tick(NOON + timedelta(hours=6)) == 1


def test_storm_of_one_rule_is_few_messages(
    watching: Watching, reception: Reception, chats: Chats, clock: Clock
) -> None:
    # Every few minutes something new: all that comes within the window is told together at its end.
    watch = watching(rule(merge_minutes=30, window_hours=72))
    for minute in range(61):
        now = NOON + timedelta(minutes=minute)
        reception.alerts.found(
            rule="many", audience=audience_of(Principal("王局", Role.LEADER)), subject=f"s{minute}",
            facts={"member": f"街{minute}", "value": 9, "bound": 4}, evidence={}, again=timedelta(hours=6), now=now,
        )  # fmt: skip
        watch.tick(now)
    assert len(chats.to("王局")) == 3
    assert sum(len(reception.alerts.about(one.id)) for one in reception.alerts.messages()) == 61 + 2


def test_quiet_hours_hold_back_all_but_what_is_urgent(watching: Watching, chats: Chats) -> None:
    night = datetime(2026, 11, 22, 23, 30, tzinfo=ZONE)
    assert watching(rule()).tick(night) == 0
    assert watching(rule(id="fire", level="urgent")).tick(night) == 1
    assert watching(rule()).tick(datetime(2026, 11, 23, 7, tzinfo=ZONE)) == 1
    assert len(chats.to("王局")) == 2


def test_nobody_acknowledges_and_it_goes_higher_once(watching: Watching, chats: Chats) -> None:
    up = rule(escalate={"minutes": 15, "to": {"persons": ["李分析"]}})
    watching(up).tick(NOON)
    assert watching(up).tick(NOON + timedelta(minutes=14)) == 0
    for minutes in (15, 16, 17):
        watching(up).tick(NOON + timedelta(minutes=minutes))
    assert len(chats.to("李分析")) == 1
    assert "15 分钟内无人确认" in chats.to("李分析")[0]


def test_acknowledged_alert_goes_no_higher(
    watching: Watching, reception: Reception, chats: Chats, clock: Clock
) -> None:
    up = rule(escalate={"minutes": 15, "to": {"persons": ["李分析"]}})
    watching(up).tick(NOON)
    clock.now = NOON + timedelta(minutes=5)
    assert "已确认" in press(reception, "王局", "确认收到", clock.now)
    watching(up).tick(NOON + timedelta(hours=1))
    assert chats.to("李分析") == []


def test_second_to_acknowledge_is_told_who_was_first(watching: Watching, reception: Reception, clock: Clock) -> None:
    both = rule(to={"persons": ["王局", "李分析"]})
    watching(both).tick(NOON)
    clock.now = NOON
    press(reception, "王局", "确认收到", NOON)
    assert "王局 已经确认过" in press(reception, "李分析", "确认收到", NOON, key="p2")
    assert reception.alerts.messages()[0].by == "王局"


def test_false_alarms_are_counted_by_rule(watching: Watching, reception: Reception, clock: Clock) -> None:
    watching(rule()).tick(NOON)
    clock.now = NOON
    press(reception, "王局", "误报", NOON)
    assert reception.alerts.false_alarms() == {"many": (1, 1)}


def test_who_was_not_told_cannot_acknowledge(watching: Watching, reception: Reception) -> None:
    watching(rule()).tick(NOON)
    assert reception.alerts.settle(1, "acknowledged", by="李分析", now=NOON) is None
    assert reception.alerts.messages()[0].outcome is None


def test_everybody_is_told_of_their_own_area_only(watching: Watching, chats: Chats) -> None:
    assert watching(rule(value=1, to={"roles": ["shift_leader"]})).tick(NOON) == 2
    assert "望山" not in chats.to("东湖值班")[0]
    assert "东湖" not in chats.to("望山值班")[0]


def test_escalation_reaches_nobody_who_may_not_see_it(watching: Watching, chats: Chats) -> None:
    up = rule(escalate={"minutes": 5, "to": {"roles": ["shift_leader"], "persons": ["李分析"]}})
    watching(up).tick(NOON)
    watching(up).tick(NOON + timedelta(minutes=5))
    assert chats.to("东湖值班") == []
    assert len(chats.to("李分析")) == 1


def test_rule_that_the_data_cannot_answer_stops_no_other_one(watching: Watching, chats: Chats) -> None:
    assert watching(rule(id="no", metric="satisfaction"), rule()).tick(NOON) == 1


def test_rule_looks_again_after_five_minutes_and_not_before(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []
    monkeypatch.setattr("bots.alerting.watch", lambda *args: looks.append(args) or ())
    for seconds in range(0, int(2 * EVERY.total_seconds()), 30):
        watching(rule()).tick(NOON + timedelta(seconds=seconds))
    assert len(looks) == 2


def test_silent_feed_and_case_that_runs_out_of_time_are_found(watching: Watching, chats: Chats) -> None:
    silent = rule(id="silent", kind="feed_silent", minutes=120)
    soon = rule(id="soon", kind="overdue_soon", minutes=60, filters=[Filter(dimension="district", values=("东湖区",))])
    assert watching(silent, soon).tick(NOON) == 2
    said = "\n".join(chats.to("王局"))
    assert "cases" in said
    assert "东湖区-" in said


def test_covering_is_seeing_at_least_as_much() -> None:
    city, lake = Principal("a", Role.LEADER), Principal("b", Role.LEADER, districts=("东湖区",))
    both = Principal("c", Role.LEADER, districts=("东湖区", "望山区"))
    assert covers(city, audience_of(lake))
    assert covers(both, audience_of(lake))
    assert not covers(lake, audience_of(both))
    assert not covers(lake, audience_of(city))
