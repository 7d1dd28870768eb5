"""A card's buttons decide through the same door as words: once, by whom they were made for, with a way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import Settings
from bots.channel import Action, Actor, Card, FileHandle, Inbound, Location, Part, Photo, Press, Ref, Reply, Text
from bots.opening import open_reception
from bots.reception import Reception
from tests.assistant.agent.desk import NOW, small_city
from tools.principal import Principal, Role

REF = Ref(channel="paper", account="desk", chat="1")


@pytest.fixture
def desk(tmp_path: Path) -> Reception:
    settings = Settings(home=small_city(tmp_path), _env_file=None)  # type: ignore[call-arg]
    return open_reception(settings, city=None, wall=lambda: NOW)


class Talk:
    """One person's conversation, a new key a message."""

    def __init__(self, desk: Reception, role: Role) -> None:
        self.desk, self.who, self.count = desk, Principal(name=role.value, role=role), 0

    def send(self, *parts: Part, key: str | None = None) -> Reply:
        self.count += 1
        inbound = Inbound(
            key=key or f"{self.who.name}-{self.count}", at=NOW, ref=REF, actor=Actor(id=self.who.name), parts=parts
        )
        return self.desk.respond(
            inbound, self.who, thread=self.who.name, fetch=lambda _file: b"\xff\xd8 a picture"
        ).reply

    def say(self, text: str) -> Reply:
        return self.send(Text(text=text))


def _buttons(reply: Reply) -> dict[str, Action]:
    cards = [block for block in reply.blocks if isinstance(block, Card) and block.purpose == "decide"]
    return {action.label: action for card in cards for action in card.actions}


def test_a_report_with_photo_and_pin_is_filed_by_a_button_and_taken_back_by_another(desk: Reception) -> None:
    talk = Talk(desk, Role.COLLECTOR)
    photo = Photo(file=FileHandle(locator="p", mime="image/jpeg"), caption="东湖区东街道3号路灯不亮了")
    pin = Location(latitude=30.9, longitude=114.3, crs="wgs84")
    offered = talk.send(photo, pin)
    approve = next(action for action in _buttons(offered).values() if action.style == "good")
    done = talk.send(Press(token=approve.token))
    assert "✓" in done.words
    again = talk.send(Press(token=approve.token))
    assert "✓" not in again.words
    undone = talk.send(Press(token=next(iter(_buttons(done).values())).token))
    assert "撤销" in undone.words


def test_a_button_is_its_owner_s_alone(desk: Reception) -> None:
    offered = Talk(desk, Role.COLLECTOR).say("东湖区东街道3号路灯不亮了")
    approve = next(action for action in _buttons(offered).values() if action.style == "good")
    other = Talk(desk, Role.LEADER).send(Press(token=approve.token))
    assert "✓" not in other.words


def test_the_same_press_delivered_twice_is_one(desk: Reception) -> None:
    talk = Talk(desk, Role.COLLECTOR)
    approve = next(a for a in _buttons(talk.say("东湖区东街道3号路灯不亮了")).values() if a.style == "good")
    first = talk.send(Press(token=approve.token), key="again")
    assert talk.send(Press(token=approve.token), key="again") == first


def test_a_place_alone_begins_a_report(desk: Reception) -> None:
    reply = Talk(desk, Role.COLLECTOR).send(Location(latitude=30.9, longitude=114.3, crs="gcj02"))
    assert reply.words
    assert "/help" not in reply.words
