"""Looking whether a rule has something to say: the same tools as for a question, so a warning has the same evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from operator import ge, gt, le, lt
from typing import Any

from tools.detect_anomalies import DETECT_ANOMALIES, AnomalyQuestion
from tools.list_cases import LIST_CASES, CaseList
from tools.query_metrics import QUERY_METRICS
from tools.spec import QueryEvidence, ToolContext, ToolResult
from tools.standing.wishes import AlertCondition
from warehouse.semantic import Filter, Order, SemanticQuery, TimeRange

_PASSES: Mapping[str, Callable[[float, float], bool]] = {"gt": gt, "ge": ge, "lt": lt, "le": le}
# A rule that finds more cases than a person reads says so by its count.
MOST_CASES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to warn of.

    Attributes:
        key: What it is about: the same trouble again has the same key.
        facts: JSON values for its sentence: `member`, `value`, `usual`, `limit`, `due_at`, `case_no`, `silent_minutes` …
        evidence: How its number came to be; None for a silent feed, whose last load is in `facts`.
    """

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    evidence: QueryEvidence | None = None


def watch(rule: AlertCondition, context: ToolContext) -> tuple[Finding, ...]:
    """What the rule finds now within the scope of the context's principal; nothing where all is as it should be.

    Raises:
        WarehouseError: The city's data cannot tell.
    """
    return tuple(_LOOKS[rule.kind](rule, context))


def _threshold(rule: AlertCondition, context: ToolContext) -> Iterator[Finding]:
    assert rule.metric is not None  # the model's word
    assert rule.value is not None
    dimensions = (rule.dimension,) if rule.dimension else ()
    query = SemanticQuery(
        metrics=(rule.metric,), dimensions=dimensions, filters=rule.filters, time=_window(rule, context)
    )
    result = QUERY_METRICS.run(query, context)
    table, column = result.tables[0], result.tables[0].index(rule.metric)
    for row in table.rows:
        value = row[column]
        if value is None or (dimensions and row[0] is None) or not _PASSES[rule.op](float(value), rule.value):
            continue
        member = str(row[0]) if dimensions else None
        facts = {"member": member, "value": value, "bound": rule.value}
        yield Finding(key=member or "all", facts=facts, evidence=result.evidence[0])


def _excess(rule: AlertCondition, context: ToolContext) -> Iterator[Finding]:
    asked = AnomalyQuestion(
        time=_window(rule, context), dimension=rule.dimension or "district", metric=rule.metric or "", limit=100,
        filters=rule.filters,
    )  # fmt: skip
    result = DETECT_ANOMALIES.run(asked, context)
    for cells in _rows(result):
        if cells["abnormal"] and cells["observed"] >= rule.at_least:
            member = str(cells[asked.dimension])
            facts = {
                "member": member,
                "value": cells["observed"],
                "usual": cells["expected"],
                "limit": cells["upper_limit"],
            }
            yield Finding(key=member, facts=facts, evidence=result.evidence[0])


def _overdue_soon(rule: AlertCondition, context: ToolContext) -> Iterator[Finding]:
    assert rule.minutes is not None  # the model's word
    alive = (Filter(dimension="state", values=("open",)), Filter(dimension="overdue", values=("no",)))
    query = SemanticQuery(
        rows="cases", filters=(*rule.filters, *alive), order=(Order(by="due_at", direction="asc"),), limit=MOST_CASES
    )
    result = LIST_CASES.run(CaseList(query=query), context)
    last = context.now + timedelta(minutes=rule.minutes)
    for cells in _rows(result):
        due = cells.get("due_at")
        if due is None or not context.now <= due <= last:
            continue
        facts = {
            "case_no": str(cells["case_no"]), "due_at": due.isoformat(),
            "what": str(cells.get("minor_category") or cells.get("title") or ""),
            "place": str(cells.get("street") or cells.get("district") or ""),
            "owner": cells.get("department"),
        }  # fmt: skip
        yield Finding(key=str(cells["case_no"]), facts=facts, evidence=result.evidence[0])


def _feed_silent(rule: AlertCondition, context: ToolContext) -> Iterator[Finding]:
    assert rule.minutes is not None  # the model's word
    for feed in context.warehouse.freshness():
        if feed.loaded_at is None:
            continue
        loaded = feed.loaded_at.replace(tzinfo=context.warehouse.timezone)  # loads are noted in the city's wall time
        silent = (context.now - loaded) / timedelta(minutes=1)
        if silent > rule.minutes:
            facts = {"feed": feed.feed, "loaded_at": loaded.isoformat(), "silent_minutes": int(silent)}
            yield Finding(key=feed.feed, facts=facts)


_LOOKS = {
    "threshold": _threshold, "excess": _excess, "overdue_soon": _overdue_soon, "feed_silent": _feed_silent,
}  # fmt: skip


def _window(rule: AlertCondition, context: ToolContext) -> TimeRange:
    """The last hours up to now; without a length today so far, which for what is counted at a moment means now."""
    if rule.window_hours is not None:
        return TimeRange(start=context.now - timedelta(hours=rule.window_hours), end=context.now)
    midnight = context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return TimeRange(start=midnight, end=midnight + timedelta(days=1))


def _rows(result: ToolResult) -> Iterator[dict[str, Any]]:
    table = result.tables[0]
    names = [column.name for column in table.columns]
    return (dict(zip(names, row, strict=True)) for row in table.rows)
