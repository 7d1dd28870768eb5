"""Delivery: takes letters out of the outbox and has a channel send them, as fast as it may and no faster."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import anyio

from bots.channel import Ref
from bots.errors import Refused, TryLater, Unreachable
from bots.port import Channel, ChannelLimits, Rate
from bots.store.outbox import Letter, Outbox

log = logging.getLogger(__name__)
# Letters on their way at once; each of another chat.
AT_ONCE = 32
# How often the outbox is looked at unasked: another process may have put something.
_LOOK_SECONDS = 0.5
_LONGEST_PAUSE = 300.0
_FAREWELL_SECONDS = 3.0
# With pauses that double up to five minutes this is about a day.
MOST_TRIES = 288
# A message that breaks its adapter is a defect and not a bad line.
MOST_BREAKS = 3


class Bucket:
    """Tokens for messages: full at first, refilled evenly."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at = now

    def wait(self, now: float) -> float:
        """Seconds until there is a token."""
        self._fill(now)
        return max(0.0, (1 - self._tokens) * self._rate.seconds / self._rate.burst)

    def take(self, now: float) -> None:
        """Use one; may be owed."""
        self._fill(now)
        self._tokens -= 1

    def is_full(self, now: float) -> bool:
        """Whether it has nothing to remember."""
        self._fill(now)
        return self._tokens >= self._rate.burst

    def _fill(self, now: float) -> None:
        gained = (now - self._at) * self._rate.burst / self._rate.seconds
        self._tokens, self._at = min(float(self._rate.burst), self._tokens + gained), now


class Buckets:
    """The buckets of a bot and of its chats. Seconds are the event loop's."""

    def __init__(self, limits: ChannelLimits) -> None:
        self._limits = limits
        self._bot: Bucket | None = None
        self._chats: dict[str, Bucket] = {}

    async def take(self, ref: Ref) -> None:
        """Wait for a token of the chat and one of the bot, and use them."""
        now = anyio.current_time()
        chat = self._chat(ref, now)
        while (wait := chat.wait(now)) > 0:
            await asyncio.sleep(wait)
            now = anyio.current_time()
        chat.take(now)
        self._bot = self._bot or Bucket(self._limits.bot, now)
        # Taken before the wait, so that everybody queues behind everybody who came before.
        wait = self._bot.wait(now)
        self._bot.take(now)
        if wait > 0:
            await asyncio.sleep(wait)

    def _chat(self, ref: Ref, now: float) -> Bucket:
        if len(self._chats) > 1_000:
            self._chats = {name: bucket for name, bucket in self._chats.items() if not bucket.is_full(now)}
        rate = self._limits.private if ref.kind == "private" else self._limits.group
        return self._chats.setdefault(str(ref), Bucket(rate, now))


class Delivery:
    """Sends the letters of one channel's account until cancelled. A killed process is taken up by the next one."""

    def __init__(self, channel: Channel, outbox: Outbox, wall: Callable[[], datetime]) -> None:
        self._channel = channel
        self._outbox = outbox
        self._wall = wall
        self._buckets = Buckets(channel.limits)
        self._busy: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Something was put."""
        self._awake.set()

    async def run(self) -> None:
        """Send what is due, for ever; what is on its way when cancelled stays in the outbox."""
        try:
            while True:
                self._awake.clear()
                await self._start_due()
                # Not wait_for, which may swallow a cancellation that comes together with a waking.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_SECONDS):
                        await self._awake.wait()
        finally:
            # What is on the wire is let arrive: sent but not noted, it would be sent again.
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=_FAREWELL_SECONDS)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _start_due(self) -> None:
        free = AT_ONCE - len(self._busy)
        if free <= 0:
            return
        name, account, busy = self._channel.name, self._channel.account, frozenset(self._busy)
        letters = await anyio.to_thread.run_sync(
            lambda: self._outbox.due(name, account, self._wall(), busy=busy, most=free)
        )
        for letter in letters:
            self._busy.add(str(letter.ref))
            task = asyncio.create_task(self._deliver(letter))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, letter: Letter) -> None:
        try:
            await self._attempt(letter)
        finally:
            self._busy.discard(str(letter.ref))
            self.wake()

    async def _attempt(self, letter: Letter) -> None:
        try:
            letter = await self._send(letter)
        except TryLater as problem:
            await self._again(letter, problem.seconds, str(problem))
        except Unreachable as problem:
            await self._again(letter, _pause(letter.tries), str(problem))
        except Refused as problem:
            await self._bury(letter, str(problem))
        except Exception as problem:  # whatever it is, the other chats must go on
            log.exception("sending failed, letter %s", letter.id)
            if letter.tries + 1 >= MOST_BREAKS:
                await self._bury(letter, type(problem).__name__)
            else:
                await self._again(letter, _pause(letter.tries), type(problem).__name__)

    async def _send(self, letter: Letter) -> Letter:
        messages = await anyio.to_thread.run_sync(self._channel.compose, letter.ref, letter.reply)
        # What the channel has already is not sent again.
        for number, message in enumerate(messages[len(letter.delivered) :], len(letter.delivered)):
            await self._buckets.take(letter.ref)
            ident = await self._channel.send(letter.ref, message, _ticket(letter, number))
            # Noted even while the process is being stopped: else the next one would send it again.
            with anyio.CancelScope(shield=True):
                last = number == len(messages) - 1
                letter = await anyio.to_thread.run_sync(self._noted, letter, ident, last)
        if not messages:
            await anyio.to_thread.run_sync(self._outbox.done, letter, self._wall())
        return letter

    def _noted(self, letter: Letter, message: str, last: bool) -> Letter:
        if not last:
            return self._outbox.delivered(letter, message)
        return self._outbox.done(letter, self._wall(), message)

    async def _again(self, letter: Letter, seconds: float, problem: str) -> None:
        if letter.tries + 1 >= MOST_TRIES:
            await self._bury(letter, problem)
            return
        log.warning("letter %s to %s waits %.1f s: %s", letter.id, letter.ref.channel, seconds, problem)
        at = self._wall() + timedelta(seconds=seconds)
        await anyio.to_thread.run_sync(self._outbox.later, letter, at, problem)

    async def _bury(self, letter: Letter, problem: str) -> None:
        log.error("letter %s to %s is given up: %s", letter.id, letter.ref.channel, problem)
        await anyio.to_thread.run_sync(self._outbox.bury, letter, problem, self._wall())


def _ticket(letter: Letter, number: int) -> dict[str, Any] | None:
    """The letter's ticket; with its first message, the one whose place it takes."""
    if letter.replaces is None or number:
        return letter.ticket
    return {**(letter.ticket or {}), "replaces": letter.replaces}


def _pause(tries: int) -> float:
    """Doubling from a second, with some chance in it so that not everybody comes back at once."""
    return min(_LONGEST_PAUSE, 2.0 ** min(tries, 10)) * random.uniform(0.8, 1.2)  # no secret
