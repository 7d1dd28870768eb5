"""Replies as Telegram's messages: words with entities, places and pictures, and a keyboard under the words."""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import telegramify_markdown as markdown
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.constants import MessageLimit

from bots.channel import Card, ChartBlock, Markdown, Picture, Pin, Reply, TableBlock
from bots.pictures import chart_png, table_png

log = logging.getLogger(__name__)
LONGEST = int(MessageLimit.MAX_TEXT_LENGTH)
LONGEST_CAPTION = int(MessageLimit.CAPTION_LENGTH)
# A wider or longer table is no longer readable as lines.
PLAIN_TABLE = 4
_WIDE_ROW = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One message. A chart or a table is drawn when its turn comes (`png_of`)."""

    kind: Literal["text", "photo", "place"] = "text"
    text: str = ""
    entities: tuple[MessageEntity, ...] = ()
    png: bytes = b""
    chart: dict[str, Any] | None = None
    table: TableBlock | None = None
    latitude: float = 0.0
    longitude: float = 0.0
    keyboard: InlineKeyboardMarkup | None = None


def draw(reply: Reply) -> list[Drawn]:
    """The messages of a reply, the same for the same reply."""
    messages: list[Drawn] = []
    for block in reply.blocks:
        if isinstance(block, Markdown):
            messages += worded(block.text)
        elif isinstance(block, TableBlock):
            messages += _table(block)
        elif isinstance(block, ChartBlock):
            messages.append(Drawn(kind="photo", chart=block.spec))
        elif isinstance(block, Picture):
            messages.append(Drawn(kind="photo", png=base64.b64decode(block.base64), text=block.alt[:LONGEST_CAPTION]))
        elif isinstance(block, Pin):
            messages.append(Drawn(kind="place", latitude=block.latitude, longitude=block.longitude))
        elif block.title or block.fields:
            messages += _carded(block)
    loose = [block for block in reply.blocks if isinstance(block, Card) and not (block.title or block.fields)]
    keyboard = keyboard_of(loose)
    if keyboard is not None:
        # Under the words, which come at once; pictures follow when they are drawn.
        last = max((n for n, one in enumerate(messages) if one.kind == "text" and one.keyboard is None), default=None)
        if last is None:
            messages.append(Drawn(text="⬇️", keyboard=keyboard))
        else:
            messages[last] = replace(messages[last], keyboard=keyboard)
    return messages


def png_of(message: Drawn) -> bytes | None:
    """The picture of a message; None when it cannot be drawn, for it must not take the words with it."""
    try:
        if message.table is not None:
            return table_png(message.table)
        return chart_png(message.chart) if message.chart is not None else message.png
    except Exception:  # the renderer raises anything
        log.exception("a picture could not be drawn")
        return None


def worded(text: str) -> list[Drawn]:
    """Markdown as one or more messages of at most 4,096 UTF-16 units."""
    plain, entities = markdown.convert(text, latex_escape=False)
    return [
        Drawn(text=part, entities=tuple(_entity(one) for one in marks))
        for part, marks in markdown.split_entities(plain, entities, max_utf16_len=LONGEST)
        if part.strip()
    ]


def keyboard_of(cards: Sequence[Card]) -> InlineKeyboardMarkup | None:
    """Buttons: thumbs side by side, short ones in pairs, long ones in rows of their own."""
    rows: list[list[InlineKeyboardButton]] = []
    for card in cards:
        buttons = [
            InlineKeyboardButton(action.label[:60], callback_data=f"{card.purpose[0]}:{action.token}")
            for action in card.actions
        ]
        if card.purpose in {"judge", "decide"} or sum(_width(b.text) for b in buttons) <= _WIDE_ROW:
            rows += [buttons[start : start + 3] for start in range(0, len(buttons), 3)]
        else:
            rows += [[button] for button in buttons]
    return InlineKeyboardMarkup(rows) if rows else None


def _carded(card: Card) -> list[Drawn]:
    lines = [f"**{card.title}**"] if card.title else []
    lines += [f"{name}：{value}" for name, value in card.fields]
    drawn = worded("\n\n".join(lines))
    return [*drawn[:-1], replace(drawn[-1], keyboard=keyboard_of([card]))] if drawn else []


def _table(table: TableBlock) -> list[Drawn]:
    if len(table.rows) == 1:
        return []  # the words say it
    if len(table.heads) > PLAIN_TABLE or len(table.rows) > PLAIN_TABLE:
        return [Drawn(kind="photo", table=table)]
    lines = [" · ".join(head.label for head in table.heads), *(" · ".join(row) for row in table.rows)]
    text = "\n".join(lines)
    return [Drawn(text=text, entities=(MessageEntity(MessageEntity.PRE, 0, markdown.utf16_len(text)),))]


def _entity(one: markdown.MessageEntity) -> MessageEntity:
    return MessageEntity(one.type, one.offset, one.length, url=one.url, language=one.language)


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)
