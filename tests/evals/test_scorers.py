"""A score must follow the cells, not the wording, and must be able to fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue import Answer, AnswerStatus
from evals.sample import Expectation
from evals.scorers import Verdict, rows_match, same_cell, score
from warehouse.table import Column, Table


def table(*rows: tuple[object, ...]) -> Table:
    width = len(rows[0]) if rows else 0
    columns = tuple(Column(name=f"c{i}", label={}, type="text", role="detail") for i in range(width))
    return Table(columns=columns, rows=rows, as_of=datetime(2026, 1, 1, tzinfo=UTC))


def test_further_columns_are_ignored_further_rows_are_not() -> None:
    assert rows_match([["East", 3]], table(("x", "East", 3)))
    assert not rows_match([["East", 3]], table(("East", 3), ("West", 2)))


def test_order_counts_only_when_asked() -> None:
    shown = table(("West", 2), ("East", 3))
    assert rows_match([["East", 3], ["West", 2]], shown)
    assert not rows_match([["East", 3], ["West", 2]], shown, ordered=True)


def test_cells_of_one_row_stay_together() -> None:
    assert not rows_match([["East", 2], ["West", 3]], table(("East", 3), ("West", 2)))


@pytest.mark.parametrize(
    ("gold", "cell", "same"),
    [
        (0.83, 0.83004, True),
        (0.83, 0.8312, False),
        (None, 0, False),
        (0, None, False),
        ("2011-10-01", datetime(2011, 10, 1, tzinfo=UTC), True),
        ("2011-10-01T00:00:00", datetime(2011, 10, 1, tzinfo=UTC), True),
        ("2011-10-02", datetime(2011, 10, 1, tzinfo=UTC), False),
        ("roxbury", "Roxbury", True),
    ],
)
def test_cells(gold: object, cell: object, same: bool) -> None:
    assert same_cell(gold, cell) is same  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.text("abc", max_size=2), st.integers(0, 5)), max_size=6), st.randoms())
def test_any_order_of_the_same_rows_matches(rows: list[tuple[str, int]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rows_match(rows, table(*shuffled)) or not rows


def citing(*articles: tuple[str, str, str]) -> Answer:
    given = tuple({"document": d, "article": a, "status": s} for d, a, s in articles)
    status = AnswerStatus.ANSWER if given else AnswerStatus.ABSTAIN
    return Answer(status=status, text="", language="zh", citations=given)


HOLDS, REPEALED = "现行有效", "已废止"


@pytest.mark.parametrize(
    ("expected", "articles", "verdict"),
    [
        ({"cites": [("甲法", 12)]}, [("乙法", "第三条", HOLDS), ("甲法", "第十二条", HOLDS)], Verdict.RIGHT),
        ({"cites": [("甲法", 12)], "top": 1}, [("乙法", "第三条", HOLDS), ("甲法", "第十二条", HOLDS)], Verdict.WRONG),
        (
            {"cites": [("甲法", 12)], "first": True},
            [("乙法", "第三条", HOLDS), ("甲法", "第十二条", HOLDS)],
            Verdict.WRONG,
        ),
        ({"cites": [("甲法", 12)]}, [("甲法", "第二条", HOLDS)], Verdict.WRONG),
        ({"cites": [("甲法", 12)]}, [], Verdict.UNSURE),
        ({"expect": "abstain"}, [("甲法", "第十二条", HOLDS)], Verdict.WRONG),
        ({"expect": "abstain"}, [], Verdict.RIGHT),
        ({"in_force": False}, [("甲法", "第十二条", REPEALED)], Verdict.RIGHT),
        ({"in_force": True, "cites": [("甲法", 12)]}, [("甲法", "第十二条", REPEALED)], Verdict.WRONG),
    ],
)
def test_citations(expected: dict[str, object], articles: list[tuple[str, str, str]], verdict: Verdict) -> None:
    turn = Expectation.model_validate({"ask": "?", **expected})
    assert score(turn, citing(*articles), {}) is verdict
