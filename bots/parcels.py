"""What comes by itself reaches a person: as a message on the channel they are bound on, and always on their page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.dialogue import Answer
from bots.channel import Ref, Reply
from bots.replies import as_shown
from bots.store.answers import Answers, Given
from bots.store.outbox import Outbox

# The conversation of the page in which it all lies.
INBOX = "inbox"
Address = Callable[[str], Sequence[Ref]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Something for one person. The same key again is the same parcel.

    Attributes:
        channel: Where it goes if the person is bound there; else to every chat they are bound in.
        title: What it is called in a list.
    """

    key: str
    person: str
    channel: str
    title: str
    reply: Reply
    answer: Answer | None = None


class Post:
    """Puts parcels where they belong; within the caller's transaction, so all of them or none.

    Args:
        address: A person's private chats.
    """

    def __init__(self, answers: Answers, address: Address, outbox: Outbox) -> None:
        self._answers = answers
        self._address = address
        self._outbox = outbox

    def send(self, parcel: Parcel, now: datetime) -> None:
        """The page keeps it at once; messages go out as fast as their channel allows."""
        self._answers.keep(
            Given(
                key=parcel.key, person=parcel.person, thread=INBOX, at=now, question=parcel.title, reply=parcel.reply,
                answer=None if parcel.answer is None else as_shown(parcel.answer),
            )
        )  # fmt: skip
        chats = self._address(parcel.person)
        wished = [ref for ref in chats if ref.channel == parcel.channel]
        for ref in wished or chats:
            self._outbox.put(f"{parcel.key}>{ref}", ref, parcel.reply, now=now)
