"""WeCom's self-built app end to end: over HTTP both ways, through the desk's own server, with faults and restarts."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from assistant.ledger import open_ledger
from assistant.settings import Settings
from bots.channels import checks, configured
from bots.errors import ChannelError
from bots.reception import Reception
from bots.store.answers import Given
from bots.wecom_app.channel import App
from tests.bots.wecom_app.conftest import Bind, Open, until
from tests.bots.wecom_app.emulator import (
    AGENT,
    CORP,
    JPG,
    KEY,
    PNG,
    SECRET,
    TOKEN,
    WeCom,
    sealed,
    signed,
)
from tools.geodesy import wgs84_of_gcj02

WANG, ZHANG = "WangJu", "xiao.zhang@1"
LAMP = JPG + b"a lamp that is out"


@pytest.fixture(autouse=True)
def nothing_was_refused(wecom: WeCom) -> object:
    yield
    assert wecom.refused == []
    assert wecom.dropped == []


def ask(wecom: WeCom, desk: str, member: str, text: str) -> str:
    before = len(wecom.words(member))
    assert wecom.say(desk, member, text).status_code == 200
    until(lambda: len(wecom.words(member)) > before)
    return wecom.words(member)[before]


def button(card: dict[str, object], style: int) -> str:
    return next(str(one["text"]) for one in card["button_list"] if one["style"] == style)  # type: ignore[attr-defined]


def test_the_address_is_proved_in_plain_text(opened: Open, wecom: WeCom, clock: Callable[[], datetime]) -> None:
    with opened() as desk:
        echo = sealed("1616140317555161061")
        answer = httpx.get(f"{desk}/api/wecom/callback", params={**signed(echo, clock()), "echostr": echo})
        assert (answer.status_code, answer.text) == (200, "1616140317555161061")
        assert answer.headers["content-type"].startswith("text/plain")
        forged = {**signed(echo, clock(), token="another"), "echostr": echo}
        assert httpx.get(f"{desk}/api/wecom/callback", params=forged).status_code == 403
        assert httpx.get(f"{desk}/api/wecom/callback", params={"echostr": echo}).status_code == 422


def test_asked_and_followed_up_after_binding(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        assert "13" in ask(wecom, desk, WANG, "昨天上报多少件")
        assert "7" in ask(wecom, desk, WANG, "东湖区呢")
        assert wecom.say(desk, WANG, "/whoami").text == ""
        until(lambda: "王局" in wecom.words(WANG)[-1])


def test_somebody_unknown_gets_nothing_but_the_way_in(opened: Open, wecom: WeCom) -> None:
    with opened() as desk:
        for send in (
            lambda: wecom.event(desk, "nobody", "enter_agent", "<EventKey></EventKey>"),
            lambda: wecom.say(desk, "nobody", "昨天各区上报多少"),
            lambda: wecom.location(desk, "nobody", 30.9, 114.3, "某地"),
            lambda: wecom.photo(desk, "nobody", JPG + b"x" * 20),
        ):
            before = len(wecom.to("nobody"))
            assert send().status_code == 200
            until(lambda before=before: len(wecom.to("nobody")) > before)
        assert all("绑定码" in said for said in wecom.words("nobody"))
        assert wecom.pictures("nobody") == wecom.cards("nobody") == []


def test_opening_the_app_greets_once(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        for _ in range(3):
            assert wecom.event(desk, WANG, "enter_agent", "<EventKey></EventKey>").status_code == 200
        until(lambda: "/help" in wecom.words(WANG)[-1])
        assert wecom.event(desk, WANG, "LOCATION", "<Latitude>30</Latitude>").status_code == 200
        assert "13" in ask(wecom, desk, WANG, "昨天上报多少件")
        assert sum("/help" in said for said in wecom.words(WANG)[1:]) == 1


def test_chart_and_table_come_as_pictures_and_what_leads_on_as_buttons(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        ask(wecom, desk, WANG, "/brief daily")
        until(lambda: wecom.cards(WANG))
        assert all(picture.startswith(PNG) for picture in wecom.pictures(WANG))
        assert wecom.pictures(WANG)
        card = wecom.cards(WANG)[-1]
        labels = [one["text"] for one in card["button_list"]]
        assert labels[-2:] == ["👍", "👎"]
        before = len(wecom.words(WANG))
        wecom.press(desk, WANG, card, "👍")
        until(lambda: len(wecom.words(WANG)) > before)
        wecom.press(desk, WANG, card, labels[0])
        until(lambda: len(wecom.words(WANG)) > before + 1)
        # A thumb and a follow-up leave the other buttons where they are.
        assert "replaced" not in card
        assert wecom.updates == []


def test_the_same_picture_is_sent_up_once(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        for count in (1, 2):
            ask(wecom, desk, WANG, "昨天各区上报多少件")
            until(lambda count=count: len(wecom.pictures(WANG)) == count)
        assert wecom.uploads == 1
        wecom.media.clear()  # three days later
        ask(wecom, desk, WANG, "昨天各区上报多少件")
        until(lambda: wecom.uploads == 2)
        until(lambda: [one["msgtype"] for one in wecom.to(WANG)].count("image") == 3)


def test_a_report_with_photo_and_pin_is_filed_by_its_card(
    opened: Open, wecom: WeCom, bind: Bind, reception: Reception, home: Path
) -> None:
    with opened() as desk:
        bind(desk, "小张", ZHANG)
        before = len(wecom.to(ZHANG))
        wecom.photo(desk, ZHANG, LAMP)
        wecom.location(desk, ZHANG, 30.8975, 114.3056, "东湖区东街道3号")
        wecom.say(desk, ZHANG, "东湖区东街道3号路灯不亮了")
        until(lambda: len(wecom.to(ZHANG)) > before and any(one["style"] == 1 for card in wecom.cards(ZHANG) for one in card["button_list"]))  # fmt: skip
        card = [card for card in wecom.cards(ZHANG) if any(one["style"] == 1 for one in card["button_list"])][-1]
        confirm = button(card, 1)
        wecom.press(desk, ZHANG, card, confirm)
        until(lambda: any("✓" in said for said in wecom.words(ZHANG)))
        assert card["replaced"] == f"已选：{confirm}"
        # The card was updated before the words came.
        assert wecom.updates[-1]["userids"] == [ZHANG]
    number = re.search(r"CD\d+", next(said for said in wecom.words(ZHANG) if "✓" in said))
    assert number is not None
    settings = Settings(home=home, _env_file=None)  # type: ignore[call-arg]
    ledger = open_ledger(settings, reception.assistant.warehouse)
    filed = ledger.order(number[0]).draft
    ledger.close()
    # WeCom measures in GCJ-02; the case lies in WGS-84, half a kilometre from there.
    assert (filed.place.longitude, filed.place.latitude) == pytest.approx(wgs84_of_gcj02(114.3056, 30.8975))
    assert abs(filed.place.longitude - 114.3056) > 0.004
    assert [one.sha256 for one in filed.attachments] == [hashlib.sha256(LAMP).hexdigest()]


def test_a_voice_message_is_its_words_or_a_request_to_write(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        wecom.voice(desk, WANG)
        until(lambda: "文字" in wecom.words(WANG)[-1])
        wecom.voice(desk, WANG, "昨天上报多少件")
        until(lambda: "13" in wecom.words(WANG)[-1])


def test_the_menu_asks(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        wecom.event(desk, WANG, "click", "<EventKey><![CDATA[昨天上报多少件]]></EventKey>")
        until(lambda: "13" in wecom.words(WANG)[-1])
        wecom.event(desk, WANG, "click", "<EventKey><![CDATA[/whoami]]></EventKey>")
        until(lambda: "王局" in wecom.words(WANG)[-1])


def test_what_is_delivered_twice_is_answered_once_and_two_people_s_numbers_may_be_alike(
    opened: Open, wecom: WeCom, bind: Bind, clock: Callable[[], datetime]
) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        bind(desk, "小张", ZHANG)
        message = wecom.message(WANG, "text", "<Content><![CDATA[昨天上报多少件]]></Content>", "77")
        encrypted = sealed(message)
        seal = signed(encrypted, clock())
        before = len(wecom.words(WANG))
        # Sealed anew, as WeCom's next try, and word for word, as somebody who listened would.
        assert [wecom.post(desk, message).status_code for _ in range(2)] == [200, 200]
        again = [wecom.post(desk, "", encrypted=encrypted, seal=seal).status_code for _ in range(2)]
        assert again == [200, 200]
        until(lambda: len(wecom.words(WANG)) > before)
        others = len(wecom.words(ZHANG))
        wecom.say(desk, ZHANG, "昨天上报多少件", number="77")
        until(lambda: len(wecom.words(ZHANG)) > others)
        assert len(wecom.words(WANG)) == before + 1


def test_a_bad_signature_an_old_call_and_foreign_xml_are_refused(
    opened: Open, wecom: WeCom, bind: Bind, clock: Callable[[], datetime]
) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        before = len(wecom.sent)
        good = wecom.message(WANG, "text", "<Content><![CDATA[昨天上报多少件]]></Content>")
        encrypted = sealed(good)
        assert wecom.post(desk, good, seal=signed(encrypted, clock(), token="x")).status_code == 403
        assert wecom.post(desk, good, at=clock() - timedelta(minutes=6)).status_code == 403
        assert wecom.post(desk, "", encrypted=sealed(good, "ww-another")).status_code == 403
        assert wecom.post(desk, "<!DOCTYPE x [<!ENTITY a 'b'>]><xml>&a;</xml>").status_code == 403
        raw = httpx.post(f"{desk}/api/wecom/callback", params=signed("", clock()), content=b"<!DOCTYPE x><xml/>")
        assert raw.status_code == 403
        assert wecom.post(desk, "", encrypted="A" * 70_000).status_code == 413
        evil = httpx.post(f"{desk}/api/wecom/callback", params=signed(encrypted, clock()), content=b"", headers={"Origin": "https://evil.example"})  # fmt: skip
        assert evil.status_code == 403
        # Another app's, an address that is none, and an event of no interest: heard, and nothing done.
        other = good.replace(str(AGENT), "1000009")
        assert wecom.post(desk, other).status_code == 200
        assert wecom.say(desk, "@all", "昨天上报多少件").status_code == 200
        assert wecom.say(desk, "a|b", "昨天上报多少件").status_code == 200
        assert "13" in ask(wecom, desk, WANG, "昨天上报多少件")
        assert len(wecom.sent) == before + 1 or {one["touser"] for one in wecom.sent[before:]} == {WANG}


@pytest.mark.parametrize("path", ["message/send", "gettoken"])
@pytest.mark.parametrize("fault", [-1, 503, 60020])
def test_a_fault_that_may_pass_costs_time_and_no_words(
    opened: Open, wecom: WeCom, bind: Bind, path: str, fault: int
) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        wecom.faults[path] = [fault]
        if path == "gettoken":
            wecom.expire()
        assert "13" in ask(wecom, desk, WANG, "昨天上报多少件")
        assert wecom.faults[path] == []
        assert sum("13" in said for said in wecom.words(WANG)) == 1


@pytest.mark.parametrize(("faults", "updated"), [([503], True), ([-1] * 2, False)])
def test_a_card_that_cannot_be_updated_holds_no_words_up(
    opened: Open, wecom: WeCom, bind: Bind, faults: list[int], updated: bool
) -> None:
    with opened() as desk:
        bind(desk, "小张", ZHANG)
        wecom.say(desk, ZHANG, "东湖区东街道3号路灯不亮了")
        until(lambda: wecom.cards(ZHANG), 40)
        card = wecom.cards(ZHANG)[-1]
        wecom.faults["message/update_template_card"] = faults
        wecom.press(desk, ZHANG, card, button(card, 1))
        until(lambda: any("✓" in said for said in wecom.words(ZHANG)))
        assert ("replaced" in card) is updated
        assert sum("✓" in said for said in wecom.words(ZHANG)) == 1


def test_a_long_answer_says_so_and_takes_it_back(
    opened: Open, wecom: WeCom, bind: Bind, monkeypatch: pytest.MonkeyPatch, reception: Reception
) -> None:
    answered = reception.respond

    def slow(*args: Any, **more: Any) -> Given:
        sleep(1.0)
        return answered(*args, **more)

    with opened() as desk:
        bind(desk, "王局", WANG)
        for name, seconds in (("SIGN", 0.0), ("WORDS", 0.2), ("EVERY", 0.1)):
            monkeypatch.setattr(f"bots.progress.{name}_SECONDS", seconds)
        monkeypatch.setattr(reception, "respond", slow)
        wecom.say(desk, WANG, "昨天上报多少件")
        until(lambda: any("⏳" in str(one) for one in wecom.to(WANG)))
        until(lambda: "13" in wecom.words(WANG)[-1])
        until(lambda: wecom.recalled)
        assert len(wecom.recalled) == 1
        assert not [one for one in wecom.to(WANG) if "⏳" in str(one)]


def test_a_token_that_ended_is_fetched_anew_once_for_all(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        bind(desk, "小张", ZHANG)
        before = wecom.tokens
        wecom.expire()
        threads = [
            threading.Thread(target=ask, args=(wecom, desk, member, "昨天上报多少件")) for member in (WANG, ZHANG)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert wecom.tokens == before + 1
        assert all(any("13" in said for said in wecom.words(member)) for member in (WANG, ZHANG))


def test_answers_wait_where_wecom_asks_for_patience(
    opened: Open, wecom: WeCom, bind: Bind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.wecom_app.calls._PATIENCE_SECONDS", 1.0)
    with opened() as desk:
        bind(desk, "王局", WANG)
        wecom.faults["message/send"] = [45009, 45009]
        assert "13" in ask(wecom, desk, WANG, "昨天上报多少件")


def test_whoever_the_app_cannot_reach_is_given_up_at_once(opened: Open, wecom: WeCom, reception: Reception) -> None:
    with opened() as desk:
        assert wecom.say(desk, "stranger1", "你好").status_code == 200
        until(lambda: reception.database.read("SELECT 1 FROM outbox WHERE state = 'dead'"))
        problem = reception.database.read("SELECT problem FROM outbox")[0]["problem"]
        assert "81013" in problem


def test_a_desk_that_stops_in_mid_answer_ends_it_after_the_restart(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        # The words come through; every picture after them fails until the desk is gone.
        wecom.faults["media/upload"] = [503] * 50
        assert "东湖区" in ask(wecom, desk, WANG, "昨天各区上报多少件")
        until(lambda: len(wecom.faults["media/upload"]) < 50)
    assert wecom.pictures(WANG) == []
    wecom.faults.clear()
    said = len(wecom.words(WANG))
    with opened():
        until(lambda: wecom.pictures(WANG), 40)
        assert len(wecom.words(WANG)) == said


def test_what_was_heard_before_a_stop_is_answered_after_it(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        wecom.faults["message/send"] = [503] * 200
        for text in ("昨天上报多少件", "东湖区呢"):
            assert wecom.say(desk, WANG, text).status_code == 200
    wecom.faults.clear()
    with opened():
        until(lambda: len(wecom.words(WANG)) == 3, 60)
        assert ["13" in wecom.words(WANG)[1], "7" in wecom.words(WANG)[2]] == [True, True]


def test_the_api_down_at_start_loses_nothing_that_people_say(opened: Open, wecom: WeCom) -> None:
    wecom.faults["gettoken"] = [503, 503, 503]
    with opened() as desk:
        assert wecom.say(desk, "nobody", "你好").status_code == 200
        until(lambda: wecom.words("nobody"), 30)


def test_everything_sent_was_for_one_person(opened: Open, wecom: WeCom, bind: Bind) -> None:
    with opened() as desk:
        bind(desk, "王局", WANG)
        ask(wecom, desk, WANG, "昨天各区上报多少件")
        keys = set(chain.from_iterable(one for one in wecom.sent))
        assert keys & {"toparty", "totag"} == set()
        assert {one["touser"] for one in wecom.sent} == {WANG}
        assert CORP not in str(wecom.sent)


def test_wrong_settings_are_named_and_right_ones_prove_themselves_without_a_message(
    wecom: WeCom, app: App, api: str, tmp_path: Path
) -> None:
    settings = Settings(  # type: ignore[call-arg]
        home=tmp_path, wecom_app_corp=CORP, wecom_app_agent=AGENT, wecom_app_secret=SecretStr(SECRET),
        wecom_app_token=SecretStr(TOKEN), wecom_app_key=SecretStr(KEY), wecom_app_api=api, _env_file=None,
    )  # fmt: skip
    assert [one.account for one in configured(settings)] == [f"{CORP}-{AGENT}"]
    assert "城市值班台" in checks(settings)["WeCom app"]()
    for name, value, said in (
        ("wecom_app_secret", SecretStr("another"), "40001: the app's secret"),
        ("wecom_app_secret", None, "40001"),
        ("wecom_app_corp", "ww1", "40013"),
        ("wecom_app_agent", 7, "301002"),
        ("wecom_app_key", SecretStr("short"), "CITYDESK_WECOM_APP_KEY"),
        ("wecom_app_token", None, "CITYDESK_WECOM_APP_TOKEN"),
        ("wecom_app_api", "http://elsewhere.example", "https"),
        ("wecom_app_api", "http://127.0.0.1:1", "ConnectError"),
    ):
        with pytest.raises(ChannelError, match=said):
            checks(settings.model_copy(update={name: value}))["WeCom app"]()
    assert wecom.sent == []
    assert not [one for one in (SECRET, KEY) if one in repr(app) + repr(settings)]
