"""Group robots of WeCom (消息推送): groups that are only told. One channel for all of them; a chat is a person's name.

Who such a group is, and so what it may be told, the directory says: `people.yml` has a person of that name, with a role
and a scope that everybody in the group may see. Briefings and alerts reach them as they reach anybody.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
from yaml import YAMLError

from assistant.directory import Directory
from assistant.errors import UnknownPerson
from bots.channel import ChartBlock, FileHandle, Inbound, Picture, Ref, Reply, TableBlock
from bots.errors import Refused
from bots.port import ChannelLimits, Rate, Receive
from bots.wecom_app.calls import WrongSettings, called, is_safe, line, problem_of
from bots.wecom_app.drawing import png_of, worded
from bots.wecom_bot.drawing import pieces

NAME, ACCOUNT = "wecom_robot", "robots"
# A robot may say 20 things a minute, and is silenced for more. A full bucket and what flows into it meanwhile stay below.
LIMITS = ChannelLimits(private=Rate(6, 30.0), group=Rate(6, 30.0), bot=Rate(20, 1.0))
# Of one message, in bytes of UTF-8; of a picture, in bytes.
LONGEST, LARGEST = 4_096, 2 << 20
_WEBHOOK = re.compile(r".+/webhook/send\?key=[\w-]{8,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One message: words, or a picture that is drawn when its turn comes."""

    text: str = ""
    source: ChartBlock | TableBlock | Picture | None = None


class WeComRobots:
    """The robots of the settings.

    Args:
        webhooks: By the name of whom the group is in the directory. An address is all it takes to speak there, so it is
            never printed.
    """

    name, account, limits = NAME, ACCOUNT, LIMITS

    def __init__(self, webhooks: Mapping[str, str]) -> None:
        self._webhooks = dict(webhooks)
        self._line: httpx.AsyncClient | None = None
        self._pencil = anyio.CapacityLimiter(1)

    @property
    def names(self) -> tuple[str, ...]:
        """Whom they tell."""
        return tuple(self._webhooks)

    async def start(self, receive: Receive) -> None:
        """Nothing is ever heard from a robot."""

    async def stop(self) -> None:
        """Let go of the connections; the next message opens others."""
        client, self._line = self._line, None
        if client is not None:
            await client.aclose()

    def compose(self, ref: Ref, reply: Reply) -> Sequence[Push]:  # noqa: ARG002  # the port's: groups are alike
        """The messages of a reply. Its buttons stay away: a robot hears nothing."""
        words, pictures = worded(reply)
        # What a citizen wrote must call nobody.
        said = [Push(text=piece) for piece in pieces(words.replace("<@", "＜@"), LONGEST)]
        return [*said, *(Push(source=one) for one in pictures)]

    async def send(self, ref: Ref, message: Push, ticket: dict[str, Any] | None) -> str:  # noqa: ARG002  # the port's
        """Send one message."""
        body: dict[str, Any] = {"msgtype": "markdown", "markdown": {"content": message.text}}
        if message.source is not None:
            png = await anyio.to_thread.run_sync(png_of, message.source, limiter=self._pencil)
            if png is None or len(png) > LARGEST:
                return "-"
            digest = hashlib.md5(png, usedforsecurity=False).hexdigest()
            body = {"msgtype": "image", "image": {"base64": base64.b64encode(png).decode(), "md5": digest}}
        await self._called(self._webhook(ref.chat), json=body)
        return "-"

    async def prove(self, name: str) -> None:
        """Send up a file that nobody is shown: WeCom takes it from whoever knows a robot's address.

        Raises:
            ChannelError: The address is no robot's.
        """
        address = self._webhook(name).replace("/webhook/send?", "/webhook/upload_media?")
        await self._called(f"{address}&type=file", files={"media": ("check.txt", b"citydesk", "text/plain")})

    def _webhook(self, name: str) -> str:
        address = self._webhooks.get(name, "")
        if not _WEBHOOK.fullmatch(address) or not is_safe(address):
            raise WrongSettings("CITYDESK_WECOM_ROBOTS has no address for it like https://…/cgi-bin/webhook/send?key=…")
        return address

    async def _called(self, address: str, **more: Any) -> None:
        self._line = self._line or line()
        told = await called(self._line, "POST", address, **more)
        if (problem := problem_of(int(told.answer["errcode"]))) is not None:
            raise problem

    async def progress(self, inbound: Inbound, text: str, shown: str | None) -> str | None:
        """Nobody asks a robot."""

    async def settle(self, inbound: Inbound, shown: str | None) -> None:
        """Nobody asks a robot."""

    async def fetch(self, file: FileHandle) -> bytes:
        """Nobody sends a robot anything.

        Raises:
            Refused: Always.
        """
        raise Refused(file.name)


def destination(name: str) -> Ref:
    """Where a group is told."""
    return Ref(channel=NAME, account=ACCOUNT, chat=name, kind="group")


def check(robots: WeComRobots, name: str, home: Path) -> str:
    """What was found of one robot; nothing is shown to anybody.

    Args:
        home: Where people.yml lies.

    Raises:
        ChannelError: It cannot be spoken through, or nobody has its name.
    """
    try:
        Directory.read(home).principal(name)
    except (UnknownPerson, ValueError, OSError, YAMLError):
        raise WrongSettings(f"people.yml has nobody called {name}: who the group is, and what it may be told") from None

    async def asked() -> None:
        try:
            await robots.prove(name)
        finally:
            await robots.stop()

    asyncio.run(asked())
    return f"{name} is told through its group's robot"
