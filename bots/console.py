"""The terminal's drawing of an answer: the words, the numbers with bars or a sparkline, and how they came to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table as Grid
from rich.text import Text

from assistant.dialogue import Answer, AnswerStatus
from bots.cells import cell_text, head_text
from warehouse.table import Table

ROWS_SHOWN = 20
BAR_WIDTH = 24
BLOCKS = "▁▂▃▄▅▆▇█"
BORDERS = {
    AnswerStatus.ANSWER: "cyan",
    AnswerStatus.CLARIFY: "yellow",
    AnswerStatus.ABSTAIN: "yellow",
    AnswerStatus.NO_DATA: "yellow",
    AnswerStatus.DENIED: "red",
    AnswerStatus.ERROR: "red",
}


def render_answer(answer: Answer, console: Console, *, evidence: bool = False) -> None:
    """Draw an answer; with `evidence` also the SQL and its parameters."""
    head, _, rest = answer.text.partition("\n")
    parts: list[RenderableType] = [_spoken(head, "bold")]
    parts += [drawing for table in answer.tables if (drawing := _drawn(table, answer.language)) is not None]
    if rest:
        parts.append(_spoken(rest, "dim"))
    if answer.clarification is not None:
        parts.append(_options([option.label for option in answer.clarification.options]))
    elif answer.suggestions:
        parts.append(Text("→ " + "   → ".join(answer.suggestions), style="dim cyan"))
    console.print(
        Panel(
            Group(*parts),
            border_style=BORDERS.get(answer.status, "cyan"),
            padding=(0, 1),
            subtitle=_footer(answer),
            subtitle_align="right",
        )
    )
    if evidence:
        for query in answer.evidence:
            console.print(Syntax(query.sql, "sql", word_wrap=True, background_color="default"))
            console.print(f"{list(query.parameters)}", style="dim", highlight=False, markup=False)


def _spoken(text: str, style: str) -> Text:
    """Words with their **stressed** parts bold."""
    drawn = Text(style=style)
    for number, piece in enumerate(text.split("**")):
        drawn.append(piece, style="bold not dim" if number % 2 else None)
    return drawn


def _footer(answer: Answer) -> str:
    rows = sum(query.rows for query in answer.evidence)
    model = f"{answer.model}{' (fallback)' if answer.fallback else ''}"
    counted = f"{rows} rows · " if answer.evidence else ""
    return f"[dim]{counted}{answer.elapsed_ms:.0f} ms · {model}[/]"


def _options(labels: Sequence[str]) -> RenderableType:
    return Text("\n".join(f"  {number}  {label}" for number, label in enumerate(labels, start=1)), style="cyan")


def _drawn(table: Table, language: str) -> RenderableType | None:
    """A table with bars; a series gets a sparkline on top; a single number needs no drawing."""
    if not table.rows or (
        len(table.rows) == 1 and len(table.columns) <= 2 and not _details(table)
    ):  # one name, one number
        return None
    grid = Grid(box=None, padding=(0, 2, 0, 0), header_style="dim")
    measured = next((i for i, column in enumerate(table.columns) if column.role == "metric"), None)
    values = [row[measured] for row in table.rows] if measured is not None else []
    bars = measured is not None and len(table.rows) > 1 and not _details(table)
    for column in table.columns:
        numeric = column.type in {"integer", "number", "ratio", "hours"} and column.role not in {"dimension"}
        grid.add_column(head_text(column, language), justify="right" if numeric else "left", overflow="fold")
    if bars:
        grid.add_column("", no_wrap=True)
    for row, value in list(zip(table.rows, values or table.rows, strict=True))[:ROWS_SHOWN]:
        cells = [cell_text(cell, column, language) for cell, column in zip(row, table.columns, strict=True)]
        grid.add_row(*cells, *([Text(_bar(value, values), style="cyan")] if bars else []))
    parts: list[RenderableType] = []
    if (
        bars and any(column.role == "time" for column in table.columns) and len(table.columns) == 2
    ):  # time and one metric
        parts.append(Text(sparkline(values), style="cyan"))
    parts.append(grid)
    if len(table.rows) > ROWS_SHOWN or table.truncated:
        parts.append(Text("…", style="dim"))
    return Group(*parts)


def _details(table: Table) -> bool:
    return any(column.role == "detail" and column.type != "boolean" for column in table.columns)


def _bar(value: Any, values: Sequence[Any]) -> str:
    top = max((v for v in values if isinstance(v, int | float)), default=0)
    if not isinstance(value, int | float) or top <= 0 or value <= 0:
        return ""
    eighths = round(value / top * BAR_WIDTH * 8)
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]


def sparkline(values: Sequence[Any]) -> str:
    """One block a value, from the lowest to the highest; a gap where there is none."""
    known = [v for v in values if isinstance(v, int | float)]
    if not known:
        return ""
    low, span = min(known), (max(known) - min(known)) or 1
    return "".join(BLOCKS[round((v - low) / span * 7)] if isinstance(v, int | float) else " " for v in values)
