"""Handling standards in municipal layout: every row is a clause, empty, or named."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.work_orders.office import MINUTE, NOW, act, file, ledger_at, person
from tools.work_orders.errors import UnreadableStandard
from tools.work_orders.limits import read_limit
from tools.work_orders.model import Limit
from tools.work_orders.standard import Standard, load, save
from tools.work_orders.standard_import import import_standard

HEAD = ["大类代码", "大类名称", "小类代码", "小类名称", "处置单位", "主管部门", "立案条件", "结案条件", "处置时限"]
BESIDE = Path(__file__).resolve().parents[3].parent / "shared" / "data"
SHARED = Path(os.environ.get("CITYDESK_SHARED_DATA", BESIDE))  # noqa: TID251  # where tests look for real data
REAL = SHARED / "standard_yuncheng"
real = pytest.mark.skipif(not (REAL / "muban.xlsx").is_file(), reason="the real standard is not here")


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    parts, events = book.active, book.create_sheet("事件")
    assert parts is not None
    parts.title = "部件"
    for sheet in (parts, events):
        sheet.append(["某市立案、处置和结案标准", *[None] * 8])
        sheet.merge_cells("A1:I1")
        sheet.append(HEAD)
    rows: list[list[Any]] = [
        [1.0, "公用设施", 7, "路灯", "照明所、各产权单位", "市政中心", "单灯不亮", "亮", "2天"],
        [None, None, None, None, None, None, "倾斜、有危险", "扶正", "2紧急工作时"],
        [None, None, "08", "长\n椅", None, None, "缺板条", "补齐", "5工作日"],
        [None, None, None, None, None, None, "说不清时限", "补齐", "尽快"],
        [None, None, None, None, None, None, None, "补齐", "1天"],
        [None] * 9,
        ["02", "道路设施", "01", "路牌", "交警", "公安局", "倒伏", "扶正", "4小时"],
    ]
    for row in rows:
        parts.append(row)
    for column in "ABCDEF":
        parts.merge_cells(f"{column}3:{column}4")
    events.append(["09", "街面秩序\n", "05", "店外经营", "城管所", "城管局", "占道摆放", "清除", "1紧急工作时制止"])
    book.save(path)
    return path


def test_every_row_is_a_clause_empty_or_named(tmp_path: Path) -> None:
    report = import_standard(workbook(tmp_path / "s.xlsx"), "X 2026")
    assert report.rows == 8 == len(report.standard.clauses) + report.empty + len(report.unread)
    assert [(one.sheet, one.row, one.why) for one in report.unread] == [
        ("部件", 6, "limit not understood"),
        ("部件", 7, "no 立案条件"),
    ]
    assert report.remarks == {"event:0905:1": "制止"}
    assert report.classes == {"component": 3, "event": 1}


def test_merged_cells_belong_to_every_row_they_span_and_blank_ones_stay_blank(tmp_path: Path) -> None:
    clauses = import_standard(workbook(tmp_path / "s.xlsx"), "X 2026").standard.clauses
    assert list(clauses) == [
        "component:0107:1", "component:0107:2", "component:0108:1", "component:0201:1", "event:0905:1",
    ]  # fmt: skip
    assert clauses["component:0107:2"].units == ("照明所", "各产权单位")
    assert clauses["component:0108:1"].units == ()
    assert clauses["component:0108:1"].category.minor == "长椅"
    assert clauses["event:0905:1"].category.major == "街面秩序"


def test_a_limit_hangs_on_its_condition(tmp_path: Path) -> None:
    standard = import_standard(workbook(tmp_path / "s.xlsx"), "X 2026").standard
    lamp = standard.clauses["component:0107:1"].category
    assert standard.limit(lamp, "component:0107:1") == Limit(amount=2, clock="work_day")
    assert standard.limit(lamp, "component:0107:2") == Limit(amount=2, clock="urgent_hour")
    # Two conditions and none chosen: the standard does not say.
    assert standard.limit(lamp, None) is None
    assert standard.limit(standard.clauses["event:0905:1"].category, None) == Limit(amount=1, clock="urgent_hour")


def test_filing_under_a_condition_sets_its_limit_and_without_one_the_fallback(tmp_path: Path) -> None:
    standard = import_standard(workbook(tmp_path / "s.xlsx"), "X 2026").standard
    ledger = ledger_at(tmp_path, standard=standard)
    lamp = standard.clauses["component:0107:1"].category
    chosen = file(ledger, category=lamp)
    chosen = act(ledger, chosen, person("acceptor"), "register", NOW + MINUTE, condition="component:0107:2")
    assert (chosen.limit, chosen.draft.condition) == (Limit(amount=2, clock="urgent_hour"), "component:0107:2")
    plain = act(ledger, file(ledger, category=lamp), person("acceptor"), "register", NOW + MINUTE)
    assert plain.limit == Limit(amount=4, clock="work_hour")
    ledger.close()


def test_a_kept_standard_is_the_same(tmp_path: Path) -> None:
    standard = import_standard(workbook(tmp_path / "s.xlsx"), "X 2026").standard
    save(standard, tmp_path / "kept.json")
    assert load(tmp_path / "kept.json").clauses == standard.clauses


@pytest.mark.parametrize("name", ["no.xlsx", "text.xlsx", "other.csv"])
def test_a_file_that_is_no_standard_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name != "no.xlsx":
        path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(UnreadableStandard):
        import_standard(path, "X")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("2紧急工作时", Limit(amount=2, clock="urgent_hour")),
        ("1紧急工作时\n", Limit(amount=1, clock="urgent_hour")),
        ("2紧急工作日", Limit(amount=2, clock="natural_day")),
        ("4小时", Limit(amount=4, clock="work_hour")),
        ("15天", Limit(amount=15, clock="work_day")),
        ("3个工作日", Limit(amount=3, clock="work_day")),
        ("十五个工作日", Limit(amount=15, clock="work_day")),
        ("半天", Limit(amount=0.5, clock="work_day")),
        ("1.5小时", Limit(amount=1.5, clock="work_hour")),
        ("2Hu", Limit(amount=2, clock="urgent_hour")),
        ("0天", None),
        ("尽快", None),
        ("", None),
        ("天", None),
    ],
)
def test_limits_in_words(text: str, limit: Limit | None) -> None:
    read = read_limit(text)
    assert (read.limit if read else None) == limit


@given(st.text(alphabet="0123456789一二十两半天日时小工作紧急自然个HDu. \n", max_size=8))
def test_no_text_of_a_limit_breaks_the_reader(text: str) -> None:
    read = read_limit(text)
    assert read is None or read.limit.amount > 0


@real
def test_the_real_standard_comes_in_as_it_is() -> None:
    report = import_standard(REAL / "muban.xlsx", "YC")
    assert (report.rows, len(report.standard.clauses), report.empty, report.unread) == (522, 519, 3, ())
    assert report.classes == {"component": 92, "event": 98}
    assert report.remarks == {"event:0122:1": "制止"}


@real
def test_the_workbook_says_the_same_as_its_exports() -> None:
    workbook_clauses = import_standard(REAL / "muban.xlsx", "YC").standard.clauses.values()
    exported = []
    for name in ("muban_部件.csv", "muban_事件.csv"):
        with (REAL / name).open(encoding="utf-8-sig", newline="") as lines:
            exported += [(row["小类名称"], row["立案条件"], row["处置时限"]) for row in csv.DictReader(lines)]
    assert Counter((_flat(a), _flat(b)) for a, b, _ in exported) == Counter(
        (_flat(c.category.minor), _flat(c.condition)) for c in workbook_clauses
    )
    limits = [read_limit(text) for _, _, text in exported]
    assert Counter(one.limit for one in limits if one) == Counter(c.limit for c in workbook_clauses)


def _flat(text: str) -> str:
    return "".join(text.split())


def test_an_unknown_condition_falls_back_to_the_class() -> None:
    assert Standard().limit(None, "no such") is None
