"""Values to rows and back: a case as its searched columns and one JSON record, a change as the fields that differ."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from tools.work_orders.model import CaseDraft, WorkOrder

# Bookkeeping: changes with every event and says nothing about the case.
_BOOKKEEPING = frozenset({"version", "updated_at"})


@cache
def _orders() -> TypeAdapter[WorkOrder]:
    return TypeAdapter(WorkOrder)


@cache
def _drafts() -> TypeAdapter[CaseDraft]:
    return TypeAdapter(CaseDraft)


def record_of(order: WorkOrder) -> dict[str, Any]:
    """The case as JSON."""
    record: dict[str, Any] = _orders().dump_python(order, mode="json")
    return record


def order_of(record: dict[str, Any]) -> WorkOrder:
    """The case of a record."""
    return _orders().validate_python(record)


def draft_record(draft: CaseDraft) -> dict[str, Any]:
    """The draft as JSON."""
    record: dict[str, Any] = _drafts().dump_python(draft, mode="json")
    return record


def draft_of(record: dict[str, Any]) -> CaseDraft:
    """The draft of a record.

    Raises:
        pydantic.ValidationError: It is none.
    """
    return _drafts().validate_python(record)


def columns_of(order: WorkOrder) -> dict[str, Any]:
    """A row of the case table."""
    draft, category = order.draft, order.draft.category
    return {
        "case_no": order.case_no,
        "version": order.version,
        "status": order.status.value,
        "title": draft.title,
        "kind": category.kind if category else None,
        "major": category.major if category else None,
        "minor": category.minor if category else None,
        "district": draft.place.district,
        "street": draft.place.street,
        "department": draft.department,
        "unit": draft.unit,
        "handler": order.handler,
        "reporter": draft.reporter,
        "is_supervised": order.supervision is not None,
        "reported_at": order.reported_at,
        "updated_at": order.updated_at,
        "due_at": order.due_at,
        "disposed_at": order.disposed_at,
        "closed_at": order.closed_at,
        "suspended_until": order.suspended_until,
        "record": record_of(order),
    }


def difference(before: WorkOrder, after: WorkOrder) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of the record that a step changed, as they were and as they are."""
    old, new = record_of(before), record_of(after)
    changed = [name for name in new if name not in _BOOKKEEPING and new[name] != old[name]]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}
