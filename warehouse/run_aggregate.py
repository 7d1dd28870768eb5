"""One aggregate query: compile, fetch both windows, merge, calculate, and make the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from warehouse.checks import check_filters, check_scope
from warehouse.compiler import Compiled, Leaf, compile_aggregate
from warehouse.errors import NotApplicable, UnknownName
from warehouse.periods import floor, previous, same_period_last_year
from warehouse.predicates import Context
from warehouse.query_result import QueryResult
from warehouse.results import Group, arrange, calculate, fill, named, shown, small
from warehouse.scope import Scope
from warehouse.semantic import Filter, SemanticQuery, TimeRange
from warehouse.table import Column, ColumnType, Role, Table
from warehouse.windows import Window, window_of

if TYPE_CHECKING:
    from warehouse.reader import Warehouse

SMALL_NAMED = 6
Rows = dict[tuple[Any, ...], dict[str, Any]]
_ROLES: dict[str, Role] = {"base": "base", "change": "change", "change_ratio": "change_ratio", "share": "share",
                           "rank": "rank", "sample": "sample"}  # fmt: skip


def run_aggregate(
    warehouse: Warehouse, query: SemanticQuery, scope: Scope, now: datetime, elapsed: Callable[[], float]
) -> QueryResult:
    """See `Warehouse.run`."""
    catalog = warehouse.catalog
    leaves = _leaves(warehouse, query)
    for one in query.having:
        if one.metric not in query.metrics:
            raise UnknownName(one.metric, query.metrics)
    check_filters(warehouse, query.filters)
    check_scope(warehouse, query.filters, scope)
    late, early = _shown_only(query)
    base_range = _base(warehouse, query, now)
    first = min(warehouse.first(str(leaf.metric.fact)) for leaf in leaves)
    window = window_of(query.time, now, warehouse.timezone, first)

    def counted(over: Window) -> tuple[Compiled, Rows]:
        context = Context(catalog=catalog, scope=scope, dialect=warehouse.dialect, calendar=warehouse.calendar)
        made = compile_aggregate(context, leaves, query.dimensions, early, over)
        return made, _fetch(warehouse, made, len(query.dimensions), over)

    compiled, rows = counted(window)
    base: Rows | None = {}
    if base_range is not None:
        other = window_of(base_range, now, warehouse.timezone, first)
        base = None if other.end <= first else counted(other)[1]
    groups = _groups(rows, base or {}, window, len(query.dimensions))
    groups += _idle_places(warehouse, query, scope, groups)
    fill(groups, query, catalog, base_is_known=base is not None)
    groups, nameless = named(groups, query)
    ranked, apart = small(groups, query, catalog)
    calculate(ranked, query, catalog, beside=nameless)
    kept = arrange(shown(ranked, query, late), query, catalog)
    apart = arrange(shown(apart, query, late), query.model_copy(update={"limit": None}), catalog)
    columns = _columns(warehouse, query)
    return QueryResult(
        table=_table(warehouse, query, columns, kept, window, _notes(warehouse, query, nameless, apart)),
        small=_table(warehouse, query, columns, apart, window, ()) if apart else None,
        sql=compiled.sql,
        parameters=compiled.parameters,
        definition=_definition(warehouse, query),
        window=warehouse.window(query.time),
        base_window=warehouse.window(base_range),
        scope={id: sorted(values) for id, values in scope.limits.items()},
        elapsed_ms=elapsed(),
        since=first.replace(tzinfo=warehouse.timezone),
    )


def _notes(
    warehouse: Warehouse, query: SemanticQuery, nameless: list[Group], apart: list[Group]
) -> tuple[str, ...]:  # fmt: skip
    """What the rows do not show: parts the sources lack, rows of no group, groups too small to be ranked."""
    left_out = warehouse.catalog.left_out
    found = [f"left_out: {part}" for ref in query.metrics for part in left_out.get(ref.split(".")[0], ())]
    ref = query.metrics[0]
    listed = any(warehouse.catalog.dimension(id).kind == "text" for id in query.dimensions)
    if nameless and listed and warehouse.catalog.metric(ref).kind in {"count", "sum", "distinct"}:
        count = sum(group.values.get(ref) or 0 for group in nameless)
        found += [f"unknown_group: {count}"] if count else []
    elif nameless and listed:
        found.append("unknown_group: 0")
    if apart:
        names = [" · ".join(map(str, group.key[: len(query.dimensions)])) for group in apart[:SMALL_NAMED]]
        found.append(f"below_minimum: {len(apart)}: {', '.join(names)}")
    return tuple(found)


def _leaves(warehouse: Warehouse, query: SemanticQuery) -> tuple[Leaf, ...]:
    found: dict[str, Leaf] = {}
    for ref in query.metrics:
        metric = warehouse.catalog.metric(ref)
        if metric.fact is not None:
            found[ref] = Leaf(key=ref, metric=metric, statistic=warehouse.catalog.statistic(ref))
            continue
        for leaf in warehouse.catalog.leaves(ref):
            if leaf.kind in {"ratio", "duration"}:
                raise NotApplicable(ref, leaf.id)
            found[leaf.id] = Leaf(key=leaf.id, metric=leaf)
    return tuple(found.values())


def _shown_only(query: SemanticQuery) -> tuple[tuple[Filter, ...], tuple[Filter, ...]]:
    """(filters that only choose which groups are shown, filters for the rows)."""
    late = tuple(
        one
        for one in query.filters
        if query.calc in {"share", "rank"}
        and one.dimension in query.dimensions
        and one.op in {"in", "not_in", "is_null", "not_null"}
    )
    return late, tuple(one for one in query.filters if one not in late)


def _base(warehouse: Warehouse, query: SemanticQuery, now: datetime) -> TimeRange | None:
    if query.compare is None:
        return None
    if query.compare.window is not None:
        given = query.compare.window
        return given if given.grain or not query.time else given.model_copy(update={"grain": query.time.grain})
    if query.time is None:
        raise NotApplicable(query.metrics[0], "compare")
    zone = warehouse.timezone
    range_ = query.time.model_copy(
        update={"start": query.time.start.astimezone(zone), "end": query.time.end.astimezone(zone)}
    )
    make = previous if query.compare.mode == "previous" else same_period_last_year
    return make(range_, now)


def _fetch(warehouse: Warehouse, compiled: Compiled, width: int, window: Window) -> Rows:
    """Leaf columns by key; the bucket in the key is its position, so that two windows can stand side by side."""
    keys = width + (1 if window.grain else 0)
    starts = {start: index for index, (start, _) in enumerate(window.buckets)}
    first = window.buckets[0][0] if starts else None
    found: Rows = {}
    for row in warehouse.fetch(compiled.sql, compiled.parameters):
        key = tuple(row[:width])
        if window.grain:
            index = starts.get(max(row[width], first)) if first is not None and row[width] is not None else None
            if index is None:
                continue
            key = (*key, index)
        # A first bucket that is only a part comes twice where one metric is cut by its events and another by buckets.
        known = {name: cell for name, cell in zip(compiled.columns[keys:], row[keys:], strict=True) if cell is not None}
        found[key] = found.get(key, {}) | known
    return found


def _groups(rows: Rows, base: Rows, window: Window, width: int) -> list[Group]:
    keys = dict.fromkeys((*rows, *base))
    if window.grain:
        heads = dict.fromkeys(key[:width] for key in keys) or ({(): None} if width == 0 else {})
        keys = dict.fromkeys((*head, index) for head in heads for index in range(len(window.buckets)))
    elif width == 0 and not keys:
        keys = {(): None}
    return [Group(key=key, raw=rows.get(key, {}), base=base.get(key, {})) for key in keys]


def _idle_places(warehouse: Warehouse, query: SemanticQuery, scope: Scope, groups: list[Group]) -> list[Group]:
    """Known places with no rows, where the fewest are asked for."""
    if len(query.dimensions) != 1 or (query.time and query.time.grain):
        return []
    dimension = warehouse.catalog.dimension(query.dimensions[0])
    ascending = any(one.direction == "asc" and one.by in query.metrics for one in query.order)
    counts = warehouse.catalog.metric(query.metrics[0]).kind in {"count", "sum"}
    if dimension.hierarchy != "area" or not ascending or not counts:
        return []
    if any(warehouse.catalog.dimensions[f.dimension].hierarchy == "area" for f in query.filters
           if f.dimension in warehouse.catalog.dimensions):  # fmt: skip
        return []
    present = {group.key[0] for group in groups}
    return [
        Group(key=(member.value,))
        for member in warehouse.members(dimension.id)
        if member.value not in present and _in_scope(warehouse, dimension.id, member.value, member.parent, scope)
    ]


def _in_scope(warehouse: Warehouse, level: str, value: str, parent: str | None, scope: Scope) -> bool:
    parent_level = warehouse.catalog.dimension(level).parent
    for limited, allowed in scope.limits.items():
        if limited == level and value in allowed:
            continue
        if limited == parent_level and parent in allowed:
            continue
        return False
    return True


def _columns(warehouse: Warehouse, query: SemanticQuery) -> tuple[Column, ...]:
    catalog = warehouse.catalog
    found = [
        Column(
            name=id,
            label={str(k): v for k, v in catalog.dimension(id).label.items()},
            type=_dimension_type(warehouse, id),
            role="dimension",
        )
        for id in query.dimensions
    ]
    if query.time and query.time.grain:
        found.append(Column(name="time", label={"zh": "时间", "en": "time"}, type="timestamp", role="time"))
    for ref in query.metrics:
        found += _metric_columns(warehouse, query, ref)
    return tuple(found)


def _dimension_type(warehouse: Warehouse, id: str) -> ColumnType:
    dimension = warehouse.catalog.dimension(id)
    if dimension.kind == "number":
        return "number"
    return "integer" if dimension.kind == "clock" and id != "day_type" else "text"


def _metric_columns(warehouse: Warehouse, query: SemanticQuery, ref: str) -> list[Column]:
    catalog = warehouse.catalog
    metric = catalog.metric(ref)
    own: ColumnType = {"ratio": "ratio", "duration": "hours"}.get(metric.kind, "integer")  # type: ignore[assignment]
    suffixes: list[tuple[str, ColumnType]] = []
    if query.compare:
        suffixes += [("base", own), ("change", own), ("change_ratio", "ratio")]
    if query.calc == "share":
        suffixes.append(("share", "ratio"))
    if query.calc == "rank":
        suffixes.append(("rank", "integer"))
    if metric.kind in {"ratio", "duration"}:
        suffixes.append(("sample", "integer"))
    label: dict[str, str] = {language: catalog.label(ref, language) for language in ("zh", "en")}
    better = None if metric.better == "none" else metric.better
    first = Column(name=ref, label=label, type=own, role="metric", unit=metric.unit, better=better)
    return [first] + [
        Column(name=f"{ref}.{suffix}", label=label, type=kind, role=_ROLES[suffix],
               unit=metric.unit if kind == own else "", better=better)
        for suffix, kind in suffixes
    ]  # fmt: skip


def _table(
    warehouse: Warehouse, query: SemanticQuery, columns: tuple[Column, ...], groups: list[Group], window: Window,
    notes: tuple[str, ...],
) -> Table:  # fmt: skip
    # A bucket is called by its calendar start, also where the window begins inside it.
    starts = (
        [floor(start, grain).replace(tzinfo=warehouse.timezone) for start, _ in window.buckets]
        if (grain := window.grain)
        else []
    )
    width = len(query.dimensions)
    rows = []
    for group in groups:
        key = (*group.key[:width], *(starts[index] for index in group.key[width:]))
        rows.append((*key, *(group.values.get(column.name) for column in columns[len(key) :])))
    return Table(columns=columns, rows=tuple(rows), as_of=warehouse.as_of, notes=notes)


def _definition(warehouse: Warehouse, query: SemanticQuery) -> dict[str, str]:
    metrics = dict.fromkeys(warehouse.catalog.metric(ref).id for ref in query.metrics)
    return {
        "zh": "；".join(
            f"{warehouse.catalog.label(id, 'zh')}：{warehouse.catalog.metric(id).definition['zh']}" for id in metrics
        ),
        "en": "; ".join(
            f"{warehouse.catalog.label(id, 'en')}: {warehouse.catalog.metric(id).definition['en']}" for id in metrics
        ),
    }
