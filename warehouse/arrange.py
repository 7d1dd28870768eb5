"""What only arranges groups: rates from their parts, comparisons, thresholds, shares, ranks, order, limits with ties."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.catalogue import Catalog
from warehouse.semantic import SemanticQuery
from warehouse.table import Column, ColumnType

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le, "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip


@dataclass(slots=True)
class Group:
    """One row in the making: dimension values (time last, when there is a grain) and cells by column name."""

    key: tuple[Any, ...]
    cells: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Arranged:
    """Rows in order, with what was left out of a ranking and why."""

    groups: list[Group]
    columns: list[Column]
    notes: list[str]
    apart: list[Group]


def arrange(query: SemanticQuery, groups: list[Group], catalog: Catalog) -> Arranged:
    """Groups with metric (and `.base`) cells → the rows asked for, in order."""
    notes: list[str] = []
    groups, apart = _without_unknown(query, groups, notes)
    for metric in query.metrics:
        _changes(metric, query, groups, catalog)
        if query.calc == "share":
            _shares(metric, query, groups)
        if query.calc == "rank":
            _ranks(metric, query, groups)
        if query.calc == "cumulative":
            _running(metric, groups)
    for having in query.having:
        groups = [
            g for g in groups if (v := g.cells.get(having.metric)) is not None and COMPARE[having.op](v, having.value)
        ]
    if _is_ranking(query):
        small = [g for g in groups if _too_small(g, query, catalog)]
        groups = [g for g in groups if g not in small]
        if small:
            names = ", ".join(str(g.key[0]) for g in small[:5])
            notes.append(f"below_minimum:{len(small)}:{names}")
        apart += small
    groups = _limited(query, _sorted(query, groups))
    return Arranged(groups, columns_of(query, catalog), notes, apart)


def _is_ranking(query: SemanticQuery) -> bool:
    return bool(query.dimensions) and (query.limit is not None or query.calc == "rank")


def _without_unknown(query: SemanticQuery, groups: list[Group], notes: list[str]) -> tuple[list[Group], list[Group]]:
    """Groups without a value are no place and no type: counted in totals and shares, said apart, never a row."""
    width = len(query.dimensions)
    unknown = [g for g in groups if any(part is None for part in g.key[:width])]
    if not unknown:
        return groups, []
    total = [sum(g.cells.get(m) or 0 for g in unknown) for m in query.metrics[:1]]
    notes.append(f"unknown_group:{total[0] if total else len(unknown)}")
    return [g for g in groups if g not in unknown], unknown


def _too_small(group: Group, query: SemanticQuery, catalog: Catalog) -> bool:
    metric = query.order[0].by if query.order else query.metrics[0]
    sample = group.cells.get(f"{metric}.sample")
    if sample is None or metric.partition(".")[0] not in catalog.all_metrics:
        return False
    known = catalog.metric(metric)
    if known.kind != "ratio":
        return False
    minimum = known.minimum_sample if known.minimum_sample is not None else catalog.city.minimum_sample
    return bool(sample < minimum)


def _changes(metric: str, query: SemanticQuery, groups: Sequence[Group], catalog: Catalog) -> None:
    if query.compare is None:
        return
    is_ratio = catalog.metric(metric).kind == "ratio"
    for group in groups:
        now, base = group.cells.get(metric), group.cells.get(f"{metric}.base")
        group.cells[f"{metric}.change"] = None if now is None or base is None else now - base
        group.cells[f"{metric}.change_ratio"] = None if now is None or not base or is_ratio else (now - base) / base


def _partition(query: SemanticQuery, group: Group) -> tuple[Any, ...]:
    return tuple(group.key[query.dimensions.index(d)] for d in query.limit_per)


def _shares(metric: str, query: SemanticQuery, groups: Sequence[Group]) -> None:
    totals: dict[tuple[Any, ...], float] = {}
    for group in groups:
        totals[_partition(query, group)] = totals.get(_partition(query, group), 0) + (group.cells.get(metric) or 0)
    for group in groups:
        total = totals[_partition(query, group)]
        group.cells[f"{metric}.share"] = (group.cells.get(metric) or 0) / total if total else None


def _ranks(metric: str, query: SemanticQuery, groups: Sequence[Group]) -> None:
    ascending = any(o.by == metric and o.direction == "asc" for o in query.order)
    for group in groups:
        mine = group.cells.get(metric)
        better = [g for g in groups if _partition(query, g) == _partition(query, group) and (v := g.cells.get(metric)) is not None
                  and mine is not None and (v < mine if ascending else v > mine)]  # fmt: skip
        group.cells[f"{metric}.rank"] = None if mine is None else len(better) + 1


def _running(metric: str, groups: list[Group]) -> None:
    sums: dict[tuple[Any, ...], Any] = {}
    for group in sorted(groups, key=lambda g: (g.key[-1] is None, g.key[-1])):
        key = group.key[:-1]
        sums[key] = sums.get(key, 0) + (group.cells.get(metric) or 0)
        group.cells[metric] = sums[key]


def _order_of(query: SemanticQuery) -> list[tuple[str, bool]]:
    if query.order:
        first = query.metrics[0]
        names = {"change": f"{first}.change", "change_ratio": f"{first}.change_ratio"}
        return [(names.get(o.by, o.by), o.direction == "desc") for o in query.order]
    if query.time is not None and query.time.grain is not None:
        return []
    if query.dimensions and set(query.dimensions) <= {"hour_of_day", "weekday"}:
        return [(d, False) for d in query.dimensions]
    return [(query.metrics[0], True)] if query.dimensions else []


def _cell(query: SemanticQuery, group: Group, name: str) -> Any:
    return group.key[query.dimensions.index(name)] if name in query.dimensions else group.cells.get(name)


def _sorted(query: SemanticQuery, groups: list[Group]) -> list[Group]:
    width = len(query.dimensions)
    groups = sorted(
        groups,
        key=lambda g: tuple(
            (part is None, part if part is not None else "") for part in (*g.key[width:], *g.key[:width])
        ),
    )
    for name, descending in reversed(_order_of(query)):
        known = [g for g in groups if _cell(query, g, name) is not None]
        known.sort(key=lambda g, n=name: _cell(query, g, n), reverse=descending)  # type: ignore[misc]
        groups = [*known, *(g for g in groups if _cell(query, g, name) is None)]
    if query.limit_per:
        groups.sort(key=lambda g: tuple(str(part) for part in _partition(query, g)))
    return groups


def _limited(query: SemanticQuery, groups: list[Group]) -> list[Group]:
    """The first `limit` groups and whatever ties with the last of them, in each partition."""
    if query.limit is None:
        return groups
    order = _order_of(query)
    kept: list[Group] = []
    by_part: dict[tuple[Any, ...], list[Group]] = {}
    for group in groups:
        shown = by_part.setdefault(_partition(query, group), [])
        if order and _cell(query, group, order[0][0]) is None:
            continue
        ties = (
            len(shown) >= query.limit
            and order
            and all(_cell(query, shown[-1], n) == _cell(query, group, n) for n, _ in order[:1])
        )
        if len(shown) < query.limit or ties:
            shown.append(group)
            kept.append(group)
    return kept


_TYPES: dict[str, ColumnType] = {"ratio": "ratio", "duration": "hours"}


def columns_of(query: SemanticQuery, catalog: Catalog) -> list[Column]:
    """Result columns: dimensions, time, then each metric with what belongs to it."""
    columns = []
    for name in query.dimensions:
        kind: ColumnType = "integer" if name in {"hour_of_day", "weekday"} else "text"
        columns.append(Column(name=name, label=catalog.label(name), type=kind, role="dimension"))
    if query.time is not None and query.time.grain is not None:
        columns.append(Column(name="time", label={"zh": "时间", "en": "time"}, type="timestamp", role="time"))
    for ref in query.metrics:
        columns += _metric_columns(ref, query, catalog)
    return columns


def _metric_columns(ref: str, query: SemanticQuery, catalog: Catalog) -> list[Column]:
    metric, label = catalog.metric(ref), catalog.label(ref)
    kind: ColumnType = _TYPES.get(metric.kind, "integer")
    better = None if metric.better == "none" else metric.better

    def column(suffix: str, role: Any, kind: ColumnType, zh: str, en: str) -> Column:
        texts = {"zh": f"{label['zh']}{zh}", "en": f"{label['en']}{en}"}
        return Column(name=f"{ref}{suffix}", label=texts, type=kind, role=role, unit=metric.unit, better=better)

    columns = [column("", "metric", kind, "", "")]
    if query.compare is not None:
        columns.append(column(".base", "base", kind, "（对比期）", " (compared)"))
        columns.append(column(".change", "change", kind, "增减", " change"))
        if metric.kind != "ratio":
            columns.append(column(".change_ratio", "change_ratio", "ratio", "增减幅", " change %"))
    if query.calc == "share":
        columns.append(column(".share", "share", "ratio", "占比", " share"))
    if query.calc == "rank":
        columns.append(column(".rank", "rank", "integer", "排名", " rank"))
    if metric.kind in {"ratio", "duration"}:
        columns.append(column(".sample", "sample", "integer", "（样本）", " (of)"))
    return columns
