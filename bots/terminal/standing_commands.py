"""`citydesk subscriptions`, `subscribe`, `alerts …`: the arguments; what is done is in `standing.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Optional

import typer

from bots.terminal.options import As, CityName, District, Json, Now, Unit, who_of


def add_standing_commands(app: typer.Typer, moment: Callable[[str | None], datetime]) -> None:
    """Put the commands on the command line.

    Args:
        moment: The moment that was said, else the clock's.
    """
    alerts = typer.Typer(
        help="Warnings: what was told to whom, what the rules find now, acknowledging.", no_args_is_help=True
    )

    @app.command()
    def subscriptions(
        everybody: Annotated[bool, typer.Option("--all", help="Everybody's (admin, shift leader).")] = False,
        as_: As = "leader",
        now: Now = None,
        city: CityName = None,
        json: Json = False,
    ) -> None:
        """What comes to somebody by itself: briefings with their next time, and alert rules."""
        from bots.terminal import approving, standing

        who = who_of(as_, None, None)
        raise typer.Exit(
            approving.guarded(lambda: standing.show(who, moment(now), everybody=everybody, city=city, json=json))
        )

    @app.command()
    def subscribe(
        briefing: Annotated[str, typer.Argument(help="night, daily, weekly, monthly, scorecard or personal.")],
        at: Annotated[Optional[str], typer.Option(help="Wall time of the city, such as 08:00.")] = None,  # noqa: UP045
        days: Annotated[
            Optional[str],  # noqa: UP045
            typer.Option(help="every, working, weekdays as 1,5 (Monday is 1), or a day of the month as m1."),
        ] = None,
        stop: Annotated[bool, typer.Option("--stop", help="No more of it.")] = False,
        yes: Annotated[bool, typer.Option("--yes", help="Confirm it at once.")] = False,
        as_: As = "leader",
        district: District = None,
        unit: Unit = None,
        now: Now = None,
        city: CityName = None,
    ) -> None:
        """Have a briefing come by itself, at another time, or no more; somebody confirms the card."""
        from bots.terminal import approving, standing

        who = who_of(as_, district, unit)
        wished = standing.Subscribing(briefing=briefing, at=at, days=days, stop=stop)
        raise typer.Exit(approving.guarded(lambda: standing.subscribe(who, wished, moment(now), yes=yes, city=city)))

    @alerts.command("list")
    def alerts_list(as_: As = "leader", city: CityName = None, json: Json = False) -> None:
        """Messages that somebody was told (admin and shift leader: all), with who acknowledged."""
        from bots.terminal import approving, standing

        who = who_of(as_, None, None)
        raise typer.Exit(approving.guarded(lambda: standing.list_messages(who, city=city, json=json)))

    @alerts.command("check")
    def alerts_check(
        as_: As = "leader",
        district: District = None,
        unit: Unit = None,
        now: Now = None,
        city: CityName = None,
        json: Json = False,
    ) -> None:
        """What every rule finds now, with its evidence; nothing is stored or sent."""
        from bots.terminal import approving, standing

        who = who_of(as_, district, unit)
        raise typer.Exit(approving.guarded(lambda: standing.check(who, moment(now), city=city, json=json)))

    @alerts.command("ack")
    def alerts_ack(
        number: Annotated[int, typer.Argument(help="The id in the list.")],
        false_alarm: Annotated[bool, typer.Option("--false-alarm", help="It was none.")] = False,
        as_: As = "leader",
        now: Now = None,
    ) -> None:
        """Acknowledge a message, so that it goes no higher; or call it a false alarm."""
        from bots.terminal import approving, standing

        who = who_of(as_, None, None)
        raise typer.Exit(approving.guarded(lambda: standing.settle(who, number, moment(now), wrong=false_alarm)))

    app.add_typer(alerts, name="alerts")
