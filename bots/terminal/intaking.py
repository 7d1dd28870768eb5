"""`citydesk intake train` and `citydesk intake try`: what intake learns, and what it makes of a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import perf_counter

import typer

from assistant.orders import Orders
from assistant.settings import read_settings
from bots.terminal.shared import out
from tools.work_orders.intake_build import train_intake
from tools.work_orders.intake_draft import IntakeItem, IntakeStep, Pin
from warehouse.reader import Warehouse, open_warehouse


def pin_at(said: str | None) -> Pin | None:
    """The pin in `LAT,LON`.

    Raises:
        typer.BadParameter: It is no such pair.
    """
    if said is None:
        return None
    try:
        latitude, longitude = (float(part) for part in said.split(","))
    except ValueError:
        raise typer.BadParameter(f"{said!r} is no LAT,LON in degrees, such as 30.25,120.17") from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise typer.BadParameter(f"{said!r}: latitude is within ±90 and longitude within ±180; latitude comes first")
    return Pin(latitude=latitude, longitude=longitude)


def learn(*, city: str | None, now: datetime) -> int:
    """Train the city's own model and say how good it is."""
    settings = read_settings()
    warehouse = open_warehouse(settings.home, city)
    began = perf_counter()
    trained = train_intake(settings.home, warehouse, now)
    warehouse.close()
    out().print(f"{trained.version}: {perf_counter() - began:.1f} s", markup=False)
    for name, value in trained.report.items():
        out().print(f"  {name}: {round(value, 4) if isinstance(value, float) else value}", markup=False)
    return 0


def attempt(message: str, pin: Pin | None, *, now: str | None, city: str | None, wall: Callable[[], datetime]) -> int:
    """Read one report and show what came of it."""
    settings = read_settings()
    warehouse = open_warehouse(settings.home, city)
    orders = Orders(settings, warehouse)
    try:
        step = orders.intake().read(message, now=_moment(now, warehouse, wall), place_pin=pin)
        _show(step, warehouse)
    finally:
        orders.close()
        warehouse.close()
    return 0


def _moment(said: str | None, warehouse: Warehouse, wall: Callable[[], datetime]) -> datetime:
    if said is None:
        return wall()
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=warehouse.timezone)


def _show(step: IntakeStep, warehouse: Warehouse) -> None:
    console = out()
    console.print(f"[{step.kind}] {step.text}", markup=False)
    for option in step.question.options if step.question is not None else ():
        console.print(f"  ▢ {option.label}", markup=False)
    for number, item in enumerate(step.items, 1):
        console.print(f"{number}. {item.draft.description}", markup=False)
        for name, value in _lines(item, warehouse):
            console.print(f"   {name}: {value}", markup=False)


def _lines(item: IntakeItem, warehouse: Warehouse) -> list[tuple[str, str]]:
    place, found = item.draft.place, item.assignment
    due = found.due_at.astimezone(warehouse.timezone) if found.due_at is not None else None
    areas = (place.district, place.street, place.community, place.address)
    lines = [
        ("class", ", ".join(f"{category.minor} {chance:.0%}" for category, chance in item.alternatives[:3])),
        ("place", " ".join(part for part in areas if part)),
        ("danger", item.emergency or ""),
        ("department", found.department or ""),
        ("deadline", f"{due:%Y-%m-%d %H:%M}" if due is not None else ""),
        ("clause", f"{found.condition} {found.clause}" if found.clause else ""),
        ("may be the same as", ", ".join(same.case_no for same in item.duplicates)),
    ]
    return [(name, value) for name, value in lines if value]
