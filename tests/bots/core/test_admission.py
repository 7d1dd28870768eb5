from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from assistant.directory import LiveDirectory
from assistant.errors import UnknownPerson
from bots.admission import Admission
from bots.channel import Actor, Command, Joined, Left, Reply
from bots.reception import Reception
from bots.store.bindings import WRONG_EACH
from bots.store.database import Database
from tests.bots.conftest import Clock
from tests.bots.fake_channel import inbound
from tools.principal import Principal

DISTRICTS = ("东湖区", "望山区", "高新区")


class Door:
    """An admission that a test talks to."""

    def __init__(self, admission: Admission, clock: Clock) -> None:
        self.admission, self.clock, self._keys = admission, clock, count()

    def say(self, what, actor="z", chat=None, **more):  # type: ignore[no-untyped-def]
        said = inbound(what, key=str(next(self._keys)), at=self.clock.now, actor=actor, chat=chat, **more)
        return self.admission.admit(said, self.clock.now)

    def words(self, what, actor="z", chat=None, **more) -> str:  # type: ignore[no-untyped-def]
        reply = self.say(what, actor, chat, **more)
        assert isinstance(reply, Reply), reply
        return reply.words

    def bind(self, person: str, actor: str) -> None:
        self.say(self.admission.bindings.code(person, self.clock.now), actor)


@pytest.fixture
def door(reception: Reception, database: Database, clock: Clock) -> Door:
    return Door(Admission(reception.directory, database, districts=lambda: DISTRICTS), clock)


def test_stranger_gets_only_the_way_to_be_bound(door: Door) -> None:
    for words in ("昨天立案多少件", "/brief night", "/help", "/whoami"):
        assert "绑定码" in door.words(words)
    # Asked over and over, the desk falls silent.
    assert [door.say("在吗") for _ in range(5)][-1] is None


def test_code_binds_once_and_unbind_ends_it(door: Door) -> None:
    code = door.admission.bindings.code("王局", door.clock.now)
    assert "王局" in door.words(code.lower().replace("-", ""))
    admitted = door.say("昨天立案多少件")
    assert isinstance(admitted, Principal) and admitted.name == "王局"
    assert "绑定码不对" in door.words(code, actor="other", language="zh")
    assert "王局" in door.words(Command(name="unbind"))
    assert "绑定码" in door.words("昨天立案多少件")


def test_code_in_a_start_link_binds(door: Door) -> None:
    code = door.admission.bindings.code("王局", door.clock.now).replace("-", "")
    assert "王局" in door.words(Command(name="start", args=code))


def test_code_is_good_for_15_minutes_and_the_newer_voids_the_older(door: Door) -> None:
    old = door.admission.bindings.code("王局", door.clock.now)
    new = door.admission.bindings.code("王局", door.clock.now)
    assert "不对" in door.words(old, language="zh")
    door.clock.now += timedelta(minutes=15, seconds=1)
    assert "不对" in door.words(new, language="zh")


def test_guessing_codes_ends_after_a_few(door: Door) -> None:
    for number in range(WRONG_EACH):
        assert "不对" in door.words(f"2222-{3333 + number}", language="zh")
    code = door.admission.bindings.code("王局", door.clock.now)
    assert "15" in door.words(code, language="zh") and door.admission.bindings.all() == []
    door.clock.now += timedelta(minutes=16)
    fresh = door.admission.bindings.code("王局", door.clock.now)
    assert "王局" in door.words(fresh, language="zh")


def test_group_is_silent_until_addressed_and_registered(door: Door) -> None:
    door.bind("王局", "wang")
    assert door.say("昨天立案多少件", "wang", "g", addressed=False) is None
    assert "登记" in door.words("昨天立案多少件", "wang", "g")
    assert "全市" in door.words(Command(name="group"), "wang", "g")
    admitted = door.say("昨天立案多少件", "wang", "g")
    assert isinstance(admitted, Principal) and admitted.districts == ()


def test_group_sees_only_what_everybody_in_it_may_see(door: Door) -> None:
    door.bind("王局", "wang")
    door.bind("东湖值班", "east")
    door.bind("望山值班", "west")
    door.say(Command(name="group"), "wang", "g")
    east = door.say("昨天立案多少件", "east", "g")
    assert isinstance(east, Principal) and east.districts == ("东湖区",)
    # The leader too, now that somebody is here who may see one district only.
    wang = door.say("昨天立案多少件", "wang", "g")
    assert isinstance(wang, Principal) and wang.districts == ("东湖区",)
    # Nothing in common is nothing, and never everything.
    door.say(Joined(member=Actor(id="west")), "wang", "g", addressed=False)
    assert "没有交集" in door.words("昨天立案多少件", "wang", "g")
    door.say(Left(member=Actor(id="west")), "west", "g", addressed=False)
    again = door.say("昨天立案多少件", "wang", "g")
    assert isinstance(again, Principal) and again.districts == ("东湖区",)


def test_group_with_somebody_unknown_is_not_answered(door: Door) -> None:
    door.bind("王局", "wang")
    door.say(Command(name="group"), "wang", "g")
    door.say(Joined(member=Actor(id="spy", display="路人")), "wang", "g", addressed=False)
    assert "路人" in door.words("昨天立案多少件", "wang", "g")
    assert "私聊" in door.words("昨天立案多少件", "spy", "g")


def test_group_registration_is_never_wider_than_its_registrar(door: Door) -> None:
    door.bind("东湖值班", "east")
    door.bind("李分析", "li")
    assert "只有领导" in door.words(Command(name="group"), "li", "g", language="zh")
    assert "不能超出" in door.words(Command(name="group", args="望山区"), "east", "g", language="zh")
    assert "没有叫" in door.words(Command(name="group", args="东胡区"), "east", "g", language="zh")
    assert "东湖区" in door.words(Command(name="group"), "east", "g2", language="zh")


def test_who_was_taken_off_the_list_is_out_without_a_restart(tmp_path: Path) -> None:
    people = tmp_path / "people.yml"
    people.write_text("people: [{name: 王局, role: leader}, {name: 李, role: analyst}]", encoding="utf-8")
    directory = LiveDirectory(tmp_path)
    assert directory.principal("王局").role == "leader"
    people.write_text("people: [{name: 李, role: analyst}]", encoding="utf-8")
    with pytest.raises(UnknownPerson):
        directory.principal("王局")
    people.write_text("people: [{name: 李, rol", encoding="utf-8")
    with pytest.raises(UnknownPerson):
        directory.principal("李")
