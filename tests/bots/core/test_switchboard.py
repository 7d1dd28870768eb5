from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import bots.progress
from bots.admission import Admission
from bots.channel import Command, FileHandle, Photo
from bots.errors import Refused, Unreachable
from bots.reception import Reception
from bots.store.answers import Given
from bots.switchboard import Switchboard
from tests.bots.conftest import Clock
from tests.bots.fake_channel import FakeChannel, inbound, until


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def board(reception: Reception, channel: FakeChannel, tmp_path: Path, clock: Clock) -> Switchboard:
    admission = Admission(reception.directory, reception.database, districts=lambda: ("东湖区",))
    for person, actor in (("王局", "z"), ("东湖值班", "east")):
        code = admission.bindings.code(person, clock.now)
        admission.admit(inbound(code, key=f"bind-{actor}", at=clock.now, actor=actor), clock.now)
    return Switchboard(reception, admission, [channel], folder=tmp_path / "leases")


@pytest.mark.anyio
async def test_question_and_follow_up_are_answered_in_order(
    board: Switchboard, channel: FakeChannel, clock: Clock
) -> None:
    async with board:
        await board.receive(inbound("昨天立案多少件", key="1", at=clock.now))
        await board.receive(inbound("那东湖区呢", key="2", at=clock.now))
        await until(lambda: len(channel.words()) == 2)
    assert "13" in channel.words()[0] and "7" in channel.words()[1]
    assert channel.stopped


@pytest.mark.anyio
async def test_delivered_twice_is_answered_once(board: Switchboard, channel: FakeChannel, clock: Clock) -> None:
    one = inbound("昨天立案多少件", key="1", at=clock.now)
    async with board:
        await asyncio.gather(*(board.receive(one) for _ in range(5)))
        await board.receive(inbound("/whoami", key="2", at=clock.now))
        await until(lambda: len(channel.words()) == 2)
        await board.receive(one)
        await asyncio.sleep(0.2)
    assert len(channel.words()) == 2


@pytest.mark.anyio
async def test_lanes_do_not_wait_for_each_other(
    board: Switchboard, reception: Reception, channel: FakeChannel, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, respond = threading.Event(), reception.respond

    def slow(said: Any, *args: Any, **more: Any) -> Given:
        if said.actor.id == "z":
            held.wait(5)
        return respond(said, *args, **more)

    monkeypatch.setattr(reception, "respond", slow)
    async with board:
        await board.receive(inbound("/whoami", key="1", at=clock.now))
        await board.receive(inbound("/whoami", key="2", at=clock.now, actor="east"))
        await until(lambda: len(channel.words("east")) == 1)
        assert channel.words() == []
        held.set()
        await until(lambda: len(channel.words()) == 1)


@pytest.mark.anyio
async def test_slow_answer_shows_progress_and_takes_it_away(
    board: Switchboard, reception: Reception, channel: FakeChannel, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bots.progress, "SIGN_SECONDS", 0.02)
    monkeypatch.setattr(bots.progress, "WORDS_SECONDS", 0.05)
    respond = reception.respond

    def slow(*args: Any, **more: Any) -> Given:
        time.sleep(0.4)
        return respond(*args, **more)

    monkeypatch.setattr(reception, "respond", slow)
    async with board:
        await board.receive(inbound("昨天立案多少件", key="1", at=clock.now))
        await until(lambda: len(channel.words()) == 1)
    assert channel.shown[0] == "" and "正在查" in channel.shown[1] and channel.shown[-1] == "settled p1"


@pytest.mark.anyio
async def test_restart_in_mid_answer_answers_once(
    board: Switchboard, reception: Reception, channel: FakeChannel, clock: Clock, tmp_path: Path
) -> None:
    one = inbound("昨天立案多少件", key="1", at=clock.now)
    # A process that received and began it, and is no more.
    board.inbox.receive(one, clock.now)
    board.inbox.take(one.lane, clock.now)
    async with board:
        await until(lambda: len(channel.words()) == 1)
        await board.receive(one)
        await asyncio.sleep(0.1)
    assert len(channel.words()) == 1


@pytest.mark.anyio
async def test_answer_that_breaks_is_an_apology_and_the_lane_goes_on(
    board: Switchboard, reception: Reception, channel: FakeChannel, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    respond = reception.respond

    def breaking(said: Any, *args: Any, **more: Any) -> Given:
        if said.key.endswith(":1"):
            raise RuntimeError("boom")
        return respond(said, *args, **more)

    monkeypatch.setattr(reception, "respond", breaking)
    async with board:
        await board.receive(inbound("昨天立案多少件", key="1", at=clock.now))
        await board.receive(inbound("昨天立案多少件", key="2", at=clock.now))
        await until(lambda: len(channel.words()) == 2)
    assert "出了点问题" in channel.words()[0] and "13" in channel.words()[1]


@pytest.mark.anyio
async def test_channel_that_is_down_at_the_start_comes_up_later_and_a_refused_one_stops_nobody(
    reception: Reception, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.switchboard._FIRST_PAUSE", 0.01)
    late = FakeChannel(account="late", start_failures=[Unreachable("dns")] * 3)
    wrong = FakeChannel(account="wrong", start_failures=[Refused("token")])
    admission = Admission(reception.directory, reception.database)
    async with Switchboard(reception, admission, [wrong, late], folder=tmp_path):
        await until(lambda: late.receive is not None)
    assert wrong.receive is None


@pytest.mark.anyio
async def test_second_process_of_the_home_waits_for_the_first(
    board: Switchboard, reception: Reception, channel: FakeChannel, tmp_path: Path
) -> None:
    other = FakeChannel()
    second = Switchboard(
        reception, Admission(reception.directory, reception.database), [other], folder=tmp_path / "leases"
    )
    async with board:
        await until(lambda: channel.receive is not None)
        async with second:
            await asyncio.sleep(0.2)
            assert other.receive is None
    assert channel.stopped


@pytest.mark.anyio
async def test_files_can_be_fetched_while_answering(
    board: Switchboard, reception: Reception, channel: FakeChannel, clock: Clock
) -> None:
    def look(_: str, asking: Any) -> Any:
        return reception._commands["whoami"](asking.fetch(FileHandle(locator="x")).decode(), asking)

    reception._commands["look"] = look
    async with board:
        await board.receive(inbound(Command(name="look"), Photo(file=FileHandle(locator="x")), key="1", at=clock.now))
        await until(lambda: len(channel.words()) == 1)
    assert "王局" in channel.words()[0]


@pytest.mark.anyio
async def test_what_is_personal_is_not_told_in_a_group(board: Switchboard, channel: FakeChannel, clock: Clock) -> None:
    async with board:
        await board.receive(inbound(Command(name="group"), key="1", at=clock.now, chat="g"))
        await board.receive(inbound("/tasks", key="2", at=clock.now, chat="g"))
        await until(lambda: len(channel.words("g")) == 2)
    assert "私聊" in channel.words("g")[1] or "private" in channel.words("g")[1]
