"""What every sub-command shares: where to print, a progress bar, and how an expected problem is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from warehouse.errors import FeedError, WarehouseError

FAILED = 1
WRONG_ARGUMENTS = 2
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def out() -> Console:
    """Standard output."""
    return Console(highlight=False)


def problems() -> Console:
    """Standard error: progress and what went wrong."""
    return Console(stderr=True, highlight=False)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error, gone when the work is done; yields `report(stage, share done)`."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=problems(), transient=True) as progress:
        task = progress.add_task(what, total=1.0)

        def report(stage: str, done: float) -> None:
            progress.update(task, description=f"{what} · {stage}", completed=done)

        yield report


def explain(problem: WarehouseError) -> int:
    """Show an expected problem: what, and what to do; returns the exit status."""
    console = problems()
    if isinstance(problem, FeedError):
        console.print(f"✗ {problem.where}: {problem.problem}", style="red", markup=False)
        console.print(f"  → {problem.remedy}", markup=False) if problem.remedy else None
    else:
        console.print(f"✗ {problem}", style="red", markup=False)
    return FAILED
