"""docx: paragraphs and tables in order, with the numbers that Word counts itself (第%1条) written out."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from knowledge.errors import Unreadable
from knowledge.numerals import write_numeral
from knowledge.reading.blocks import Block, table_rows

OLE = b"\xd0\xcf\x11\xe0"
CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "ideographDigital",
    "chineseLegalSimplified",
}
MADE_BY_WORD = re.compile(r"%(\d)")


def read(path: Path) -> list[Block]:
    """The document's blocks.

    Raises:
        Unreadable: Locked with a password, an old .doc under a new name, or damaged.
    """
    with path.open("rb") as file:
        begins = file.read(4)
    if begins == OLE:
        raise Unreadable(path, "locked with a password, or an old .doc file", "save it as .docx without a password")
    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as problem:
        raise Unreadable(path, "damaged, or no Word file", "open and save it again") from problem
    return list(_blocks(document))


def _blocks(document: WordDocument) -> Iterator[Block]:
    numbers = _Numbering(document)
    title = ""
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            yield from table_rows([[cell.text for cell in row.cells] for row in part.rows], title)
            continue
        text = (numbers.written(part) + part.text).strip()
        if not text:
            continue
        level = _level(part)
        if level:
            title = text
        for line in text.splitlines():
            yield Block(kind="heading" if level else "text", text=line.strip(), level=level)


def _level(paragraph: Paragraph) -> int:
    """Heading level by style; a title counts as level 1."""
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    if name in {"Title", "标题"}:
        return 1
    match = re.fullmatch(r"(?:Heading|标题)\s*(\d)", name)
    return int(match[1]) if match else 0


class _Numbering:
    """Counts as Word does: one counter a list and level, higher levels start the lower ones anew."""

    def __init__(self, document: WordDocument) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        # A document without lists has no numbering part, and python-docx would make one when asked for it.
        parts = [r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")]
        if parts:
            self._read(etree.fromstring(parts[0].blob))

    def _read(self, root: etree._Element) -> None:
        abstract = {a.get(qn("w:abstractNumId")): a for a in root.iter(qn("w:abstractNum"))}
        for number in root.iter(qn("w:num")):
            link = number.find(qn("w:abstractNumId"))
            source = abstract.get(link.get(qn("w:val"))) if link is not None else None
            if source is not None:
                self._levels[str(number.get(qn("w:numId")))] = {
                    int(level.get(qn("w:ilvl")) or 0): _level_format(level) for level in source.iter(qn("w:lvl"))
                }

    def written(self, paragraph: Paragraph) -> str:
        """The number in front of the paragraph, as Word would show it; empty where it has none."""
        at = _list_of(paragraph)
        if at is None or at[0] not in self._levels or at[1] not in self._levels[at[0]]:
            return ""
        list_, depth = at
        levels, counts = self._levels[list_], self._counts.setdefault(list_, {})
        counts[depth] = counts.get(depth, levels[depth][2] - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        pattern = levels[depth][1]
        if levels[depth][0] == "bullet" or "%" not in pattern:
            return ""
        shown = MADE_BY_WORD.sub(lambda m: self._shown(levels, counts, int(m[1]) - 1), pattern)
        return shown + (" " if shown.endswith(("条", "章", "节", "编")) else "")

    def _shown(self, levels: dict[int, tuple[str, str, int]], counts: dict[int, int], depth: int) -> str:
        kind, _, start = levels.get(depth, ("decimal", "", 1))
        count = counts.get(depth, start)
        return write_numeral(count) if kind in CHINESE else str(count)


def _level_format(level: etree._Element) -> tuple[str, str, int]:
    def value(tag: str, default: str) -> str:
        found = level.find(qn(tag))
        return default if found is None else str(found.get(qn("w:val")) or default)

    return value("w:numFmt", "decimal"), value("w:lvlText", ""), int(value("w:start", "1"))


def _list_of(paragraph: Paragraph) -> tuple[str, int] | None:
    """List and level of a paragraph, its own or its style's."""
    style = paragraph.style
    sources = [paragraph._p.pPr]
    while style is not None:
        sources.append(style.element.find(qn("w:pPr")))
        style = getattr(style, "base_style", None)
    for properties in sources:
        number = properties.find(qn("w:numPr")) if properties is not None else None
        if number is None:
            continue
        list_, depth = number.find(qn("w:numId")), number.find(qn("w:ilvl"))
        if list_ is not None and list_.get(qn("w:val")) != "0":
            return str(list_.get(qn("w:val"))), int(depth.get(qn("w:val")) or 0) if depth is not None else 0
    return None
