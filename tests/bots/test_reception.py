from __future__ import annotations

import yaml

from bots.channel import Actor, Inbound, Ref, Text
from bots.reception import Reception, briefs_for
from tests.bots.conftest import Clock
from tests.test_house import ROOT
from tools.principal import Principal, Role


def said(text: str, clock: Clock, key: str = "k1") -> Inbound:
    return Inbound(
        key=key,
        at=clock.now,
        ref=Ref(channel="x", account="y", chat="z"),
        actor=Actor(id="z"),
        parts=(Text(text=text),),
    )


def test_desk_speaks_both_languages_with_the_same_keys() -> None:
    words = yaml.safe_load((ROOT / "bots" / "words.yml").read_text(encoding="utf-8"))
    assert set(words["zh"]) == set(words["en"])


def test_briefing_comes_by_command_with_its_quick_replies(reception: Reception, clock: Clock) -> None:
    given = reception.respond(said("/brief daily", clock), reception.directory.principal("王局"), thread="t")
    assert "立案 13 件" in given.reply.words
    assert [b.purpose for b in given.reply.blocks if b.kind == "card"][-1] == "follow"


def test_unknown_briefing_names_the_known_ones(reception: Reception, clock: Clock) -> None:
    given = reception.respond(said("/brief hourly", clock), reception.directory.principal("王局"), thread="t")
    assert "night" in given.reply.words


def test_every_role_has_a_briefing_and_the_collector_no_city_night() -> None:
    assert all(briefs_for(Principal("x", role)) for role in Role)
    assert "night" not in briefs_for(Principal("x", Role.COLLECTOR))


def test_same_message_twice_is_answered_once(reception: Reception, clock: Clock) -> None:
    person = reception.directory.principal("王局")
    first = reception.respond(said("昨天立案多少件", clock), person, thread="t")
    again = reception.respond(said("昨天立案多少件", clock), person, thread="t")
    assert first.answer is not None and again.answer is not None
    assert first.answer["trace_id"] == again.answer["trace_id"]
