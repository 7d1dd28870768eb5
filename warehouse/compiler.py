"""SemanticQuery to one flat SQL statement: every metric in its own subquery, merged by UNION ALL and MAX.

Ratios come back as integer numerator and denominator, durations as a value and the number of rows behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlglot import exp

from warehouse.catalog import Metric
from warehouse.errors import NotApplicable
from warehouse.expressions import bind
from warehouse.predicates import Context, column, conditions, expand, value_of
from warehouse.semantic import Filter
from warehouse.windows import Window, days_of, in_window, kept_hours, moments, on_days

TIME = "time"


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A metric with a fact, and the statistic asked of it; `key` names its columns."""

    key: str
    metric: Metric
    statistic: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its result columns: the value, or value parts."""
        paired = self.metric.kind in {"ratio", "duration"}
        return (f"{self.key}#n", f"{self.key}#d") if paired else (f"{self.key}#n",)


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A statement, its bound values and the result's column names."""

    sql: str
    parameters: tuple[Any, ...]
    columns: tuple[str, ...]


def compile_aggregate(
    context: Context, leaves: tuple[Leaf, ...], dimensions: tuple[str, ...], filters: tuple[Filter, ...], window: Window
) -> Compiled:
    """The statement whose rows are groups: dimensions, bucket start (with a grain), then every leaf's columns.

    Raises:
        NotApplicable: A metric's fact lacks a dimension or filter, or cannot be limited to hours or day types.
        ScopeDenied: The scope cannot be applied to a metric's fact.
    """
    keys = (*dimensions, *((TIME,) if window.grain else ()))
    names = tuple(name for leaf in leaves for name in leaf.columns)
    parts = [_leaf_select(context, leaf, dimensions, filters, window) for leaf in leaves]
    tree = _one(parts[0], keys, leaves[0]) if len(parts) == 1 else _merge(parts, keys, names, leaves)
    return Compiled(sql=context.dialect.sql(tree), parameters=tuple(context.parameters), columns=(*keys, *names))


@dataclass(frozen=True, kw_only=True)
class _Part:
    keys: tuple[exp.Expr, ...]
    values: tuple[exp.Expr, ...]
    source: exp.Select


def _one(part: _Part, keys: tuple[str, ...], leaf: Leaf) -> exp.Select:
    selected = [exp.alias_(one, name, quoted=True) for one, name in zip(part.keys, keys, strict=True)]
    selected += [exp.alias_(one, name, quoted=True) for one, name in zip(part.values, leaf.columns, strict=True)]
    return _grouped(part.source.select(*selected, append=False), len(keys))


def _grouped(tree: exp.Select, keys: int) -> exp.Select:
    return tree.group_by(*(exp.Literal.number(index + 1) for index in range(keys))) if keys else tree


def _merge(parts: list[_Part], keys: tuple[str, ...], names: tuple[str, ...], leaves: tuple[Leaf, ...]) -> exp.Select:
    selects = []
    for part, leaf in zip(parts, leaves, strict=True):
        values = dict(zip(leaf.columns, part.values, strict=True))
        selected = [exp.alias_(one, name, quoted=True) for one, name in zip(part.keys, keys, strict=True)]
        selected += [exp.alias_(values.get(name, exp.Null()), name, quoted=True) for name in names]
        selects.append(_grouped(part.source.select(*selected, append=False), len(keys)))
    union = exp.union(*selects, distinct=False)
    outer = exp.select(
        *(column(key) for key in keys), *(exp.alias_(exp.Max(this=column(n)), n, quoted=True) for n in names)
    )
    return _grouped(outer.from_(union.subquery("parts")), len(keys))


def _leaf_select(
    context: Context, leaf: Leaf, dimensions: tuple[str, ...], filters: tuple[Filter, ...], window: Window
) -> _Part:
    metric = leaf.metric
    fact = str(metric.fact)
    spine = metric.window is not None and window.grain is not None
    if spine:
        _refuse_parts_of_days(metric, window)
    where = conditions(context, filters, metric, window)
    if metric.where and metric.where.lower() != "true":
        where.append(context.formula(metric.where, fact, window))
    keys = [value_of(context, context.catalog.dimension(id), metric, window) for id in dimensions]
    source = exp.select().from_(exp.to_table(fact))
    at = moments(window, context.dialect)
    if spine:
        at = {name: exp.column(name, table="bucket", quoted=True) for name in ("start", "end", "until")} | {
            "now": at["now"]
        }
        predicate = expand(bind(context.tree(str(metric.window), fact), at), context.dialect)
        source = source.join(_spine(context, window), on=predicate, join_type="inner")
        keys.append(exp.column("start", table="bucket", quoted=True))
    else:
        where += window_conditions(context, metric, window)
        if window.grain:
            keys.append(context.dialect.trunc(window.grain, column(str(metric.time))))
    values = _values(context, leaf, at)
    return _Part(keys=tuple(keys), values=values, source=source.where(*where) if where else source)


def window_conditions(context: Context, metric: Metric, window: Window) -> list[exp.Expr]:
    """The metric's own predicate, or its time in the window and the hours and days kept."""
    if metric.window is not None:
        _refuse_parts_of_days(metric, window)
        return [context.formula(metric.window, str(metric.fact), window)]
    moment = column(str(metric.time))
    found = in_window(moment, window, context.dialect)
    if window.daily:
        found.append(kept_hours(moment, window.daily, context.dialect))
    if window.day_type:
        found.append(on_days(moment, days_of(window, window.day_type, context.calendar), context.dialect))
    return found


def _refuse_parts_of_days(metric: Metric, window: Window) -> None:
    if window.daily or window.day_type:
        raise NotApplicable(metric.id, "daily_window" if window.daily else "day_type")


def _spine(context: Context, window: Window) -> exp.Subquery:
    rows = []
    for start, end in window.buckets:
        until = min(end, window.now)
        moments_ = {"start": start, "end": end, "until": until}
        rows.append(
            exp.select(*(exp.alias_(context.dialect.timestamp(m), n, quoted=True) for n, m in moments_.items()))
        )
    table = rows[0] if len(rows) == 1 else exp.union(*rows, distinct=False)
    return table.subquery("bucket")


def _values(context: Context, leaf: Leaf, at: dict[str, exp.Expr]) -> tuple[exp.Expr, ...]:
    metric, dialect = leaf.metric, context.dialect

    def formula(text: str | None) -> exp.Expr:
        return expand(bind(context.tree(text or "true", str(metric.fact)), at), dialect)

    count = exp.Count(this=exp.Star())
    match metric.kind:
        case "distinct":
            return (exp.Count(this=exp.Distinct(expressions=[column(str(metric.of))])),)
        case "ratio":
            top = exp.and_(formula(metric.numerator), formula(metric.denominator))
            return (dialect.count_if(top), dialect.count_if(formula(metric.denominator)))
        case "duration":
            value = formula(str(metric.of))
            return (_statistic(context, leaf.statistic, value), exp.Count(this=value.copy()))
        case _:
            return (count,)


def _statistic(context: Context, statistic: str, value: exp.Expr) -> exp.Expr:
    if statistic == "mean":
        return exp.Avg(this=value)
    return context.dialect.quantile(value, 0.5 if statistic == "median" else int(statistic[1:]) / 100)


def bucket_start(value: datetime, window: Window) -> datetime:
    """The bucket's own start: the first one is clipped to the window."""
    return max(value, window.buckets[0][0])
