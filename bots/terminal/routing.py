"""`citydesk intake route`: how well dispatch finds the department and the unit, on a city's own held-back cases."""

from __future__ import annotations

from rich.table import Table as Grid

from assistant.settings import read_settings
from bots.terminal.shared import FAILED, out, problems, progress_bar
from tools.work_orders.routing_trial import Score, Trial, measure
from warehouse.reader import open_warehouse

_METHODS = {
    "majority": "the city's most frequent one",
    "class majority": "the class's most frequent one",
    "linear n-grams": "linear model on character n-grams",
    "routing": "routing",
}


def measured(*, city: str | None, baseline: bool) -> int:
    """Measure and print."""
    warehouse = open_warehouse(read_settings().home, city)
    try:
        with progress_bar("measuring dispatch") as report:
            trial = measure(warehouse, report, baseline=baseline)
    finally:
        warehouse.close()
    if trial is None or not trial.scores:
        problems().print("✗ no past cases that say who they went to", style="red")
        return FAILED
    _show(trial)
    return 0


def _show(trial: Trial) -> None:
    console = out()
    console.print(
        f"learned from {trial.learned:,} cases before {trial.split:%Y-%m-%d %H:%M}, tested on those after it; "
        f"sure: at least {trial.threshold:g}",
        markup=False,
    )
    grid = Grid(
        "target", "chosen by", "cases", "right", "sure", "right when sure", "to a dispatcher", "calibration error"
    )
    for score in trial.scores:
        grid.add_row(*_cells(score), end_section=score.method == "routing")
    console.print(grid)


def _cells(score: Score) -> tuple[str, ...]:
    queue = None if score.covered is None else 1 - score.covered
    shares = (score.covered, score.accuracy_covered, queue, score.calibration)
    told = ("–" if share is None else f"{share:.1%}" for share in shares)
    return (score.target, _METHODS[score.method], f"{score.cases:,}", f"{score.accuracy:.1%}", *told)
