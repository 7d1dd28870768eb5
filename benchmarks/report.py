"""The table at the end: claims with their targets, and the questions that cost most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

SLOWEST = 5


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure, and the target it is held to where there is one."""

    what: str
    figure: str
    beside: str = ""
    target: str = ""
    held: bool | None = None

    def record(self) -> dict[str, Any]:
        return asdict(self)


def show(claims: Sequence[Claim], rows: int, machine: str, turns: Sequence[dict[str, Any]]) -> None:
    console = Console()
    grid = Table(title=f"CityDesk at {rows:,} cases · {machine}", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for head in ("", "measured", "target", "", ""):
        grid.add_column(head, overflow="fold")
    for claim in claims:
        mark = {None: "", True: "[green]✓[/]", False: "[red]✗[/]"}[claim.held]
        grid.add_row(claim.what, claim.figure, claim.target, mark, f"[dim]{claim.beside}[/]")
    console.print(grid)
    if not turns:
        return
    over: dict[str, list[float]] = defaultdict(list)
    for turn in turns:
        if turn["round"]:
            over[turn["text"]].append(turn["ms"] - turn["bare_ms"])
    slowest = sorted(((median(each), text) for text, each in over.items()), reverse=True)[:SLOWEST]
    console.print("\nmost beyond their SQL: " + " · ".join(f"{text} {ms:.0f} ms" for ms, text in slowest), style="dim")
