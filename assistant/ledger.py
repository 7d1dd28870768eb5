"""The city's work orders: where its ledger lies, with the city's own calendar, zone and handling standard."""

from __future__ import annotations

from assistant.settings import Settings
from tools.work_orders.ledger import Ledger
from warehouse.reader import Warehouse


def open_ledger(settings: Settings, warehouse: Warehouse) -> Ledger:
    """The ledger of the warehouse's city: at `ledger_url` where one is set, else in the home beside its snapshots.

    Raises:
        LedgerUnavailable: It cannot be opened, or was written by a newer CityDesk.
    """
    path = settings.home / "cities" / warehouse.city.id / "ledger" / "ledger.db"
    url = settings.ledger_url or f"sqlite:///{path}"
    return Ledger.open(url, warehouse.calendar, warehouse.timezone)
