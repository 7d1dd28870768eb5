"""Tables as files. A cell that a spreadsheet would take for a formula is written so that it stays words."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bots.channel import TableBlock

# What spreadsheets begin a formula with, also behind blanks that they skip (OWASP: CSV injection).
_STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guarded(cell: Any) -> Any:
    """The cell, with an apostrophe before what would run as a formula; numbers stay numbers."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0\u3000\ufeff").startswith(_STARTERS):
        return "'" + cell
    return "" if cell is None else cell


def as_csv(table: TableBlock) -> bytes:
    """UTF-8 with a mark at its beginning, which Excel needs to read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([guarded(head.label) for head in table.heads])
    writer.writerows([[guarded(cell) for cell in row] for row in table.values])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(table: TableBlock) -> bytes:
    """One sheet; texts are typed as texts, so that nothing is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("CityDesk")
    sheet.append([_cell(sheet, head.label) for head in table.heads])
    for row in table.values:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value="" if value is None else value if isinstance(value, int | float | bool) else "")
    if isinstance(value, str):
        cell.value = guarded(_printable(value))
        cell.data_type = "s"
    return cell


def _printable(text: str) -> str:
    """Without control characters, which XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or ord(c) >= 32)
