"""Excess: how much more than usual, for the same hours of the same weekdays in the last eight weeks.

The upper limit is the 97.5 % quantile of a negative binomial with the mean and variance of those weeks, a Poisson one
where they vary no more than chance would have it (Farrington et al., 1996, use the same family). Fewer than five is
never called abnormal: from nought to two is no outbreak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, pvariance
from typing import TYPE_CHECKING, Any

from warehouse.scope import Scope
from warehouse.semantic import SemanticQuery
from warehouse.table import Column, Table

if TYPE_CHECKING:
    from warehouse.reader import Warehouse

WEEKS = 8
LEAST = 5
CONFIDENCE = 0.975
# Beyond this mean the distribution is normal for all that matters, and its first term is no longer a double.
LARGE = 400
NORMAL_QUANTILE = 1.96
DEFINITION = {
    "zh": "比平时多：窗口内的数 − 前 8 周同星期同时段的平均；上限为负二项分布 97.5% 分位；不足 5 件不称异常",
    "en": "excess: observed minus the mean of the same hours of the same weekdays in the 8 weeks before; "
    "limit: 97.5 % quantile of a negative binomial; fewer than 5 are never called abnormal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """The table and how it came to be."""

    table: Table
    sql: str
    parameters: tuple[Any, ...]
    definition: dict[str, str]
    elapsed_ms: float


def excess(warehouse: Warehouse, query: SemanticQuery, *, scope: Scope, now: datetime, limit: int = 10) -> Excess:
    """Observed, expected, upper limit and excess for every value of the query's one dimension, largest excess first.

    Args:
        query: One count metric, one dimension, a window.
    """
    if query.time is None:
        raise ValueError("excess needs a window")
    metric = query.metrics[0]
    observed = warehouse.run(query, scope=scope, now=now)
    # A window that still runs is compared with the same elapsed part of the earlier weeks.
    end = min(query.time.end, now)
    weeks = math.ceil((end - query.time.start) / timedelta(weeks=1))
    past: list[dict[Any, int]] = []
    elapsed = observed.elapsed_ms
    for week in range(1, WEEKS + 1):
        back = timedelta(weeks=week * weeks)
        zone = warehouse.timezone
        ends = [(m.astimezone(zone).replace(tzinfo=None) - back).replace(tzinfo=zone) for m in (query.time.start, end)]
        time = query.time.model_copy(update={"start": ends[0], "end": ends[1]})
        if ends[0] < warehouse.since:
            break
        result = warehouse.run(query.model_copy(update={"time": time}), scope=scope, now=now)
        elapsed += result.elapsed_ms
        past.append({row[0]: row[result.table.index(metric)] for row in result.table.rows})
    here = {row[0]: row[observed.table.index(metric)] for row in observed.table.rows}
    names = dict.fromkeys((*here, *(name for week in past for name in week)))
    rows = [_row(name, here.get(name, 0), [week.get(name, 0) for week in past]) for name in names]
    rows.sort(key=lambda row: (not row[5], -(row[4] if row[4] is not None else -math.inf)))
    dimension = observed.table.columns[0]
    table = Table(
        columns=(dimension, *_COLUMNS),
        rows=tuple(rows[:limit]),
        as_of=observed.table.as_of,
        truncated=len(rows) > limit,
    )
    return Excess(
        table=table, sql=observed.sql, parameters=observed.parameters, definition=DEFINITION, elapsed_ms=elapsed
    )


def _row(name: Any, observed: int, past: list[int]) -> tuple[Any, ...]:
    if not past:
        return (name, observed, None, None, None, False)
    expected = fmean(past)
    limit = upper_limit(expected, pvariance(past) * len(past) / max(1, len(past) - 1))
    return (
        name,
        observed,
        round(expected, 2),
        limit,
        round(observed - expected, 2),
        observed >= LEAST and observed > limit,
    )


def upper_limit(mean: float, variance: float, confidence: float = CONFIDENCE) -> int:
    """Smallest count whose cumulative probability reaches `confidence`; negative binomial, or Poisson when not overdispersed."""
    mean = max(mean, 0.1)
    if mean > LARGE:
        return math.ceil(mean + NORMAL_QUANTILE * math.sqrt(max(mean, variance)))
    term, size, share = math.exp(-mean), math.inf, 0.0
    if variance > mean:
        size = mean * mean / (variance - mean)
        share = mean / (size + mean)
        term = (1 - share) ** size
    total, count = term, 0
    while total < confidence and count < 1_000_000:  # a bound, never reached by counts of cases
        term *= mean / (count + 1) if size is math.inf else (count + size) / (count + 1) * share
        count += 1
        total += term
    return count


_COLUMNS = (
    Column(
        name="observed",
        label={"zh": "本期", "en": "observed"},
        type="integer",
        role="metric",
        unit="case",
        better="down",
    ),
    Column(name="expected", label={"zh": "常态", "en": "usual"}, type="number", role="base", unit="case"),
    Column(name="upper_limit", label={"zh": "上限", "en": "limit"}, type="number", role="detail", unit="case"),
    Column(
        name="excess",
        label={"zh": "比平时多", "en": "excess"},
        type="number",
        role="change",
        unit="case",
        better="down",
    ),
    Column(name="abnormal", label={"zh": "异常", "en": "abnormal"}, type="boolean", role="detail"),
)
