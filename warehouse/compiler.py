"""SemanticQuery → SQL: one flat aggregate per fact and window, merged by UNION ALL. The only writer of SQL.

Identifiers come from the catalogue alone, values are bound, scope is applied to every fact. Rates come back as two
integers; everything that only arranges groups (limits, shares, ranks, changes) is done on the few rows that come back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlglot import exp

from warehouse.catalog import Dimension, Metric
from warehouse.catalogue import Catalog
from warehouse.dialect import DuckDb
from warehouse.errors import NotApplicable, ScopeDenied, UnknownMember
from warehouse.expressions import bound, parse
from warehouse.periods import Window
from warehouse.scope import Scope
from warehouse.semantic import Filter, Grain, SemanticQuery
from warehouse.working_calendar import WorkingCalendar

FACT = "f"
BUCKET = "b"
COMPARISONS = {"gt": exp.GT, "ge": exp.GTE, "lt": exp.LT, "le": exp.LTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything but the query itself that SQL depends on."""

    catalog: Catalog
    calendar: WorkingCalendar
    scope: Scope
    now: datetime
    known: Any
    dialect: DuckDb = field(default_factory=DuckDb)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A metric that is counted on one fact, with the statistic asked for (durations only)."""

    metric: Metric
    statistic: str = ""

    @property
    def key(self) -> str:
        """Its column stem in the SQL."""
        return f"{self.metric.id}.{self.statistic}" if self.statistic else self.metric.id


class Parameters:
    """Bound values in the order of their placeholders."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def add(self, value: Any) -> exp.Expr:
        """A placeholder for the value."""
        self.values.append(value)
        return exp.Parameter(this=exp.Literal.number(len(self.values)))


def aggregate_sql(
    query: SemanticQuery, leaves: Sequence[Leaf], window: Window, setting: Setting
) -> tuple[str, tuple[Any, ...]]:
    """SQL and parameters for the leaves over one window: dimension columns d0.., time as t, parts m<i>a (and m<i>b)."""
    parameters = Parameters()
    groups: dict[tuple[str, str, str | None], list[int]] = {}
    for position, leaf in enumerate(leaves):
        metric = leaf.metric
        groups.setdefault((metric.fact or "", metric.time or "", metric.window), []).append(position)
    selects = [_fact_select(query, leaves, members, window, setting, parameters) for members in groups.values()]
    if len(selects) == 1:
        return selects[0].sql(dialect=setting.dialect.name), tuple(parameters.values)
    keys = [*(f"d{i}" for i in range(len(query.dimensions))), *(["t"] if window.grain else [])]
    parts = [name for i, leaf in enumerate(leaves) for name in _part_names(i, leaf)]
    union: Any = selects[0]
    for further in selects[1:]:
        union = exp.union(union, further, distinct=False)
    outer = exp.select(*(exp.column(k) for k in keys), *(exp.alias_(exp.Max(this=exp.column(p)), p) for p in parts))
    outer = outer.from_(union.subquery("u"))
    if keys:
        outer = outer.group_by(*(exp.column(k) for k in keys))
    return outer.sql(dialect=setting.dialect.name), tuple(parameters.values)


def _part_names(position: int, leaf: Leaf) -> list[str]:
    return [f"m{position}a", f"m{position}b"] if leaf.metric.kind in {"ratio", "duration"} else [f"m{position}a"]


def _fact_select(
    query: SemanticQuery,
    leaves: Sequence[Leaf],
    members: Sequence[int],
    window: Window,
    setting: Setting,
    parameters: Parameters,
) -> exp.Select:
    first = leaves[members[0]].metric
    place = Place(setting, first, window)
    keys: list[exp.Expr] = []
    select = exp.select().from_(exp.alias_(exp.to_table(first.fact or "", dialect=setting.dialect.name), FACT))
    for index, name in enumerate(query.dimensions):
        key = dimension_expression(name, first, place)
        keys.append(key)
        select = select.select(exp.alias_(key, f"d{index}"))
    if window.grain:
        bucket = place.bucket(window.grain)
        keys.append(bucket)
        select = select.select(exp.alias_(bucket, "t"))
        if place.spine:
            select = select.join(spine(window, setting), on=place.window_condition(), join_type="inner")
    for position, leaf in enumerate(leaves):
        mine = position in members
        expressions = _measures(leaf, place) if mine else [exp.Null() for _ in _part_names(position, leaf)]
        for part, expression in zip(_part_names(position, leaf), expressions, strict=True):
            select = select.select(exp.alias_(expression, part))
    for condition in place.conditions(query.filters, parameters, members_only=[leaves[m] for m in members]):
        select = select.where(condition)
    return select.group_by(*(key.copy() for key in keys)) if keys else select


