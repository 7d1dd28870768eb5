"""The ledger as the warehouse counts it: cases that changed since a reader last looked, in the unified model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from tools.work_orders.ledger import Ledger
from tools.work_orders.model import WorkOrder, WorkOrderStatus
from tools.work_orders.outside import ADOPT, is_adopted
from tools.work_orders.records import order_of
from tools.work_orders.stages import paused_time
from tools.work_orders.tables import case, event
from warehouse.reader import Warehouse
from warehouse.single_case import snapshot_rows


class Refresher:
    """Brings one warehouse up to the ledger; remembers how far it came. Nothing new costs one look at the audit."""

    def __init__(self, ledger: Ledger, warehouse: Warehouse) -> None:
        self._ledger = ledger
        self._warehouse = warehouse
        self._seen = 0

    def refresh(self, now: datetime) -> int:
        """Bring in every case that changed; returns how many."""
        with self._ledger.database.reading() as connection:
            newest = connection.execute(select(func.max(event.c.id))).scalar() or 0
            if newest <= self._seen:
                return 0
            changed = select(event.c.case_no).where(event.c.id > self._seen).distinct()
            records = connection.execute(select(case.c.record).where(case.c.case_no.in_(changed))).scalars().all()
            taken_in = _as_taken_in(connection, [order_of(record) for record in records])
        rows = [case_row(self._ledger, order_of(record), now) for record in records]
        self._warehouse.refresh("cases", list(self._merged(rows, taken_in, now)), now)
        self._seen = newest
        return len(rows)

    def _merged(
        self, rows: Sequence[Mapping[str, Any]], taken_in: Mapping[str, WorkOrder], now: datetime
    ) -> Iterator[Mapping[str, Any]]:
        """Rows to count. Of a case that came from outside only what we changed replaces what its own system says."""
        known = snapshot_rows(self._warehouse, list(taken_in))
        for row in rows:
            then, theirs = taken_in.get(str(row["case_no"])), known.get(str(row["case_no"]))
            if then is None or theirs is None:
                yield row
                continue
            before = case_row(self._ledger, then, now)
            changed = {name: value for name, value in row.items() if value != before[name]}
            later = theirs.get("updated_at") is not None and theirs["updated_at"] > row["updated_at"]
            kept = {name: changed[name] for name in _OURS if name in changed} if later else changed
            yield {**theirs, **kept}


# Marks of ours that an export does not carry, so that a later one of the same case does not take them back.
_OURS = ("is_supervised",)


def _as_taken_in(connection: Connection, orders: Sequence[WorkOrder]) -> dict[str, WorkOrder]:
    """The cases that came from outside as they were when they were taken in, by number."""
    numbers = [order.case_no for order in orders if is_adopted(order)]
    found = select(event.c.case_no, event.c.after).where(event.c.case_no.in_(numbers), event.c.action == ADOPT)
    return {number: order_of(record) for number, record in connection.execute(found)}


def case_row(ledger: Ledger, order: WorkOrder, now: datetime) -> Mapping[str, Any]:
    """A case in the columns of the unified model."""
    order = ledger.flow.woken(order, now)
    zone = ledger.flow.clock.zone
    draft, place, category = order.draft, order.draft.place, order.draft.category

    def wall(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(zone).replace(tzinfo=None)

    return {
        "case_no": order.case_no,
        "reported_at": wall(order.reported_at),
        "accepted_at": wall(order.reported_at),
        "registered_at": wall(order.registered_at),
        "dispatched_at": wall(order.dispatched_at),
        "due_at": wall(order.due_at),
        "disposed_at": wall(order.disposed_at),
        "checked_at": wall(order.checked_at),
        "closed_at": wall(order.closed_at),
        "updated_at": wall(order.updated_at),
        "status": ledger.flow.machine.statuses[order.status].zh,
        "district": place.district,
        "street": place.street,
        "community": place.community,
        "grid": place.grid,
        "address": place.address,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "kind": category.kind if category else None,
        "major_category": category.major or None if category else None,
        "minor_category": category.minor if category else None,
        "title": draft.title,
        "description": draft.description,
        "department": draft.department,
        "unit": draft.unit,
        "source": draft.source,
        "reporter": draft.reporter,
        "satisfaction": None,
        "suspended": order.is_suspended,
        "cancelled": order.status is WorkOrderStatus.CANCELLED,
        "is_urgent": draft.urgency == "urgent",
        "is_supervised": order.supervision is not None,
        "timeout_exempt": order.timeout_exempt,
        "rework_count": order.rework_count,
        "extension_count": order.extension_count,
        "return_count": order.return_count,
        "paused_hours": paused_time(order, now).total_seconds() / 3600,
    }
