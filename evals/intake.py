"""Reports in plain words against what a good clerk would make of them: category, place, what is asked, what is not ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml
from pydantic import AwareDatetime
from rich.console import Console
from rich.table import Table as Grid

from evals.sample import Strict
from tools.work_orders.intake import Intake
from tools.work_orders.intake_draft import IntakeItem, IntakeStep, Photo, Pin
from tools.work_orders.model import Attachment

Kind = Literal["report", "not_ours", "chit_chat"]
LEVELS = ("district", "street", "community")
_PICTURE = Attachment(sha256="0" * 64, media_type="image/jpeg", name="photo.jpg")


class Point(Strict):
    """A pin, WGS-84 degrees."""

    lat: float
    lon: float


class Problem(Strict):
    """One problem of a message: any of the categories is right, none where the words tell none; areas that are sure."""

    categories: tuple[str, ...] = ()
    district: str | None = None
    street: str | None = None
    community: str | None = None


class Report(Strict):
    """A message and what is right for it.

    Attributes:
        emergency: Danger to life now; with `emergency_either` both are right.
        missing: What must still be asked; `missing_also` are as right.
    """

    id: str
    message: str
    kind: Kind
    kind_also: tuple[Kind, ...] = ()
    emergency: bool = False
    emergency_either: bool = False
    pin: Point | None = None
    photo: bool = False
    items: tuple[Problem, ...] = ()
    missing: Literal["none", "place", "category"] = "none"
    missing_also: tuple[Literal["none", "place", "category"], ...] = ()


class ReportSuite(Strict):
    """Reports to one city at one moment."""

    suite: str
    city: str
    now: AwareDatetime
    reports: tuple[Report, ...]


@dataclass(slots=True)
class Measure:
    """How often something was right, and the reports where it was not."""

    right: int = 0
    total: int = 0
    missed: list[str] = field(default_factory=list)

    def count(self, right: bool, report: Report) -> None:
        """One more."""
        self.total += 1
        self.right += right
        if not right:
            self.missed.append(report.id)


def read_reports(path: Path) -> ReportSuite:
    """The suite in a YAML file.

    Raises:
        pydantic.ValidationError: A key is unknown or a value has the wrong shape.
    """
    return ReportSuite.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def measure(suite: ReportSuite, intake: Intake, *, half: Literal["odd", "even"] | None = None) -> dict[str, Measure]:
    """Every measure over the suite, or over the reports of odd or even number."""
    found: dict[str, Measure] = {}
    for report in suite.reports:
        number = int("".join(sign for sign in report.id if sign.isdigit()) or 0)
        if half is not None and number % 2 != (half == "odd"):
            continue
        for name, right in _judged(report, _step(report, intake, suite)):
            found.setdefault(name, Measure()).count(right, report)
    return found


def _step(report: Report, intake: Intake, suite: ReportSuite) -> IntakeStep:
    pin = Pin(longitude=report.pin.lon, latitude=report.pin.lat) if report.pin else None
    photo = Photo(attachment=_PICTURE) if report.photo else None
    return intake.read(report.message, now=suite.now, place_pin=pin, photo=photo)


def _judged(report: Report, step: IntakeStep) -> Iterator[tuple[str, bool]]:
    kind = step.kind if step.kind in {"not_ours", "chit_chat"} else "report"
    if report.kind != "report":
        yield "not ours or small talk", kind in {report.kind, *report.kind_also}
    else:
        yield "kept as a report", kind in {report.kind, *report.kind_also}
        yield "number of problems", len(step.items) == len(report.items)
        yield "asked what is missing", _asked(step) in {report.missing, *report.missing_also}
        for problem in report.items:
            yield from _problem(problem, step.items)
    if not report.emergency_either:
        yield "emergency seen" if report.emergency else "no false alarm", bool(step.emergency) == report.emergency


def _asked(step: IntakeStep) -> str:
    """An offer to join another case asks for nothing that is missing."""
    about = step.question.about if step.question is not None else "none"
    return {"what": "category", "category": "category", "place": "place"}.get(about, "none")


def _problem(problem: Problem, items: Sequence[IntakeItem]) -> Iterator[tuple[str, bool]]:
    named = [[category.minor for category, _ in item.alternatives] for item in items]
    if problem.categories:
        right = set(problem.categories)
        yield "category, first", any(set(names[:1]) & right for names in named)
        yield "category, in 3", any(set(names[:3]) & right for names in named)
    for level in LEVELS:
        if (wanted := getattr(problem, level)) is not None:
            yield "place", any(getattr(item.draft.place, level) == wanted for item in items)


def print_measures(suite: ReportSuite, halves: dict[str, dict[str, Measure]], console: Console) -> None:
    """A line a measure, a column a half."""
    grid = Grid(title=f"{suite.suite} ({len(suite.reports)} reports)", title_justify="left")
    grid.add_column("measure")
    for name in halves:
        grid.add_column(name, justify="right")
    for measured in dict.fromkeys(name for half in halves.values() for name in half):
        cells = [half.get(measured, Measure()) for half in halves.values()]
        grid.add_row(measured, *(f"{one.right / one.total:.1%} of {one.total}" if one.total else "–" for one in cells))
    console.print(grid)
