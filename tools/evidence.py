"""From a query's result to what a tool gives back: the table and how it came to be."""

from __future__ import annotations

from tools.spec import QueryEvidence, ToolResult
from warehouse.query_result import QueryResult
from warehouse.semantic import SemanticQuery
from warehouse.table import Table


def result_of(query: SemanticQuery, result: QueryResult, **facts: object) -> ToolResult:
    """A tool's result around one query."""
    evidence = QueryEvidence(
        semantic=query,
        sql=result.sql,
        parameters=result.parameters,
        definition=result.definition,
        window=result.window,
        base_window=result.base_window,
        scope={name: tuple(values) for name, values in result.scope.items()},
        as_of=result.table.as_of,
        rows=len(result.table.rows),
        elapsed_ms=result.elapsed_ms,
    )
    known = {"total": result.total} if result.total is not None else {}
    return ToolResult(
        text=as_text(result.table), tables=(result.table,), evidence=(evidence,), facts={**known, **facts}
    )


def as_text(table: Table, limit: int = 50) -> str:
    """The rows for a language model: a header line, then a line a row."""
    lines = [" | ".join(column.name for column in table.columns)]
    lines += [" | ".join("" if cell is None else str(cell) for cell in row) for row in table.rows[:limit]]
    if len(table.rows) > limit or table.truncated:
        lines.append("…")
    return "\n".join(lines)
