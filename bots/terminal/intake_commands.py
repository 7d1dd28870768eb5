"""`citydesk intake …`, as the roof mounts it; what does the work is imported when its command runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Optional

import typer

from bots.terminal.options import CityName, Now


def intake_commands(clock: Callable[[], datetime]) -> typer.Typer:
    """`citydesk intake …`."""
    intake = typer.Typer(help="How reports in plain words are read; nothing is filed here.", no_args_is_help=True)

    @intake.command("train")
    def train(city: CityName = None) -> None:
        """Learn the wording of the city's past cases, on top of the shipped phrases."""
        from bots.terminal import approving, intaking

        raise typer.Exit(approving.guarded(lambda: intaking.learn(city=city, now=clock())))

    @intake.command("try")
    def try_(
        message: Annotated[str, typer.Argument(help="A report as somebody would write it.")],
        at: Annotated[Optional[str], typer.Option(help="A pin: LAT,LON in degrees.")] = None,  # noqa: UP045
        now: Now = None,
        city: CityName = None,
    ) -> None:
        """Show the problems, classes, place, department, deadline and duplicates that a report is read as."""
        from bots.terminal import approving, intaking

        pin = intaking.pin_at(at)
        raise typer.Exit(approving.guarded(lambda: intaking.attempt(message, pin, now=now, city=city, wall=clock)))

    @intake.command("route")
    def route(
        baseline: Annotated[
            bool, typer.Option("--baseline/--no-baseline", help="Fit a linear model beside it; takes a minute or two.")
        ] = True,
        city: CityName = None,
    ) -> None:
        """Measure dispatch: learn who gets what from the older four fifths of the cases, test on the rest."""
        from bots.terminal import approving, routing

        raise typer.Exit(approving.guarded(lambda: routing.measured(city=city, baseline=baseline)))

    return intake
