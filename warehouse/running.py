"""Run a semantic query on a snapshot: compile for each window, execute, merge, arrange, type the columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from warehouse.arrange import Arranged, Group, arrange
from warehouse.compiler import Leaf, Setting, aggregate_sql
from warehouse.errors import EmptyWindow, MetricUnavailable
from warehouse.periods import Window, compared, truncated
from warehouse.semantic import Filter, SemanticQuery, TimeRange
from warehouse.table import Table

Fetch = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    """Rows with everything needed to stand by them."""

    table: Table
    sql: str
    parameters: tuple[Any, ...]
    definition: dict[str, str]
    window: tuple[datetime, datetime] | None
    base_window: tuple[datetime, datetime] | None
    scope: dict[str, tuple[str, ...]]
    elapsed_ms: float
    total: int | None = None


def aggregate(query: SemanticQuery, setting: Setting, fetch: Fetch, zone: ZoneInfo, as_of: datetime) -> QueryResult:
    """The aggregate rows of a query.

    Raises:
        QueryError: As asked, the data cannot answer; see warehouse.errors.
    """
    started = perf_counter()
    check_window(query.time, setting.now)
    inner, chosen = _calculated_over_all(query)
    window = Window.of(inner.time, setting.now, zone)
    sql, parameters, groups = _groups(inner, window, setting, fetch)
    base: TimeRange | None = None
    if query.compare is not None and query.time is not None:
        base = compared(query.time, query.compare, zone, setting.now)
        base_sql, base_parameters, others = _groups(inner, Window.of(base, setting.now, zone), setting, fetch)
        groups = _beside(query, groups, others)
        sql, parameters = f"{sql};\n{base_sql}", parameters + base_parameters
    groups = _with_empty(query, groups, window, setting)
    arranged = arrange(inner, groups, setting.catalog)
    if chosen:
        arranged.groups = [
            g for g in arranged.groups if all(g.key[query.dimensions.index(f.dimension)] in f.values for f in chosen)
        ]
    return QueryResult(
        table=_table(arranged, zone, as_of),
        sql=sql,
        parameters=parameters,
        definition=_definitions(query, setting),
        window=(query.time.start, query.time.end) if query.time else None,
        base_window=(base.start, base.end) if base else None,
        scope={name: tuple(sorted(values)) for name, values in setting.scope.limits.items()},
        elapsed_ms=(perf_counter() - started) * 1000,
    )


def check_window(asked: TimeRange | None, now: datetime) -> None:
    """Refuse a window that lies wholly in the future."""
    if asked is not None and asked.start >= now:
        raise EmptyWindow(asked.start.isoformat(), asked.end.isoformat(), "future")


def _calculated_over_all(query: SemanticQuery) -> tuple[SemanticQuery, tuple[Filter, ...]]:
    """With a share or rank, a filter on a shown dimension only chooses what is shown: the whole stays the whole."""
    chosen = (
        tuple(f for f in query.filters if f.dimension in query.dimensions and f.op == "in")
        if query.calc in {"share", "rank"}
        else ()
    )
    rest = tuple(f for f in query.filters if f not in chosen)
    return query.model_copy(update={"filters": rest}), chosen


def _leaves(query: SemanticQuery, setting: Setting) -> tuple[list[Leaf], dict[str, list[int]]]:
    """Metrics counted on one fact, and for every asked metric the positions it is made of."""
    leaves: list[Leaf] = []
    made_of: dict[str, list[int]] = {}

    def add(leaf: Leaf) -> int:
        if leaf not in leaves:
            leaves.append(leaf)
        return leaves.index(leaf)

    wanted = dict.fromkeys((*query.metrics, *(h.metric for h in query.having)))
    for ref in wanted:
        metric = setting.catalog.metric(ref)
        if metric.id in setting.catalog.unavailable:
            raise MetricUnavailable(metric.id, setting.catalog.unavailable[metric.id])
        parts = setting.catalog.parts(metric) if metric.kind in {"sum", "difference", "cumulative"} else (ref,)
        made_of[ref] = [add(Leaf(setting.catalog.metric(p), p.partition(".")[2])) for p in parts]
    return leaves, made_of


def _groups(
    query: SemanticQuery, window: Window, setting: Setting, fetch: Fetch
) -> tuple[str, tuple[Any, ...], list[Group]]:
    leaves, made_of = _leaves(query, setting)
    sql, parameters = aggregate_sql(query, leaves, window, setting)
    width = len(query.dimensions) + (1 if window.grain else 0)
    groups = []
    for row in fetch(sql, parameters):
        key, parts = row[:width], iter(row[width:])
        values: list[tuple[Any, Any]] = []
        for leaf in leaves:
            first = next(parts)
            values.append((first, next(parts) if leaf.metric.kind in {"ratio", "duration"} else None))
        groups.append(Group(tuple(_blank_is_unknown(part) for part in key), _cells(made_of, leaves, values, setting)))
    return sql, parameters, groups


def _blank_is_unknown(part: Any) -> Any:
    return None if isinstance(part, str) and not part.strip() else part


def _cells(
    made_of: dict[str, list[int]], leaves: list[Leaf], values: list[tuple[Any, Any]], setting: Setting
) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for ref, positions in made_of.items():
        metric = setting.catalog.metric(ref)
        first, second = values[positions[0]]
        kind = leaves[positions[0]].metric.kind
        if metric.kind == "sum":
            cells[ref] = sum(int(values[p][0] or 0) for p in positions)
        elif metric.kind == "difference":
            cells[ref] = int(first or 0) - sum(int(values[p][0] or 0) for p in positions[1:])
        elif kind == "ratio":
            cells[ref] = int(first) / int(second) if second else None
            cells[f"{ref}.sample"] = int(second or 0)
        elif kind == "duration":
            cells[ref] = None if first is None else float(first)
            cells[f"{ref}.sample"] = int(second or 0)
        else:
            cells[ref] = int(first or 0)
    return cells


def _beside(query: SemanticQuery, groups: list[Group], others: list[Group]) -> list[Group]:
    """The compared window's values as `.base`; with a series, buckets meet by their place in it."""
    position = _place_in_series if query.time and query.time.grain else lambda rows: {g.key: g for g in rows}
    left, right = position(groups), position(others)
    merged = []
    for key in dict.fromkeys((*left, *right)):
        group = left.get(key)
        if group is None:
            group = Group(right[key].key, dict.fromkeys(query.metrics, 0))
        base = right.get(key)
        for metric in query.metrics:
            group.cells[f"{metric}.base"] = (
                base.cells.get(metric) if base else (0 if isinstance(group.cells.get(metric), int) else None)
            )
        merged.append(group)
    return merged


