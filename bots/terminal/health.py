"""`citydesk doctor`: what is configured, what is missing, and how to mend it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from assistant.directory import Directory
from assistant.settings import Settings, read_settings
from bots.channels import checks
from bots.errors import ChannelError, Refused
from bots.store.database import Database
from bots.store.outbox import Outbox
from bots.terminal.shared import FAILED, out
from warehouse.errors import WarehouseError
from warehouse.reader import open_warehouse

State = Literal["ok", "note", "bad"]
MARKS = {"ok": "[green]✓[/]", "note": "[yellow]•[/]", "bad": "[red]✗[/]"}
ROOM = 2 * 1024**3
STALE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `mend` says what to do about it."""

    state: State
    what: str
    mend: str = ""


def doctor(*, now: datetime) -> int:
    """Look at everything, print it; 1 when something must be mended."""
    console, bad = out(), False
    for finding in _findings(now):
        bad = bad or finding.state == "bad"
        console.print(f"{MARKS[finding.state]} {finding.what}")
        if finding.mend:
            console.print(f"    → {finding.mend}", style="dim", markup=False)
    return FAILED if bad else 0


def _findings(now: datetime) -> Iterator[Finding]:
    yield Finding("ok", f"citydesk {version('citydesk')}, Python {sys.version.split()[0]}, DuckDB {version('duckdb')}")
    try:
        settings = read_settings()
    except ValidationError as problem:
        yield Finding("bad", "settings cannot be read", str(problem).replace("\n", "; "))
        return
    yield from _home(settings.home)
    yield from _cities(settings.home, now)
    yield _people(settings.home)
    yield from _model(settings)
    yield from _messengers(settings)


def _messengers(settings: Settings) -> Iterator[Finding]:
    """Each configured messenger, asked who it is; nothing is sent to anybody."""
    found = checks(settings)
    if not found:
        yield Finding("ok", "no messenger is configured (.env.example: CITYDESK_TELEGRAM_…, CITYDESK_WECOM_…)")
        return
    for name, check in found.items():
        try:
            yield Finding("ok", f"{name}: {check()}")
        except Refused as problem:
            yield Finding(
                "bad", f"{name} refuses the settings: {problem}", "look at its token in the environment or .env"
            )
        except ChannelError as problem:
            yield Finding(
                "bad", f"{name} does not work: {problem}", "look at the network and the settings in .env.example"
            )
    from bots.pictures import missing_glyphs

    if missing := missing_glyphs():
        yield Finding("bad", f"the font lacks {missing}", "install citydesk anew: bots/fonts is damaged")
    dead = Outbox(Database(settings.home / "voices")).counts().get("dead", 0)
    if dead:
        yield Finding("note", f"{dead} messages could not be sent", "`citydesk outbox` says why")


def _home(home: Path) -> Iterator[Finding]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".probe"
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except OSError as problem:
        yield Finding(
            "bad", f"home {home} cannot be written", f"{problem.strerror}: set CITYDESK_HOME to a folder of yours"
        )
        return
    yield Finding("ok", f"home {home} (CITYDESK_HOME)")
    free = shutil.disk_usage(home).free
    if free < ROOM:
        yield Finding(
            "note", f"only {free / 1024**3:.1f} GiB of disk left", "a load needs about twice the size of its export"
        )


def _cities(home: Path, now: datetime) -> Iterator[Finding]:
    names = sorted(path.parent.name for path in (home / "cities").glob("*/CURRENT"))
    if not names:
        yield Finding(
            "bad", "no city is loaded", "`citydesk demo` for a sample city, `citydesk city init FOLDER` for your own"
        )
    for name in names:
        try:
            yield from _city(home, name, now)
        except WarehouseError as problem:
            yield Finding("bad", f"city {name} cannot be opened", f"{problem}; load it again")


def _city(home: Path, name: str, now: datetime) -> Iterator[Finding]:
    warehouse = open_warehouse(home, name)
    cases = (
        sum(member.rows for member in warehouse.members("status"))
        or warehouse.fetch("SELECT count(*) FROM cases")[0][0]
    )
    age = now - warehouse.as_of
    late = warehouse.city.clock == "wall" and age > STALE
    yield Finding(
        "note" if late else "ok",
        f"city {name}: {cases:,} cases, data as of {warehouse.as_of:%Y-%m-%d %H:%M}",
        f"nothing new for {age.days} days: load the newest export" if late else "",
    )
    aside = sum(state.counts["quarantined"] for state in warehouse.freshness())
    if aside:
        yield Finding(
            "note", f"city {name}: {aside:,} rows were set aside while loading",
            "see `citydesk feed check FEED`; mend the mapping, then `citydesk feed replay FEED`",
        )  # fmt: skip
    if missing := warehouse.catalog.unavailable:
        yield Finding(
            "note", f"city {name}: {len(missing)} metrics lack a column of the sources", "`citydesk catalog` names them"
        )
    warehouse.close()


def _people(home: Path) -> Finding:
    try:
        Directory.read(home)
    except (ValueError, OSError) as problem:
        return Finding("bad", "people.yml cannot be used", str(problem))
    if (home / "people.yml").is_file():
        return Finding("ok", "people.yml names who may see what")
    return Finding("ok", "no people.yml: the built-in roles (leader, analyst, dispatcher …) see the whole city")


def _model(settings: Settings) -> Iterator[Finding]:
    if settings.model == "offline":
        yield Finding("ok", "the embedded model answers; no language model is configured and none is needed")
        return
    key = "with a key" if settings.model_key else "without a key"
    yield Finding("ok", f"language model {settings.model} at {settings.model_base_url or 'its default address'}, {key}")
    from assistant.model import language_model

    try:
        language_model(settings)
    except Exception as problem:  # noqa: BLE001  # every provider package raises its own
        yield Finding("bad", "the language model cannot be made", f"{type(problem).__name__}: {problem}")
