"""Groups to rows: values, changes, shares, ranks, order and limits. Plain arithmetic, no SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.catalog_load import Catalog
from warehouse.errors import NotApplicable, UnknownName
from warehouse.semantic import Filter, SemanticQuery

Key = tuple[Any, ...]
Cells = dict[str, Any]


@dataclass(kw_only=True)
class Group:
    """One row in the making: its key (dimensions, then the bucket), raw leaf columns, and finished values by name."""

    key: Key
    raw: Cells = field(default_factory=dict)
    base: Cells = field(default_factory=dict)
    values: Cells = field(default_factory=dict)


def measure(catalog: Catalog, ref: str, raw: Cells) -> tuple[Any, int | None]:
    """The metric's value in a group and, for rates and durations, the rows behind it. Empty denominators give None."""
    metric = catalog.metric(ref)
    match metric.kind:
        case "ratio":
            top, bottom = raw.get(f"{ref}#n") or 0, raw.get(f"{ref}#d") or 0
            return (top / bottom if bottom else None), bottom
        case "duration":
            return raw.get(f"{ref}#n"), raw.get(f"{ref}#d") or 0
        case "sum" | "cumulative":
            return sum(raw.get(f"{leaf.id}#n") or 0 for leaf in catalog.leaves(ref)), None
        case "difference":
            of = metric.of or ()
            return measure(catalog, of[0], raw)[0] - measure(catalog, of[1], raw)[0], None
        case _:
            return raw.get(f"{ref}#n") or 0, None


def fill(groups: list[Group], query: SemanticQuery, catalog: Catalog, *, base_is_known: bool = True) -> None:
    """Values, samples, and base and changes where there is a comparison.

    Args:
        base_is_known: Whether the data reach back to the compared window; where not, base and changes are None, not 0.
    """
    for group in groups:
        for ref in query.metrics:
            value, sample = measure(catalog, ref, group.raw)
            group.values[ref] = value
            if sample is not None:
                group.values[f"{ref}.sample"] = sample
            if query.compare:
                base = measure(catalog, ref, group.base)[0] if base_is_known else None
                group.values |= _changes(ref, value, base, catalog.metric(ref).kind == "ratio")


def _changes(ref: str, value: Any, base: Any, ratio: bool) -> Cells:
    known = value is not None and base is not None
    change = value - base if known else None
    relative = change / base if known and base and not ratio else None
    return {f"{ref}.base": base, f"{ref}.change": change, f"{ref}.change_ratio": relative}


def named(groups: list[Group], query: SemanticQuery) -> tuple[list[Group], list[Group]]:
    """(groups of a breakdown, rows that belong to none because a dimension is not given).

    Where a filter asks for the missing value itself, it is a group like any other.
    """
    asked = {one.dimension for one in query.filters if one.op == "is_null"}
    places = [index for index, id in enumerate(query.dimensions) if id not in asked]
    known: list[Group] = []
    nameless: list[Group] = []
    for group in groups:
        (nameless if any(group.key[place] is None for place in places) else known).append(group)
    return known, nameless


def calculate(groups: list[Group], query: SemanticQuery, catalog: Catalog, beside: Sequence[Group] = ()) -> None:
    """Share, rank or running total of every metric.

    Args:
        beside: Groups that are not shown but belong to the whole that shares are of.

    Raises:
        NotApplicable: A share or running total of something that does not add up.
    """
    for ref in query.metrics:
        if not _adds_up(catalog, ref, query.calc):
            raise NotApplicable(ref, query.calc)
        if query.calc == "share":
            _share(groups, ref, query, beside)
        elif query.calc == "rank":
            _rank(groups, ref, query)
        elif query.calc == "cumulative":
            _accumulate(groups, ref, query)


def _adds_up(catalog: Catalog, ref: str, calc: str) -> bool:
    """A stock, and what is carried over, would be counted again in every bucket of a running total."""
    if calc in {"share", "cumulative"} and catalog.metric(ref).kind in {"ratio", "duration", "distinct"}:
        return False
    return calc != "cumulative" or all(leaf.window is None for leaf in catalog.leaves(ref))


def _within(query: SemanticQuery, group: Group) -> Key:
    places = [query.dimensions.index(id) for id in query.limit_per]
    bucket = group.key[len(query.dimensions) :] if query.dimensions else ()
    return (*(group.key[place] for place in places), *bucket)


def _share(groups: list[Group], ref: str, query: SemanticQuery, beside: Sequence[Group]) -> None:
    totals: dict[Key, float] = defaultdict(float)
    for group in (*groups, *beside):
        totals[_within(query, group)] += group.values[ref]
    for group in groups:
        total = totals[_within(query, group)]
        group.values[f"{ref}.share"] = group.values[ref] / total if total else None


def _rank(groups: list[Group], ref: str, query: SemanticQuery) -> None:
    descending = next((one.direction == "desc" for one in query.order if one.by == ref), True)
    for members in _split(groups, query).values():
        known = sorted((g.values[ref] for g in members if g.values[ref] is not None), reverse=descending)
        for group in members:
            value = group.values[ref]
            group.values[f"{ref}.rank"] = None if value is None else known.index(value) + 1


