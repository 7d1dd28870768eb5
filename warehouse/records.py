"""Lists of single cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from warehouse.compiler import FACT, Parameters, Place, Setting
from warehouse.periods import Window
from warehouse.running import Fetch, QueryResult, check_window
from warehouse.semantic import SemanticQuery
from warehouse.table import Column, Table

DEFAULT_LIMIT = 20
SHOWN = {
    "cases": (
        "case_no",
        "reported_at",
        "district",
        "street",
        "minor_category",
        "department",
        "due_at",
        "closed_at",
        "address",
    ),
    "alarms": ("alarm_no", "detected_at", "district", "street", "alarm_type", "level", "case_no"),
}
LABELS = {
    "case_no": ("案件号", "case no."), "reported_at": ("上报时间", "reported"), "due_at": ("截止时间", "due"),
    "closed_at": ("结案时间", "closed"), "address": ("地点", "address"), "alarm_no": ("告警号", "alarm no."),
    "detected_at": ("发现时间", "detected"), "registered_at": ("立案时间", "registered"),
    "title": ("标题", "title"), "state": ("状态", "state"),
}  # fmt: skip


def records(query: SemanticQuery, setting: Setting, fetch: Fetch, zone: ZoneInfo, as_of: datetime) -> QueryResult:
    """Single records, newest first unless ordered otherwise; `total` says how many there are in all."""
    started = perf_counter()
    if not any(f.dimension == "case_no" for f in query.filters):
        check_window(query.time, setting.now)
    metric = setting.catalog.metric(query.metrics[0] if query.metrics else "reported_cases")
    window = Window.of(query.time, setting.now, zone)
    place = Place(setting, metric, window)
    parameters = Parameters()
    conditions = place.conditions(query.filters, parameters, members_only=[])
    conditions.append(exp.paren(place.formula(metric.where or "true")))
    fact = metric.fact or "cases"
    names = [c for c in SHOWN.get(fact, ()) if setting.catalog.has_column(fact, c)]
    select = exp.select(*(exp.column(n, table=FACT, quoted=True) for n in names))
    counted = exp.select(exp.Count(this=exp.Star()))
    source = exp.alias_(exp.to_table(fact), FACT)
    select, counted = (s.from_(source.copy()).where(*[c.copy() for c in conditions]) for s in (select, counted))
    limit = query.limit or DEFAULT_LIMIT
    for name, descending in _order(query, metric.id, fact):
        column = exp.column(name, table=FACT, quoted=True)
        select = select.order_by(exp.Ordered(this=column, desc=descending, nulls_first=False))
    select = select.limit(limit)
    sql = select.sql(dialect=setting.dialect.name)
    rows = fetch(sql, parameters.values)
    total = int(fetch(counted.sql(dialect=setting.dialect.name), parameters.values)[0][0])
    return QueryResult(
        table=Table(columns=_columns(names, setting), rows=tuple(_row(r, zone) for r in rows), as_of=as_of,
                    truncated=total > len(rows), notes=(f"total:{total}",)),
        sql=sql,
        parameters=tuple(parameters.values),
        definition={lang: metric.definition[lang] for lang in ("zh", "en")},
        window=(query.time.start, query.time.end) if query.time else None,
        base_window=None,
        scope={name: tuple(sorted(values)) for name, values in setting.scope.limits.items()},
        elapsed_ms=(perf_counter() - started) * 1000,
        total=total,
    )  # fmt: skip


def _order(query: SemanticQuery, metric: str, fact: str) -> list[tuple[str, bool]]:
    known = {
        "cases": {"reported_at", "registered_at", "due_at", "closed_at", "disposed_at"},
        "alarms": {"detected_at"},
    }.get(fact, set())
    chosen = [(o.by, o.direction == "desc") for o in query.order if o.by in known]
    if chosen:
        return chosen
    if metric == "overdue_open":
        return [("due_at", False), ("case_no", False)]
    return [("detected_at", True)] if fact == "alarms" else [("reported_at", True), ("case_no", True)]


def _columns(names: Sequence[str], setting: Setting) -> tuple[Column, ...]:
    found = []
    for name in names:
        zh_en = LABELS.get(name)
        label = {"zh": zh_en[0], "en": zh_en[1]} if zh_en else setting.catalog.label(name)
        kind: Any = "timestamp" if name.endswith("_at") else "text"
        found.append(Column(name=name, label=label, type=kind, role="detail"))
    return tuple(found)


def _row(row: tuple[Any, ...], zone: ZoneInfo) -> tuple[Any, ...]:
    return tuple(cell.replace(tzinfo=zone) if isinstance(cell, datetime) else cell for cell in row)
