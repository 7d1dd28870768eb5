"""Scorers: is an answer right? By result cells and outcome, never by wording."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import permutations
from typing import Any

from assistant.dialogue import Answer, AnswerStatus
from evals.sample import Cell, Expectation
from knowledge.articles import Status, article_label
from warehouse.table import Table

SIGNIFICANT = 5e-4
MAX_ASSIGNMENTS = 5_000
WEEKDAYS = (
    ("monday", "mon", "周一", "星期一"), ("tuesday", "tue", "周二", "星期二"), ("wednesday", "wed", "周三", "星期三"),
    ("thursday", "thu", "周四", "星期四"), ("friday", "fri", "周五", "星期五"), ("saturday", "sat", "周六", "星期六"),
    ("sunday", "sun", "周日", "星期日"),
)  # fmt: skip


class Verdict(StrEnum):
    """How a turn went. `wrong` is confidently wrong: an answer was given and it is not the right one."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"
    ERROR = "error"


def score(
    expectation: Expectation,
    answer: Answer,
    definitions: Mapping[str, Mapping[Any, str]],
    shown: Sequence[str] = (),
) -> Verdict:
    """The verdict on one turn.

    Args:
        definitions: Definition sentences by metric id and language, for turns that ask how a number is made.
        shown: Case numbers of the list before, for turns that point into it.
    """
    status = answer.status.value
    if answer.status is AnswerStatus.ERROR:
        return Verdict.ERROR
    if status not in expectation.outcomes:
        gave_an_answer = answer.status in {AnswerStatus.ANSWER, AnswerStatus.DONE, AnswerStatus.PROPOSAL}
        return Verdict.WRONG if gave_an_answer or "answer" not in expectation.outcomes else Verdict.UNSURE
    if answer.status in {AnswerStatus.PROPOSAL, AnswerStatus.DONE}:
        return Verdict.RIGHT if _act_is_right(expectation, answer, shown) else Verdict.WRONG
    if answer.status is not AnswerStatus.ANSWER:
        return Verdict.RIGHT
    return Verdict.RIGHT if _content_is_right(expectation, answer, definitions) else Verdict.WRONG


def _act_is_right(expectation: Expectation, answer: Answer, shown: Sequence[str]) -> bool:
    proposals = answer.proposals
    if expectation.action is not None and [one["action"] for one in proposals] != [expectation.action]:
        return False
    targets = [number for one in proposals for number in one["target"]]
    if expectation.targets is not None and len(targets) != expectation.targets:
        return False
    return expectation.nth is None or targets == list(shown[expectation.nth - 1 : expectation.nth])


def _content_is_right(expectation: Expectation, answer: Answer, definitions: Mapping[str, Mapping[Any, str]]) -> bool:
    checks = []
    if expectation.rows is not None:
        golds = (expectation.rows, *expectation.accept)
        checks.append(any(rows_match(gold, table, expectation.ordered) for gold in golds for table in answer.tables))
    if expectation.metric is not None:
        checks.append(any(sentence in answer.text for sentence in definitions.get(expectation.metric, {}).values()))
    if expectation.cases is not None:
        totals = [answer.extra.get("total"), *(len(table.rows) for table in answer.tables)]
        checks.append(expectation.cases in totals)
    if expectation.case is not None:
        checks.append(any(expectation.case in map(str, row) for table in answer.tables for row in table.rows))
    if expectation.chart:
        checks.append(bool(answer.charts))
    if expectation.cites or expectation.in_force is not None:
        checks.append(_cites_right(expectation, answer.citations))
    return all(checks)


