"""`citydesk ask` and `chat`: the arguments; what is done is in `asking.py`."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Optional

import typer

from bots.terminal.options import As, CityName, District, Json, Now, Unit, who_of


def add_asking_commands(app: typer.Typer, clock: Callable[[], datetime]) -> None:
    """Put the commands on the command line."""

    @app.command()
    def ask(
        question: Annotated[Optional[str], typer.Argument(help="The question, in Chinese or English.")] = None,  # noqa: UP045
        as_: As = "leader",
        district: District = None,
        unit: Unit = None,
        now: Now = None,
        thread: Annotated[Optional[str], typer.Option(help="Continue this conversation.")] = None,  # noqa: UP045
        at: Annotated[Optional[str], typer.Option(help="Where, for a report: LAT,LON in degrees (WGS-84).")] = None,  # noqa: UP045
        photo: Annotated[Optional[list[Path]], typer.Option(help="A photo of it; may be repeated.")] = None,  # noqa: UP045
        batch: Annotated[Optional[Path], typer.Option(help="Answer many: a JSON line in, a JSON line out.")] = None,  # noqa: UP045
        evidence: Annotated[bool, typer.Option("--evidence", help="Show the SQL and its parameters too.")] = False,
        city: CityName = None,
        json: Json = False,
    ) -> None:
        """Ask one question (or a batch of dialogues), or report something with a pin and photos."""
        # Nothing of what is read and built before the one answer is garbage, and looking for it takes a fifth of the time.
        gc.disable()
        from bots.terminal import asking

        sends = at is not None or bool(photo)
        if (question is None and not sends) == (batch is None):
            raise typer.BadParameter("give either a question or --batch FILE")
        if sends and batch is not None:
            raise typer.BadParameter("--at and --photo go with one question, not with --batch")
        who = who_of(as_, district, unit)
        if batch is not None:
            gc.enable()
            raise typer.Exit(asking.ask_batch(asking.open_desk(city=city, wall=clock), batch, who, now))
        sent = asking.sent_with(at, photo or []) if sends else ()
        desk = asking.open_desk(city=city, wall=clock)
        said = asking.Said(text=question or "", now=now, thread=thread, sent=sent)
        raise typer.Exit(asking.ask_one(desk, said, who, json=json, evidence=evidence))

    @app.command()
    def chat(
        as_: As = "leader",
        district: District = None,
        unit: Unit = None,
        now: Now = None,
        city: CityName = None,
    ) -> None:
        """Talk: follow-ups, clarifications by number, tables and bars in the terminal."""
        from bots.terminal import asking

        desk = asking.open_desk(city=city, wall=clock)
        raise typer.Exit(asking.chat(desk, who_of(as_, district, unit), now))
