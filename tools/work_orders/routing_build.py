"""Putting the routing of a city together: its rules, and its past cases as they are asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from tools.work_orders.routing import Router, Shares
from tools.work_orders.routing_rules import AREAS, FILE, Rules, read_rules
from warehouse.past_cases import PastRoute, category_rows, major_shares, past_routes
from warehouse.reader import Warehouse

# Classes whose cases are held at once.
_HELD = 16
Found = TypeVar("Found")


def build_router(warehouse: Warehouse, *, before: datetime | None = None) -> Router:
    """The routing of the warehouse's city.

    Args:
        before: Learn from cases reported before it only (naive wall time).

    Raises:
        UnreadableRouting: `routing.yml` is wrong.
    """
    past: _Kept[Sequence[PastRoute]] = _Kept(lambda minor: past_routes(warehouse, minor, before=before), warehouse)
    shares: _Kept[Shares] = _Kept(lambda major: major_shares(warehouse, major, before=before), warehouse)
    return Router(past, shares, rules_of(warehouse))


def rules_of(warehouse: Warehouse) -> Rules:
    """The city's own rules, every name checked against its lists."""
    text = warehouse.files.get(FILE)
    if not text:
        return Rules()
    classes = category_rows(warehouse)
    known = {"minor": {one.minor for one in classes}, "major": {one.major for one in classes if one.major}}
    levels = {name: {one.value for one in warehouse.members(name)} for name in (*AREAS, "department", "unit")}
    return read_rules(text, {**known, **levels})


class _Kept(Generic[Found]):
    """What was read last, by name, as long as no newer case has come in; safe for many threads."""

    def __init__(self, read: Callable[[str], Found], warehouse: Warehouse) -> None:
        self._read = read
        self._warehouse = warehouse
        self._held: OrderedDict[str, Found] = OrderedDict()
        self._as_of = warehouse.as_of
        self._lock = threading.Lock()

    def __call__(self, name: str) -> Found:
        with self._lock:
            if self._as_of != self._warehouse.as_of:
                self._held.clear()
                self._as_of = self._warehouse.as_of
            if name not in self._held:
                self._held[name] = self._read(name)
            self._held.move_to_end(name)
            if len(self._held) > _HELD:
                self._held.popitem(last=False)
            return self._held[name]