def _place_in_series(groups: list[Group]) -> dict[tuple[Any, ...], Group]:
    times = sorted({g.key[-1] for g in groups})
    return {(*g.key[:-1], times.index(g.key[-1])): g for g in groups}


def _with_empty(query: SemanticQuery, groups: list[Group], window: Window, setting: Setting) -> list[Group]:
    """Counts are nought where nothing happened: empty buckets of a series, and places in a ranking of the fewest."""
    empty = {m: 0 for m in query.metrics if setting.catalog.metric(m).kind in {"count", "sum", "distinct"}}
    if not empty or len(empty) < len(query.metrics):
        return groups
    if window.grain and window.start > window.now.replace(year=1901):
        keys = {g.key[:-1] for g in groups} or ({()} if not query.dimensions else set())
        have = {g.key for g in groups}
        for start, _ in window.buckets():
            groups += [
                Group((*k, truncated(start, window.grain)), dict(empty))
                for k in keys
                if (*k, truncated(start, window.grain)) not in have and (*k, start) not in have
            ]
    ascending = query.order and query.order[0].direction == "asc"
    if (
        ascending
        and len(query.dimensions) == 1
        and not window.grain
        and query.dimensions[0] in setting.catalog.area_levels
    ):
        have = {g.key for g in groups}
        inside = _allowed(query, setting)
        groups += [
            Group((v,), dict(empty))
            for v in setting.known(query.dimensions[0])
            if (v,) not in have and (inside is None or v in inside)
        ]
    return groups


def _allowed(query: SemanticQuery, setting: Setting) -> set[str] | None:
    """Members a filter or the scope leaves; empty when another level's filter makes that unknowable here."""
    name = query.dimensions[0]
    limits = [set(v) for d, v in setting.scope.limits.items() if d == name]
    limits += [set(f.values) for f in query.filters if f.dimension == name and f.op == "in"]
    area = set(setting.catalog.area_levels) - {name}
    if any(f.dimension in area for f in query.filters) or any(d in area for d in setting.scope.limits):
        return set()
    if any(f.dimension == name and f.op != "in" for f in query.filters):
        return set()
    return set.intersection(*limits) if limits else None


def _table(arranged: Arranged, zone: ZoneInfo, as_of: datetime) -> Table:
    rows = []
    for group in arranged.groups:
        cells = iter(group.key)
        row = []
        for column in arranged.columns:
            cell = next(cells) if column.role in {"dimension", "time"} else group.cells.get(column.name)
            row.append(cell.replace(tzinfo=zone) if isinstance(cell, datetime) else cell)
        rows.append(tuple(row))
    return Table(columns=tuple(arranged.columns), rows=tuple(rows), as_of=as_of, notes=tuple(arranged.notes))


def _definitions(query: SemanticQuery, setting: Setting) -> dict[str, str]:
    found: dict[str, list[str]] = {"zh": [], "en": []}
    for ref in query.metrics:
        metric = setting.catalog.metric(ref)
        for lang in ("zh", "en"):
            joint = "：" if lang == "zh" else ": "
            found[lang].append(f"{setting.catalog.label(ref)[lang]}{joint}{metric.definition[lang]}")
    return {"zh": "；".join(found["zh"]), "en": "; ".join(found["en"])}
