"""Words of a language model stand only when the results say the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.grounding import are_replies_grounded, is_grounded
from tools.spec import ToolResult
from warehouse.table import Column, Table

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def column(name: str, type_: Any, role: Any) -> Column:
    return Column(name=name, label={"zh": name, "en": name}, type=type_, role=role)


def result(columns: list[Column], *rows: tuple[Any, ...]) -> ToolResult:
    return ToolResult(text="", tables=(Table(columns=tuple(columns), rows=rows, as_of=NOW),))


COUNTS = result(
    [column("district", "text", "dimension"), column("cases", "integer", "metric")],
    ("东湖区", 12345), ("望山区", 87), ("Harbor", 31),
)  # fmt: skip
CHANGED = result(
    [
        column("district", "text", "dimension"),
        column("rate", "ratio", "metric"),
        column("rate.change", "ratio", "change"),
    ],
    ("东湖区", 0.8731, 0.051), ("望山区", 0.62, -0.114),
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "东湖区最多，12,345 件。",
        "东湖区 12345 件；望山区 87 件。",
        "Harbor had 31 cases.",
        "最多的是东湖区。",
        "1. 东湖区 12,345\n2. 望山区 87",
        "共 3 个区有案件。",
        "2026年11月23日：望山区 87 件。",
        "最少的是 Harbor，31 件。",
    ],
)
def test_what_the_cells_say_stands(text: str) -> None:
    assert is_grounded(text, [COUNTS], "哪个区最多", NOW)


@pytest.mark.parametrize(
    "text",
    [
        "东湖区 12346 件。",
        "望山区 12345 件。",
        "东湖区 87 件，望山区 12345 件。",
        "最多的是望山区。",
        "望山区最多，87 件。",
        "Harbor had the most cases.",
        "东湖区最少。",
        "望山区有八十七件。",
        "案件在上升。",
        "Cases increased.",
        "已督办。",
        "I have dispatched it.",
        "见 www.example.com。",
        "![x](http://a/b)",
        "占 50%。",
        "约 1.2 万件，12,345.5 件。",
        "翻番。",
    ],
)
def test_what_they_do_not_say_does_not(text: str) -> None:
    assert not is_grounded(text, [COUNTS], "哪个区最多", NOW)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("东湖区按期率 87.3%，上升 5.1%。", True),
        ("东湖区按期率 87.3%，下降 5.1%。", False),
        ("望山区下降 11.4%。", True),
        ("望山区上升。", False),
        ("东湖区 0.87。", True),
        ("东湖区 88%。", False),
        ("Harbor rose.", False),
    ],
)
def test_rates_and_directions_are_those_of_the_named_row(text: str, stands: bool) -> None:
    assert is_grounded(text, [CHANGED], "", NOW) is stands


def test_numbers_of_the_question_may_be_repeated() -> None:
    assert is_grounded("超过 50 件的有东湖区。", [COUNTS], "超过50件的区", NOW)


@given(st.integers(min_value=100_000, max_value=10**9))
def test_no_number_that_is_nowhere_ever_stands(number: int) -> None:
    assert not is_grounded(f"东湖区 {number} 件。", [COUNTS], "", NOW)
    assert not is_grounded(f"{number:,} cases in all.", [COUNTS], "", NOW)


@given(st.sampled_from([("东湖区", 12345), ("望山区", 87), ("Harbor", 31)]), st.booleans())
def test_every_cell_said_of_its_own_row_stands(pair: tuple[str, int], grouped: bool) -> None:
    said = f"{pair[1]:,}" if grouped else str(pair[1])
    assert is_grounded(f"{pair[0]} {said} 件。", [COUNTS], "", NOW)


@pytest.mark.parametrize(
    ("label", "stands"),
    [
        ("东湖区", True),
        ("昨天 22:00 到 6:00", True),
        ("11月22日", True),
        ("东湖区（312 件）", False),
        ("见 http://a.b", False),
        ("望山区 87 件", True),
        ("已派单", False),
    ],
)
def test_options_of_a_question_back_hold_nothing_made_up(label: str, stands: bool) -> None:
    args = {
        "about": "区",
        "options": [{"label": label, "reply": "x", "calls": [{"tool": "t", "args": {"n": "99999"}}]}],
    }
    assert are_replies_grounded([args], [COUNTS], "那边多少", NOW) is stands
