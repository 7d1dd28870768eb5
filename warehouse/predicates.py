"""Dimensions, filters and scope as expressions over one fact."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from warehouse.catalog import Dimension, Metric
from warehouse.catalog_load import Catalog
from warehouse.dialect import DuckDb
from warehouse.errors import NotApplicable, QueryError, ScopeDenied
from warehouse.expressions import bind, parse
from warehouse.scope import Scope
from warehouse.semantic import Filter
from warehouse.unified import FACTS
from warehouse.windows import Days, Window, days_of, moments, on_days

_COMPARE: dict[str, type[exp.Binary]] = {"gt": exp.GT, "ge": exp.GTE, "lt": exp.LT, "le": exp.LTE}
CASE_NO = "case_no"


@dataclass(kw_only=True)
class Context:
    """What one statement is built with; collects its bound values in order."""

    catalog: Catalog
    scope: Scope
    dialect: DuckDb
    calendar: Days
    parameters: list[Any] = field(default_factory=list)

    def bound(self, value: Any) -> exp.Expr:
        """A placeholder for the value; equal values share one."""
        if value not in self.parameters:
            self.parameters.append(value)
        return self.dialect.parameter(self.parameters.index(value) + 1)

    def formula(self, text: str, fact: str, window: Window) -> exp.Expr:
        """A catalogue formula over the fact with its moments as literals."""
        return expand(bind(self.tree(text, fact), moments(window, self.dialect)), self.dialect)

    def tree(self, text: str, fact: str) -> exp.Expr:
        """The checked formula, moments unbound."""
        known = frozenset(self.catalog.columns.get(fact, {}))
        return parse(text, fact, known - {column.name for column in FACTS.get(fact, ())})


def expand(tree: exp.Expr, dialect: DuckDb) -> exp.Expr:
    """`hours(a, b)` in the engine's own words."""

    def replace(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.lower() == "hours":
            return dialect.hours_between(node.expressions[0], node.expressions[1])
        return node

    return tree.transform(replace)


def column(name: str) -> exp.Expr:
    """A quoted column of the fact."""
    return exp.column(name, quoted=True)


def value_of(context: Context, dimension: Dimension, metric: Metric, window: Window) -> exp.Expr:
    """The dimension's value for a row of the metric's fact; blank text is null.

    Raises:
        NotApplicable: The fact lacks the dimension, or a clock is asked of a count taken at one moment.
    """
    fact = str(metric.fact)
    if not context.catalog.has(fact, dimension) or (dimension.kind == "clock" and metric.window):
        raise NotApplicable(metric.id, dimension.id, context.catalog.applicable(metric.id))
    if dimension.kind == "mark":
        return context.formula(str(dimension.expression), fact, window)
    if dimension.kind == "clock":
        return _clock(context, dimension.id, column(str(metric.time)), window)
    own = column(str(dimension.column))
    return context.dialect.text(own) if dimension.kind == "text" else own


def _clock(context: Context, id: str, moment: exp.Expr, window: Window) -> exp.Expr:
    if id == "hour_of_day":
        return context.dialect.hour_of(moment)
    if id == "weekday":
        return context.dialect.weekday_of(moment)
    worked = on_days(moment, days_of(window, "workday", context.calendar), context.dialect)
    workday, restday = exp.Literal.string("workday"), exp.Literal.string("restday")
    return exp.Case().when(worked, workday).else_(restday)


def conditions(context: Context, filters: tuple[Filter, ...], metric: Metric, window: Window) -> list[exp.Expr]:
    """All filters and the scope, each to hold.

    Raises:
        NotApplicable: A filter's dimension is not on the fact.
        ScopeDenied: A scope dimension is not on the fact.
    """
    return [_filter(context, one, metric, window) for one in filters] + _scope(context, metric, window)


def _filter(context: Context, one: Filter, metric: Metric, window: Window) -> exp.Expr:
    if one.dimension == CASE_NO:
        if CASE_NO not in context.catalog.columns.get(str(metric.fact), {}):
            raise NotApplicable(metric.id, CASE_NO)
        value = column(CASE_NO)
        kind = "text"
    else:
        dimension = context.catalog.dimension(one.dimension)
        value, kind = value_of(context, dimension, metric, window), dimension.kind
        kind = "number" if kind == "clock" and dimension.id != "day_type" else kind
    return _test(context, one, value, kind)


def _test(context: Context, one: Filter, value: exp.Expr, kind: str) -> exp.Expr:
    if one.op in {"is_null", "not_null"}:
        empty = exp.Is(this=value, expression=exp.Null())
        return empty if one.op == "is_null" else exp.Not(this=empty)
    if one.op == "contains":
        return context.dialect.contains(value, context.bound(one.values[0]))
    cast = float if kind == "number" else str
    try:
        bound = [context.bound(cast(given)) for given in one.values]
    except ValueError as error:
        raise QueryError(f"{one.dimension}: {one.values!r} is no number") from error
    if one.op in _COMPARE:
        if kind != "number" or len(bound) != 1:
            raise QueryError(f"{one.dimension}: {one.op} takes one number of a numeric dimension")
        return _COMPARE[one.op](this=value, expression=bound[0])
    inside: exp.Expr = exp.In(this=value, expressions=bound) if bound else exp.false()
    if one.op == "in":
        return inside
    empty = exp.Is(this=value.copy(), expression=exp.Null())
    return exp.paren(exp.or_(exp.Not(this=inside), empty), copy=False)


def _scope(context: Context, metric: Metric, window: Window) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    fact = str(metric.fact)
    for id, allowed in sorted(context.scope.limits.items()):
        dimension = context.catalog.dimensions.get(id)
        if dimension is None or dimension.kind == "clock" or not context.catalog.has(fact, dimension):
            raise ScopeDenied(fact, id)
        value = value_of(context, dimension, metric, window)
        bound = [context.bound(one) for one in sorted(allowed)]
        found.append(exp.In(this=value, expressions=bound) if bound else exp.false())
    return found
