"""The commands around messengers, as the roof mounts them; what does the work is imported when its command runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer


def people_commands(clock: Callable[[], datetime]) -> typer.Typer:
    """`citydesk people …`."""
    people = typer.Typer(help="Who is bound to which channel; codes for binding.", invoke_without_command=True)

    @people.callback()
    def show(context: typer.Context) -> None:
        """Who is bound to which channel, and which groups are answered."""
        if context.invoked_subcommand is None:
            from bots.terminal.people import show

            raise typer.Exit(show())

    @people.command("code")
    def code(name: Annotated[str, typer.Argument(help="A name of people.yml, or a role.")]) -> None:
        """A code, good once for 15 minutes: the person sends it to the bot and is known from then on."""
        from bots.terminal.people import code

        raise typer.Exit(code(name, now=clock()))

    @people.command("unbind")
    def unbind(name: Annotated[str, typer.Argument(help="Whose channels to forget.")]) -> None:
        """Forget every channel of a person."""
        from bots.terminal.people import unbind

        raise typer.Exit(unbind(name))

    return people


def outbox_commands(clock: Callable[[], datetime]) -> typer.Typer:
    """`citydesk outbox …`."""
    outbox = typer.Typer(help="What waits to be sent, and what could not be.", invoke_without_command=True)

    @outbox.callback()
    def show(context: typer.Context) -> None:
        """Counts, and dead letters with the reason."""
        if context.invoked_subcommand is None:
            from bots.terminal.people import show_outbox

            raise typer.Exit(show_outbox(None, now=clock()))

    @outbox.command("revive")
    def revive(number: Annotated[int, typer.Argument(help="Its number in the list.")]) -> None:
        """Send a dead letter after all."""
        from bots.terminal.people import show_outbox

        raise typer.Exit(show_outbox(number, now=clock()))

    return outbox
