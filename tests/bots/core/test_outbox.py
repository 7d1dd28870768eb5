from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bots.channel import Markdown, Ref, Reply
from bots.delivery import Bucket, Delivery
from bots.errors import Refused, TryLater, Unreachable
from bots.port import ChannelLimits, Rate
from bots.store.database import Database
from bots.store.outbox import Outbox
from tests.bots.conftest import Clock
from tests.bots.fake_channel import FakeChannel, until
from tests.test_house import ROOT


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def to(chat: str) -> Ref:
    return Ref(channel="fake", account="bot", chat=chat)


def words(*texts: str) -> Reply:
    return Reply(blocks=tuple(Markdown(text=text) for text in texts))


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


def test_same_key_is_put_once_even_after_it_was_sent(outbox: Outbox, clock: Clock) -> None:
    assert outbox.put("k", to("a"), words("1"), now=clock.now)
    assert not outbox.put("k", to("a"), words("2"), now=clock.now)
    letter = outbox.due("fake", "bot", clock.now)[0]
    outbox.done(letter, clock.now, "m1")
    assert not outbox.put("k", to("a"), words("3"), now=clock.now)
    assert outbox.due("fake", "bot", clock.now) == []


def test_lane_keeps_its_order_behind_a_letter_that_waits(outbox: Outbox, clock: Clock) -> None:
    for key in "123":
        outbox.put(key, to("a"), words(key), now=clock.now)
    outbox.put("other", to("b"), words("x"), now=clock.now)
    first = outbox.due("fake", "bot", clock.now)
    assert [letter.key for letter in first] == ["1", "other"]
    outbox.later(first[0], clock.now + timedelta(seconds=30), "busy")
    assert [letter.key for letter in outbox.due("fake", "bot", clock.now)] == ["other"]
    assert outbox.due("fake", "bot", clock.now + timedelta(seconds=30))[0].key in {"1", "other"}


def test_letter_for_later_holds_nobody_up(outbox: Outbox, clock: Clock) -> None:
    outbox.put("later", to("a"), words("x"), now=clock.now, not_before=clock.now + timedelta(hours=1))
    outbox.put("now", to("a"), words("y"), now=clock.now)
    assert [letter.key for letter in outbox.due("fake", "bot", clock.now)] == ["now"]
    outbox.done(outbox.due("fake", "bot", clock.now)[0], clock.now, "m")
    assert [letter.key for letter in outbox.due("fake", "bot", clock.now + timedelta(hours=2))] == ["later"]


def test_another_accounts_letters_are_left_alone(outbox: Outbox, clock: Clock) -> None:
    outbox.put("k", to("a"), words("1"), now=clock.now)
    assert outbox.due("fake", "bot2", clock.now) == [] and outbox.due("telegram", "bot", clock.now) == []


async def _run(delivery: Delivery, done: object) -> None:
    task = asyncio.create_task(delivery.run())
    try:
        await until(done)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.anyio
async def test_reply_goes_on_with_the_part_that_failed(outbox: Outbox, clock: Clock) -> None:
    channel = FakeChannel()
    outbox.put("k", to("z"), words("1", "2", "3"), now=clock.now)

    class Stumbling(FakeChannel):
        async def send(self, ref, message, ticket):  # type: ignore[no-untyped-def]
            if message == "2" and not any(text == "stumbled" for _, text in channel.sent):
                channel.sent.append(("log", "stumbled"))
                raise TryLater(0.0)
            return await channel.send(ref, message, ticket)

    await _run(Delivery(Stumbling(), outbox, clock), lambda: outbox.counts().get("sent") == 1)
    assert channel.words() == ["1", "2", "3"]
    letter = outbox.find("k")
    assert letter is not None and len(letter.delivered) == 3


@pytest.mark.anyio
async def test_what_the_channel_refuses_is_a_dead_letter_that_can_be_revived(outbox: Outbox, clock: Clock) -> None:
    channel = FakeChannel(failures=[Refused("blocked by the user")])
    outbox.put("k", to("z"), words("1"), now=clock.now)
    outbox.put("next", to("z"), words("2"), now=clock.now)
    delivery = Delivery(channel, outbox, clock)
    await _run(delivery, lambda: channel.words() == ["2"])
    [dead] = outbox.dead()
    assert dead.problem == "blocked by the user"
    assert outbox.revive(dead.id, clock.now) and not outbox.revive(dead.id, clock.now)
    await _run(delivery, lambda: channel.words() == ["2", "1"])


