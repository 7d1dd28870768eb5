"""Every format gives the same articles as the Markdown it was made from; nothing is lost, nothing glued in."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.articles import Article, squashed
from tests.knowledge.papers import NOISE, TIDY, as_docx, as_html, as_pdf, as_xlsx, blocks_of, taken


def content(articles: tuple[Article, ...]) -> list[tuple[str, str]]:
    return [(article.label, squashed(article.text)) for article in articles]


def lines(articles: tuple[Article, ...]) -> list[str]:
    return [line for article in articles for line in article.text.splitlines()]


@pytest.mark.parametrize("source", [NOISE, TIDY], ids=lambda p: p.stem)
@pytest.mark.parametrize("form", ["html", "docx", "numbered.docx", "pdf"])
def test_a_format_gives_the_same_articles(source: Path, form: str, tmp_path: Path) -> None:
    blocks = blocks_of(source)
    path = tmp_path / f"{source.stem}.{form}"
    made = {
        "html": as_html,
        "docx": as_docx,
        "pdf": as_pdf,
        "numbered.docx": lambda b, p: as_docx(b, p, numbered=True),
    }[form](blocks, path)
    got, expected = taken(made), taken(source)
    assert got.problems == ()
    assert content(got.articles) == content(expected.articles)
    assert lines(got.articles) == lines(expected.articles)
    assert got.document.title == expected.document.title
    assert got.document.effective == expected.document.effective


def test_rows_of_a_workbook_stand_alone_with_merged_cells_filled(tmp_path: Path) -> None:
    rows = [
        ["大类", "小类", "立案条件", "处置时限"],
        ["市容环境", "暴露垃圾", "成堆垃圾无人清理", "4小时"],
        ["", "道路不洁", "路面有污渍", "2小时"],
        ["街面秩序", "店外经营", "商品摆到门外", "2小时"],
    ]
    path = as_xlsx(rows, tmp_path / "标准.xlsx", title="立案处置结案标准", merged=["A3:A4"])
    got = taken(path)
    assert got.document.title == "立案处置结案标准"
    assert [article.text for article in got.articles] == [
        "大类：市容环境；小类：暴露垃圾；立案条件：成堆垃圾无人清理；处置时限：4小时",
        "大类：市容环境；小类：道路不洁；立案条件：路面有污渍；处置时限：2小时",
        "大类：街面秩序；小类：店外经营；立案条件：商品摆到门外；处置时限：2小时",
    ]
