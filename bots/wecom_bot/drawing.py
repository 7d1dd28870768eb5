"""Replies as messages of the AI bot: Markdown in pieces that fit, pictures, and a card with at most six buttons."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

from bots.channel import Action, Card, ChartBlock, Markdown, Picture, Pin, Reply, TableBlock
from bots.pictures import chart_png, table_png

# Of one stream or Markdown message, in bytes of UTF-8.
LONGEST = 20_480
MOST_BUTTONS = 6
_LONGEST_LABEL = 10
_LONGEST_TITLE = 26
# Markdown tables are shown as tables up to this size.
_PLAIN_COLUMNS, _PLAIN_ROWS = 4, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One message; the first words end the stream that a question opened."""

    kind: Literal["text", "picture", "card"]
    text: str = ""
    png: bytes = b""
    card: dict[str, Any] | None = None
    first: bool = False


def draw(reply: Reply, title: str) -> list[Drawn]:
    """The messages of a reply, the same for the same reply.

    Args:
        title: Of a card of buttons that has none of its own.
    """
    words: list[str] = []
    pictures: list[Drawn] = []
    for block in reply.blocks:
        if isinstance(block, Markdown):
            words.append(block.text)
        elif isinstance(block, TableBlock):
            table = _table(block)
            words += [table] if table else []
            pictures += [] if table or len(block.rows) == 1 else [Drawn(kind="picture", png=table_png(block))]
        elif isinstance(block, ChartBlock):
            pictures.append(Drawn(kind="picture", png=chart_png(block.spec)))
        elif isinstance(block, Picture):
            pictures.append(Drawn(kind="picture", png=base64.b64decode(block.base64)))
        elif isinstance(block, Pin):
            words.append(f"📍 {block.label} {block.latitude:.5f}, {block.longitude:.5f}".replace("  ", " "))
    drawn = [
        Drawn(kind="text", text=piece, first=number == 0) for number, piece in enumerate(pieces("\n\n".join(words)))
    ]
    cards = [block for block in reply.blocks if isinstance(block, Card) and block.purpose != "judge" and block.actions]
    return [*drawn, *pictures, *(Drawn(kind="card", card=_card(one, title)) for one in cards)]


def pieces(text: str, longest: int = LONGEST) -> list[str]:
    """The text in parts of so many bytes at most, cut between lines, else between characters; nothing is lost."""
    found: list[str] = []
    held = ""
    for line in text.splitlines(keepends=True):
        for part in _bitten(line, longest):
            if len((held + part).encode()) > longest:
                found.append(held)
                held = ""
            held += part
    return [part.strip("\n") for part in [*found, held] if part.strip()]


def _bitten(line: str, longest: int) -> list[str]:
    if len(line.encode()) <= longest:
        return [line]
    found: list[str] = []
    held: list[str] = []
    size = 0
    for sign in line:
        width = len(sign.encode())
        if size + width > longest:
            found.append("".join(held))
            held, size = [], 0
        held.append(sign)
        size += width
    return [*found, "".join(held)]


def _table(table: TableBlock) -> str:
    if len(table.rows) == 1 or len(table.heads) > _PLAIN_COLUMNS or len(table.rows) > _PLAIN_ROWS:
        return ""
    lines = [[head.label for head in table.heads], ["---"] * len(table.heads), *table.rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "¦") for cell in line) + " |" for line in lines)


def _card(card: Card, title: str) -> dict[str, Any]:
    """A card of buttons; its number is drawn from its tokens, so that the same card is one to WeCom."""
    actions = card.actions[:MOST_BUTTONS]
    number = blake2b("".join(action.token for action in actions).encode(), digest_size=12).hexdigest()
    drawn: dict[str, Any] = {
        "card_type": "button_interaction",
        "main_title": {"title": _cut(card.title or title, _LONGEST_TITLE)},
        "button_list": [_button(action) for action in actions],
        "task_id": number,
    }
    if card.fields:
        drawn["horizontal_content_list"] = [
            {"keyname": name[:5], "value": value[:30]} for name, value in card.fields[:6]
        ]
    return drawn


def _button(action: Action) -> dict[str, Any]:
    styles = {"plain": 2, "good": 1, "bad": 3}
    return {"text": _cut(action.label, _LONGEST_LABEL), "style": styles[action.style], "key": action.token}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
