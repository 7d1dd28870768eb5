"""More than usual: observed against the same hours of the same weekdays in the eight weeks before."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, variance

from warehouse.query_result import QueryResult
from warehouse.reader import Warehouse
from warehouse.scope import Scope
from warehouse.semantic import Filter, SemanticQuery, TimeRange

WEEKS = 8
LEAST = 5
QUANTILE = 0.975
# Beyond this mean both distributions are normal for all that matters, and their first term leaves a double's range.
LARGE = 400
NORMAL_QUANTILE = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessRow:
    """One member; `limit` is the most that ordinary weeks would bring, `ratio` is null where none is expected."""

    member: str | None
    observed: int
    expected: float
    limit: float
    excess: float
    ratio: float | None
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Members by excess, largest first; `weeks` earlier windows were compared; `results` vouch for the counts."""

    dimension: str
    rows: tuple[ExcessRow, ...]
    weeks: int
    results: tuple[QueryResult, ...]


def excess(
    warehouse: Warehouse,
    query: SemanticQuery,
    *,
    scope: Scope,
    now: datetime,
) -> Excess:
    """Compares `query.time` (a window of at most a week, so far) with the same one of each of the 8 weeks before.

    `query` names one count metric, one dimension, and may have filters. A longer window is moved by whole weeks
    until none overlaps. Weeks that begin before the data does are left out; without any, nothing is flagged.

    Raises:
        ValueError: The query has no time, or not exactly one metric and one dimension.
        WarehouseError: As `Warehouse.run`.
    """
    if query.time is None or len(query.metrics) != 1 or len(query.dimensions) != 1:
        raise ValueError("excess takes one metric, one dimension and a window")
    window = query.time.model_copy(
        update={"end": min(query.time.end, max(now, query.time.start + timedelta(minutes=1)))}
    )
    observed = _run(warehouse, query, window, scope, now)
    length = window.end - window.start
    stride = timedelta(weeks=max(1, -(-length // timedelta(weeks=1))))
    first = min(warehouse.first(fact) for fact in warehouse.catalog.facts_of(query.metrics[0]))
    first_aware = first.replace(tzinfo=warehouse.timezone)
    earlier = [
        window.model_copy(update={"start": start, "end": end})
        for week in range(1, WEEKS + 1)
        if (start := _wall(window.start, warehouse, stride * week)) >= first_aware
        and (end := _wall(window.end, warehouse, stride * week)) > start
    ]
    results = [_run(warehouse, query, one, scope, now) for one in earlier]
    history: dict[str | None, list[int]] = defaultdict(lambda: [0] * len(results))
    for index, result in enumerate(results):
        for member, count, *_ in result.table.rows:
            history[member][index] = count
    counts = {row[0]: int(row[1]) for row in observed.table.rows}
    rows = [_row(member, counts.get(member, 0), history[member]) for member in {**counts, **history}]
    rows.sort(key=lambda row: (-row.excess, str(row.member)))
    return Excess(dimension=query.dimensions[0], rows=tuple(rows), weeks=len(results), results=(observed, *results))


def _wall(moment: datetime, warehouse: Warehouse, back: timedelta) -> datetime:
    return moment.astimezone(warehouse.timezone) - back


def _run(warehouse: Warehouse, query: SemanticQuery, window: TimeRange, scope: Scope, now: datetime) -> QueryResult:
    filters: tuple[Filter, ...] = query.filters
    plain = SemanticQuery(metrics=query.metrics, dimensions=query.dimensions, filters=filters,
                          time=window.model_copy(update={"grain": None}))  # fmt: skip
    return warehouse.run(plain, scope=scope, now=now)


def _row(member: str | None, observed: int, history: list[int]) -> ExcessRow:
    expected = fmean(history) if history else 0.0
    limit = upper_limit(history)
    return ExcessRow(
        member=member,
        observed=observed,
        expected=expected,
        limit=limit,
        excess=observed - expected,
        ratio=observed / expected if expected else None,
        flagged=len(history) >= 2 and observed >= LEAST and observed > limit,
    )


def upper_limit(history: list[int]) -> float:
    """The 97.5 % quantile of a negative binomial with the history's mean and variance (Poisson when not wider)."""
    if not history:
        return 0.0
    mean = fmean(history)
    spread = variance(history) if len(history) > 1 else mean
    if mean == 0:
        return 0.0
    if mean > LARGE:
        return float(math.ceil(mean + NORMAL_QUANTILE * math.sqrt(max(mean, spread))))
    return float(_quantile(mean, spread))


def _quantile(mean: float, spread: float) -> int:
    """Smallest count whose cumulative probability reaches the quantile, by the distributions' term ratios."""
    wide = spread > mean
    size = mean * mean / (spread - mean) if wide else 0.0
    term = (mean / spread) ** size if wide else math.exp(-mean)
    total, count = term, 0
    while total < QUANTILE:
        term *= (count + size) / (count + 1) * (1 - mean / spread) if wide else mean / (count + 1)
        count += 1
        total += term
    return count
