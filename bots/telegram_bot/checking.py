"""Whether a Telegram bot's settings work, found out without sending anything."""

from __future__ import annotations

import asyncio
import re

from bots.errors import ChannelError
from bots.telegram_bot.calls import translated
from bots.telegram_bot.channel import TelegramChannel

_SECONDS = 15.0
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def check(channel: TelegramChannel) -> str:
    """The bot's name and how updates reach it.

    Raises:
        ChannelError: It does not work; the message says why.
    """
    address = channel.address
    if address.webhook is not None and not _SECRET.fullmatch(address.secret or ""):
        raise ChannelError("a webhook needs CITYDESK_TELEGRAM_SECRET: 1 to 256 of A-Z a-z 0-9 _ -")
    return asyncio.run(_asked(channel))


async def _asked(channel: TelegramChannel) -> str:
    try:
        async with asyncio.timeout(_SECONDS), translated():
            await channel.bot.initialize()
            name = channel.bot.username
            set_now = (await channel.bot.get_webhook_info()).url
    except TimeoutError as problem:
        raise ChannelError("no answer") from problem
    finally:
        await channel.stop()
    how = "by webhook" if channel.address.webhook else "by long polling"
    wished = channel.address.webhook or ""
    change = "" if set_now == wished else "; `citydesk serve` will change how updates are sent"
    return f"@{name}, updates {how}{change}"
