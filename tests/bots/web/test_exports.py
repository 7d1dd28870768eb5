from __future__ import annotations

import csv
import io

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from bots.channel import Head, TableBlock
from bots.web.exports import as_csv, as_xlsx

CELLS = st.one_of(
    st.text(max_size=30),
    st.integers(-(10**9), 10**9),
    st.none(),
    st.sampled_from(["=1+1", "+cmd", "-2", "@x", "\t=x", "　=1", "＝A1"]),
)


def table(cells: list[object]) -> TableBlock:
    return TableBlock(
        title="t",
        heads=(Head(name="a", label="=头"),),
        rows=tuple((str(c),) for c in cells),
        values=tuple((c,) for c in cells),
    )


@given(st.lists(CELLS, max_size=5))
def test_no_text_of_a_csv_begins_a_formula(cells: list[object]) -> None:
    written = list(csv.reader(io.StringIO(as_csv(table(cells)).decode("utf-8-sig"), newline="")))
    for cell, row in zip(["=头", *cells], written, strict=True):
        if isinstance(cell, str):
            assert not row[0].lstrip().startswith(("=", "+", "-", "@", "＝"))
        else:
            assert row[0] == ("" if cell is None else str(cell))


@given(st.lists(CELLS, max_size=5))
def test_no_cell_of_a_workbook_is_a_formula_and_numbers_stay_numbers(cells: list[object]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(table(cells)))).active
    assert sheet is not None
    written = [row[0] for row in sheet.iter_rows(min_row=2, max_row=len(cells) + 1)] if cells else []
    for cell, kept in zip(cells, written, strict=True):
        assert kept.data_type != "f"
        if isinstance(cell, int):
            assert kept.value == cell
