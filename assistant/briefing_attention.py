"""What a leader should look at: at most three points, each with who is responsible and how much time is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.briefing_words import left
from assistant.offline.plan import Call
from assistant.verbalise_cells import Speech
from tools.list_cases import LIST_CASES, CaseList
from tools.query_metrics import QUERY_METRICS
from tools.spec import ToolContext, ToolResult
from warehouse.errors import WarehouseError
from warehouse.semantic import Filter, Order, SemanticQuery, TimeRange

MOST = 3
Calls = Mapping[str, tuple[Call, ToolResult]]
_WORDS = {
    "zh": {
        "hot": "{place} {n} 件，平时约 {usual} 件", "due": "{place}{what}（{case}）", "overdue": "{unit}超期未结 {n} 件，最久的一件",
        "nobody": "未定责任单位", "no_open": "均已办结",
    },
    "en": {
        "hot": "{place}: {n}, usually about {usual}", "due": "{what} at {place} ({case})",
        "overdue": "{unit}: {n} overdue and open, the oldest", "nobody": "no unit assigned", "no_open": "all closed",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point: what, whose it is, and the time left."""

    what: str
    owner: str
    left: str


def attention(calls: Calls, context: ToolContext, speech: Speech) -> list[Point]:
    """Places above their usual level, cases that run out of time soonest, the unit with most overdue: one of each first."""
    kinds = [_hot(calls, context, speech), _due(calls, context, speech), _overdue(calls, context, speech)]
    points = [points[0] for points in kinds if points] + [point for points in kinds for point in points[1:]]
    return points[:MOST]


def _hot(calls: Calls, context: ToolContext, speech: Speech) -> list[Point]:
    if "hot" not in calls:
        return []
    _, result = calls["hot"]
    table, evidence = result.tables[0], result.evidence[0]
    points = []
    for row in table.rows:
        cells = dict(zip((column.name for column in table.columns), row, strict=True))
        if not cells["abnormal"] or evidence.semantic.time is None:
            continue
        here = Filter(dimension=table.columns[0].name, values=(str(row[0]),))
        due = _soonest(context, (here,))
        what = _WORDS[speech.language]["hot"].format(
            place=speech.member(table.columns[0].name, row[0]), n=cells["observed"], usual=f"{cells['expected']:g}"
        )
        words = left(due, context.now, speech.language) or _WORDS[speech.language]["no_open"]
        points.append(Point(what=what, owner=_unit(context, here, evidence.semantic.time, speech), left=words))
    return points


def _due(calls: Calls, context: ToolContext, speech: Speech) -> list[Point]:
    if "due_soon" not in calls:
        return []
    table = calls["due_soon"][1].tables[0]
    points = []
    for row in table.rows:
        cells = dict(zip((column.name for column in table.columns), row, strict=True))
        due = cells.get("due_at")
        if due is None or due < context.now:
            continue
        what = _WORDS[speech.language]["due"].format(
            place=cells.get("street") or cells.get("district") or "",
            what=cells.get("minor_category") or cells.get("title") or "",
            case=cells["case_no"],
        )
        points.append(Point(what=what, owner=_owner(cells, speech), left=left(due, context.now, speech.language)))
    return points


def _overdue(calls: Calls, context: ToolContext, speech: Speech) -> list[Point]:
    if "overdue_units" not in calls:
        return []
    table = calls["overdue_units"][1].tables[0]
    rows = [row for row in table.rows if row[0] is not None and row[table.index("overdue_open")]]
    points = []
    for row in rows[:1]:
        here = Filter(dimension=table.columns[0].name, values=(str(row[0]),))
        query = SemanticQuery(metrics=("overdue_open",), rows="cases", filters=(here,), limit=1)
        oldest = _first(query, context)
        what = _WORDS[speech.language]["overdue"].format(unit=row[0], n=row[table.index("overdue_open")])
        points.append(
            Point(what=what, owner=str(row[0]), left=left(oldest.get("due_at"), context.now, speech.language))
        )
    return points


def _unit(context: ToolContext, here: Filter, time: TimeRange, speech: Speech) -> str:
    """The department with most cases there in the window."""
    query = SemanticQuery(
        metrics=("reported_cases",), dimensions=("department",), filters=(here,), time=time,
        order=(Order(by="reported_cases"),), limit=1,
    )  # fmt: skip
    try:
        table = QUERY_METRICS.run(query, context).tables[0]
    except WarehouseError:
        return _WORDS[speech.language]["nobody"]
    named = [str(row[0]) for row in table.rows if row[0] is not None]
    return named[0] if named else _WORDS[speech.language]["nobody"]


def _owner(cells: Mapping[str, Any], speech: Speech) -> str:
    return str(cells.get("department") or _WORDS[speech.language]["nobody"])


def _soonest(context: ToolContext, filters: tuple[Filter, ...]) -> datetime | None:
    """The next deadline among what is open and not yet overdue."""
    alive = (Filter(dimension="state", values=("open",)), Filter(dimension="overdue", values=("no",)))
    query = SemanticQuery(
        rows="cases", filters=(*filters, *alive), order=(Order(by="due_at", direction="asc"),), limit=1
    )
    due = _first(query, context).get("due_at")
    return due if isinstance(due, datetime) else None


def _first(query: SemanticQuery, context: ToolContext) -> dict[str, Any]:
    try:
        table = LIST_CASES.run(CaseList(query=query), context).tables[0]
    except WarehouseError:
        return {}
    return dict(zip((c.name for c in table.columns), table.rows[0], strict=True)) if table.rows else {}
