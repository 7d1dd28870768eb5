"""One door to all readers: a path in, blocks and facts out, or one clear reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from knowledge.errors import UnknownFormat, Unreadable
from knowledge.reading import marked_text
from knowledge.reading.blocks import Block

LARGEST_BYTES = 64 * 1024 * 1024
TEXT = {".md", ".markdown", ".txt"}
WEB = {".html", ".htm"}
BOOKS = {".xlsx", ".xlsm", ".xls"}
READABLE = {*TEXT, *WEB, *BOOKS, ".docx", ".pdf"}


def read_file(path: Path) -> tuple[list[Block], dict[str, Any]]:
    """The blocks of a file, and the facts it states at its top (Markdown only).

    Raises:
        UnknownFormat: No reader for this kind.
        Unreadable: Empty, damaged, locked or too large.
        NeedsExtra: A scanned PDF without the OCR package.
    """
    kind = path.suffix.lower()
    if kind not in READABLE:
        raise UnknownFormat(path, f"no reader for {kind or 'files without ending'}", "save it as docx, PDF or Markdown")
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(path, "the file is empty", "export it again")
    if size > LARGEST_BYTES:
        raise Unreadable(
            path,
            f"{size / 2**20:.0f} MB, more than {LARGEST_BYTES // 2**20} MB",
            "split it, or save it without pictures",
        )
    blocks, facts = _read(path, kind)
    if not any(block.text.strip() for block in blocks):
        raise Unreadable(path, "no text in it", "open it and see whether it shows anything")
    return blocks, facts


def _read(path: Path, kind: str) -> tuple[list[Block], dict[str, Any]]:
    if kind in TEXT:
        return marked_text.read(path)
    if kind in WEB:
        from knowledge.reading import web_page

        return web_page.read(path), {}
    if kind in BOOKS:
        from knowledge.reading import workbook

        return workbook.read(path), {}
    if kind == ".docx":
        from knowledge.reading import word_file

        return word_file.read(path), {}
    from knowledge.reading import pdf_file

    return pdf_file.read(path), {}
