"""Block: what every reader gives: a heading, a paragraph or a table row, in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# What people write into a cell that has nothing to say.
EMPTY = {"—", "-", "–", "/", "无"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a document.

    Attributes:
        level: Of a heading, 1 the highest; 0 otherwise.
        cells: Of a table row: header → cell, in column order.
        table: Which table (or sheet) a row belongs to.
    """

    kind: Literal["heading", "text", "row"]
    text: str
    level: int = 0
    cells: tuple[tuple[str, str], ...] = ()
    table: str = ""


def row(cells: list[tuple[str, str]], table: str) -> Block:
    """A table row; its text names each column, as it will be quoted."""
    kept = tuple((name, cell) for name, cell in cells if cell and cell not in EMPTY)
    return Block(kind="row", text="；".join(f"{name}：{cell}" for name, cell in kept), cells=kept, table=table)


def table_rows(lines: list[list[str]], table: str) -> list[Block]:
    """Rows under a header line; rows without any cell are dropped."""
    if not lines:
        return []
    header, *body = lines
    names = [name.strip() or f"列{i}" for i, name in enumerate(header, 1)]
    rows = [[cell.strip() for cell in cells] for cells in body]
    return [row(list(zip(names, cells, strict=False)), table) for cells in rows if any(cells)]
