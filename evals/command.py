"""`citydesk eval`: run suites against the cities of this home and print what they found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from assistant.build import build_assistant
from assistant.directory import Directory
from assistant.settings import Settings, read_settings
from evals.intake import measure, print_measures, read_reports
from evals.report import flips, print_report, write_results
from evals.rules import BESIDE, RulesDesk, library_of, texts_of
from evals.runner import TurnResult, run_suite
from evals.sample import Rules, Suite, read_suite
from tools.principal import Principal, Role
from tools.work_orders.intake_build import build_intake
from warehouse.reader import open_warehouse

SUITES = Path(__file__).parent / "suites"
REPORTS = Path(__file__).parent / "reports"
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
        if why := _missing(suite, settings):
            console.print(f"{suite.suite}: skipped, {why}", style="yellow")
            continue
        found = _run_rules(suite, suite.rules, settings) if suite.rules else _run(suite, settings)
        print_report(found, console, failures=failures)
        results += found
    for path in () if paths else sorted(REPORTS.glob("*.yml")):
        _run_reports(path, settings, console)
    if save is not None:
        write_results(results, save)
    if baseline is not None:
        lost, gained = flips(results, baseline)
        console.print(f"against {baseline}: {len(lost)} lost, {len(gained)} gained")
        for name in lost:
            console.print(f"  lost {name}", highlight=False)
    return 0


def _run_reports(path: Path, settings: Settings, console: Console) -> None:
    suite = read_reports(path)
    if not (settings.home / "cities" / suite.city / "CURRENT").is_file():
        console.print(f"{suite.suite}: skipped, the city {suite.city} is not loaded in {settings.home}", style="yellow")
        return
    warehouse = open_warehouse(settings.home, suite.city)
    intake = build_intake(settings.home, warehouse)
    print_measures(
        suite, {"odd": measure(suite, intake, half="odd"), "even": measure(suite, intake, half="even")}, console
    )
    warehouse.close()


def _missing(suite: Suite, settings: Settings) -> str:
    """Why a suite cannot be run here; empty where it can."""
    if suite.rules is not None:
        beside = settings.shared_data or BESIDE
        if texts_of(suite.rules, settings.shared_data) is None:
            return f"its texts are not at hand: {beside / suite.rules.folder} (CITYDESK_SHARED_DATA)"
        return ""
    loaded = (settings.home / "cities" / suite.city / "CURRENT").is_file()
    return "" if loaded else f"the city {suite.city} is not loaded in {settings.home}"


def _run_rules(suite: Suite, rules: Rules, settings: Settings) -> list[TurnResult]:
    texts = texts_of(rules, settings.shared_data)
    assert texts is not None  # `_missing` said so
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"{suite.suite}: index", total=1.0)
        library = library_of(texts, settings.home, lambda _, share: progress.update(task, completed=share))
        asked = progress.add_task(suite.suite, total=suite.turns)
        results = run_suite(
            suite,
            RulesDesk(library, rules.place, settings.home),
            principal=lambda _: Principal(name="eval", role=Role.ANALYST),
            definitions={},
            on_turn=lambda _: progress.advance(asked),
        )
    library.close()
    return results


def _run(suite: Suite, settings: Settings) -> list[TurnResult]:
    with TemporaryDirectory(prefix="citydesk-eval-") as folder:
        # A ledger of its own: what a suite does must change neither the home nor the next run.
        own = settings.model_copy(update={"ledger_url": f"sqlite:///{folder}/ledger.db"})
        return _run_asked(suite, own)


def _run_asked(suite: Suite, settings: Settings) -> list[TurnResult]:
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
