"""Samples: dialogues with what is expected of every turn, as analysts write them in YAML."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Expected = Literal["answer", "clarify", "abstain", "no_data", "denied", "proposal", "done", "error"]
Cell = str | int | float | bool | None


class Strict(BaseModel):
    """Refuses keys it does not know: a misspelt expectation must not pass in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(Strict):
    """One turn and what is right for it.

    Attributes:
        expect: The right outcome, or several.
        rows: Cells that must come back; further columns are ignored, further rows are not.
        accept: Other row sets that are equally right.
        ordered: Whether the order of rows matters.
        metric: A definition was asked: this metric's must be given.
        cases: A list was asked: how many cases match in all.
        case: A look-up: the case number that must be shown.
        chart: A chart must come with the answer.
        cites: Rules were asked: one of these articles (title, number) must be cited.
        top: How many citations are looked at.
        first: The first citation must be one of `cites`.
        in_force: Whether the first citation must be in force; None where it does not matter.
        action: A step was wanted: what must be proposed (or done).
        targets: On how many cases.
        nth: On the case at this place (from 1) of the list shown in the turn before.
        sql: How the gold was made, for whoever reviews it.
    """

    ask: str
    expect: Expected | tuple[Expected, ...] = "answer"
    rows: tuple[tuple[Cell, ...], ...] | None = None
    accept: tuple[tuple[tuple[Cell, ...], ...], ...] = ()
    ordered: bool = False
    metric: str | None = None
    cases: int | None = None
    case: str | None = None
    chart: bool = False
    cites: tuple[tuple[str, int], ...] = ()
    top: int = Field(default=5, ge=1)
    first: bool = False
    in_force: bool | None = None
    action: str | None = None
    targets: int | None = None
    nth: int | None = Field(default=None, ge=1)
    sql: str = ""
    note: str = ""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes that are right."""
        return (self.expect,) if isinstance(self.expect, str) else self.expect


class Dialogue(Strict):
    """Turns of one conversation, in one thread."""

    id: str
    slice: tuple[str, ...] = ()
    turns: tuple[Expectation, ...]
    as_: str | dict[str, str] = "leader"


class Rules(Strict):
    """Texts that lie beside the checkout and never in it, and whose rules hold among them."""

    folder: str
    place: str = ""


class Suite(Strict):
    """Dialogues against one city, or one collection of rules, at one moment."""

    suite: str
    city: str = ""
    rules: Rules | None = None
    now: AwareDatetime
    dialogues: tuple[Dialogue, ...]

    @property
    def turns(self) -> int:
        """How many turns there are."""
        return sum(len(dialogue.turns) for dialogue in self.dialogues)


def read_suite(path: Path) -> Suite:
    """The suite in a YAML file.

    Raises:
        pydantic.ValidationError: A key is unknown or a value has the wrong shape; the message names the place.
    """
    raw: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for dialogue in raw["dialogues"]:
        if "as" in dialogue:
            dialogue["as_"] = dialogue.pop("as")
        for turn in dialogue["turns"]:
            # An empty list says nothing of the rows; "no rows" is an outcome (no_data), not a content.
            turn["rows"] = _plain(turn.get("rows")) or None
            turn["accept"] = _plain(turn.get("accept", []))
    return Suite.model_validate(raw)


def _plain(cells: Any) -> Any:
    """YAML reads bare dates as dates; cells are compared as ISO text."""
    if isinstance(cells, list):
        return [_plain(cell) for cell in cells]
    if isinstance(cells, datetime) or hasattr(cells, "isoformat"):
        return cells.isoformat()
    return cells
