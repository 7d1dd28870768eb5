"""`citydesk eval`: run suites against the cities of this home and print what they found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from assistant.build import build_assistant
from assistant.directory import Directory
from assistant.settings import Settings, read_settings
from evals.report import flips, print_report, write_results
from evals.runner import TurnResult, run_suite
from evals.sample import Suite, read_suite

SUITES = Path(__file__).parent / "suites"
WRONG_ARGUMENTS = 2


def run(paths: Sequence[Path], *, failures: int, save: Path | None, baseline: Path | None) -> int:
    """Run the suites (default: all shipped) whose city is in this home; others are named and skipped."""
    console = Console()
    settings = read_settings()
    results: list[TurnResult] = []
    for path in paths or sorted(SUITES.glob("*.yml")):
        try:
            suite = read_suite(path)
        except (OSError, ValidationError, KeyError) as problem:
            console.print(f"{path}: {problem}", style="red", highlight=False, markup=False)
            return WRONG_ARGUMENTS
        if not (settings.home / "cities" / suite.city / "CURRENT").is_file():
            console.print(
                f"{suite.suite}: skipped, the city {suite.city} is not loaded in {settings.home}", style="yellow"
            )
            continue
        found = _run(suite, settings)
        print_report(found, console, failures=failures)
        results += found
    if save is not None:
        write_results(results, save)
    if baseline is not None:
        lost, gained = flips(results, baseline)
        console.print(f"against {baseline}: {len(lost)} lost, {len(gained)} gained")
        for name in lost:
            console.print(f"  lost {name}", highlight=False)
    return 0


def _run(suite: Suite, settings: Settings) -> list[TurnResult]:
    assistant = build_assistant(settings, city=suite.city)
    directory = Directory.read(settings.home)
    definitions = {name: dict(metric.definition) for name, metric in assistant.catalog.metrics.items()}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(suite.suite, total=suite.turns)
        return run_suite(
            suite,
            assistant,
            principal=directory.principal,
            definitions=definitions,
            on_turn=lambda _: progress.advance(task),
        )
