"""The same rules as Markdown, docx, PDF, HTML and xlsx: made here, so that what comes out can be held against what went in."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from openpyxl import Workbook
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from knowledge.intake import Candidate, Taken, digest, take
from knowledge.reading.blocks import Block
from knowledge.reading.marked_text import read

CORPUS = Path(__file__).parents[2] / "knowledge" / "corpus"
NOISE = CORPUS / "环境噪声管理规定(2024-01-01).md"
TIDY = CORPUS / "市容环境卫生管理办法(2025-06-01).md"
OLD_TIDY = CORPUS / "市容环境卫生管理办法(2021-03-01).md"


def blocks_of(path: Path) -> list[Block]:
    return read(path)[0]


def taken(path: Path) -> Taken:
    candidate = Candidate(path)
    return take(candidate, digest(candidate))


def as_html(blocks: Sequence[Block], path: Path) -> Path:
    body = "".join(
        f"<h{b.level}>{html.escape(b.text)}</h{b.level}>" if b.kind == "heading" else f"<p>{html.escape(b.text)}</p>"
        for b in blocks
    )
    page = f"<html><head><title>x</title><script>var a=1</script></head><body><nav>首页 新闻</nav>{body}<footer>版权</footer></body></html>"
    path.write_text(page, encoding="utf-8")
    return path


def as_docx(blocks: Sequence[Block], path: Path, *, numbered: bool = False) -> Path:
    """With `numbered`, articles carry Word's own list number (第%1条) instead of text."""
    document = docx.Document()
    if numbered:
        _add_list(document)
    for block in blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=min(block.level, 9) if block.level > 1 else 0)
            continue
        text = block.text
        paragraph = document.add_paragraph()
        if numbered and text.startswith("第") and "条 " in text[:10]:
            text = text.partition("条 ")[2]
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>')
            )
        paragraph.add_run(text)
    document.save(str(path))
    return path


def _add_list(document: Any) -> None:
    numbering = document.part.numbering_part.element
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="76"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum>'
    )
    first = numbering.find(qn("w:num"))
    first.addprevious(abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="76"/></w:num>'))


def as_pdf(blocks: Sequence[Block], path: Path, *, password: str | None = None) -> Path:
    """Small pages with a running header and page numbers, first lines indented by two characters, as offices print."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A5, encrypt=password)
    width, height = A5
    page, y = 0, 0.0
    size, left, columns = 11, 40, 30

    def new_page() -> float:
        nonlocal page
        if page:
            canvas.showPage()
        page += 1
        canvas.setFont("STSong-Light", 9)
        canvas.drawString(left, height - 25, "澜川市人民政府公报")
        canvas.drawCentredString(width / 2, 20, f"- {page} -")
        canvas.setFont("STSong-Light", size)
        return height - 50

    y = new_page()
    for block in blocks:
        text = block.text if block.kind == "heading" else "　　" + block.text
        for start in range(0, len(text), columns):
            if y < 45:
                y = new_page()
            line = text[start : start + columns]
            indent = 2 * size if line.startswith("　　") else 0
            canvas.drawString(left + indent, y, line.lstrip("　"))
            y -= 17
    canvas.save()
    return path


def as_xlsx(rows: Sequence[Sequence[str]], path: Path, *, title: str, merged: Sequence[str] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([title] + [None] * (len(rows[0]) - 1))
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(rows[0]))
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def as_scan(blocks: Sequence[Block], path: Path) -> Path:
    """Pages as pictures, 200 dots an inch, set in the fonts that CityDesk ships: nothing of their text is in the file."""
    from PIL import Image, ImageDraw, ImageFont

    width, height, size, left, columns = 1654, 2339, 34, 150, 38
    font = ImageFont.truetype(str(CORPUS.parents[1] / "bots" / "fonts" / "NotoSansCJKsc-Regular.otf"), size)
    pages: list[Image.Image] = []
    y = height
    for block in blocks:
        text = block.text if block.kind == "heading" else "　　" + block.text
        for start in range(0, len(text), columns):
            if y > height - 200:
                pages.append(Image.new("L", (width, height), 255))
                y = 150
            ImageDraw.Draw(pages[-1]).text((left, y), text[start : start + columns], font=font, fill=20)
            y += 58
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=200)
    return path
