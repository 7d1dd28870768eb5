"""A city's handling standard from its own workbook (or CSV): 大类, 小类, 立案条件, 结案条件, 处置时限, who answers for it.

Municipal layout as it is: a title above the headings, a sheet for 部件 and one for 事件, class and unit cells merged over
their conditions, codes as numbers or text, limits in words. Nothing is dropped in silence: every row below the headings
is a clause, empty, or named with the reason why it could not be read.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from tools.work_orders.errors import UnreadableStandard
from tools.work_orders.limits import read_limit
from tools.work_orders.model import CaseKind, Category
from tools.work_orders.standard import Clause, Standard

_HEADINGS = {
    "类别": "kind", "大类代码": "major_code", "大类名称": "major", "大类": "major", "小类代码": "minor_code",
    "小类名称": "minor", "小类": "minor", "处置单位": "units", "责任单位": "units", "主管部门": "departments",
    "立案条件": "condition", "结案条件": "closing", "处置时限": "limit", "时限": "limit",
}  # fmt: skip
_NEEDED = ("minor", "condition", "limit")
# Written once and meant for the conditions below it.
_FILLED_DOWN = ("kind", "major_code", "major", "minor_code", "minor")
_KINDS: dict[str, CaseKind] = {"部件": "component", "事件": "event", "事项": "event", "管理事项": "event"}
_LIST_MARKS = str.maketrans("、；;,，\n", "||||||")
Cells = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A row that is no clause: where, what stood there, and why."""

    sheet: str
    row: int
    why: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import made of a file; rows = clauses + empty + unread.

    Attributes:
        remarks: Clause id to what stood behind its limit.
    """

    standard: Standard
    rows: int
    empty: int
    unread: tuple[Unread, ...]
    remarks: dict[str, str]

    @property
    def classes(self) -> Counter[CaseKind]:
        """How many 小类 of each kind."""
        pairs = {(c.category.kind, c.category.major, c.category.minor) for c in self.standard.clauses.values()}
        return Counter(kind for kind, _, _ in pairs)


def import_standard(path: Path, standard_ref: str) -> ImportReport:
    """The standard of a file.

    Raises:
        UnreadableStandard: It is no workbook or CSV, or no sheet of it has the headings.
    """
    sheets = list(_sheets(path))
    reader = _Reader(standard_ref)
    found = [reader.read(name, rows) for name, rows in sheets]
    if not any(found):
        raise UnreadableStandard(file=path.name, problem=f"no headings {', '.join(_HEADINGS)}")
    return reader.report()


class _Reader:
    """Collects clauses over all sheets."""

    def __init__(self, standard_ref: str) -> None:
        self._ref = standard_ref
        self._clauses: list[Clause] = []
        self._unread: list[Unread] = []
        self._remarks: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self._rows = 0
        self._empty = 0

    def read(self, sheet: str, rows: Sequence[Sequence[str]]) -> bool:
        """Take a sheet; False when it has no headings."""
        head = next((i for i, row in enumerate(rows) if _is_head(row)), None)
        if head is None:
            return False
        columns = {_HEADINGS[cell]: index for index, cell in enumerate(rows[head]) if cell in _HEADINGS}
        carried: Cells = {"kind": sheet if sheet in _KINDS else ""}
        for number, row in enumerate(rows[head + 1 :], head + 2):
            self._rows += 1
            cells = {name: row[index] if index < len(row) else "" for name, index in columns.items()}
            if not any(cells.values()):
                self._empty += 1
                continue
            carried = _carry(carried, cells)
            self._take(sheet, number, {**cells, **carried})
        return True

    def _take(self, sheet: str, row: int, cells: Cells) -> None:
        read = read_limit(cells["limit"])
        kind = _KINDS.get(cells["kind"])
        problems = {
            "no kind (部件 or 事件)": kind is None,
            "no 小类": not cells["minor"],
            "no 立案条件": not cells["condition"],
            "limit not understood": read is None,
        }
        why = "; ".join(problem for problem, there in problems.items() if there)
        if why or kind is None or read is None:
            self._unread.append(Unread(sheet=sheet, row=row, why=why, text=" | ".join(filter(None, cells.values()))))
            return
        code = f"{cells.get('major_code', '')}{cells.get('minor_code', '')}" or None
        key = f"{kind}:{code or cells['minor']}"
        self._numbers[key] += 1
        clause = Clause(
            id=f"{key}:{self._numbers[key]}",
            category=Category(
                kind=kind, major=cells.get("major", ""), minor=cells["minor"], code=code, standard_ref=self._ref
            ),
            condition=cells["condition"],
            closing=cells.get("closing", ""),
            limit=read.limit,
            units=_listed(cells.get("units", "")),
            departments=_listed(cells.get("departments", "")),
        )
        self._clauses.append(clause)
        if read.remark:
            self._remarks[clause.id] = read.remark

    def report(self) -> ImportReport:
        """Everything taken."""
        return ImportReport(
            standard=Standard(self._clauses),
            rows=self._rows,
            empty=self._empty,
            unread=tuple(self._unread),
            remarks=self._remarks,
        )


def _is_head(row: Sequence[str]) -> bool:
    return {_HEADINGS[cell] for cell in row if cell in _HEADINGS} >= set(_NEEDED)


def _carry(carried: Cells, cells: Cells) -> Cells:
    """The class of a row: what it says itself, else what stood above it in the same class."""
    fresh = dict(carried)
    for at, name in enumerate(_FILLED_DOWN):
        if cells.get(name):
            fresh[name] = cells[name]
            if name in {"major_code", "major"}:
                # A new 大类 begins: what was below the old one no longer counts.
                fresh |= {lower: cells.get(lower, "") for lower in _FILLED_DOWN[at + 1 :]}
    if cells.get("minor") and not cells.get("minor_code"):
        fresh["minor_code"] = ""
    return fresh


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.translate(_LIST_MARKS).split("|"))))


def _sheets(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    """Sheets as text, merged cells filled, codes with their zeros."""
    if path.suffix.lower() == ".csv":
        yield path.stem, [[_text(cell) for cell in row] for row in csv.reader(io.StringIO(_decoded(path), newline=""))]
        return
    try:
        book = CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as problem:
        raise UnreadableStandard(file=path.name, problem=str(problem)) from problem
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        yield name.strip(), _filled(rows, sheet.merged_cell_ranges or [])


def _filled(rows: list[list[str]], merged: Sequence[Any]) -> list[list[str]]:
    """Unit cells repeated over the rows that they were merged over; a wholly empty row stays empty."""
    empty = {index for index, row in enumerate(rows) if not any(row)}
    for (top, left), (bottom, right) in merged:
        # A title over the whole sheet is no cell of a table; classes are carried down by `_carry`.
        if left != right:
            continue
        for index in range(top + 1, bottom + 1):
            if index < len(rows) and index not in empty:
                rows[index][left] = rows[index][left] or rows[top][left]
    return rows


def _text(cell: object) -> str:
    """A cell as text; a code that a spreadsheet took for the number 1.0 is 01 again."""
    if isinstance(cell, float) and cell.is_integer():
        return f"{int(cell):02d}"
    # A line break inside a cell is layout, not text.
    return re.sub(r"\s*\n\s*", "", cell).strip() if isinstance(cell, str) else str(cell)


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")
