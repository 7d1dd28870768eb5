"""Proving the settings of WeCom's AI bot: connects and subscribes, sends nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from filelock import FileLock, Timeout

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


def prove(bot: WeComBot, leases: Path) -> str:
    """The same outside of any loop, unless a desk of this home has the bot: WeCom ends the older of two connections.

    Args:
        leases: Folder of the leases of running channels.

    Raises:
        ChannelError: The settings do not work.
    """
    leases.mkdir(parents=True, exist_ok=True)
    lease = FileLock(leases / f"{bot.name}-{bot.account}.lease")
    try:
        lease.acquire(timeout=0)
    except Timeout:
        return f"bot {bot.account} is run by `citydesk serve` just now; not tried, so as not to throw it out"
    try:
        return asyncio.run(check(bot))
    finally:
        lease.release()
