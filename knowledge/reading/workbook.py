"""xlsx and xls standards: every sheet's rows under its header line, merged cells filled into each row they cover."""

from __future__ import annotations

from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from knowledge.errors import Unreadable
from knowledge.reading.blocks import Block, table_rows

FEWEST_CELLS = 2
HEADER_WITHIN = 10


def read(path: Path) -> list[Block]:
    """Rows of every sheet that has a table; a title line above the header becomes the document's heading.

    Raises:
        Unreadable: Locked with a password or damaged.
    """
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
    except PasswordError as problem:
        raise Unreadable(path, "locked with a password", "save it without a password") from problem
    except CalamineError as problem:
        raise Unreadable(path, f"damaged or no workbook: {problem}", "open and save it again") from problem
    blocks: list[Block] = []
    for name, sheet in sheets:
        lines = _filled(sheet)
        header = next((at for at, line in enumerate(lines[:HEADER_WITHIN]) if _is_header(line)), None)
        if header is None:
            continue
        above = " ".join(dict.fromkeys(cell for line in lines[:header] for cell in line if cell))
        if above and not blocks:
            blocks.append(Block(kind="heading", text=above, level=1))
        blocks += table_rows(lines[header:], name if len(sheets) > 1 else "")
    return blocks


def _filled(sheet: CalamineSheet) -> list[list[str]]:
    lines = [[_text(cell) for cell in line] for line in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom + 1, len(lines))):
            for column in range(left, min(right + 1, len(lines[row]))):
                lines[row][column] = lines[top][left]
    return lines


def _is_header(line: list[str]) -> bool:
    """A header has several different cells; a merged title line has one text throughout."""
    return len({cell for cell in line if cell}) >= FEWEST_CELLS


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())
