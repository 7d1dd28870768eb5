"""The adapter of WeCom's AI bot: callbacks in, streams, cards and pictures out. It translates and decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from uuid import uuid4

from bots.channel import FileHandle, Inbound, Ref, Reply
from bots.errors import ChannelError, Unreachable
from bots.port import ChannelLimits, Rate, Receive
from bots.wecom_bot import frames
from bots.wecom_bot.connection import OPENED_BY, Connection
from bots.wecom_bot.drawing import Drawn, draw
from bots.wecom_bot.frames import Frame
from bots.wecom_bot.media import download, upload
from bots.wecom_bot.reading import event_of, message_of
from bots.words import say

log = logging.getLogger(__name__)
# Thirty messages a minute in one conversation; a burst leaves room for what comes by itself.
LIMITS = ChannelLimits(private=Rate(25, 60.0), group=Rate(25, 60.0), bot=Rate(30, 1.0))


def _utc() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # WeCom's frames carry no time of their own


class WeComBot:
    """One AI bot.

    Args:
        address: Of the long connection; tests have their own.
    """

    name = "wecom"
    limits = LIMITS

    def __init__(self, bot: str, secret: str, address: str = OPENED_BY, wall: Callable[[], datetime] = _utc) -> None:
        self.account = bot
        self._wall = wall
        self._receive: Receive | None = None
        self._connection = Connection(bot, secret, self._heard, address)
        self._errands: set[asyncio.Task[None]] = set()

    async def start(self, receive: Receive) -> None:
        """Connect and listen; a connection that drops is opened again."""
        self._receive = receive
        await self._connection.open()

    async def stop(self) -> None:
        """Let go of the connection."""
        for errand in self._errands:
            errand.cancel()
        await self._connection.close()

    def compose(self, ref: Ref, reply: Reply) -> Sequence[Drawn]:  # noqa: ARG002  # groups and people are alike
        """The messages of a reply."""
        return draw(reply, say("next", reply.language))

    async def send(self, ref: Ref, message: Drawn, ticket: dict[str, Any] | None) -> str:
        """Send one message: the words as the stream's end where a question is answered, else as one of their own."""
        if message.first and (request := (ticket or {}).get("request")):
            try:
                await self._streamed(str(request), message.text, finish=True)
            except Unreachable as problem:
                # The stream is closed or too old, or the line was cut meanwhile: the words go out by themselves.
                log.info("the stream took no more, sent apart: %s", problem)
            else:
                return f"stream:{request}"
        await self._connection.ask(frames.SEND, {"chatid": ref.chat, **await self._body(message)})
        return message.card["task_id"] if message.card else uuid4().hex

    async def _body(self, message: Drawn) -> dict[str, Any]:
        if message.kind == "picture":
            media = await upload(self._connection, message.png)
            return {"msgtype": "image", "image": {"media_id": media}}
        if message.kind == "card":
            return {"msgtype": "template_card", "template_card": message.card}
        return {"msgtype": "markdown", "markdown": {"content": message.text}}

    async def _streamed(self, request: str, text: str, *, finish: bool) -> None:
        stream = {"id": blake2b(request.encode(), digest_size=12).hexdigest(), "finish": finish, "content": text}
        await self._connection.ask(frames.RESPOND, {"msgtype": "stream", "stream": stream}, request)

    async def progress(self, inbound: Inbound, text: str, shown: str | None) -> str | None:
        """What is being done, in the stream that the answer will end."""
        request = (inbound.ticket or {}).get("request")
        if request and text != shown:
            try:
                await self._streamed(str(request), text or "…", finish=False)
            except ChannelError as problem:
                log.debug("progress was not shown: %s", problem)
        return text

    async def settle(self, inbound: Inbound, shown: str | None) -> None:
        """Nothing is left: the answer took the stream's place."""

    async def fetch(self, file: FileHandle) -> bytes:
        """A file's bytes; its address is good for five minutes."""
        return await download(file)

    async def _heard(self, frame: Frame) -> None:
        now = self._wall()
        if frame.command == frames.MESSAGE:
            await self._take(message_of(frame, self.account, now))
        elif frame.command == frames.EVENT:
            kind = str((frame.body.get("event") or {}).get("eventtype") or "")
            if kind == "disconnected_event":
                self._connection.kicked()
            elif kind == "enter_chat":
                self._errand(frame, frames.WELCOME, {"msgtype": "text", "text": {"content": say("welcome", "zh")}})
            else:
                await self._take(event_of(frame, self.account, now))

    async def _take(self, inbound: Inbound | None) -> None:
        if inbound is not None and inbound.actor.id and self._receive is not None:
            await self._receive(inbound)

    def _errand(self, frame: Frame, command: str, body: dict[str, Any]) -> None:
        """Answer an event that waits five seconds only; best effort."""

        async def run() -> None:
            try:
                await self._connection.ask(command, body, frame.request)
            except ChannelError as problem:
                log.debug("%s was not answered: %s", command, problem)

        task = asyncio.create_task(run())
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
