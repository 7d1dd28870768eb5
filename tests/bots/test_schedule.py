from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bots.channel import Ref, Reply
from bots.parcels import INBOX, Post
from bots.reception import Reception
from bots.schedule import LATEST, Schedule
from bots.store.database import Database
from bots.store.outbox import Outbox
from tests.assistant.agent.desk import NOW, ZONE
from tests.bots.conftest import Clock
from tools.standing.schedule import Schedule as Moments
from tools.standing.wishes import Subscription
from tools.work_orders.standing_rows import Standing

SUBSCRIBED = datetime(2026, 11, 20, 12, tzinfo=ZONE)


class Chats:
    """Everybody has one private chat; what waits in the outbox for it."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    def address(self, person: str) -> list[Ref]:
        return [Ref(channel="fake", account="bot", chat=person)]

    def to(self, person: str) -> list[str]:
        rows = self.outbox._database.read("SELECT * FROM outbox ORDER BY id")
        ref = str(self.address(person)[0])
        return [Reply.model_validate_json(row["reply"]).words for row in rows if row["chat"] == ref]


def subscription(
    person: str, briefing: str = "daily", at: time = time(8), changed: datetime = SUBSCRIBED, **more: object
) -> Standing:
    wish = Subscription(briefing=briefing, schedule=Moments(at=at, **more), channel="fake")  # type: ignore[arg-type]
    body = wish.model_dump(mode="json")
    return Standing(
        kind="subscription", person=person, name=briefing, body=body, active=True, created_at=changed,
        changed_at=changed, proposal="p",
    )  # fmt: skip


@pytest.fixture
def chats(reception: Reception) -> Chats:
    return Chats(Outbox(reception.database))


Started = Callable[..., Schedule]


@pytest.fixture
def started(reception: Reception, chats: Chats) -> Started:
    """A schedule as a process has it after its start; a second one is a restart."""

    def start(*standing: Standing) -> Schedule:
        return Schedule(reception, Post(reception.answers, chats.address, chats.outbox), lambda: standing)

    return start


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_briefing_comes_at_its_time_and_not_before(started: Started, chats: Chats) -> None:
    schedule = started(subscription("王局", changed=at(9, day=22)))
    assert schedule.tick(at(7, 59)) == {}
    assert schedule.tick(at(8)) == {"sent": 1}
    assert "2026-11-22" in chats.to("王局")[0]


def test_page_keeps_what_was_sent(started: Started, reception: Reception) -> None:
    started(subscription("王局", changed=at(9, day=22))).tick(at(8))
    assert [given.thread for given in reception.answers.thread("王局", INBOX)] == [INBOX]
    assert reception.answers.threads("王局")[0].thread == INBOX


def test_a_moment_is_sent_once_whatever_restarts(started: Started, chats: Chats) -> None:
    one = subscription("王局", changed=at(9, day=22))
    for minute in range(5):
        started(one).tick(at(8, minute))
    assert len(chats.to("王局")) == 1


def test_two_processes_at_once_send_once(tmp_path: Path, reception: Reception, chats: Chats, clock: Clock) -> None:
    one = subscription("王局", changed=at(9, day=22))
    other = Database(tmp_path / "voices")
    second = Reception(reception.assistant, reception.directory, other, clock)
    post = Post(reception.answers, chats.address, chats.outbox)
    schedules = [Schedule(each, post, lambda: [one]) for each in (reception, second)]
    assert sum(schedule.tick(at(8)).total() for schedule in schedules) == 1
    other.close()


def test_crash_in_the_middle_neither_loses_nor_doubles(
    started: Started, reception: Reception, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [subscription(name, changed=at(9, day=22)) for name in ("王局", "李分析")]

    def killed(*_: object, **__: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr(Outbox, "put", killed)
    with pytest.raises(OSError, match="killed"):
        started(*people).tick(at(8))
    monkeypatch.undo()
    assert reception.answers.thread("王局", INBOX) == []
    assert started(*people).tick(at(8, 1)) == {"sent": 2}
    assert [len(chats.to(name)) for name in ("王局", "李分析")] == [1, 1]


def test_missed_briefing_is_sent_within_six_hours(started: Started, chats: Chats) -> None:
    schedule = started(subscription("王局", changed=at(9, day=22)))
    assert schedule.tick(at(8) + LATEST) == {"sent": 1}
    assert "2026-11-22" in chats.to("王局")[0]


def test_briefing_missed_by_more_is_skipped_and_noted(started: Started, chats: Chats) -> None:
    schedule = started(subscription("王局", changed=at(9, day=22)))
    assert schedule.tick(at(8) + LATEST + timedelta(minutes=1)) == {"late": 1}
    assert chats.to("王局") == []
    assert [run.outcome for run in schedule.runs.of("subscription:王局:daily")] == ["late"]
    assert schedule.tick(at(20)) == {}


def test_after_days_of_standstill_only_the_latest_comes(started: Started, chats: Chats) -> None:
    schedule = started(subscription("王局"))
    assert schedule.tick(at(9)) == {"sent": 1, "late": 2}
    assert len(chats.to("王局")) == 1


def test_nothing_is_owed_from_before_the_subscription(started: Started) -> None:
    assert started(subscription("王局", changed=at(8, 30))).tick(at(9)) == {}


def test_quiet_hours_delay_to_their_end(started: Started, chats: Chats) -> None:
    wish = Subscription.model_validate(
        {"briefing": "daily", "schedule": {"at": "06:00"}, "quiet": {"start": "22:00", "end": "07:30"}}
    )
    one = subscription("王局", changed=at(9, day=22))
    one = Standing(**{**{f: getattr(one, f) for f in one.__slots__}, "body": wish.model_dump(mode="json")})
    schedule = started(one)
    assert schedule.tick(at(6)) == {}
    assert schedule.tick(at(7, 29)) == {}
    assert schedule.tick(at(7, 30)) == {"sent": 1}


def test_hour_that_lies_in_the_usual_quiet_hours_was_asked_for(started: Started) -> None:
    assert started(subscription("王局", at=time(6), changed=at(9, day=22))).tick(at(6)) == {"sent": 1}


def test_late_briefing_does_not_wake_anybody(started: Started) -> None:
    one = subscription("王局", at=time(20), changed=at(21, day=22))
    schedule = started(one)
    assert schedule.tick(at(23)) == {}
    assert schedule.tick(at(7, day=24)) == {"late": 1}


def test_working_days_only_means_the_calendar(started: Started) -> None:
    schedule = started(subscription("王局", changed=datetime(2026, 9, 30, 12, tzinfo=ZONE), days="working"))
    assert schedule.tick(datetime(2026, 10, 7, 8, tzinfo=ZONE)) == {}
    assert schedule.tick(datetime(2026, 10, 8, 8, tzinfo=ZONE)) == {"sent": 1}


def test_everybody_sees_their_own_scope_and_equal_ones_share(
    started: Started, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = Reception.brief

    def counted(self: Reception, name: str, principal, *args, **kwargs):
        asked.append(principal.name)
        return real(self, name, principal, *args, **kwargs)

    monkeypatch.setattr(Reception, "brief", counted)
    names = ("王局", "leader", "东湖值班", "望山值班")
    assert started(*(subscription(name, changed=at(9, day=22)) for name in names)).tick(at(8)) == {"sent": 4}
    assert len(asked) == 3
    assert chats.to("王局") == chats.to("leader")
    assert "望山" not in chats.to("东湖值班")[0]


def test_somebody_who_left_gets_nothing_and_stops_nobody_else(started: Started, chats: Chats) -> None:
    people = [subscription(name, changed=at(9, day=22)) for name in ("某人", "王局")]
    assert started(*people).tick(at(8)) == {"sent": 1, "nobody": 1}
    assert chats.to("某人") == []


def test_role_that_lost_a_briefing_gets_none(started: Started) -> None:
    assert started(subscription("handler", "night", changed=at(9, day=22))).tick(at(8)) == {"not_allowed": 1}


def test_moments_are_told_in_utc_and_counted_on_the_citys_wall(started: Started) -> None:
    schedule = started(subscription("王局", changed=at(9, day=22)))
    assert schedule.tick(datetime(2026, 11, 23, 0, 0, tzinfo=UTC)) == {"sent": 1}
    assert NOW.utcoffset() == timedelta(hours=8)
