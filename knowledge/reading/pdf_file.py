"""PDF: its text line by line, running headers and page numbers taken off, lines joined to paragraphs; scans through OCR."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium

from knowledge.errors import Unreadable
from knowledge.numerals import NUMERAL
from knowledge.reading import scan
from knowledge.reading.blocks import Block

PAGE_NUMBER = re.compile(r"[-—–\s·]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／共]\s*\d{1,4}\s*页?)?[-—–\s·]*")
OPENS = re.compile(rf"第\s*{NUMERAL}\s*(?:条|章|节|编|分编)|[（(]{NUMERAL}[）)]|\d{{1,2}}[.、．]\s*\D")
ENDS = ("。", "；", "：", "！", "？", ";", ":", "”", "》")
FEWEST_CHARACTERS = 20
REPEATED = 0.5
EDGE = 2
FULL = 0.88
INDENT_POINTS = 12.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line and where it begins, in points from the left; width is how far it reaches."""

    text: str
    left: float
    right: float


def read(path: Path) -> list[Block]:
    """The paragraphs of a PDF.

    Raises:
        Unreadable: Locked with a password or damaged.
        NeedsExtra: Scanned, and the OCR package is not installed.
    """
    pages = _pages(path)
    if sum(len(line.text) for page in pages for line in page) < FEWEST_CHARACTERS * len(pages):
        pages = [[Line(text, 0.0, float(len(text))) for text in page] for page in scan.read(path)]
    lines = [line for page in _without_running_lines(pages) for line in page]
    return [Block(kind="text", text=text) for text in _joined(lines)]


def _pages(path: Path) -> list[list[Line]]:
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as problem:
        if "password" in str(problem).lower():
            raise Unreadable(path, "locked with a password", "save it without a password") from problem
        raise Unreadable(path, "damaged, or no PDF", "export it again") from problem
    try:
        return [_lines(page) for page in document]
    except pdfium.PdfiumError as problem:
        raise Unreadable(path, "a page is damaged", "export it again") from problem
    finally:
        document.close()


def _lines(page: pdfium.PdfPage) -> list[Line]:
    text_page = page.get_textpage()
    text = text_page.get_text_range()
    lines, at = [], 0
    for raw in text.split("\n"):
        bare = raw.strip("\r \u3000\ufffe\x02")
        if bare:
            first, last = at + raw.index(bare[0]), at + raw.rindex(bare[-1])
            count = text_page.count_chars()
            left = text_page.get_charbox(min(first, count - 1))[0]
            right = text_page.get_charbox(min(last, count - 1))[2]
            lines.append(Line(bare.replace("\ufffe", ""), left, right))
        at += len(raw) + 1
    return lines


def _without_running_lines(pages: list[list[Line]]) -> list[list[Line]]:
    """Pages without what stands at the edge of more than half of them, and without page numbers."""
    counts = Counter(text for page in pages for text in {_masked(line.text) for line in _edges(page)})
    running = {text for text, count in counts.items() if count > max(1, REPEATED * len(pages))}
    kept = []
    for page in pages:
        edges = {id(line) for line in _edges(page)}
        kept.append(
            [
                line
                for line in page
                if not (id(line) in edges and (_masked(line.text) in running or PAGE_NUMBER.fullmatch(line.text)))
            ]
        )
    return kept


def _edges(page: list[Line]) -> list[Line]:
    return page[:EDGE] + page[EDGE:][-EDGE:]


def _masked(text: str) -> str:
    """A running line differs from page to page by its number only."""
    return re.sub(r"\d+", "#", text)


def _joined(lines: list[Line]) -> list[str]:
    """Paragraphs: a line goes on from one that reached the right margin, unless it opens something itself."""
    if not lines:
        return []
    margin = sorted(line.right for line in lines)[int(0.9 * (len(lines) - 1))]
    edge = sorted(line.left for line in lines)[int(0.3 * (len(lines) - 1))]
    paragraphs: list[str] = []
    before: Line | None = None
    for line in lines:
        is_new = (
            before is None
            or OPENS.match(line.text)
            or (before.right < FULL * margin)
            or (before.text.endswith(ENDS) and line.left > edge + INDENT_POINTS)
        )
        if is_new:
            paragraphs.append(line.text)
        else:
            glue = " " if paragraphs[-1][-1:].isascii() and line.text[:1].isascii() else ""
            paragraphs[-1] += glue + line.text
        before = line
    return paragraphs
