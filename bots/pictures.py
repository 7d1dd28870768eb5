"""Charts and tables as pictures, for channels that show nothing else. Drawn here, with our own font, without a network."""

from __future__ import annotations

import json
import unicodedata
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any

import vl_convert

from bots.channel import TableBlock

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Noto Sans CJK SC"
MOST_ROWS = 40
_SCALE = 2.0
_SIZE, _LINE, _PAD = 14, 30, 12
_WIDEST_CELL = 28
# Characters of everyday answers; the last is a blank of the private use area, which no font draws.
_PROBE = "结案率超期①·Ag"
_NOTHING = "\ue000"


@cache
def _fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))


def chart_png(spec: dict[str, Any]) -> bytes:
    """A Vega-Lite drawing as PNG, twice the size for sharp screens. Nothing is fetched from anywhere."""
    # A page fits a drawing to itself; a picture must have a width. A step a bar ({"step": 30}) is one.
    drawn = {**spec, "width": 560} if spec.get("width", "container") == "container" else spec
    return _chart(json.dumps(drawn))


@lru_cache(maxsize=64)
def _chart(spec: str) -> bytes:
    """Drawn once for all who get the same, as of a briefing."""
    _fonts()
    config = {"font": FAMILY, "background": "white", "padding": 12}
    png: bytes = vl_convert.vegalite_to_png(spec, scale=_SCALE, config=config, allowed_base_urls=[])
    return png


def table_png(table: TableBlock) -> bytes:
    """A table as PNG: at most 40 rows, and it says so when there are more."""
    _fonts()
    rows = [[_cut(cell) for cell in row] for row in table.rows[:MOST_ROWS]]
    heads = [_cut(head.label) for head in table.heads]
    more = len(table.rows) - len(rows)
    widths = [
        max((_units(cell) for cell in column), default=1) * _SIZE * 0.56 + 2 * _PAD
        for column in zip(heads, *rows, strict=True)
    ]
    width = max(sum(widths), _units(table.title) * _SIZE * 0.62 + 2 * _PAD)
    height = _LINE * (len(rows) + 2 + bool(more or table.truncated)) + _PAD
    parts = [f'<rect width="{width:.0f}" height="{height}" fill="#fff"/>', _text(_PAD, 0, table.title, bold=True)]
    parts.append(f'<rect y="{_LINE}" width="{width:.0f}" height="{_LINE}" fill="#e8eef7"/>')
    for number, cells in enumerate([heads, *rows], 1):
        if number % 2 == 1 and number > 1:
            parts.append(f'<rect y="{number * _LINE}" width="{width:.0f}" height="{_LINE}" fill="#f7f9fc"/>')
        left = 0.0
        for cell, head, wide in zip(cells, table.heads, widths, strict=True):
            x = left + wide - _PAD if head.numeric else left + _PAD
            parts.append(_text(x, number, cell, bold=number == 1, end=head.numeric))
            left += wide
    if more or table.truncated:
        parts.append(_text(_PAD, len(rows) + 2, f"… +{more}" if more else "…"))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
        f'font-family="{FAMILY}" font-size="{_SIZE}">{"".join(parts)}</svg>'
    )
    png: bytes = vl_convert.svg_to_png(svg, scale=_SCALE)
    return png


def missing_glyphs(text: str = _PROBE) -> str:
    """The characters that would be drawn as empty boxes; to be asked at start, for the renderer itself says nothing."""
    nothing = _drawn(_NOTHING)
    return "".join(c for c in text if not c.isspace() and _drawn(c) == nothing)


def _drawn(character: str) -> bytes:
    _fonts()
    png: bytes = vl_convert.svg_to_png(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-family="{FAMILY}" font-size="16">'
        f'<text x="2" y="16">{escape(character)}</text></svg>'
    )
    return png


def _text(x: float, line: int, text: str, *, bold: bool = False, end: bool = False) -> str:
    y = line * _LINE + _LINE * 0.66
    anchor = ' text-anchor="end"' if end else ""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="#1b2330"{anchor}{weight}>{escape(_visible(text))}</text>'


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if _units(text) <= 2 * _WIDEST_CELL else text[:_WIDEST_CELL] + "…"


def _visible(text: str) -> str:
    """Without control characters, which are no XML, and marks that turn the direction of writing."""
    return "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})


def _units(text: str) -> float:
    """Width in halves of a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1.1 for c in text)
