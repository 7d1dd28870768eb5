"""The adapter of WeCom's self-built app: callbacks in, messages out. It translates and decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import anyio

from bots.channel import FileHandle, Inbound, Ref, Reply
from bots.errors import ChannelError, Refused, Unreachable
from bots.port import ChannelLimits, Rate, Receive
from bots.wecom_app.api import Api
from bots.wecom_app.calls import OPENED_BY, MediaGone, WrongSettings
from bots.wecom_app.crypto import WINDOW_SECONDS, Envelope
from bots.wecom_app.drawing import Drawn, draw, png_of, shortened
from bots.wecom_app.reading import MEMBER, callback_of, inbound_of
from bots.words import say

log = logging.getLogger(__name__)
# To one member 30 messages a minute and 1,000 an hour; what is more WeCom drops and says nothing. A full bucket and what
# flows into it meanwhile stay below both, with room for signs of progress: 12 + 15 a minute, 12 + 900 an hour.
LIMITS = ChannelLimits(private=Rate(12, 48.0), group=Rate(12, 48.0), bot=Rate(20, 1.0))
_LONGEST_CHOICE = 20
_CARD_PAUSE_SECONDS = 0.5
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What the app's pages show. The secret, the token and the key are never printed.

    Attributes:
        key: The callback's EncodingAESKey.
        api: Where the API lies; a private deployment and tests have their own.
    """

    corp: str
    agent: int
    secret: str
    token: str
    key: str
    api: str = OPENED_BY

    def __repr__(self) -> str:
        return f"App({self.corp}, {self.agent})"


@dataclass(frozen=True, slots=True)
class Seal:
    """What stands beside a sealed text in the callback's address."""

    signature: str
    timestamp: str
    nonce: str


def _utc() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # what is too old a callback is the adapter's to say


