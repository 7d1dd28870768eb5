"""`citydesk catalog` and `citydesk city …`: what can be asked, which cities there are, setting one up."""

from __future__ import annotations

import json as json_
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.prompt import Confirm, Prompt
from rich.table import Table as Grid

from assistant.settings import read_settings
from bots.terminal.shared import WRONG_ARGUMENTS, explain, out, problems
from warehouse.catalog_load import Catalog
from warehouse.errors import WarehouseError
from warehouse.reader import Warehouse, open_warehouse
from warehouse.snapshot import CityFolder


def show_catalog(about: str | None, *, city: str | None, json: bool) -> int:
    """Metrics and dimensions of a city; or one of them, with its definition and names."""
    try:
        warehouse = open_warehouse(read_settings().home, city)
    except WarehouseError as problem:
        return explain(problem)
    facts = _facts(warehouse)
    if about is not None:
        facts = [one for one in facts if about.casefold() in {name.casefold() for name in one["known_as"]}]
        if not facts:
            problems().print(f"nothing here is called {about!r}; `citydesk catalog` lists everything", markup=False)
            return WRONG_ARGUMENTS
    if json:
        sys.stdout.write(json_.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    elif about is not None:
        _print_entry(facts[0])
    else:
        _print_catalog(warehouse, facts)
    return 0


def _facts(warehouse: Warehouse) -> list[dict[str, Any]]:
    catalog: Catalog = warehouse.catalog
    metrics: list[dict[str, Any]] = [
        {
            "id": one.id, "what": "metric", "label": dict(one.label), "definition": dict(one.definition),
            "names": {str(k): list(v) for k, v in one.names.items()}, "unit": one.unit, "better": one.better,
            "missing": list(catalog.unavailable.get(one.id, ())),
        }
        for one in catalog.all_metrics.values()
    ]  # fmt: skip
    dimensions: list[dict[str, Any]] = [
        {
            "id": one.id, "what": "dimension", "label": dict(one.label), "names": {str(k): list(v) for k, v in one.names.items()},
            "members": [member.value for member in warehouse.members(one.id)[:12]] if one.kind == "text" else [],
        }
        for one in catalog.dimensions.values()
    ]  # fmt: skip
    for entry in (*metrics, *dimensions):
        entry["known_as"] = [
            entry["id"],
            *entry["label"].values(),
            *(n for names in entry["names"].values() for n in names),
        ]
    return [*metrics, *dimensions]


def _print_entry(entry: dict[str, Any]) -> None:
    console = out()
    console.print(f"[bold]{entry['label'].get('zh', '')} · {entry['label'].get('en', '')}[/]   [dim]{entry['id']}[/]")
    for language in ("zh", "en"):
        if text := entry.get("definition", {}).get(language):
            console.print(f"  {text}", markup=False)
    for names in entry["names"].values():
        console.print("  also: " + "、".join(names), style="dim", markup=False)
    if entry.get("members"):
        console.print("  values: " + "、".join(entry["members"]) + " …", markup=False)
    if entry.get("missing"):
        console.print("  not here: the sources lack " + ", ".join(entry["missing"]), style="yellow", markup=False)


def _print_catalog(warehouse: Warehouse, facts: Sequence[dict[str, Any]]) -> None:
    console = out()
    name = warehouse.city.name.get(warehouse.city.language) or warehouse.city.id
    console.print(f"[bold]{name}[/]   [dim]data as of {warehouse.as_of:%Y-%m-%d %H:%M} · {warehouse.snapshot}[/]\n")
    grid = Grid(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for head in ("metric", "指标", "", "口径 / definition"):
        grid.add_column(head, overflow="fold")
    for one in facts:
        if one["what"] == "metric" and not one["missing"]:
            definition = one["definition"].get(warehouse.city.language) or one["definition"].get("en", "")
            grid.add_row(one["label"]["en"], one["label"]["zh"], one["unit"] or "", definition)
    console.print(grid)
    cuts = [f"{one['label']['zh']} {one['label']['en']}" for one in facts if one["what"] == "dimension"]
    console.print("\n[dim]by[/] " + " · ".join(cuts))
    for one in facts:
        if one.get("missing"):
            console.print(
                f"not here: {one['label']['en']} {one['label']['zh']} (the sources lack {', '.join(one['missing'])})",
                style="yellow", markup=False,
            )  # fmt: skip


def show() -> int:
    """The home's cities; the current one is marked."""
    home, console = read_settings().home, out()
    pointer = home / "current_city"
    current = pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else ""
    found = sorted(path.parent.name for path in (home / "cities").glob("*/CURRENT"))
    for name in found:
        console.print(f"{'▶' if name == current else ' '} {name}", markup=False)
    if not found:
        console.print("no city yet: `citydesk city init FOLDER` sets one up, `citydesk demo` makes a sample city")
    return 0


def use(name: str) -> int:
    """Make a city current."""
    home = read_settings().home
    folder = CityFolder(home, name)
    if not (folder.path / "CURRENT").is_file():
        problems().print(f"no city {name!r} in {home}; `citydesk city list` shows what there is", markup=False)
        return WRONG_ARGUMENTS
    folder.choose()
    out().print(f"▶ {name}")
    return 0


def init(folder: Path, files: Sequence[Path], *, now: datetime) -> int:
    """Ask for name and exports, draft the feeds, show what was made of them, load on request."""
    from bots.terminal import feeds

    console = out()
    name = Prompt.ask("The city's name", console=console)
    proposed = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") or "mycity"
    city = Prompt.ask("A short id in Latin letters", default=proposed, console=console)
    exports = list(files) or [
        Path(text).expanduser() for text in Prompt.ask("Exports (paths, separated by spaces)", console=console).split()
    ]
    absent = [path for path in exports if not path.is_file()]
    if absent or not exports:
        problems().print(f"no such file: {', '.join(map(str, absent)) or '(none given)'}", markup=False)
        return WRONG_ARGUMENTS
    if status := feeds.new(exports, city=city, name=name, out=folder, now=now):
        return status
    drafted = sorted(folder.glob("*.feed.yml"))
    for path in drafted:
        if status := feeds.check(path, None):
            return status
    if not Confirm.ask("Load them now?", default=True, console=console):
        console.print(f"When ready: citydesk feed load {folder}/*.feed.yml", markup=False)
        return 0
    return feeds.load(drafted, None, now=now)