class Place:
    """One fact under one window: where columns, parameters and conditions come from."""

    def __init__(self, setting: Setting, metric: Metric, window: Window) -> None:
        self.setting = setting
        self.metric = metric
        self.window = window
        self.spine = bool(window.grain and metric.window)
        stamp = setting.dialect.timestamp
        until = min(window.end, window.now)
        self.moments: dict[str, exp.Expr] = {
            "start": stamp(window.start), "end": stamp(window.end), "now": stamp(window.now), "until": stamp(until),
        }  # fmt: skip
        if self.spine:
            self.moments |= {name: exp.column(name, table=BUCKET) for name in ("start", "end", "until")}

    def formula(self, text: str) -> exp.Expr:
        """A catalogue formula with this window's moments put in."""
        return bound(parse(text, self.metric.id), self.moments, self.setting.dialect.hours_between, FACT)

    def time(self) -> exp.Expr:
        """The column the metric is counted by."""
        return exp.column(self.metric.time or "", table=FACT, quoted=True)

    def bucket(self, grain: Grain) -> exp.Expr:
        """The bucket a row falls in."""
        return exp.column("start", table=BUCKET) if self.spine else self.setting.dialect.truncated(self.time(), grain)

    def window_condition(self) -> exp.Expr:
        """Rows inside the window."""
        if self.metric.window:
            return exp.paren(self.formula(self.metric.window))
        stamp = self.setting.dialect.timestamp
        until = min(self.window.end, self.window.now)
        return exp.and_(
            exp.GTE(this=self.time(), expression=stamp(self.window.start)),
            exp.LT(this=self.time(), expression=stamp(until)),
        )

    def conditions(
        self, filters: Sequence[Filter], parameters: Parameters, members_only: Sequence[Leaf]
    ) -> list[exp.Expr]:
        """Window, common `where`, parts of days, filters and scope."""
        found = [] if self.spine else [self.window_condition()]
        shared = {leaf.metric.where for leaf in members_only}
        if len(shared) == 1 and (where := shared.pop()) not in (None, "true"):
            found.append(exp.paren(self.formula(where)))
        found += self._parts_of_time()
        found += [filter_condition(one, self, parameters) for one in filters]
        for dimension, allowed in self.setting.scope.limits.items():
            found.append(self._scope(dimension, allowed, parameters))
        return found

    def _scope(self, dimension: str, allowed: frozenset[str], parameters: Parameters) -> exp.Expr:
        spec = self.setting.catalog.every_dimension.get(dimension)
        fact = self.metric.fact or ""
        if spec is None or spec.column is None or not self.setting.catalog.has_column(fact, spec.column):
            raise ScopeDenied(fact, dimension)
        if not allowed:
            return exp.false()
        return exp.In(
            this=exp.column(spec.column, table=FACT, quoted=True),
            expressions=[parameters.add(v) for v in sorted(allowed)],
        )

    def _parts_of_time(self) -> list[exp.Expr]:
        found: list[exp.Expr] = []
        if ((daily := self.window.daily_window) or self.window.day_type) and self.metric.snapshot:
            raise NotApplicable(self.metric.id, "daily_window")
        if daily:
            second = self.setting.dialect.second_of_day(self.time())
            low, high = (exp.Literal.number(t.hour * 3600 + t.minute * 60 + t.second) for t in (daily.start, daily.end))
            after, before = exp.GTE(this=second, expression=low), exp.LT(this=second.copy(), expression=high)
            whole = daily.end.hour * 3600 + daily.end.minute * 60 == 0
            found.append(
                after if whole else exp.paren((exp.and_ if daily.start < daily.end else exp.or_)(after, before))
            )
        if self.window.day_type:
            found.append(self._days(self.window.day_type))
        return found

    def _days(self, day_type: str) -> exp.Expr:
        days = days_of_type(day_type, self.window, self.setting.calendar)
        if not days:
            return exp.false()
        return exp.In(
            this=self.setting.dialect.day(self.time()),
            expressions=[exp.cast(exp.Literal.string(d.isoformat()), "DATE") for d in days],
        )


def days_of_type(day_type: str, window: Window, calendar: WorkingCalendar) -> list[date]:
    """The days of the window that are workdays, days off (weekend or holiday), weekends or holidays."""
    days, day = [], window.start.date()
    last = min(window.end, window.now)
    while day <= last.date():
        kind = calendar.day_type(day)
        fits = {
            "workday": kind == "workday",
            "restday": kind != "workday",
            "weekend": day.weekday() >= 5,  # Saturday
            "holiday": kind == "holiday",
        }[day_type]
        if fits:
            days.append(day)
        day += timedelta(days=1)
    return days


