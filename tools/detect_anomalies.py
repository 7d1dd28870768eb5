"""detect_anomalies: where there is more than usual, not only where there is most."""

from __future__ import annotations

from pydantic import Field

from tools.evidence import as_text
from tools.spec import QueryEvidence, Tool, ToolContext, ToolResult
from warehouse.insight.excess import excess
from warehouse.semantic import Filter, Frozen, SemanticQuery, TimeRange


class AnomalyQuestion(Frozen):
    """A window, the dimension whose values are compared with their own past, and filters."""

    time: TimeRange
    dimension: str
    filters: tuple[Filter, ...] = ()
    metric: str = "anomalies"
    limit: int = Field(default=10, ge=1, le=100)


def run(asked: AnomalyQuestion, context: ToolContext) -> ToolResult:
    """Observed against expected for the same hours of the same weekdays in the last eight weeks."""
    query = SemanticQuery(
        metrics=(asked.metric,), dimensions=(asked.dimension,), time=asked.time, filters=asked.filters
    )
    found = excess(context.warehouse, query, scope=context.principal.scope, now=context.now, limit=asked.limit)
    evidence = QueryEvidence(
        semantic=query,
        sql=found.sql,
        parameters=found.parameters,
        definition=found.definition,
        window=(asked.time.start, asked.time.end),
        base_window=None,
        scope={name: tuple(sorted(values)) for name, values in context.principal.scope.limits.items()},
        as_of=found.table.as_of,
        rows=len(found.table.rows),
        elapsed_ms=found.elapsed_ms,
    )
    return ToolResult(text=as_text(found.table), tables=(found.table,), evidence=(evidence,), facts={"excess": True})


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
