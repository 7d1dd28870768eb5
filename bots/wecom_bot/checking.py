"""Proving the settings of WeCom's AI bot: connects and subscribes, sends nothing."""

from __future__ import annotations

import asyncio

from bots.channel import Inbound
from bots.wecom_bot.channel import WeComBot


async def check(bot: WeComBot) -> str:
    """What was found.

    Raises:
        ChannelError: The settings do not work.
    """

    async def nobody(_: Inbound) -> None:
        """Take nothing."""

    await bot.start(nobody)
    await bot.stop()
    return f"bot {bot.account}"


def prove(bot: WeComBot) -> str:
    """The same, for callers outside of any loop."""
    return asyncio.run(check(bot))
