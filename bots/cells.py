"""Cells as people read them, the same in the terminal, on the page and in a picture."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from assistant.render import plain
from bots.channel import Head, TableBlock
from warehouse.table import Column, Table

WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
NUMERIC = frozenset({"integer", "number", "ratio", "hours"})


def head_text(column: Column, language: str) -> str:
    """The column's head."""
    return column.label.get(language, column.name)


def cell_text(cell: Any, column: Column, language: str) -> str:
    """A cell; a missing one is a dash."""
    if cell is None:
        return "—"
    if column.name == "weekday":
        return f"周{WEEKDAYS['zh'][cell - 1]}" if language == "zh" else WEEKDAYS["en"][cell - 1]
    if column.name == "hour_of_day":
        return f"{cell:02d}:00"
    if isinstance(cell, bool):
        return "●" if cell else ""
    if isinstance(cell, int | float):
        return _number(cell, column, language)
    if isinstance(cell, datetime):
        midnight = column.role == "time" and (cell.hour, cell.minute) == (0, 0)
        return f"{cell:%Y-%m-%d}" if midnight else f"{cell:%Y-%m-%d %H:%M}"
    return str(cell)


def _number(cell: Any, column: Column, language: str) -> str:
    sign = "+" if column.role in {"change", "change_ratio"} else ""
    if column.type == "ratio" and column.role == "change":
        # The change of a rate is percentage points, never per cent.
        return f"{cell * 100:+.1f} {'个百分点' if language == 'zh' else 'pp'}"
    if column.type == "ratio":
        return f"{cell * 100:{sign}.1f}%"
    return f"{cell:{sign},.1f}" if isinstance(cell, float) else f"{cell:{sign},}"


def block_of(table: Table, language: str) -> TableBlock:
    """The table for a channel."""
    named = [head_text(c, language) for c in table.columns if c.role == "metric"] or [
        head_text(table.columns[0], language)
    ]
    return TableBlock(
        title=("、" if language == "zh" else ", ").join(named),
        heads=tuple(
            Head(
                name=column.name,
                label=head_text(column, language),
                numeric=column.type in NUMERIC and column.role != "dimension",
            )
            for column in table.columns
        ),
        rows=tuple(
            tuple(cell_text(cell, column, language) for cell, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ),
        values=tuple(tuple(plain(cell) for cell in row) for row in table.rows),
        truncated=table.truncated,
    )
