"""From plain words to a message in the morning: said on a channel, confirmed by its button, sent to where it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.ledger import open_ledger
from assistant.settings import Settings
from bots.channel import Action, Actor, Card, Inbound, Part, Press, Ref, Reply, Text
from bots.opening import open_reception
from bots.parcels import INBOX
from bots.reception import Reception
from bots.standing import StandingDesk, standing_desk
from bots.store.bindings import Bindings
from tests.assistant.agent.desk import NOW, small_city
from tests.bots.conftest import Clock
from tools.principal import Principal, Role

WHO = Principal("leader", Role.LEADER)
REF = Ref(channel="paper", account="desk", chat="7")


@dataclass
class Morning:
    """One person's chat, the clock and whatever comes by itself."""

    reception: Reception
    standing: StandingDesk
    clock: Clock
    count: int = field(default=0)

    def send(self, part: Part) -> Reply:
        self.count += 1
        inbound = Inbound(key=f"k{self.count}", at=self.clock.now, ref=REF, actor=Actor(id="7"), parts=(part,))
        return self.reception.respond(inbound, WHO, thread="t").reply

    def say(self, text: str) -> Reply:
        return self.send(Text(text=text))

    def press(self, reply: Reply, style: str = "good") -> Reply:
        return self.send(Press(token=next(one.token for one in buttons(reply) if one.style == style)))

    def until(self, moment: datetime) -> None:
        for look in self.standing.looks.values():
            look(moment)
        self.clock.now = moment

    def letters(self) -> list[str]:
        rows = self.reception.database.read("SELECT reply FROM outbox WHERE chat = ? ORDER BY id", str(REF))
        return [Reply.model_validate_json(row["reply"]).words for row in rows]


def buttons(reply: Reply) -> list[Action]:
    return [action for block in reply.blocks if isinstance(block, Card) for action in block.actions]


@pytest.fixture
def morning(tmp_path: Path, clock: Clock) -> Morning:
    settings = Settings(home=small_city(tmp_path), _env_file=None)  # type: ignore[call-arg]
    reception = open_reception(settings, city=None, wall=clock)
    bindings = Bindings(reception.database)
    bindings.bind(bindings.code("leader", NOW), REF, Actor(id="7"), NOW)
    return Morning(reception, standing_desk(reception, open_ledger(settings, reception.assistant.warehouse)), clock)


def at(hour: int, day: int = 24) -> datetime:
    return NOW.replace(day=day, hour=hour, minute=0)


def test_briefing_is_asked_for_confirmed_moved_and_stopped_in_plain_words(morning: Morning) -> None:
    asked = morning.say("每天早上八点给我发日报")
    morning.until(at(8))
    assert morning.letters() == []  # nobody has confirmed
    morning.clock.now = NOW + timedelta(minutes=1)
    done = morning.press(asked)
    assert "✓" in done.words
    assert buttons(done) == [] or {one.label for one in buttons(done)}.isdisjoint({"撤销"})
    morning.until(at(7))
    morning.until(at(8))
    morning.until(at(8))
    assert len(morning.letters()) == 1
    assert morning.reception.answers.thread("leader", INBOX)
    morning.press(morning.say("把简报改到九点"))
    morning.until(at(8, day=25))
    assert len(morning.letters()) == 1
    morning.until(at(9, day=25))
    assert len(morning.letters()) == 2
    assert "09:00" in morning.say("我订阅了哪些简报").words
    morning.press(morning.say("别再发日报了"))
    morning.until(at(9, day=26))
    assert len(morning.letters()) == 2


def test_card_turned_down_lets_nothing_stand(morning: Morning) -> None:
    morning.press(morning.say("每天早上八点给我发日报"), style="bad")
    morning.until(at(8))
    assert morning.letters() == []


def test_own_rule_warns_its_asker_with_its_evidence(morning: Morning) -> None:
    morning.press(morning.say("如果各区超期未结达到2件就提醒我"))
    morning.until(at(10))
    own = [text for text in morning.letters() if "≥ 2" in text]
    assert len(own) == 1
    assert "口径" in own[0]
    assert "东湖区" in own[0]
