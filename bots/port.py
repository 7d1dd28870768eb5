"""The port that every messenger's adapter fits: what it must do, and what it says of its limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bots.channel import FileHandle, Inbound, Ref, Reply

# Returns once the inbound is on disk: only then may an adapter tell its messenger that it has it.
Receive = Callable[[Inbound], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` messages at once and `burst` a `seconds` in the long run."""

    burst: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLimits:
    """How fast a channel may be spoken to.

    Attributes:
        private: To one person.
        group: To one group.
        bot: Of the whole bot.
    """

    private: Rate
    group: Rate
    bot: Rate


class Channel(Protocol):
    """A messenger's adapter. It translates and never decides.

    Attributes:
        name: Of the channel: `telegram`, `wecom` …
        account: The bot's own id, so that two bots of one kind never mix.
    """

    name: str
    account: str
    limits: ChannelLimits

    async def start(self, receive: Receive) -> None:
        """Begin to listen.

        Raises:
            Unreachable: Worth another try.
            Refused: The settings are wrong.
        """

    async def stop(self) -> None:
        """Stop listening and let go of the connection."""

    def compose(self, ref: Ref, reply: Reply) -> Sequence[Any]:
        """The messages of a reply, each what `send` takes. The same reply gives the same messages.

        Called in a thread: it may draw pictures.
        """

    async def send(self, ref: Ref, message: Any, ticket: dict[str, Any] | None) -> str:
        """Send one message; returns its id in the channel.

        Args:
            ticket: The inbound's own, of the message that is answered; None for what comes by itself. `replaces` in it
                is the id of an earlier message whose place this one should take, where the channel can do that.

        Raises:
            TryLater: Too fast.
            Unreachable: Worth another try.
            Refused: It will never work.
        """

    async def progress(self, inbound: Inbound, text: str, shown: str | None) -> str | None:
        """Show that somebody is at it. Best effort: it may be lost and raises nothing that matters.

        Args:
            text: What is being done, in words; empty: only that something is.
            shown: What this gave before, so that the same message changes; None at first.

        Returns:
            What to give next time.
        """

    async def settle(self, inbound: Inbound, shown: str | None) -> None:
        """The answer was sent: take away what `progress` left."""

    async def fetch(self, file: FileHandle) -> bytes:
        """The bytes of a file that was sent.

        Raises:
            ChannelError: It cannot be had.
        """
