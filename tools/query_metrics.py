"""query_metrics: governed numbers, grouped, compared and ranked."""

from __future__ import annotations

from tools.evidence import result_of
from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import SemanticQuery


def run(query: SemanticQuery, context: ToolContext) -> ToolResult:
    """The rows of an aggregate query, as the asker may see them."""
    return result_of(query, context.warehouse.run(query, scope=context.principal.scope, now=context.now))


QUERY_METRICS = Tool(
    name="query_metrics",
    args=SemanticQuery,
    run=run,
    effect="read",
    description={
        "zh": "按指标目录查数：指标、维度、时间窗、筛选、对比、占比、排名。只能用目录里的指标和维度编号，维度值必须是已知成员。",
        "en": "Governed numbers by metric, dimension, window, filter, comparison, share and rank. Use catalogue ids and known members only.",
    },
)