@pytest.mark.anyio
async def test_waits_as_long_as_the_channel_says(outbox: Outbox, clock: Clock) -> None:
    channel = FakeChannel(failures=[TryLater(17.0)])
    outbox.put("k", to("z"), words("1"), now=clock.now)
    delivery = Delivery(channel, outbox, clock)
    await _run(delivery, lambda: (outbox.find("k") or pytest.fail()).tries == 1)
    assert outbox.due("fake", "bot", clock.now + timedelta(seconds=16)) == []
    clock.now += timedelta(seconds=17)
    await _run(delivery, lambda: channel.words() == ["1"])


@pytest.mark.anyio
async def test_network_failures_are_tried_again_with_growing_pauses(outbox: Outbox, clock: Clock) -> None:
    channel = FakeChannel(failures=[Unreachable("no route")] * 3)
    outbox.put("k", to("z"), words("1"), now=clock.now)
    delivery, waits = Delivery(channel, outbox, clock), []
    for tries in (1, 2, 3):
        await _run(delivery, lambda tries=tries: (outbox.find("k") or pytest.fail()).tries == tries)
        start = clock.now
        while not outbox.due("fake", "bot", clock.now):
            clock.now += timedelta(seconds=0.1)
        waits.append((clock.now - start).total_seconds())
    assert waits[0] < waits[1] < waits[2]
    await _run(delivery, lambda: channel.words() == ["1"])


def test_bucket_never_gives_more_than_its_rate() -> None:
    bucket, now, given = Bucket(Rate(3, 1.0), 0.0), 0.0, []
    while now < 10:
        if bucket.wait(now) <= 1e-9:
            bucket.take(now)
            given.append(now)
        now += 0.05
    for start in given:
        assert sum(start <= at < start + 1.0 for at in given) <= 3 + 3
    assert 30 <= len(given) <= 33


@pytest.mark.anyio
async def test_bots_rate_is_kept_over_many_chats(outbox: Outbox, clock: Clock) -> None:
    slow = ChannelLimits(private=Rate(10, 1.0), group=Rate(10, 1.0), bot=Rate(20, 1.0))
    channel = FakeChannel(limits=slow)
    for number in range(40):
        outbox.put(str(number), to(f"c{number}"), words("x"), now=clock.now)
    loop = asyncio.get_running_loop()
    start = loop.time()
    await _run(Delivery(channel, outbox, clock), lambda: len(channel.sent) == 40)
    assert loop.time() - start >= 0.9


SENDER = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bots.delivery import Delivery
from bots.store.database import Database
from bots.store.outbox import Outbox
from tests.bots.fake_channel import FakeChannel
home, most = Path(sys.argv[1]), int(sys.argv[2])
log = (home / "sent.log").open("a")
class Logged(FakeChannel):
    async def send(self, ref, message, ticket):
        if self.sent and len(self.sent) >= most:
            os.kill(os.getpid(), signal.SIGKILL)
        ident = await super().send(ref, message, ticket)
        log.write(f"{ref.chat} {message}\\n"); log.flush()
        return ident
async def main():
    outbox = Outbox(Database(home))
    task = asyncio.create_task(Delivery(Logged(), outbox, lambda: datetime.now(UTC)).run())
    while outbox.counts().get("waiting"):
        await asyncio.sleep(0.02)
    task.cancel()
asyncio.run(main())
"""


def test_killed_sender_is_taken_up_by_the_next_one_with_nothing_lost(tmp_path: Path, clock: Clock) -> None:
    outbox = Outbox(Database(tmp_path))
    for number in range(60):
        outbox.put(str(number), to(f"c{number % 7}"), words(f"{number}"), now=clock.now)
    codes = []
    for most in (9, 14, 1000):
        run = subprocess.run(
            [sys.executable, "-c", SENDER, str(tmp_path), str(most)],
            cwd=ROOT, check=False, timeout=60,
        )  # fmt: skip
        codes.append(run.returncode)
    assert codes == [-signal.SIGKILL, -signal.SIGKILL, 0]
    sent = [line.split() for line in (tmp_path / "sent.log").read_text(encoding="utf-8").splitlines()]
    assert {number for _, number in sent} == {str(number) for number in range(60)}
    # At least once: only what was on its way when the process died may come again.
    assert len(sent) <= 60 + 2 * 7
    for chat in {chat for chat, _ in sent}:
        order = list(dict.fromkeys(int(number) for to_, number in sent if to_ == chat))
        assert order == sorted(order)
