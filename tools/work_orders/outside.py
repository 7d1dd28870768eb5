"""Cases that came by the city's own exports and never passed through the ledger: as the ledger would hold them.

The first step somebody confirms on such a case takes it in, as version 0, in the same transaction. Until then nothing
of it is written; what its stamps say is where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tools.work_orders.machine import Machine
from tools.work_orders.model import CaseDraft, Category, Limit, Place, Supervision, Urgency, WorkOrder, WorkOrderStatus
from warehouse.reader import Warehouse
from warehouse.single_case import case_row, snapshot_rows

ADOPT = "adopt"
# Cases of a snapshot that are kept at hand.
_KEPT = 5_000
# A 挂账 whose end the export does not tell.
_OPEN_END = timedelta(days=36_500)
_STEPS = (
    ("report", "reported_at"), ("register", "registered_at"), ("dispatch", "dispatched_at"), ("feed_back", "disposed_at"),
    ("check", "checked_at"), ("close", "closed_at"),
)  # fmt: skip


class Outside:
    """Cases of no export at all: there are none but the ledger's."""

    def order(self, case_no: str) -> WorkOrder | None:
        """The case of a number, however its letters are written; None: there is none."""
        del case_no
        return None

    def bring(self, case_nos: Sequence[str]) -> None:
        """Many will be asked for: get them at once."""


class SnapshotCases(Outside):
    """Cases of a snapshot, which never changes: each is read once. Safe to share between threads."""

    def __init__(self, warehouse: Warehouse, machine: Machine) -> None:
        self._warehouse = warehouse
        self._machine = machine
        self._known: dict[str, WorkOrder | None] = {}

    def order(self, case_no: str) -> WorkOrder | None:
        """See `Outside`."""
        if case_no not in self._known:
            self._keep({case_no: case_row(self._warehouse, case_no)})
        return self._known.get(case_no)

    def bring(self, case_nos: Sequence[str]) -> None:
        """See `Outside`."""
        wanted = [number for number in case_nos if number not in self._known]
        self._keep(dict(snapshot_rows(self._warehouse, wanted)))

    def _keep(self, rows: Mapping[str, Mapping[str, Any] | None]) -> None:
        if len(self._known) > _KEPT:
            self._known = {}
        zone = self._warehouse.timezone
        orders = {n: None if row is None else order_of_row(row, self._machine, zone) for n, row in rows.items()}
        self._known = {**self._known, **orders}


def is_adopted(order: WorkOrder) -> bool:
    """Whether the case came from outside."""
    return ADOPT in order.hands


def brought_up(stored: WorkOrder, outside: WorkOrder | None) -> WorkOrder:
    """An adopted case as its own system says it is by now, where that knows more; our marks on it stay."""
    if outside is None or outside.updated_at <= stored.updated_at:
        return stored
    return replace(
        outside,
        version=stored.version,
        hands=stored.hands,
        supervision=stored.supervision or outside.supervision,
        urge_count=max(stored.urge_count, outside.urge_count),
        extension_count=max(stored.extension_count, outside.extension_count),
        suspended_until=outside.suspended_until and (stored.suspended_until or outside.suspended_until),
    )


def order_of_row(row: Mapping[str, Any], machine: Machine, zone: ZoneInfo) -> WorkOrder:
    """A case of the unified model as a work order of version 0."""

    def moment(name: str) -> datetime | None:
        found = row.get(name)
        return None if found is None else found.replace(tzinfo=zone)

    reported = moment("reported_at") or datetime(1970, 1, 1, tzinfo=zone)
    status = _status(row, machine)
    began = moment("dispatched_at") or (moment("registered_at") or reported if _is_out(status) else None)
    stamps = [one for _, name in _STEPS if (one := moment(name)) is not None]
    written = moment("updated_at")
    updated = max([reported, *stamps, *([written] if written else [])])
    return WorkOrder(
        case_no=str(row["case_no"]),
        version=0,
        status=status,
        draft=_draft(row),
        reported_at=reported,
        updated_at=updated,
        limit=_limit(row, began, moment("due_at")),
        registered_at=moment("registered_at"),
        dispatched_at=began,
        due_at=moment("due_at"),
        disposed_at=moment("disposed_at"),
        checked_at=moment("checked_at"),
        closed_at=moment("closed_at"),
        suspended_until=reported + _OPEN_END if row.get("suspended") and status not in _ENDED else None,
        supervision=_supervision(row, reported),
        timeout_exempt=bool(row.get("timeout_exempt")),
        rework_count=int(row.get("rework_count") or 0),
        extension_count=int(row.get("extension_count") or 0),
        return_count=int(row.get("return_count") or 0),
    )


