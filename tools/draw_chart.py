"""draw_chart: the same numbers, to be drawn."""

from __future__ import annotations

from typing import Literal

from tools.evidence import result_of
from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Frozen, SemanticQuery


class ChartRequest(Frozen):
    """What to draw, and how when the asker said how."""

    query: SemanticQuery
    mark: Literal["auto", "bar", "line", "heat"] = "auto"


def run(asked: ChartRequest, context: ToolContext) -> ToolResult:
    """The rows of the query with the wish for a chart."""
    result = context.warehouse.run(asked.query, scope=context.principal.scope, now=context.now)
    return result_of(asked.query, result, mark=asked.mark)


DRAW_CHART = Tool(
    name="draw_chart",
    args=ChartRequest,
    run=run,
    effect="read",
    description={"zh": "查数并画图。", "en": "Query numbers and draw them."},
)
