"""HTML: headings, paragraphs and tables of the page; scripts, navigation and footers left out."""

from __future__ import annotations

from pathlib import Path

from lxml import etree, html

from knowledge.errors import Unreadable
from knowledge.reading.blocks import Block, table_rows
from knowledge.reading.marked_text import decoded

LEFT_OUT = {"script", "style", "nav", "footer", "header", "aside", "noscript", "template", "form", "button"}
PARAGRAPHS = {"p", "li", "div", "section", "article", "td", "dd", "dt", "blockquote", "pre", "caption", "center"}
HEADINGS = {f"h{n}": n for n in range(1, 7)}


def read(path: Path) -> list[Block]:
    """The page's blocks in reading order.

    Raises:
        Unreadable: There is no page in the file.
    """
    try:
        page = html.document_fromstring(decoded(path))
    except (etree.ParserError, ValueError) as problem:
        raise Unreadable(path, f"not a web page: {problem}") from problem
    body = page.find("body")
    blocks: list[Block] = []
    _walk(page if body is None else body, blocks)
    return blocks


def _walk(element: html.HtmlElement, blocks: list[Block]) -> None:
    """Depth first; text that stands directly in a container is a paragraph of its own."""
    loose: list[str] = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else "script"
        if tag in LEFT_OUT:
            pass
        elif tag in HEADINGS or tag == "table" or tag in PARAGRAPHS or tag in {"ul", "ol", "dl", "body", "main"}:
            _flush(loose, blocks)
            _block(child, tag, blocks)
        elif tag == "br":
            _flush(loose, blocks)
        else:
            loose.append(_text(child))
        loose.append(child.tail or "")
    _flush(loose, blocks)


def _block(element: html.HtmlElement, tag: str, blocks: list[Block]) -> None:
    if tag in HEADINGS:
        if text := _text(element):
            blocks.append(Block(kind="heading", text=text, level=HEADINGS[tag]))
    elif tag == "table":
        title = next((b.text for b in reversed(blocks) if b.kind == "heading"), "")
        blocks += table_rows(_cells(element), title)
    else:
        _walk(element, blocks)


def _cells(table: html.HtmlElement) -> list[list[str]]:
    """Rows of text; a cell that spans several is repeated in each, so that every row stands alone."""
    grid: dict[tuple[int, int], str] = {}
    rows = list(table.iter("tr"))
    for at, line in enumerate(rows):
        column = 0
        for cell in line.iterchildren("td", "th"):
            while (at, column) in grid:
                column += 1
            down, right = int(cell.get("rowspan") or 1), int(cell.get("colspan") or 1)
            for row in range(at, at + down):
                grid.update({(row, c): _text(cell) for c in range(column, column + right)})
            column += right
    width = max((column for _, column in grid), default=-1) + 1
    return [[grid.get((row, column), "") for column in range(width)] for row in range(len(rows))]


def _flush(loose: list[str], blocks: list[Block]) -> None:
    text = " ".join("".join(loose).split())
    loose.clear()
    if text:
        blocks.append(Block(kind="text", text=text))


def _text(element: html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())
