"""The app's API and its messages: what comes back wrong, what is too large, and what never leaves this machine."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from hypothesis import given
from hypothesis import strategies as st

from bots import wecom_robot
from bots.channel import Action, Card, ChartBlock, Markdown, Pin, Ref, Reply, TableBlock
from bots.delivery import Buckets
from bots.errors import ChannelError, Refused, TryLater, Unreachable
from bots.port import ChannelLimits
from bots.wecom_app import channel
from bots.wecom_app.api import Api
from bots.wecom_app.calls import LARGEST, WrongSettings
from bots.wecom_app.drawing import LONGEST, draw
from bots.wecom_app.reading import Callback, callback_of, inbound_of
from tests.assistant.agent.desk import NOW
from tests.bots.conftest import Serving
from tests.bots.wecom_app.emulator import CORP, SECRET, WeCom, _judge_card

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.wecom_app.api._PAUSES", (0.01, 0.01, 0.01))
    monkeypatch.setattr("bots.wecom_app.api._REST_SECONDS", 0.2)


async def test_many_at_once_have_one_token_and_a_stale_one_is_replaced_once(wecom: WeCom, api: str) -> None:
    line = Api(CORP, SECRET, api)
    asked = [line.ask("agent/get", agentid="1000002") for _ in range(20)]
    assert {one["errcode"] for one in await asyncio.gather(*asked)} == {0}
    assert wecom.tokens == 1
    await asyncio.sleep(0.3)
    wecom.expire()
    asked = [line.ask("agent/get", agentid="1000002") for _ in range(20)]
    assert {one["errcode"] for one in await asyncio.gather(*asked)} == {0}
    assert wecom.tokens == 2
    await line.close()


async def test_a_token_that_never_holds_does_not_make_anybody_hammer(wecom: WeCom, api: str) -> None:
    line = Api(CORP, SECRET, api)
    wecom.faults["agent/get"] = [42001] * 100
    for _ in range(20):
        with pytest.raises(ChannelError):
            await line.ask("agent/get", agentid="1000002")
    assert wecom.tokens <= 2
    await line.close()


async def test_a_locked_out_gettoken_is_left_alone_for_a_minute(wecom: WeCom, api: str) -> None:
    line = Api(CORP, SECRET, api)
    wecom.faults["gettoken"] = [45009]
    for _ in range(5):
        with pytest.raises(TryLater) as problem:
            await line.prove()
        assert problem.value.seconds > 50
    assert wecom.tokens == 1
    await line.close()


async def test_a_photo_is_tried_again_and_one_that_is_gone_is_not(wecom: WeCom, api: str) -> None:
    line = Api(CORP, SECRET, api)
    wecom.media["m"] = b"\xff\xd8\xffphoto"
    wecom.faults["media/get"] = [503, -1, 42001]
    assert await line.download("m") == b"\xff\xd8\xffphoto"
    with pytest.raises(ChannelError, match="40007"):
        await line.download("none")
    await line.close()


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda: Response("<html>sign in</html>", media_type="text/html"), Unreachable),
        (lambda: Response("", media_type="application/json"), Unreachable),
        (lambda: Response('{"ok": true}'), Unreachable),
        (lambda: Response('{"errcode": "0"}'), Unreachable),
        (lambda: Response("[1]"), Unreachable),
        (lambda: RedirectResponse("http://127.0.0.1:9/elsewhere"), Unreachable),
        (lambda: Response(status_code=403), Unreachable),
        (lambda: Response(b"x" * (LARGEST + 1)), Refused),
    ],
    ids=["page", "nothing", "no code", "code in words", "list", "elsewhere", "forbidden", "too large"],
)
async def test_what_is_no_answer_of_wecom_s_is_no_success(
    answer: Callable[[], Response], problem: type[ChannelError], serving: Serving
) -> None:
    proxy = FastAPI()
    proxy.add_api_route("/cgi-bin/gettoken", answer, methods=["GET"], response_model=None)
    line = Api(CORP, SECRET, serving(proxy))
    with pytest.raises(problem) as raised:
        await line.prove()
    assert SECRET not in str(raised.value)
    await line.close()


@pytest.mark.parametrize("address", ["http://qyapi.weixin.qq.com", "ftp://x", "", "qyapi.weixin.qq.com", "https://"])
async def test_secrets_go_by_https_only(address: str) -> None:
    with pytest.raises(ChannelError):
        await Api(CORP, SECRET, address).prove()


async def test_a_setting_that_is_wrong_is_said_by_its_name(wecom: WeCom, api: str) -> None:
    line = Api(CORP, "wrong", api)
    with pytest.raises(WrongSettings, match="CITYDESK_WECOM_APP_SECRET"):
        await line.prove()
    await line.close()


@pytest.mark.parametrize(
    ("limits", "ref", "minute", "hour"),
    [
        (channel.LIMITS, Ref(channel="wecom_app", account="a", chat="Wang"), 30, 1_000),
        (wecom_robot.LIMITS, wecom_robot.destination("群"), 20, 1_200),
    ],
    ids=["a member", "a robot"],
)
async def test_nobody_is_sent_more_than_wecom_delivers(
    limits: ChannelLimits, ref: Ref, minute: int, hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, sent = 0.0, list[float]()

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr("bots.delivery.anyio.current_time", lambda: now)
    monkeypatch.setattr("bots.delivery.asyncio.sleep", sleep)
    buckets = Buckets(limits)
    for _ in range(1_100):
        await buckets.take(ref)
        sent.append(now)
    for most, seconds in ((minute, 60), (hour, 3_600)):
        assert max(bisect_left(sent, at + seconds) - number for number, at in enumerate(sent)) <= most


@given(st.text(alphabet=st.sampled_from("好a😀\n *|"), max_size=6_000))
def test_words_fit_and_none_is_lost(text: str) -> None:
    drawn = draw(Reply(blocks=(Markdown(text=text),)), "")
    assert all(len(one.text.encode()) <= LONGEST for one in drawn)
    assert "".join(one.text for one in drawn).replace("\n", "").strip() == text.replace("\n", "").strip() or not drawn


def test_cards_are_such_as_wecom_takes_and_long_choices_are_readable() -> None:
    long = "东湖区上个月按期结案率和去年同期相比怎么样"
    cards = (
        Card(title="立" * 60, fields=(("位置在哪里呢", "某" * 50),), purpose="decide",
             actions=(Action(token="t1", label="确认", style="good"), Action(token="t2", label="取消", style="bad"))),
        Card(purpose="choose", actions=tuple(Action(token=f"c{n}", label=long + str(n)) for n in range(4))),
        Card(purpose="follow", actions=tuple(Action(token=f"f{n}", label=f"再问{n}") for n in range(9))),
        Card(purpose="judge", actions=(Action(token="u", label="👍"), Action(token="d", label="👎"))),
    )  # fmt: skip
    drawn = [one.card for one in draw(Reply(blocks=cards), "接下来") if one.card is not None]
    assert len(drawn) == 3
    for card in drawn:
        _judge_card(card)
    assert long in drawn[1]["sub_title_text"]
    assert [one["text"] for one in drawn[1]["button_list"]][-2:] == ["👍", "👎"]
    assert drawn[1]["button_list"][0]["key"] == f"c:c0:{long}0"
    assert draw(Reply(blocks=(cards[3],)), "接下来") == []


def test_a_place_a_small_table_and_a_broken_chart() -> None:
    heads = ({"name": "a", "label": "区"}, {"name": "b", "label": "件数", "numeric": True})
    small, large = ([(f"区{n}", str(n)) for n in range(count)] for count in (3, 9))
    blocks = (
        Pin(latitude=30.9, longitude=114.3, label="某地"),
        *(TableBlock.model_validate({"title": "t", "heads": heads, "rows": rows, "values": rows}) for rows in (small, large)),
        ChartBlock(spec={"nonsense": 1}, alt=""),
    )  # fmt: skip
    drawn = draw(Reply(blocks=blocks), "")
    assert drawn[0].text.splitlines() == ["📍 某地 30.90000, 114.30000", "", "**区 · 件数**", "> 区0 · 0", "> 区1 · 1", "> 区2 · 2"]  # fmt: skip
    assert [one.kind for one in drawn] == ["text", "picture", "picture"]
    assert [one.first for one in drawn] == [True, False, False]


def read(**fields: str) -> Any:
    return inbound_of(Callback({"FromUserName": "Wang", "CreateTime": "1", **fields}), "a", NOW)


@pytest.mark.parametrize("sender", ["@all", "a|b", "", "a b", "x" * 65, "@x", "王", "a\n"])
def test_nobody_else_s_address_becomes_a_sender(sender: str) -> None:
    assert read(FromUserName=sender, MsgType="text", Content="x", MsgId="1") is None


@pytest.mark.parametrize(("x", "y"), [("nan", "1"), ("91", "1"), ("1", "181"), ("", ""), ("x", "1"), ("inf", "1")])
def test_a_place_that_is_none_is_not_taken(x: str, y: str) -> None:
    assert read(MsgType="location", Location_X=x, Location_Y=y, MsgId="1") is None


def test_what_is_said_in_a_way_nobody_here_reads_is_answered_and_events_of_no_interest_are_not() -> None:
    assert read(MsgType="link", Title="t", MsgId="1").words == ""
    for event in ("unsubscribe", "LOCATION", "view", "batch_job_result", ""):
        assert read(MsgType="event", Event=event) is None
    assert read(MsgType="event", Event="template_card_event", EventKey="of another app") is None
    assert read() is None


def test_the_moment_is_the_message_s_own_and_a_strange_one_is_now() -> None:
    at: list[datetime] = [
        read(MsgType="text", Content="x", MsgId="1", CreateTime=said).at for said in ("60", "", "9" * 30)
    ]
    assert at[0].timestamp() == 60
    assert at[1:] == [NOW, NOW]


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=200).filter(
        lambda text: "]]>" not in text
    )
)
def test_words_come_out_of_the_xml_as_they_went_in(text: str) -> None:
    callback = callback_of(f"<xml><Content><![CDATA[{text}]]></Content></xml>")
    assert callback["Content"] == text.strip()