def steps_of(order: WorkOrder, reported_by: str) -> Sequence[Mapping[str, Any]]:
    """The steps that the stamps of a case tell, first to last, in the shape of audit rows."""
    stamps = ((action, getattr(order, name)) for action, name in _STEPS)
    found = [(action, at) for action, at in stamps if at is not None]
    return [
        {"at": at, "action": action, "actor": reported_by if action == "report" else "", "why": None}
        for action, at in sorted(found, key=lambda step: step[1])
    ]


_ENDED = frozenset({WorkOrderStatus.CLOSED, WorkOrderStatus.CANCELLED, WorkOrderStatus.NOT_REGISTERED})


def _status(row: Mapping[str, Any], machine: Machine) -> WorkOrderStatus:
    """What the export calls it where that is one of our names, else what its stamps say."""
    said = str(row.get("status") or "").strip()
    named = next((status for status, spec in machine.statuses.items() if said in (spec.zh, spec.en)), None)
    assigned = row.get("dispatched_at") or ("dispatched_at" not in row and (row.get("unit") or row.get("department")))
    stamped = (
        (row.get("cancelled"), WorkOrderStatus.CANCELLED),
        (row.get("closed_at"), WorkOrderStatus.CLOSED),
        (named in _ENDED, named),
        (row.get("checked_at"), WorkOrderStatus.CHECKED),
        (row.get("disposed_at"), WorkOrderStatus.FED_BACK),
        (assigned, WorkOrderStatus.DISPATCHED),
        (row.get("registered_at"), WorkOrderStatus.REGISTERED),
    )
    return next((status for holds, status in stamped if holds and status), WorkOrderStatus.REPORTED)


def _is_out(status: WorkOrderStatus) -> bool:
    return status not in {WorkOrderStatus.REPORTED, WorkOrderStatus.REGISTERED, *_ENDED}


def _limit(row: Mapping[str, Any], began: datetime | None, due: datetime | None) -> Limit | None:
    """The limit its deadline implies, so that an extension adds as much again."""
    if began is None or due is None or due <= began:
        return None
    spans = 1 + int(row.get("extension_count") or 0)
    return Limit(amount=(due - began) / timedelta(hours=1) / spans, clock="urgent_hour")


def _draft(row: Mapping[str, Any]) -> CaseDraft:
    minor = row.get("minor_category")
    category = None
    if minor:
        kind = row.get("kind")
        major = str(row.get("major_category") or "")
        category = Category(kind="component" if kind == "component" else "event", major=major, minor=str(minor))
    point = (row.get("longitude"), row.get("latitude"))
    if None in point or not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):  # type: ignore[operator]  # both are numbers
        point = (None, None)
    place = Place(
        district=row.get("district"), street=row.get("street"), community=row.get("community"), grid=row.get("grid"),
        address=row.get("address"), longitude=point[0], latitude=point[1],
    )  # fmt: skip
    title = str(row.get("title") or minor or row.get("description") or "")[:200]
    return CaseDraft(
        title=title,
        description=str(row.get("description") or title),
        category=category,
        place=place,
        urgency=Urgency.URGENT if row.get("is_urgent") else Urgency.NORMAL,
        # The export's reporter is nobody of ours: nothing is told to a name that two systems may share.
        reporter="",
        source=row.get("source"),
        department=row.get("department"),
        unit=row.get("unit"),
    )


def _supervision(row: Mapping[str, Any], since: datetime) -> Supervision | None:
    """Its order and its reply are its own system's business: as far as the flow here goes it is answered."""
    if not row.get("is_supervised"):
        return None
    return Supervision(kind="key", level=1, requirement="", ordered_by="", replied_at=since)
