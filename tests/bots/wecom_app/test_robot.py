"""Groups that are only told: a briefing and an alert reach one through its robot, within its limits and its scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.ledger import open_ledger
from assistant.settings import Settings
from bots.channel import Action, Actor, Card, Inbound, Markdown, Press, Ref, Reply, TableBlock, Text
from bots.channels import checks, configured, groups
from bots.errors import ChannelError
from bots.opening import open_admission, open_reception
from bots.reception import Reception
from bots.standing import standing_desk
from bots.store.outbox import Outbox
from bots.switchboard import Switchboard
from bots.wecom_robot import LONGEST, WeComRobots, destination
from tests.assistant.agent.desk import NOW
from tests.bots.fake_channel import until
from tests.bots.wecom_app.emulator import WeCom

pytestmark = pytest.mark.anyio
GROUP, KEY = "东湖值班群", "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa"
PEOPLE = f"people:\n  - {{name: 王局, role: leader}}\n  - {{name: {GROUP}, role: leader, districts: [东湖区]}}\n"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def settings(home: Path, api: str, wecom: WeCom) -> Settings:
    (home / "people.yml").write_text(PEOPLE, encoding="utf-8")
    wecom.robots[KEY] = []
    address = SecretStr(f"{api}/cgi-bin/webhook/send?key={KEY}")
    return Settings(home=home, wecom_robots={GROUP: address}, _env_file=None)  # type: ignore[call-arg]


@dataclass
class Later:
    """A clock that a test sets ahead."""

    clock: Callable[[], datetime]
    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return self.clock() + self.ahead


@pytest.fixture
def later(clock: Callable[[], datetime]) -> Later:
    return Later(clock)


@pytest.fixture
def reception(settings: Settings, later: Later) -> Reception:
    return open_reception(settings, city=None, wall=later)


@pytest.fixture
def board(reception: Reception, settings: Settings, tmp_path: Path) -> Switchboard:
    return Switchboard(reception, open_admission(reception), configured(settings), folder=tmp_path / "leases")


def said(wecom: WeCom) -> str:
    return "\n".join(one["markdown"]["content"] for one in wecom.robots[KEY] if one["msgtype"] == "markdown")


async def test_a_group_gets_its_briefing_and_its_alert_and_nothing_of_other_districts(
    wecom: WeCom, reception: Reception, settings: Settings, board: Switchboard, later: Later
) -> None:
    ledger = open_ledger(settings, reception.assistant.warehouse)
    desk = standing_desk(reception, ledger, groups(settings))
    who = reception.directory.principal(GROUP)
    ref = Ref(channel="web", account="page", chat=GROUP)
    for number, words in enumerate(("每天早上九点给我发昨日简报", "如果各区超期未结达到2件就提醒我")):
        inbound = Inbound(key=f"k{number}", at=NOW, ref=ref, actor=Actor(id=GROUP), parts=(Text(text=words),))
        reply = reception.respond(inbound, who, thread="t").reply
        token = next(a.token for b in reply.blocks if isinstance(b, Card) for a in b.actions if a.style == "good")
        inbound = inbound.model_copy(update={"key": f"p{number}", "parts": (Press(token=token),)})
        reception.respond(inbound, who, thread="t")
    later.ahead = timedelta(hours=26)
    for look in desk.looks.values():
        look(later())
    async with board:
        await until(lambda: "日报" in said(wecom) and "≥ 2" in said(wecom), 30)
        await until(lambda: Outbox(reception.database).counts().get("waiting", 0) == 0, 30)
    assert "东湖区" in said(wecom)
    assert not [name for name in ("望山区", "高新区") if name in said(wecom)]
    assert wecom.refused == []
    ledger.close()


def test_a_robot_says_no_buttons_and_calls_nobody() -> None:
    card = Card(title="x", actions=(Action(token="t", label="确认收到"),), purpose="decide")
    text = "有人写了 <@all> 和 <@wang>\n" + "好" * 3_000
    drawn = WeComRobots({}).compose(destination(GROUP), Reply(blocks=(Markdown(text=text), card)))
    assert [len(one.text.encode()) <= LONGEST for one in drawn] == [True] * len(drawn)
    whole = "".join(one.text for one in drawn)
    assert "<@" not in whole
    assert whole.count("好") == 3_000
    assert "确认收到" not in whole


async def test_a_large_table_is_a_picture_that_wecom_takes(
    wecom: WeCom, reception: Reception, board: Switchboard
) -> None:
    rows = tuple((f"街道{n}", str(n)) for n in range(30))
    heads = ({"name": "a", "label": "街道"}, {"name": "b", "label": "件数", "numeric": True})
    table = TableBlock.model_validate({"title": "昨日", "heads": heads, "rows": rows, "values": rows})
    Outbox(reception.database).put("k", destination(GROUP), Reply(blocks=(table,)), now=reception.wall())
    async with board:
        await until(lambda: [one["msgtype"] for one in wecom.robots[KEY]] == ["image"], 20)
    assert wecom.refused == []


async def test_what_goes_wrong_waits_and_what_the_robot_is_silenced_for_never_happens(
    wecom: WeCom, reception: Reception, board: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.wecom_app.calls._PATIENCE_SECONDS", 0.5)
    wecom.faults["webhook/send"] = [503, 45009, 93000]
    outbox = Outbox(reception.database)
    for number in range(30):
        outbox.put(f"k{number}", destination(GROUP), Reply(blocks=(Markdown(text=str(number)),)), now=reception.wall())
    async with board:
        await until(lambda: len(wecom.robots[KEY]) >= 2, 60)
    order = said(wecom).split("\n")
    assert order == [str(number) for number in range(len(order))]
    assert outbox.counts().get("dead", 0) == 0


def test_settings_are_proved_without_a_word_to_the_group(settings: Settings, wecom: WeCom, api: str) -> None:
    name = f"WeCom robot of {GROUP}"
    assert GROUP in checks(settings)[name]()
    assert wecom.robots[KEY] == []

    def with_robots(**robots: str) -> Settings:
        return settings.model_copy(update={"wecom_robots": {who: SecretStr(where) for who, where in robots.items()}})

    for address, said in (
        (f"{api}/cgi-bin/webhook/send?key=another-key", "93000"),
        (f"{api}/cgi-bin/webhook/send", "CITYDESK_WECOM_ROBOTS"),
        (f"http://elsewhere.example/cgi-bin/webhook/send?key={KEY}", "CITYDESK_WECOM_ROBOTS"),
        ("", "CITYDESK_WECOM_ROBOTS"),
    ):
        with pytest.raises(ChannelError, match=said) as problem:
            checks(with_robots(**{GROUP: address}))[name]()
        assert KEY not in str(problem.value)
    stranger = with_robots(无此人=f"{api}/cgi-bin/webhook/send?key={KEY}")
    with pytest.raises(ChannelError, match=r"people\.yml"):
        checks(stranger)["WeCom robot of 无此人"]()
    assert groups(settings)("王局") == ()
