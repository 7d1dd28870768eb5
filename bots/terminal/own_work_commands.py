"""`citydesk tasks`, `case`, `undo`: the arguments; what is done is in `own_work.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Optional

import typer

from bots.terminal.options import As, CityName, District, Json, Now, Unit, who_of


def add_own_work_commands(app: typer.Typer, moment: Callable[[str | None], datetime]) -> None:
    """Put the commands on the command line.

    Args:
        moment: The moment that was said, else the clock's.
    """

    @app.command()
    def tasks(
        as_: As = "dispatcher",
        district: District = None,
        unit: Unit = None,
        now: Now = None,
        city: CityName = None,
        json: Json = False,
    ) -> None:
        """Cases that wait for a person, the most pressing first."""
        from bots.terminal import approving, own_work

        who = who_of(as_, district, unit)
        raise typer.Exit(approving.guarded(lambda: own_work.tasks(who, moment(now), city=city, as_json=json)))

    @app.command("case")
    def case_(
        number: Annotated[str, typer.Argument(help="The case's number.")],
        as_: As = "shift_leader",
        district: District = None,
        unit: Unit = None,
        now: Now = None,
        city: CityName = None,
        json: Json = False,
    ) -> None:
        """Where a case stands, and every step it took."""
        from bots.terminal import approving, own_work

        who = who_of(as_, district, unit)
        raise typer.Exit(approving.guarded(lambda: own_work.course(who, number, moment(now), city=city, as_json=json)))

    @app.command()
    def undo(
        proposal: Annotated[Optional[str], typer.Argument(help="Its id; without one, what you confirmed last.")] = None,  # noqa: UP045
        as_: As = "shift_leader",
        district: District = None,
        unit: Unit = None,
        now: Now = None,
        city: CityName = None,
        json: Json = False,
    ) -> None:
        """Take back what you confirmed, within the grace period, as long as the case took no further step."""
        from bots.terminal import approving, own_work

        who = who_of(as_, district, unit)
        raise typer.Exit(approving.guarded(lambda: own_work.undo(who, proposal, moment(now), city=city, as_json=json)))
