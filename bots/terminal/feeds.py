"""`citydesk feed …`: draft, check, load, replay; every row that came in is shown to be accounted for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table as Grid

from assistant.settings import read_settings
from bots.terminal.shared import WRONG_ARGUMENTS, explain, problems, progress_bar
from bots.terminal.shared import out as stdout
from warehouse.errors import WarehouseError
from warehouse.feeds.report import Fault, LoadReport

if TYPE_CHECKING:
    from warehouse.feeds.draft import Draft

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
    console = stdout()
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
    console = stdout()
    for fault in faults[:FAULTS_SHOWN]:
        console.print(f"  ✗ {fault.rows:,} × {fault.reason}   (first: line {fault.line})", style="red", markup=False)
        console.print(f"      {fault.raw[:160]}", style="dim", markup=False)
    if len(faults) > FAULTS_SHOWN:
        console.print(f"  … and {len(faults) - FAULTS_SHOWN} more reasons", style="dim")


def new(files: Sequence[Path], *, city: str | None, name: str | None, out: Path | None, now: datetime) -> int:
    """Draft a feed for each file and the city's settings, and show what was understood."""
    from warehouse.feeds.draft import city_text, draft_feed, feed_text

    folder = out or files[0].resolve().parent
    city = city or _identifier(name or folder.name)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", city):
        problems().print(f"{city!r} cannot be a city's id: use Latin letters, digits and _ (--city)", markup=False)
        return WRONG_ARGUMENTS
    try:
        with progress_bar("looking") as report:
            drafts = []
            for number, path in enumerate(files):
                report(path.name, number / len(files))
                drafts.append(draft_feed(path, city, folder))
    except WarehouseError as problem:
        return explain(problem)
    names = {made.name for made in drafts}
    if len(names) < len(drafts):
        for number, made in enumerate(drafts, start=1):
            made.name = made.content["feed"] = f"{made.name}_{number}"
    targets = {folder / f"{made.name}.feed.yml": feed_text(made) for made in drafts}
    if not (folder / "city.yml").exists():
        targets[folder / "city.yml"] = city_text(drafts, city, name, now)
    existing = [path for path in targets if path.exists()]
    if existing:
        problems().print(f"there already: {', '.join(map(str, existing))}; give another --out", markup=False)
        return WRONG_ARGUMENTS
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in targets.items():
        path.write_text(text, encoding="utf-8")
    for made in drafts:
        _show_draft(made)
    written = " ".join(str(path) for path in targets if path.name != "city.yml")
    stdout().print(
        f"\nWritten: {', '.join(path.name for path in targets)} in {folder}\n"
        f"Look them over, then:\n  citydesk feed check {next(iter(targets))}\n  citydesk feed load {written}",
        markup=False,
    )
    return 0


def _identifier(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_") or "mycity"


def _show_draft(made: Draft) -> None:
    console = stdout()
    console.print(
        f"\n[bold]{made.look.path.name}[/] → {made.kind}   [dim]{made.look.rows:,} rows, {made.look.source.encoding}[/]"
    )
    goes = {header: column for column, header in made.placed.items()}
    goes |= {one["from"]: f"+ {one['id']}" for one in made.content.get("dimensions", ())}
    grid = Grid(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for head in ("header", "goes to", "filled"):
        grid.add_column(head, no_wrap=True)
    grid.add_column("examples", overflow="ellipsis", no_wrap=True, ratio=1)
    for one in made.look.columns:
        shown = ", ".join(text[:16] for text in one.examples[:2])
        grid.add_row(one.header, goes.get(one.header, "[dim]–[/]"), f"{one.filled:.0%}", shown)
    console.print(grid)
    for doubt in made.doubts:
        console.print(f"  ? {doubt}", style="yellow", markup=False)


def check(path: Path, file: Path | None) -> int:
    """Profile a feed and show its first problems; nothing is loaded."""
    from warehouse.feeds.check import check as check_feed

    try:
        with progress_bar(path.name) as report:
            report("trying every row", 0.2)
            found = check_feed(read_settings().home, path, file)
    except WarehouseError as problem:
        return explain(problem)
    console = stdout()
    console.print(
        f"[bold]{found.feed}[/] → {found.city}   [dim]{found.rows:,} rows, {found.encoding}; nothing was loaded[/]"
    )
    grid = Grid(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for head in ("header", "goes to", "filled", "distinct"):
        grid.add_column(head, no_wrap=True)
    grid.add_column("examples", overflow="ellipsis", no_wrap=True, ratio=1)
    for one in found.columns:
        shown = ", ".join(text[:16] for text in one.examples[:2])
        grid.add_row(one.header, one.column or "[dim]–[/]", f"{one.filled:.0%}", f"{one.distinct:,}", shown)
    console.print(grid)
    if found.missing:
        console.print("  not in the file: " + ", ".join(found.missing), style="yellow", markup=False)
    show_faults(found.faults)
    if not found.faults:
        console.print("  ✓ every row passes", style="green")
    for note in found.notes:
        console.print(f"  • {note}", style="yellow", markup=False)
    if found.lacking:
        console.print("  cannot be asked from this source:", style="dim")
        for one_ in found.lacking:
            console.print(f"    {one_}", style="dim", markup=False)
    return 0
