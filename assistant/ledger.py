"""The city's work orders: where its ledger lies, with the city's own calendar, zone and handling standard."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings
from tools.work_orders.ledger import Ledger
from tools.work_orders.outside import SnapshotCases
from tools.work_orders.standard import Standard, load, of_warehouse
from warehouse.reader import Warehouse

if TYPE_CHECKING:
    from tools.work_orders.routing import Router


def open_ledger(settings: Settings, warehouse: Warehouse) -> Ledger:
    """The ledger of the warehouse's city: at `ledger_url` where one is set, else in the home beside its snapshots.

    Raises:
        LedgerUnavailable: It cannot be opened, or was written by a newer CityDesk.
    """
    url = settings.ledger_url or f"sqlite:///{settings.ledger_file(warehouse.city.id)}"
    ledger = Ledger.open(url, warehouse.calendar, warehouse.timezone, standard=standard_of(settings, warehouse))
    ledger.outside = SnapshotCases(warehouse, ledger.flow.machine)
    ledger.router = cache(partial(_router, warehouse))
    return ledger


def _router(warehouse: Warehouse) -> Router:
    from tools.work_orders.routing_build import build_router

    return build_router(warehouse)


def standard_of(settings: Settings, warehouse: Warehouse) -> Standard:
    """The standard that the city imported, completed by the limits of its own category list."""
    imported = standard_file(settings, warehouse.city.id)
    listed = of_warehouse(warehouse)
    return load(imported).completed_by(listed) if imported.is_file() else listed


def standard_file(settings: Settings, city: str) -> Path:
    """Where a city's imported handling standard is kept."""
    return settings.home / "cities" / city / "ledger" / "standard.json"
