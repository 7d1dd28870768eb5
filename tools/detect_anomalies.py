"""detect_anomalies: where there is more than usual, not only where there is most."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from tools.evidence import as_text
from tools.spec import QueryEvidence, Tool, ToolContext, ToolResult
from warehouse.insight.excess import ExcessRow, excess
from warehouse.semantic import Filter, Frozen, SemanticQuery, TimeRange
from warehouse.table import Column, Table

DEFINITION = {
    "zh": "比平时多：本期数 − 前 8 周同星期同时段的平均；上限为负二项分布 97.5% 分位，超过上限且不少于 5 件才称异常",
    "en": "excess: observed less the mean of the same hours of the same weekdays in the 8 weeks before; called abnormal only "
    "above the 97.5 % limit of a negative binomial and from 5 on",
}
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
    Column(name="excess_ratio", label={"zh": "较平时", "en": "against usual"}, type="ratio", role="change_ratio"),
    Column(name="abnormal", label={"zh": "是否异常", "en": "abnormal"}, type="boolean", role="detail"),
)


class AnomalyQuestion(Frozen):
    """A window, the dimension whose values are compared with their own past, and filters."""

    time: TimeRange
    dimension: str
    filters: tuple[Filter, ...] = ()
    metric: str = "anomalies"
    limit: int = Field(default=10, ge=1, le=100)


def run(asked: AnomalyQuestion, context: ToolContext) -> ToolResult:
    """Observed against expected for the same hours of the same weekdays in the last eight weeks, most excess first."""
    warehouse = context.warehouse
    query = SemanticQuery(
        metrics=(asked.metric,), dimensions=(asked.dimension,), time=asked.time, filters=asked.filters
    )
    found = excess(warehouse, query, scope=context.principal.scope, now=context.now)
    observed = found.results[0]
    table = Table(
        columns=(observed.table.columns[0], *_COLUMNS),
        rows=tuple(_cells(row) for row in found.rows if row.member is not None)[: asked.limit],
        as_of=observed.table.as_of,
        truncated=len(found.rows) > asked.limit,
    )
    evidence = QueryEvidence(
        semantic=query,
        sql=observed.sql,
        parameters=observed.parameters,
        definition=DEFINITION,
        window=observed.window,
        base_window=None,
        scope={name: tuple(values) for name, values in observed.scope.items()},
        as_of=table.as_of,
        rows=len(table.rows),
        elapsed_ms=sum(result.elapsed_ms for result in found.results),
    )
    return ToolResult(
        text=as_text(table), tables=(table,), evidence=(evidence,), facts={"excess": True, "weeks": found.weeks}
    )


def _cells(row: ExcessRow) -> tuple[Any, ...]:
    ratio = None if row.ratio is None else row.ratio - 1
    return (row.member, row.observed, round(row.expected, 1), row.limit, round(row.excess, 1), ratio, row.flagged)


DETECT_ANOMALIES = Tool(
    name="detect_anomalies",
    args=AnomalyQuestion,
    run=run,
    effect="read",
    description={
        "zh": "哪里比平时多：与前八周同星期、同时段相比，给出期望值、上限和超出量。",
        "en": "Where there is more than usual: observed against the same hours of the same weekdays in the last eight weeks.",
    },
)
