"""What can go wrong between the desk and a messenger.

ChannelError
├── TryLater      the channel is there and asks for patience
├── Unreachable   no answer, or one that blames the other side: try again
└── Refused       the channel will not do this, now or later
"""

from __future__ import annotations


class ChannelError(Exception):
    """Base of what an adapter may raise while it sends."""


class TryLater(ChannelError):
    """Too fast. `seconds` is how long the channel wants silence."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class Unreachable(ChannelError):
    """Nothing came back, or a failure of the other side's own."""


class Refused(ChannelError):
    """It will never work: the person blocked the bot, the chat is gone, the token is wrong."""
