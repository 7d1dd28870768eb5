"""Whether a self-built app's settings work, found out without sending anything."""

from __future__ import annotations

import asyncio

from bots.errors import Unreachable
from bots.wecom_app.channel import WeComApp

_SECONDS = 20.0


def check(channel: WeComApp) -> str:
    """The app's name at WeCom.

    Raises:
        ChannelError: It does not work; the message says why.
    """
    return asyncio.run(_asked(channel))


async def _asked(channel: WeComApp) -> str:
    channel.envelope()
    try:
        async with asyncio.timeout(_SECONDS):
            told = await channel.api.ask("agent/get", agentid=str(channel.app.agent))
    except TimeoutError:
        raise Unreachable("no answer") from None
    finally:
        await channel.stop()
    off = "" if told.get("close") in {None, 0} else "; it is switched off"
    return f"app {told.get('name') or channel.app.agent} of {channel.app.corp}, called back at /api/wecom/callback{off}"
