"""Options that many sub-commands share. Importing it costs nothing but typer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from bots.terminal.asking import Who

As = Annotated[
    str, typer.Option("--as", help="Who asks: a name of people.yml, or a role (leader, analyst, dispatcher …).")
]
District = Annotated[Optional[list[str]], typer.Option(help="Narrow a role to districts.")]  # noqa: UP045  # typer reads the annotation at run time
Unit = Annotated[Optional[list[str]], typer.Option(help="Narrow a role to departments.")]  # noqa: UP045
Now = Annotated[Optional[str], typer.Option(help="The moment of asking, ISO 8601 (default: now).")]  # noqa: UP045
CityName = Annotated[Optional[str], typer.Option("--city", help="Which city (default: the current one).")]  # noqa: UP045
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def who_of(name: str, districts: list[str] | None, units: list[str] | None) -> Who:
    """Who asks, of the three options."""
    from bots.terminal.asking import Who

    return Who(name=name, districts=tuple(districts or ()), units=tuple(units or ()))
