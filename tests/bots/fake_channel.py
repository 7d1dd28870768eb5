"""A messenger in memory: what was sent, and failures on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bots.channel import Actor, FileHandle, Inbound, Markdown, Part, Ref, Reply, Text
from bots.port import ChannelLimits, Rate, Receive

FAST = ChannelLimits(private=Rate(1000, 1.0), group=Rate(1000, 1.0), bot=Rate(1000, 1.0))


@dataclass
class FakeChannel:
    name: str = "fake"
    account: str = "bot"
    limits: ChannelLimits = FAST
    sent: list[tuple[str, str]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    start_failures: list[Exception] = field(default_factory=list)
    receive: Receive | None = None
    stopped: bool = False

    async def start(self, receive: Receive) -> None:
        if self.start_failures:
            raise self.start_failures.pop(0)
        self.receive = receive

    async def stop(self) -> None:
        self.stopped = True

    def compose(self, ref: Ref, reply: Reply) -> Sequence[str]:
        return [block.text for block in reply.blocks if isinstance(block, Markdown)]

    async def send(self, ref: Ref, message: Any, ticket: dict[str, Any] | None) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((ref.chat, message))
        return str(len(self.sent))

    async def progress(self, inbound: Inbound, text: str, shown: str | None) -> str | None:
        self.shown.append(text)
        return shown or "p1"

    async def settle(self, inbound: Inbound, shown: str | None) -> None:
        self.shown.append(f"settled {shown}")

    async def fetch(self, file: FileHandle) -> bytes:
        return file.locator.encode()

    def words(self, chat: str = "z") -> list[str]:
        return [text for to, text in self.sent if to == chat]


def inbound(
    *parts: Part | str, key: str, at: datetime, actor: str = "z", chat: str | None = None, **more: Any
) -> Inbound:
    kind = "group" if chat is not None else "private"
    return Inbound(
        key=key,
        at=at,
        ref=Ref(channel="fake", account="bot", chat=chat or actor, kind=kind),
        actor=Actor(id=actor, display=actor),
        parts=tuple(Text(text=part) if isinstance(part, str) else part for part in parts),
        **more,
    )


async def until(true: Any, seconds: float = 10.0) -> None:
    """Wait until `true()`; fails when it never is."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.01)