class WeComApp:
    """One self-built app."""

    name = "wecom_app"
    limits = LIMITS

    def __init__(self, app: App, wall: Callable[[], datetime] = _utc) -> None:
        self.account = f"{app.corp}-{app.agent}"
        self.app = app
        self.api = Api(app.corp, app.secret, app.api)
        self._wall = wall
        self._receive: Receive | None = None
        self._taken: dict[str, float] = {}
        # One picture at a time: words must never wait for pictures.
        self._pencil = anyio.CapacityLimiter(1)

    def envelope(self) -> Envelope:
        """Opens this app's callbacks.

        Raises:
            Refused: Token or key are none.
        """
        return Envelope(self.app.token, self.app.key, self.app.corp)

    async def start(self, receive: Receive) -> None:
        """Take callbacks from now on, and see whether WeCom lets the app in."""
        self.envelope()
        # Before WeCom is asked anything: what people say while its API is down must not be lost.
        self._receive = receive
        try:
            await self.api.prove()
        except WrongSettings as problem:
            raise Refused(str(problem)) from None

    async def stop(self) -> None:
        """Take no more callbacks and let go of the connections."""
        self._receive = None
        await self.api.close()

    def verified(self, echo: str, seal: Seal) -> str:
        """What WeCom wants to hear when the callback's address is set.

        Raises:
            Forged: It is not WeCom that asks.
        """
        return self._opened(echo, seal)

    async def arrived(self, body: bytes, seal: Seal) -> None:
        """A callback; returns when it is on disk.

        Raises:
            Forged: It is not WeCom's, or too old.
            Unreachable: Nobody listens yet; WeCom tries again.
        """
        if self._receive is None:
            raise Unreachable("not started")
        opened = self._opened(callback_of(body)["Encrypt"], seal)
        # Word for word what was taken already. It is no failure: WeCom repeats what it thinks was not heard.
        if seal.signature in self._taken:
            return
        callback = callback_of(opened)
        if callback["AgentID"] not in {"", str(self.app.agent)}:
            log.warning("a callback is for app %s and this is %s: not taken", callback["AgentID"], self.app.agent)
            return
        inbound = inbound_of(callback, self.account, self._wall())
        if inbound is not None:
            await self._receive(inbound)
        self._remember(seal.signature)

    def _opened(self, sealed: str, seal: Seal) -> str:
        return self.envelope().opened(
            sealed, signature=seal.signature, timestamp=seal.timestamp, nonce=seal.nonce, now=self._wall()
        )

    def _remember(self, signature: str) -> None:
        """As long as the time in it is one that is taken; anything older is refused for that."""
        now = self._wall().timestamp()
        if len(self._taken) >= _MOST_REMEMBERED:
            self._taken = {one: at for one, at in self._taken.items() if now - at <= 2 * WINDOW_SECONDS}
        self._taken[signature] = now

    def compose(self, ref: Ref, reply: Reply) -> Sequence[Drawn]:  # noqa: ARG002  # the port's: everybody is alike
        """The messages of a reply."""
        return draw(reply, say("next", reply.language))

    async def send(self, ref: Ref, message: Drawn, ticket: dict[str, Any] | None) -> str:
        """Send one message; before the first of an answer to a button, that button's card shows what was chosen."""
        if message.first and ticket is not None and ticket.get("code"):
            await self._settle_card(ref, ticket, message.language)
        if message.source is not None:
            png = await anyio.to_thread.run_sync(png_of, message.source, limiter=self._pencil)
            return "-" if png is None else await self._pictured(ref, png)
        if message.card is not None:
            await self._sent(ref, {"msgtype": "template_card", "template_card": message.card})
            return str(message.card["task_id"])
        return await self._sent(ref, {"msgtype": "markdown", "markdown": {"content": message.text}})

    async def _pictured(self, ref: Ref, png: bytes) -> str:
        media = await self.api.upload(png)
        try:
            return await self._sent(ref, {"msgtype": "image", "image": {"media_id": media}})
        except MediaGone:
            self.api.forget(media)
            raise

    async def _sent(self, ref: Ref, body: dict[str, Any]) -> str:
        if not MEMBER.fullmatch(ref.chat):
            raise Refused("no member's id")
        told = await self.api.ask("message/send", {"touser": ref.chat, "agentid": self.app.agent, **body})
        # WeCom says yes to a message that reaches nobody.
        for name in ("invaliduser", "unlicenseduser"):
            if ref.chat.casefold() in str(told.get(name) or "").casefold().split("|"):
                raise Refused(f"{name}: outside the app's range, or without a licence")
        return str(told.get("msgid") or "-")

    async def _settle_card(self, ref: Ref, ticket: dict[str, Any], language: str) -> None:
        """Choices and decisions are made once, and their card says so; other buttons stay as they are."""
        if ticket.get("purpose") not in {"c", "d"}:
            return
        chosen = shortened(say("chosen", language, label=ticket.get("label", "")), _LONGEST_CHOICE)
        body = {
            "userids": [ref.chat], "agentid": self.app.agent, "response_code": ticket["code"],
            "button": {"replace_name": chosen},
        }  # fmt: skip
        for pause in (_CARD_PAUSE_SECONDS, 0.0):
            try:
                await self.api.ask("message/update_template_card", body)
            except Refused as problem:
                # The code was used, as by a try before this one, or is too old.
                log.info("the card stays as it is: %s", problem)
                return
            except ChannelError as problem:
                log.info("the card is not reached: %s", problem)
                # Not for long: the words matter more, and a button that stays is one that says it was pressed.
                await asyncio.sleep(pause)
            else:
                return

    async def progress(self, inbound: Inbound, text: str, shown: str | None) -> str | None:
        """One line when it takes long; messages of an app cannot change."""
        if not text or shown is not None:
            return shown
        return await self._sent(inbound.ref, {"msgtype": "text", "text": {"content": text}})

    async def settle(self, inbound: Inbound, shown: str | None) -> None:  # noqa: ARG002  # the port's
        """Take that line back."""
        if shown is not None:
            await self.api.ask("message/recall", {"msgid": shown})

    async def fetch(self, file: FileHandle) -> bytes:
        """A file's bytes, from WeCom's API by its id and from nowhere else."""
        return await self.api.download(file.locator)
