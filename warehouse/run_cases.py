"""Single records of a fact: which ones, in what order, with the columns a person wants to see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from warehouse.catalog import Metric
from warehouse.checks import check_filters, check_scope
from warehouse.compiler import window_conditions
from warehouse.errors import NotApplicable, UnknownName
from warehouse.predicates import Context, column, conditions
from warehouse.query_result import QueryResult
from warehouse.scope import Scope
from warehouse.semantic import SemanticQuery
from warehouse.table import Column, ColumnType, Table
from warehouse.unified import FACTS, KEYS, SORTED_BY
from warehouse.windows import Window, window_of

if TYPE_CHECKING:
    from warehouse.reader import Warehouse

_SHOWN = {
    "cases": ("case_no", "reported_at", "district", "street", "address", "major_category", "minor_category", "title",
              "department", "due_at", "closed_at", "status"),
    "alarms": ("alarm_no", "detected_at", "alarm_type", "level", "district", "street", "device_no", "case_no",
               "cleared_at"),
    "stage_times": ("stage_no", "case_no", "stage", "started_at", "due_at", "finished_at", "department"),
    "callbacks": ("callback_no", "case_no", "called_at", "reached", "resolved", "satisfaction"),
}  # fmt: skip
_WORDS = {
    "case_no": ("案件号", "case no."), "reported_at": ("上报时间", "reported"), "address": ("位置", "address"),
    "title": ("标题", "title"), "due_at": ("截止时间", "due"), "closed_at": ("结案时间", "closed"),
    "overdue_hours": ("超期小时", "hours overdue"), "alarm_no": ("告警号", "alarm no."),
    "detected_at": ("发现时间", "detected"), "cleared_at": ("消除时间", "cleared"), "device_no": ("设备号", "device no."),
    "stage_no": ("环节号", "stage no."), "stage": ("环节", "stage"), "started_at": ("开始时间", "started"),
    "finished_at": ("完成时间", "finished"), "callback_no": ("回访号", "callback no."), "called_at": ("回访时间", "called"),
    "reached": ("接通", "reached"), "resolved": ("已解决", "resolved"),
}  # fmt: skip
_OVERDUE = (
    "case when due_at is not null and (closed_at > due_at or (closed_at is null and due_at < :now)) "
    "then hours(due_at, coalesce(closed_at, :now)) end"
)


def run_cases(
    warehouse: Warehouse, query: SemanticQuery, scope: Scope, now: datetime, elapsed: Callable[[], float]
) -> QueryResult:
    """See `Warehouse.run`: at most `limit` (20) records, newest first unless asked otherwise."""
    metric = _counted(warehouse, query)
    check_filters(warehouse, query.filters)
    check_scope(warehouse, query.filters, scope)
    fact = str(metric.fact)
    window = window_of(query.time, now, warehouse.timezone, warehouse.first(fact))
    context = Context(catalog=warehouse.catalog, scope=scope, dialect=warehouse.dialect, calendar=warehouse.calendar)
    where = conditions(context, query.filters, metric, window)
    if query.metrics and metric.where:
        where.append(context.formula(metric.where, fact, window))
    if query.time is not None or metric.window:
        where += window_conditions(context, metric, window)
    selected = _selected(context, fact, window)
    total_sql = context.dialect.sql(exp.select(exp.Count(this=exp.Star())).from_(exp.to_table(fact)).where(*where))
    tree = exp.select(*(exp.alias_(value, name, quoted=True) for name, value in selected.items()))
    limit = query.limit or 20
    tree = tree.from_(exp.to_table(fact)).where(*where).order_by(*_order(query, metric, selected)).limit(limit)
    sql = context.dialect.sql(tree)
    parameters = tuple(context.parameters)
    total = int(warehouse.fetch(total_sql, parameters)[0][0])
    rows = tuple(tuple(_cell(warehouse, cell) for cell in row) for row in warehouse.fetch(sql, parameters))
    table = Table(
        columns=tuple(_column(warehouse, fact, name) for name in selected),
        rows=rows,
        as_of=warehouse.as_of,
        truncated=total > len(rows),
        notes=(f"total: {total}",),
    )
    definition = dict(metric.definition) if query.metrics else {}
    return QueryResult(
        table=table, sql=sql, parameters=parameters, definition={str(k): v for k, v in definition.items()},
        window=warehouse.window(query.time), base_window=None,
        scope={id: sorted(values) for id, values in scope.limits.items()}, elapsed_ms=elapsed(), total=total,
        since=warehouse.first(fact).replace(tzinfo=warehouse.timezone),
    )  # fmt: skip


def _counted(warehouse: Warehouse, query: SemanticQuery) -> Metric:
    if not query.metrics:
        return Metric(id="cases", kind="count", fact="cases", time="reported_at", label={}, definition={}, where=None)
    metric = warehouse.catalog.metric(query.metrics[0])
    leaf = warehouse.catalog.leaves(metric.id)[0]
    if leaf.kind == "ratio":
        raise NotApplicable(metric.id, "cases")
    return leaf


def _selected(context: Context, fact: str, window: Window) -> dict[str, exp.Expr]:
    known = context.catalog.columns.get(fact, {})
    found = {name: column(name) for name in _SHOWN[fact] if name in known}
    if fact == "cases":
        state = context.catalog.dimensions.get("state")
        if state is not None:
            found["state"] = context.formula(str(state.expression), fact, window)
        if {"due_at", "closed_at"} <= set(known):
            found["overdue_hours"] = context.formula(_OVERDUE, fact, window)
    return found


def _order(query: SemanticQuery, metric: Metric, selected: dict[str, exp.Expr]) -> list[exp.Expr]:
    fact = str(metric.fact)
    newest = [(SORTED_BY[fact], True)] if SORTED_BY[fact] in selected else []
    usual = [("overdue_hours", True)] if metric.id == "overdue_open" and "overdue_hours" in selected else newest
    asked = [(one.by if one.by != "time" else SORTED_BY[fact], one.direction == "desc") for one in query.order]
    asked = [(name, desc) for name, desc in asked if name not in query.metrics] or usual
    for name, _ in asked:
        if name not in selected:
            raise UnknownName(name, tuple(selected))
    ordered = [*asked, *([(KEYS[fact], False)] if KEYS[fact] in selected else [])]
    return [exp.Ordered(this=column(name), desc=desc, nulls_first=False) for name, desc in ordered]


def _cell(warehouse: Warehouse, cell: Any) -> Any:
    return cell.replace(tzinfo=warehouse.timezone) if isinstance(cell, datetime) else cell


def _column(warehouse: Warehouse, fact: str, name: str) -> Column:
    kinds: dict[str, ColumnType] = {"TIMESTAMP": "timestamp", "BOOLEAN": "boolean", "DOUBLE": "number"}
    kind: ColumnType = next((kinds.get(c.type, "text") for c in FACTS[fact] if c.name == name), "text")
    if name in _WORDS:
        label = dict(zip(("zh", "en"), _WORDS[name], strict=True))
    else:
        label = {language: warehouse.catalog.label(name, language) for language in ("zh", "en")}
    hours = name == "overdue_hours"
    return Column(name=name, label=label, type="hours" if hours else kind, role="detail", unit="hour" if hours else "")