def _cites_right(expectation: Expectation, citations: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an expected article is among the first citations, and the first one stands as it should."""
    if not citations:
        return False
    if expectation.in_force is not None and expectation.in_force is not (citations[0]["status"] == Status.IN_FORCE):
        return False
    looked_at = citations[: 1 if expectation.first else expectation.top]
    given = [(one["document"], one["article"]) for one in looked_at]
    return not expectation.cites or rank_of(expectation.cites, given) > 0


def rank_of(wanted: Iterable[tuple[str, int]], ranked: Sequence[tuple[str, str]]) -> int:
    """Where the first wanted article (title, number) stands among (title, label) pairs, from 1; 0 where it does not."""
    labels = {(title, article_label(number)) for title, number in wanted}
    return next((at for at, one in enumerate(ranked, start=1) if tuple(one) in labels), 0)


def rows_match(gold: Sequence[Sequence[Cell]], table: Table, ordered: bool = False) -> bool:
    """Whether the gold's columns stand somewhere in the table with the same rows.

    Column names and further columns do not matter, the number of rows does. Numbers agree to four significant
    figures; dates and times agree when one is the beginning of the other.
    """
    if len(gold) != len(table.rows):
        return False
    if not gold:
        return True
    width = len(gold[0])
    candidates = [_columns_like([row[i] for row in gold], table, ordered) for i in range(width)]
    return any(_same_rows(gold, table, chosen, ordered) for chosen in _assignments(candidates))


def _columns_like(cells: Sequence[Cell], table: Table, ordered: bool) -> list[int]:
    found = []
    for position, head in enumerate(table.columns):
        column = [row[position] for row in table.rows]
        if head.name == "weekday":
            cells = [_weekday(cell) for cell in cells]
        if (ordered and all(same_cell(a, b) for a, b in zip(cells, column, strict=True))) or (
            not ordered and all(any(same_cell(a, b) for b in column) for a in cells)
        ):
            found.append(position)
    return found


def _weekday(cell: Cell) -> Cell:
    """A day of the week as its number, 1 for Monday, whatever language it is written in."""
    said = str(cell).strip().casefold()
    return next((number for number, names in enumerate(WEEKDAYS, start=1) if said in names), cell)


def _assignments(candidates: list[list[int]]) -> Iterable[tuple[int, ...]]:
    if any(not options for options in candidates):
        return
    pool = sorted({position for options in candidates for position in options})
    for count, chosen in enumerate(permutations(pool, len(candidates))):
        if count > MAX_ASSIGNMENTS:
            return
        if all(position in options for position, options in zip(chosen, candidates, strict=True)):
            yield chosen


def _same_rows(gold: Sequence[Sequence[Cell]], table: Table, chosen: tuple[int, ...], ordered: bool) -> bool:
    rows = [tuple(row[i] for i in chosen) for row in table.rows]
    days = {place for place, i in enumerate(chosen) if table.columns[i].name == "weekday"}
    if days:
        gold = [[_weekday(cell) if place in days else cell for place, cell in enumerate(row)] for row in gold]
    if ordered:
        return all(_same_row(a, b) for a, b in zip(gold, rows, strict=True))
    left = list(rows)
    for wanted in gold:
        hit = next((row for row in left if _same_row(wanted, row)), None)
        if hit is None:
            return False
        left.remove(hit)
    return True


def _same_row(gold: Sequence[Cell], row: Sequence[Any]) -> bool:
    return all(same_cell(a, b) for a, b in zip(gold, row, strict=True))


def same_cell(gold: Cell, cell: Any) -> bool:
    """Whether two cells say the same."""
    if gold is None or cell is None:
        return gold is cell
    if isinstance(gold, bool) or isinstance(cell, bool):
        return gold is cell
    if isinstance(gold, int | float) and isinstance(cell, int | float):
        return math.isclose(gold, cell, rel_tol=SIGNIFICANT, abs_tol=1e-6)
    if isinstance(cell, datetime | date):
        return _same_time(str(gold), cell)
    return str(gold).strip().casefold() == str(cell).strip().casefold()


def _same_time(gold: str, cell: datetime | date) -> bool:
    said = gold.replace(" ", "T")
    written = cell.isoformat()
    return written.startswith(said) or (
        said.startswith(written[: max(10, min(len(said), 19))]) and _is_midnight_rest(said)
    )


def _is_midnight_rest(said: str) -> bool:
    """Whether what follows the date in the gold is only zeros: 2011-10-01T00:00 names the day itself."""
    return not said[10:].strip("T0:+-.Z") or len(said) > 10