def _accumulate(groups: list[Group], ref: str, query: SemanticQuery) -> None:
    running: dict[Key, float] = defaultdict(int)
    last = len(query.dimensions)
    for group in sorted(groups, key=lambda one: _sortable(one.key[last:])):
        running[group.key[:last]] += group.values[ref]
        group.values[ref] = running[group.key[:last]]


def _split(groups: list[Group], query: SemanticQuery) -> dict[Key, list[Group]]:
    found: dict[Key, list[Group]] = defaultdict(list)
    for group in groups:
        found[_within(query, group)].append(group)
    return found


def shown(groups: list[Group], query: SemanticQuery, filters: tuple[Filter, ...]) -> list[Group]:
    """Groups that pass the filters on displayed dimensions and the thresholds on metrics."""
    kept = [g for g in groups if all(_keeps(one, g.key[query.dimensions.index(one.dimension)]) for one in filters)]
    return [g for g in kept if all(_passes(g.values[one.metric], one.op, one.value) for one in query.having)]


def _keeps(one: Filter, value: Any) -> bool:
    if one.op in {"is_null", "not_null"}:
        return (value is None) == (one.op == "is_null")
    return (str(value) in one.values and value is not None) == (one.op == "in")


def _passes(value: Any, op: str, threshold: float) -> bool:
    if value is None:
        return False
    return bool(
        {"gt": value > threshold, "ge": value >= threshold, "lt": value < threshold, "le": value <= threshold,
         "eq": value == threshold, "ne": value != threshold}[op]
    )  # fmt: skip


def small(groups: list[Group], query: SemanticQuery, catalog: Catalog) -> tuple[list[Group], list[Group]]:
    """(groups that may be ranked, groups with too small a sample for it); all may be where nothing is ranked."""
    ref = next((one.by for one in query.order if one.by in query.metrics), query.metrics[0])
    ranking = bool(query.dimensions) and (query.limit is not None or query.calc == "rank")
    if not ranking or catalog.metric(ref).kind != "ratio":
        return groups, []
    least = catalog.metric(ref).minimum_sample
    least = catalog.city.minimum_sample if least is None else least
    enough = [g for g in groups if g.values[f"{ref}.sample"] >= least]
    return enough, [g for g in groups if g.values[f"{ref}.sample"] < least]


def arrange(groups: list[Group], query: SemanticQuery, catalog: Catalog) -> list[Group]:
    """Sorted as asked (else by time, by clock, or largest first; nulls last), then limited with ties kept.

    Raises:
        UnknownName: Ordered by something the result does not have.
    """
    orders = [(_column(one.by, query), one.direction == "desc") for one in query.order] or _usual(query, catalog)
    rows = sorted(groups, key=lambda one: _sortable(one.key))
    for name, descending in reversed(orders):
        known = sorted((g for g in rows if _cell(g, name, query) is not None),
                       key=lambda g: _sortable((_cell(g, name, query),)), reverse=descending)  # fmt: skip
        rows = known + [g for g in rows if _cell(g, name, query) is None]
    if query.limit is None:
        return rows
    counts: dict[Key, list[Any]] = defaultdict(list)
    kept = []
    for group in rows:
        # Rows with equal sort cells are tied: as long as the n-th row's cells go on, they stay in.
        before = counts[_within_limit(query, group)]
        cells = tuple(_cell(group, name, query) for name, _ in orders)
        before.append(cells)
        if len(before) <= query.limit or cells == before[query.limit - 1]:
            kept.append(group)
    return kept


def _within_limit(query: SemanticQuery, group: Group) -> Key:
    return tuple(group.key[query.dimensions.index(id)] for id in query.limit_per)


def _usual(query: SemanticQuery, catalog: Catalog) -> list[tuple[str, bool]]:
    if query.time and query.time.grain:
        return [("time", False)]
    for id in query.dimensions:
        if catalog.dimension(id).kind in {"clock", "number"}:
            return [(id, False)]
    return [(query.metrics[0], True)]


def _column(by: str, query: SemanticQuery) -> str:
    if by in {"change", "change_ratio"} and query.compare:
        return f"{query.metrics[0]}.{by}"
    known = {*query.dimensions, *query.metrics, "time"}
    derived = {f"{ref}.{what}" for ref in query.metrics for what in ("base", "change", "change_ratio", "share", "rank")}
    if by in {"share", "rank"}:
        return f"{query.metrics[0]}.{by}"
    if by not in known | derived:
        raise UnknownName(by, tuple(sorted(known)))
    return by


def _cell(group: Group, name: str, query: SemanticQuery) -> Any:
    if name in query.dimensions:
        return group.key[query.dimensions.index(name)]
    return group.key[-1] if name == "time" and group.key else group.values.get(name)


def _sortable(key: Key) -> tuple[tuple[bool, str, Any], ...]:
    return tuple(
        (cell is None, type(cell).__name__ if isinstance(cell, str) else "", 0 if cell is None else cell)
        for cell in key
    )
