"""`citydesk feed …`: draft, check, load, replay; every row that came in is shown to be accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from assistant.settings import read_settings
from bots.terminal.shared import WRONG_ARGUMENTS, explain, out, problems, progress_bar
from warehouse.errors import WarehouseError
from warehouse.feeds.report import Fault, LoadReport

FAULTS_SHOWN = 5


def load(paths: Sequence[Path], file: Path | None, *, now: datetime) -> int:
    """Load feeds in the order given; the first that cannot be used stops the rest."""
    from warehouse.feeds.load import load as load_feed

    if file is not None and len(paths) > 1:
        problems().print("--file goes with one feed only")
        return WRONG_ARGUMENTS
    home = read_settings().home
    for path in paths:
        try:
            with progress_bar(path.name) as report:
                show(load_feed(home, path, file, now=now, on_progress=report))
        except WarehouseError as problem:
            return explain(problem)
    return 0


def replay(path: Path, *, now: datetime) -> int:
    """Try the rows set aside earlier again, with the mapping as it is now."""
    from warehouse.feeds.replay import replay as replay_feed

    try:
        with progress_bar(path.name) as report:
            show(replay_feed(read_settings().home, path, now=now, on_progress=report))
    except WarehouseError as problem:
        return explain(problem)
    return 0


def show(report: LoadReport) -> None:
    """What a load did: the sum that must come out, what was set aside and why, what was noticed."""
    console = out()
    outcome = report.snapshot or "nothing changed, no new snapshot"
    console.print(f"[bold]{report.feed}[/] → {report.city}   [dim]{outcome} · {report.seconds:.1f} s[/]")
    console.print(
        f"  {report.rows_in:,} rows in = {report.loaded:,} loaded + {report.unchanged:,} unchanged + "
        f"{report.quarantined:,} quarantined + {report.duplicates:,} duplicates"
        + (f"   [dim]({report.superseded:,} replaced an older version)[/]" if report.superseded else "")
    )
    show_faults(report.faults)
    for note in report.notes:
        console.print(f"  • {note}", style="yellow", markup=False)
    if not report.adds_up:
        problems().print("  the counts do not add up: please report this", style="red")


def show_faults(faults: Sequence[Fault]) -> None:
    """The reasons rows were set aside, most frequent first, each with its first row."""
    console = out()
    for fault in faults[:FAULTS_SHOWN]:
        console.print(f"  ✗ {fault.rows:,} × {fault.reason}   (first: line {fault.line})", style="red", markup=False)
        console.print(f"      {fault.raw[:160]}", style="dim", markup=False)
    if len(faults) > FAULTS_SHOWN:
        console.print(f"  … and {len(faults) - FAULTS_SHOWN} more reasons", style="dim")