def spine(window: Window, setting: Setting) -> exp.Expr:
    """Literal buckets (start, end, until), so that carried-over and snapshot metrics get a value in each."""
    stamp = setting.dialect.timestamp
    rows = [exp.tuple_(stamp(a), stamp(b), stamp(min(b, window.now))) for a, b in window.buckets()]
    return exp.values([tuple(row.expressions) for row in rows], alias=BUCKET, columns=["start", "end", "until"])


def dimension_expression(name: str, metric: Metric, place: Place) -> exp.Expr:
    """The grouping expression of a dimension on this metric's fact."""
    spec = place.setting.catalog.dimension(name)
    applicable = place.setting.catalog.applicable(metric.id)
    if name not in applicable:
        raise NotApplicable(metric.id, name, tuple(applicable))
    if spec.kind == "clock":
        return _clock(name, place)
    if spec.kind == "mark":
        return bound(parse(spec.expression or "", name), place.moments | {"now": place.setting.dialect.timestamp(place.window.now)},
                     place.setting.dialect.hours_between, FACT)  # fmt: skip
    return exp.column(spec.column or "", table=FACT, quoted=True)


def _clock(name: str, place: Place) -> exp.Expr:
    if name == "hour_of_day":
        return place.setting.dialect.hour_of_day(place.time())
    if name == "weekday":
        return place.setting.dialect.weekday(place.time())
    workdays = days_of_type("workday", place.window, place.setting.calendar)
    inside = exp.In(this=place.setting.dialect.day(place.time()),
                    expressions=[exp.cast(exp.Literal.string(d.isoformat()), "DATE") for d in workdays])  # fmt: skip
    return exp.case().when(inside, exp.Literal.string("workday")).else_(exp.Literal.string("restday"))


def filter_condition(one: Filter, place: Place, parameters: Parameters) -> exp.Expr:
    """A filter as a condition; values must be known members."""
    catalog, metric = place.setting.catalog, place.metric
    if one.dimension == "case_no":
        return exp.In(
            this=exp.column("case_no", table=FACT, quoted=True), expressions=[parameters.add(v) for v in one.values]
        )
    key = dimension_expression(one.dimension, metric, place)
    spec = catalog.dimension(one.dimension)
    if one.op in {"is_null", "not_null"}:
        null = exp.Is(this=key, expression=exp.Null())
        return null if one.op == "is_null" else exp.Not(this=null)
    if one.op in COMPARISONS:
        return COMPARISONS[one.op](this=key, expression=exp.Literal.number(float(one.values[0])))
    if one.op == "contains":
        return exp.Anonymous(this="contains", expressions=[exp.Lower(this=key), parameters.add(one.values[0].lower())])
    values = [_checked(one.dimension, spec, value, place) for value in one.values]
    inside = exp.In(this=key, expressions=[parameters.add(v) for v in values])
    if one.op == "in":
        return inside
    # Rows without a value are not among the excluded ones.
    return exp.paren(exp.or_(exp.Is(this=key.copy(), expression=exp.Null()), exp.Not(this=inside)))


def _checked(dimension: str, spec: Dimension, value: str, place: Place) -> Any:
    if spec.kind == "clock" and dimension in {"hour_of_day", "weekday"}:
        return int(value)
    if spec.kind == "number":
        return float(value)
    fixed = {known.id for known in spec.values}
    known = place.setting.known(dimension)
    if value in fixed or value in known:
        return value
    raise UnknownMember(dimension, value, place.setting.catalog.near(value, [*fixed, *known]))


def _measures(leaf: Leaf, place: Place) -> list[exp.Expr]:
    metric = leaf.metric
    where = exp.paren(place.formula(metric.where or "true"))

    def count(*conditions: exp.Expr) -> exp.Expr:
        case = (
            exp.case()
            .when(exp.and_(*(c.copy() for c in conditions)), exp.Literal.number(1))
            .else_(exp.Literal.number(0))
        )
        return exp.Sum(this=case)

    if metric.kind == "ratio":
        numerator = exp.paren(place.formula(metric.numerator or "false"))
        denominator = exp.paren(place.formula(metric.denominator or "true"))
        return [count(where, denominator, numerator), count(where, denominator)]
    if metric.kind == "duration":
        value = exp.case().when(where, exp.paren(place.formula(str(metric.of)))).else_(exp.Null())
        return [_statistic(value, leaf.statistic or metric.statistics[0], place), count(where)]
    if metric.kind == "distinct":
        value = exp.case().when(where, place.formula(str(metric.of))).else_(exp.Null())
        return [exp.Count(this=exp.Distinct(expressions=[value]))]
    return [count(where)]


def _statistic(value: exp.Expr, statistic: str, place: Place) -> exp.Expr:
    if statistic == "mean":
        return exp.Avg(this=value)
    share = 0.5 if statistic == "median" else int(statistic[1:]) / 100
    return place.setting.dialect.quantile(value, share)
