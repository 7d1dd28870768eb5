"""The switchboard: the async rim around the desk. From inbound to letter, one lane at a time, nothing lost or doubled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from anyio.from_thread import run as run_from_thread
from filelock import FileLock, Timeout

from bots.admission import Admission
from bots.channel import FileHandle, Inbound, Markdown, Reply
from bots.delivery import Delivery
from bots.errors import ChannelError, Refused
from bots.port import Channel
from bots.progress import Progress
from bots.reception import Reception
from bots.replies import tongue
from bots.store.inbox import MOST_TRIES, Inbox, Turn
from bots.store.outbox import Outbox
from bots.words import say
from tools.principal import Principal

log = logging.getLogger(__name__)
# Questions worked on at once; more wait their turn.
AT_ONCE = 4
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0


@dataclass(slots=True)
class _Lane:
    """A lane being worked on; `dirty` when something came since it was last looked at."""

    task: asyncio.Task[None] | None = None
    dirty: bool = True


@dataclass(slots=True)
class _Line:
    """A channel with what belongs to it."""

    channel: Channel
    delivery: Delivery
    lock: FileLock
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


class Switchboard:
    """Runs channels over one reception: `async with Switchboard(...)`.

    Args:
        folder: Where a channel's lease lies; another process of this home leaves a leased account alone.
    """

    def __init__(
        self, reception: Reception, admission: Admission, channels: Sequence[Channel], *, folder: Path,
        at_once: int = AT_ONCE,
    ) -> None:  # fmt: skip
        self._reception = reception
        self._admission = admission
        self._wall = reception.wall
        self.inbox = Inbox(reception.database)
        self.outbox = Outbox(reception.database)
        self._limiter = anyio.CapacityLimiter(at_once)
        self._lanes: dict[str, _Lane] = {}
        self._closing = False
        folder.mkdir(parents=True, exist_ok=True)
        self._lines = {
            (channel.name, channel.account): _Line(
                channel, Delivery(channel, self.outbox, self._wall), FileLock(folder / f"{channel.name}-{channel.account}.lease")
            )
            for channel in channels
        }  # fmt: skip

    async def __aenter__(self) -> Switchboard:
        for line in self._lines.values():
            line.tasks.append(asyncio.create_task(self._keep(line)))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        for line in self._lines.values():
            # The delivery first, which needs the channel for what is on its way.
            for task in reversed(line.tasks):
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            line.lock.release()
        # A turn in a thread cannot be stopped; it is let end, and what it gave is kept.
        await asyncio.gather(*(lane.task for lane in self._lanes.values() if lane.task), return_exceptions=True)

    async def receive(self, inbound: Inbound) -> None:
        """Take an inbound; returns when it is on disk. The same one again changes nothing."""
        now = self._wall()
        if await anyio.to_thread.run_sync(self.inbox.receive, inbound, now):
            self._wake(inbound.lane)

    async def _keep(self, line: _Line) -> None:
        """Lease, resume, start and deliver; a start that fails for a reason that may pass is tried again."""
        channel = line.channel
        await self._lease(line)
        line.tasks.append(asyncio.create_task(line.delivery.run()))
        for lane in await anyio.to_thread.run_sync(self.inbox.resume, channel.name, channel.account):
            self._wake(lane)
        pause = _FIRST_PAUSE
        try:
            while True:
                try:
                    await channel.start(self.receive)
                    log.info("%s is connected", channel.name)
                    await asyncio.Event().wait()
                except Refused as problem:
                    log.error("%s cannot start: %s (see `citydesk doctor`)", channel.name, problem)
                    return
                except ChannelError as problem:
                    log.warning("%s is not reachable, next try in %.0f s: %s", channel.name, pause, problem)
                    await asyncio.sleep(pause)
                    pause = min(_LONGEST_PAUSE, pause * 2)
        finally:
            await channel.stop()

    async def _lease(self, line: _Line) -> None:
        told = False
        while True:
            try:
                line.lock.acquire(timeout=0)
            except Timeout:
                if not told:
                    log.warning("%s is run by another process of this home; waiting for it to end", line.channel.name)
                told = True
                await asyncio.sleep(1.0)
            else:
                return

    def _wake(self, name: str) -> None:
        lane = self._lanes.setdefault(name, _Lane())
        lane.dirty = True
        if lane.task is None and not self._closing:
            lane.task = asyncio.create_task(self._work(name, lane))

    async def _work(self, name: str, lane: _Lane) -> None:
        while lane.dirty and not self._closing:
            lane.dirty = False
            turn = await anyio.to_thread.run_sync(self.inbox.take, name, self._wall())
            if turn is None:
                continue
            lane.dirty = True
            if isinstance(turn, float):
                await asyncio.sleep(turn)
                continue
            try:
                await self._answer(turn)
            except Exception:  # such as a full disk: the turn is tried again, and the lane goes on
                log.exception("inbound %s is tried again", turn.id)
                await asyncio.sleep(_FIRST_PAUSE)
                await anyio.to_thread.run_sync(self.inbox.again, turn.id)
        # No await between the last look and this: what comes later starts anew.
        del self._lanes[name]

    async def _answer(self, turn: Turn) -> None:
        inbound = turn.inbound
        line = self._lines[inbound.ref.channel, inbound.ref.account]
        async with Progress(line.channel, inbound) as progress:
            await anyio.to_thread.run_sync(lambda: self._answered(turn, progress.tell, line), limiter=self._limiter)
            line.delivery.wake()

    def _answered(self, turn: Turn, tell: Any, line: _Line) -> None:
        """In a thread: the reply is put and the inbound done with in one transaction."""
        inbound = turn.inbound
        try:
            with self._reception.database.writing():
                admitted = self._admission.admit(inbound, self._wall())
                if not isinstance(admitted, Principal):
                    self._put(turn, admitted)
                    return
            reply: Reply | None = self._replied(turn, admitted, tell, line)
        except Exception:  # the lane must go on
            log.exception("answering failed, inbound %s", turn.id)
            reply = _broken(inbound)
        with self._reception.database.writing():
            self._put(turn, reply)

    def _replied(self, turn: Turn, principal: Principal, tell: Any, line: _Line) -> Reply:
        inbound = turn.inbound
        if turn.tries > MOST_TRIES:
            return _broken(inbound)
        # Keys of two channels may be alike; answers are found by this one.
        ref = inbound.ref
        whole = inbound.model_copy(update={"key": f"{ref.channel}:{ref.account}:{inbound.key}"})

        def fetch(file: FileHandle) -> bytes:
            return run_from_thread(line.channel.fetch, file)

        return self._reception.respond(whole, principal, thread=inbound.lane, tell=tell, fetch=fetch).reply

    def _put(self, turn: Turn, reply: Reply | None) -> None:
        inbound, press = turn.inbound, turn.inbound.press
        if reply is not None:
            self.outbox.put(
                f"answer:{inbound.ref.channel}:{inbound.ref.account}:{inbound.key}",
                inbound.ref,
                reply,
                now=self._wall(),
                lane=inbound.lane,
                ticket=inbound.ticket,
                replaces=press.message if press is not None and reply.replaces else None,
            )
        self.inbox.answered(turn.id)


def _broken(inbound: Inbound) -> Reply:
    language = inbound.language or "zh"
    return Reply(blocks=(Markdown(text=say("broken", language)),), language=tongue(language))
