"""What Telegram delivers, as Inbounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from telegram import Message, MessageEntity, Update, User
from telegram.constants import ChatType

from bots.channel import (
    Actor,
    Command,
    Document,
    FileHandle,
    Inbound,
    Joined,
    Left,
    Location,
    Part,
    Photo,
    Press,
    Ref,
    Text,
    Voice,
)

_GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
# A button's data is its card's purpose in one letter, a colon, and the token.
_DATA_HEAD = 2


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself."""

    id: int
    username: str


def inbound_of(update: Update, me: Me) -> Inbound | None:
    """The update for the desk; None for what is none of its business: edits, channels, other bots."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or user.is_bot or chat is None or chat.type not in {*_GROUPS, ChatType.PRIVATE}:
        return None
    message = update.message
    found = _pressed(update) if update.callback_query else _said(message, me) if message else None
    if not found:
        return None
    parts, addressed = found
    private = chat.type == ChatType.PRIVATE
    topic = str(message.message_thread_id) if message and message.is_topic_message else None
    at = message.date if message else datetime.now(UTC)  # noqa: TID251  # a press carries no time of its own
    return Inbound(
        key=str(update.update_id),
        at=at,
        ref=Ref(channel="telegram", account=str(me.id), chat=str(chat.id), kind="private" if private else "group",
                topic=topic),
        actor=_actor(user),
        addressed=private or addressed,
        parts=parts,
        language=_language(user),
        album=message.media_group_id if message else None,
    )  # fmt: skip


def _pressed(update: Update) -> tuple[tuple[Part, ...], bool] | None:
    query = update.callback_query
    if query is None or not query.data or len(query.data) <= _DATA_HEAD:
        return None
    message = str(query.message.message_id) if query.message else None
    return (Press(token=query.data[_DATA_HEAD:], message=message),), True


def _said(message: Message, me: Me) -> tuple[tuple[Part, ...], bool] | None:
    moved: list[Part] = [Joined(member=_actor(one)) for one in message.new_chat_members if one.id != me.id]
    if message.left_chat_member is not None and message.left_chat_member.id != me.id:
        moved.append(Left(member=_actor(message.left_chat_member)))
    if moved:
        return tuple(moved), False
    text, mentioned = _without_mention(message, me)
    parts = _parts(message, text, me)
    if not parts:
        return None
    reply = message.reply_to_message
    answered = reply is not None and reply.from_user is not None and reply.from_user.id == me.id
    return parts, mentioned or answered or isinstance(parts[0], Command)


def _parts(message: Message, text: str, me: Me) -> tuple[Part, ...]:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (
            Photo(file=FileHandle(locator=largest.file_id, mime="image/jpeg", size=largest.file_size), caption=text),
        )
    if (file := message.document) is not None:
        handle = FileHandle(
            locator=file.file_id, mime=file.mime_type or "", size=file.file_size, name=file.file_name or ""
        )
        # A photo sent as a file is still a photo.
        kind = Photo if handle.mime.startswith("image/") else Document
        return (kind(file=handle, caption=text),)
    if (voice := message.voice) is not None:
        handle = FileHandle(locator=voice.file_id, mime=voice.mime_type or "", size=voice.file_size)
        return (Voice(file=handle, seconds=_seconds(voice.duration)),)
    if (place := message.location) is not None:
        label = message.venue.title if message.venue else ""
        return (Location(latitude=place.latitude, longitude=place.longitude, crs="wgs84", label=label),)
    if text.startswith("/"):
        return _commanded(text, me)
    return (Text(text=text),) if text.strip() else ()


def _commanded(text: str, me: Me) -> tuple[Part, ...]:
    """A command; one that names another bot is nothing to us."""
    head, *rest = text[1:].split(maxsplit=1)
    name, _, bot = head.partition("@")
    if bot and bot.casefold() != me.username.casefold():
        return ()
    return (Command(name=name.casefold(), args=rest[0].strip() if rest else ""),)


def _without_mention(message: Message, me: Me) -> tuple[str, bool]:
    """The words without the bot's name, and whether they had it. Entities count in UTF-16 units."""
    words = message.text or message.caption or ""
    entities = message.entities or message.caption_entities
    coded, mentioned = words.encode("utf-16-le"), False
    for entity in sorted(entities, key=lambda one: -one.offset):
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        said = coded[start:end].decode("utf-16-le", "ignore")
        by_name = entity.type == MessageEntity.MENTION and said.casefold() == f"@{me.username}".casefold()
        if by_name or (entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == me.id):
            coded, mentioned = coded[:start] + coded[end:], True
    return coded.decode("utf-16-le", "ignore").strip(), mentioned


def _actor(user: User) -> Actor:
    return Actor(id=str(user.id), display=user.full_name)


def _language(user: User) -> Literal["zh", "en"] | None:
    if not user.language_code:
        return None
    return "zh" if user.language_code.startswith("zh") else "en"


def _seconds(duration: object) -> float:
    return float(duration.total_seconds() if hasattr(duration, "total_seconds") else duration)  # type: ignore[arg-type]
