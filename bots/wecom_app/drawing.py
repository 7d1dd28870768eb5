"""Replies as messages of a self-built app: Markdown in pieces that fit, pictures, and cards with at most six buttons."""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Literal

from bots.channel import Card, ChartBlock, Markdown, Picture, Pin, Reply, TableBlock
from bots.pictures import chart_png, table_png
from bots.wecom_bot.drawing import MOST_BUTTONS, pieces

log = logging.getLogger(__name__)
# Of one message, in bytes of UTF-8; WeCom cuts the rest off and says nothing.
LONGEST = 2_048
_LONGEST_LABEL, _LONGEST_TITLE, _LONGEST_SUBTITLE = 10, 36, 160
_LONGEST_KEYNAME, _LONGEST_VALUE, _MOST_FIELDS = 5, 30, 6
# A key may have 1,024 bytes.
_LONGEST_KEPT_LABEL = 200
# Markdown of the app knows no tables: a small one becomes lines, any other a picture.
_PLAIN_COLUMNS, _PLAIN_ROWS = 4, 4
_STYLES = {"plain": 2, "good": 1, "bad": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One message. A picture is drawn when its turn comes (`png_of`).

    Attributes:
        first: Of its reply; with it a pressed card is settled.
    """

    kind: Literal["text", "picture", "card"]
    text: str = ""
    source: ChartBlock | TableBlock | Picture | None = None
    card: dict[str, Any] | None = None
    first: bool = False
    language: Literal["zh", "en"] = "zh"


def draw(reply: Reply, title: str) -> list[Drawn]:
    """The messages of a reply, the same for the same reply.

    Args:
        title: Of a card of buttons that has none of its own.
    """
    words, pictures = worded(reply)
    drawn = [Drawn(kind="text", text=piece) for piece in pieces(words, LONGEST)]
    drawn += [Drawn(kind="picture", source=one) for one in pictures]
    drawn += [Drawn(kind="card", card=_card(cards, title)) for cards in _grouped(reply)]
    return [replace(one, first=number == 0, language=reply.language) for number, one in enumerate(drawn)]


def worded(reply: Reply) -> tuple[str, list[ChartBlock | TableBlock | Picture]]:
    """The words of a reply, and what can only be shown as a picture."""
    words: list[str] = []
    pictures: list[ChartBlock | TableBlock | Picture] = []
    for block in reply.blocks:
        if isinstance(block, Markdown):
            words.append(block.text)
        elif isinstance(block, TableBlock):
            if (lines := _lines(block)) is None:
                pictures.append(block)
            elif lines:
                words.append(lines)
        elif isinstance(block, ChartBlock | Picture):
            pictures.append(block)
        elif isinstance(block, Pin):
            words.append(" ".join(f"📍 {block.label} {block.latitude:.5f}, {block.longitude:.5f}".split()))
    return "\n\n".join(words), pictures


def png_of(source: ChartBlock | TableBlock | Picture) -> bytes | None:
    """The picture; None when it cannot be drawn, for it must not take the words with it."""
    try:
        if isinstance(source, ChartBlock):
            return chart_png(source.spec)
        return table_png(source) if isinstance(source, TableBlock) else base64.b64decode(source.base64)
    except Exception:  # the renderer raises anything
        log.exception("a picture could not be drawn")
        return None


def shortened(text: str, longest: int) -> str:
    """At most so many characters, with a sign of what is missing."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _lines(table: TableBlock) -> str | None:
    """A small table as lines, nothing for a single row, which the words say; None when it must be a picture."""
    if len(table.rows) == 1:
        return ""
    if len(table.heads) > _PLAIN_COLUMNS or len(table.rows) > _PLAIN_ROWS:
        return None
    heads = " · ".join(head.label for head in table.heads)
    return "\n".join((f"**{heads}**", *(f"> {' · '.join(row)}" for row in table.rows)))


def _grouped(reply: Reply) -> list[list[Card]]:
    """Cards as they are sent. Thumbs join what stands there anyway: a message of their own is too much for them."""
    cards = [block for block in reply.blocks if isinstance(block, Card) and block.actions]
    groups = [[card] for card in cards if card.purpose != "judge"]
    for thumbs in (card for card in cards if card.purpose == "judge"):
        loose = next((group for group in groups if group[0].purpose in {"choose", "follow"}), None)
        if loose is not None and sum(len(card.actions) for card in (*loose, thumbs)) <= MOST_BUTTONS:
            loose.append(thumbs)
    return groups


def _card(cards: Sequence[Card], title: str) -> dict[str, Any]:
    """A card of buttons; its number is drawn from its tokens, so that the same card sent again is one to WeCom."""
    buttons = [(card.purpose[0], action) for card in cards for action in card.actions][:MOST_BUTTONS]
    number = blake2b("".join(action.token for _, action in buttons).encode(), digest_size=12).hexdigest()
    drawn: dict[str, Any] = {
        "card_type": "button_interaction",
        "main_title": {"title": shortened(cards[0].title or title, _LONGEST_TITLE)},
        "button_list": [
            {
                "text": shortened(action.label, _LONGEST_LABEL),
                "style": _STYLES[action.style],
                "key": f"{purpose}:{action.token}:{action.label[:_LONGEST_KEPT_LABEL]}",
            }
            for purpose, action in buttons
        ],
        "task_id": number,
    }
    # What a button has no room for is said above it.
    if any(len(action.label) > _LONGEST_LABEL for _, action in buttons):
        labels = "\n".join(f"· {action.label}" for purpose, action in buttons if purpose != "j")
        drawn["sub_title_text"] = shortened(labels, _LONGEST_SUBTITLE)
    if cards[0].fields:
        drawn["horizontal_content_list"] = [
            {"keyname": name[:_LONGEST_KEYNAME], "value": shortened(value, _LONGEST_VALUE)}
            for name, value in cards[0].fields[:_MOST_FIELDS]
        ]
    return drawn
