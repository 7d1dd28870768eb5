"""Bad files: one clear reason each, the others are taken in all the same, nothing is lost in silence."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from knowledge.articles import Level, squashed
from knowledge.facts import Facts
from knowledge.library import Library, Outcome
from tests.knowledge.papers import CORPUS, NOISE, OLD_TIDY, TIDY, as_docx, as_pdf, as_scan, as_xlsx, blocks_of, taken


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "library")
    yield opened
    opened.close()


def by_name(outcomes: list[Outcome]) -> dict[str, Outcome]:
    return {Path(outcome.source).name: outcome for outcome in outcomes}


def test_a_heap_of_bad_files_leaves_the_good_one_untouched(library: Library, tmp_path: Path) -> None:
    heap = tmp_path / "heap"
    heap.mkdir()
    shutil.copy(NOISE, heap / "good.md")
    (heap / "empty.md").write_bytes(b"")
    (heap / "blank.md").write_text("\n \n", encoding="utf-8")
    (heap / "broken.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00garbage" * 50)
    (heap / "broken.docx").write_bytes(b"PK\x03\x04 not a zip")
    (heap / "broken.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    (heap / "locked.docx").write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 600)
    as_pdf(blocks_of(NOISE), heap / "locked.pdf", password="secret")
    with (heap / "huge.md").open("wb") as file:
        file.truncate(200 * 2**20)
    (heap / "binary.txt").write_bytes(bytes(range(128, 256)) * 9 + b"\xff")
    got = by_name(library.add([heap]))
    assert got["good.md"].what == "added"
    reasons = {name: outcome.note for name, outcome in got.items() if name != "good.md"}
    assert reasons == {
        "empty.md": "the file is empty",
        "blank.md": "no text in it",
        "broken.pdf": "damaged, or no PDF",
        "broken.docx": "damaged, or no Word file",
        "broken.xlsx": reasons["broken.xlsx"],
        "locked.docx": "locked with a password, or an old .doc file",
        "locked.pdf": "locked with a password",
        "huge.md": "200 MB, more than 64 MB",
        "binary.txt": "neither UTF-8 nor GB18030 text",
    }
    assert reasons["broken.xlsx"].startswith("damaged or no workbook")
    assert {outcome.what for outcome in got.values()} == {"added", "failed"}
    assert {Path(review.source).name for review in library.shelf.reviews()} == set(reasons)
    assert library.index.size == 16


def test_a_file_of_an_unknown_kind_is_named(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "rules.pages"
    path.write_text("x", encoding="utf-8")
    assert by_name(library.add([path]))["rules.pages"].note == "no reader for .pages"


def test_missing_numbers_wait_for_a_person_and_are_not_searched(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "gap.md"
    path.write_text(NOISE.read_text(encoding="utf-8").replace("第五条 因工艺", "因工艺"), encoding="utf-8")
    outcome = library.add([path])[0]
    assert outcome.what == "review"
    assert outcome.note == "第六条 follows 第四条"
    assert library.index.size == 0
    assert library.add([path], accept=True)[0].what == "added"
    assert library.shelf.reviews() == []
    assert library.index.size == 15


def test_an_article_that_comes_twice_waits_for_a_person(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "twice.md"
    path.write_text(NOISE.read_text(encoding="utf-8").replace("第六条 在居住", "第五条 在居住"), encoding="utf-8")
    assert library.add([path])[0].note.startswith("第五条 comes twice")


def test_a_reference_at_the_start_of_a_line_opens_no_article(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "reference.md"
    text = NOISE.read_text(encoding="utf-8")
    path.write_text(text.replace("抢修、抢险作业", "抢修。\n\n第十一条规定的情形以及抢险作业"), encoding="utf-8")
    outcome = library.add([path])[0]
    assert outcome.what == "added"
    assert outcome.articles == 16


def test_the_same_file_again_changes_nothing(library: Library) -> None:
    assert library.add([NOISE])[0].what == "added"
    assert library.add([NOISE])[0].what == "unchanged"
    assert library.index.size == 16


def test_a_copy_under_another_name_is_a_duplicate(library: Library, tmp_path: Path) -> None:
    copy = Path(shutil.copy(NOISE, tmp_path / "环境噪声管理规定副本.md"))
    assert [outcome.what for outcome in library.add([NOISE, copy])] == ["added", "duplicate"]
    assert library.index.size == 16


def test_the_same_version_with_another_text_waits_for_a_person(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    other.write_text(NOISE.read_text(encoding="utf-8").replace("二百元", "三百元"), encoding="utf-8")
    got = library.add([NOISE, other])
    assert [outcome.what for outcome in got] == ["added", "review"]
    assert "already holds this version" in got[1].note


@pytest.mark.parametrize("order", [[OLD_TIDY, TIDY], [TIDY, OLD_TIDY]], ids=["old first", "new first"])
def test_a_newer_version_closes_the_older_in_any_order(library: Library, order: list[Path]) -> None:
    for path in order:
        library.add([path])
    old, new = library.named("澜川市市容环境卫生管理办法")
    assert old.repealed == new.effective
    assert old.superseded
    assert new.repealed is None
    library.remove(new.id)
    assert library.named("澜川市市容环境卫生管理办法")[0].repealed is None


def test_a_changed_file_replaces_what_it_was(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "rules.md"
    shutil.copy(NOISE, path)
    library.add([path])
    path.write_text(NOISE.read_text(encoding="utf-8").replace("六十分贝", "五十五分贝"), encoding="utf-8")
    assert library.add([path])[0].what == "replaced"
    assert library.index.size == 16
    assert "五十五分贝" in library.articles(["澜川市环境噪声管理规定@2024-01-01#第七条"])[0].text


def test_a_picture_without_text_is_refused_with_a_reason(library: Library, tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path))
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.save()
    outcome = library.add([path, NOISE])[0]
    assert outcome.what == "failed"
    assert outcome.note in {"a scan: pages are pictures without text", "no text in it"}
    assert outcome.remedy
    assert library.index.size == 16


def test_a_scan_is_read_whole_and_its_articles_are_cited(library: Library, tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="scans are read with the extra `scans` only")
    path = as_scan(blocks_of(NOISE), tmp_path / "噪声.pdf")
    outcome = library.add([path], Facts(title="澜川市环境噪声管理规定", level=Level.NORMATIVE, jurisdiction="澜川市"))[
        0
    ]
    assert (outcome.what, outcome.articles) == ("added", 16), outcome
    read = "".join(squashed(a.text) for a in library.shelf.articles_of(list(library.documents)))
    written = "".join(squashed(a.text) for a in taken(NOISE).articles)
    assert difflib.SequenceMatcher(None, read, written, autojunk=False).ratio() > 0.99


def test_the_command_names_every_bad_file_with_its_remedy_and_takes_the_good_one_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bots.terminal import documents

    heap = tmp_path / "heap"
    heap.mkdir()
    for paper in (NOISE, OLD_TIDY, TIDY):
        shutil.copy(paper, heap / paper.name)
    shutil.copy(NOISE, heap / "环境噪声管理规定副本.md")
    (heap / "empty.docx").write_bytes(b"")
    (heap / "broken.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00garbage" * 50)
    as_pdf(blocks_of(NOISE), heap / "locked.pdf", password="secret")
    with (heap / "huge.pdf").open("wb") as file:
        file.truncate(200 * 2**20)
    gap = (
        TIDY.read_text(encoding="utf-8")
        .replace("第五条 ", "", 1)
        .replace("title: ", "title: 另一")
        .replace("# 澜", "# 另一澜")
    )
    (heap / "gap.md").write_text(gap, encoding="utf-8")
    monkeypatch.setenv("CITYDESK_HOME", str(tmp_path / "home"))
    assert documents.add([heap], Facts(), date(2026, 11, 23), accept=False) == 1
    said = capsys.readouterr().out
    for name, why in {
        "empty.docx": "the file is empty",
        "broken.pdf": "damaged, or no PDF",
        "locked.pdf": "locked with a password",
        "huge.pdf": "200 MB, more than 64 MB",
        "gap.md": "follows",
        "环境噪声管理规定副本.md": "same content as",
    }.items():
        line = next(
            line for line in said.splitlines() if name in line and "same content as" not in line.partition(name)[0]
        )
        assert why in line, line
    assert said.count("→") == 5
    assert "supersedes" in said
    library = Library.of(tmp_path / "home")
    assert {d.title for d in library.documents.values()} == {"澜川市环境噪声管理规定", "澜川市市容环境卫生管理办法"}
    assert Path(library.named("澜川市环境噪声管理规定")[0].source).suffix == ".md"
    library.close()


def test_the_shipped_rules_pass_every_check(library: Library) -> None:
    outcomes = library.add([CORPUS])
    assert {outcome.what for outcome in outcomes} == {"added"}
    assert library.shelf.reviews() == []


def test_a_wrong_fact_names_the_fact(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "facts.md"
    path.write_text(NOISE.read_text(encoding="utf-8").replace("effective:", "efective:"), encoding="utf-8")
    assert "efective" in library.add([path])[0].note


def test_docx_without_any_article_is_kept_by_its_headings(library: Library, tmp_path: Path) -> None:
    path = as_docx(blocks_of(CORPUS / "城市管理案件办理规程(2025-07-01).md"), tmp_path / "规程.docx")
    outcome = library.add([path])[0]
    assert (outcome.what, outcome.articles) == ("added", 5)


def test_a_workbook_of_two_sheets_keeps_their_rows_apart(library: Library, tmp_path: Path) -> None:
    rows = [["小类", "立案条件"], ["井盖", "缺失"]]
    path = as_xlsx(rows, tmp_path / "标准.xlsx", title="部件标准")
    assert library.add([path])[0].articles == 1
