"""From a query's result to what a tool gives back: the table and how it came to be."""

from __future__ import annotations

import unicodedata

from tools.spec import QueryEvidence, ToolResult
from warehouse.query_result import QueryResult
from warehouse.semantic import SemanticQuery
from warehouse.table import Table

ROWS_TOLD = 50
LONGEST_CELL = 160


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
        since=result.since,
        rows=len(result.table.rows),
        elapsed_ms=result.elapsed_ms,
    )
    known = {"total": result.total} if result.total is not None else {}
    return ToolResult(
        text=as_text(result.table), tables=(result.table,), evidence=(evidence,), facts={**known, **facts}
    )


def as_text(table: Table, limit: int = ROWS_TOLD) -> str:
    """The rows for a language model: a header line, then a line a row.

    Cells are other people's words: each stays on its line and in its column, without invisible characters, so that no
    cell can pass for a row, a message or an instruction of the desk.
    """
    lines = [" | ".join(column.name for column in table.columns)]
    lines += [" | ".join("" if cell is None else one_line(str(cell)) for cell in row) for row in table.rows[:limit]]
    if len(table.rows) > limit or table.truncated:
        lines.append("…")
    return "\n".join(lines)


def one_line(text: str, longest: int = LONGEST_CELL) -> str:
    """The text without line breaks, column marks and characters that cannot be seen, cut where it is long."""
    plain = "".join(" " if c.isspace() else "¦" if c == "|" else c for c in text if c.isspace() or _is_seen(c))
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def _is_seen(character: str) -> bool:
    # Cc control, Cf format (zero width, bidirectional), Co private use, Cs surrogate.
    return unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs"}
