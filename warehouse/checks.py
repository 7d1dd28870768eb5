"""Filters are checked before they compile: unknown values and values outside the scope are errors, never zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.catalog import Dimension
from warehouse.catalog_load import near
from warehouse.errors import OutsideScope, UnknownMember
from warehouse.predicates import CASE_NO
from warehouse.scope import Scope
from warehouse.semantic import Filter

if TYPE_CHECKING:
    from warehouse.reader import Warehouse


def check_filters(warehouse: Warehouse, filters: tuple[Filter, ...]) -> None:
    """Raises `UnknownMember` for the first value that its dimension does not have, `UnknownName` for a dimension."""
    for one in filters:
        if one.dimension == CASE_NO or one.op not in {"in", "not_in"}:
            if one.dimension != CASE_NO:
                warehouse.catalog.dimension(one.dimension)
            continue
        known = _known(warehouse, warehouse.catalog.dimension(one.dimension))
        for value in one.values:
            if known is not None and value not in known:
                raise UnknownMember(one.dimension, value, near(value, known))


def check_scope(warehouse: Warehouse, filters: tuple[Filter, ...], scope: Scope) -> None:
    """Raises `OutsideScope` where a filter names only places (or bodies) outside the asker's scope.

    A name that occurs inside and outside is no reason: what is inside is counted.
    """
    for one in filters:
        known = warehouse.catalog.dimensions.get(one.dimension)
        if one.op != "in" or known is None or known.hierarchy is None or not one.values:
            continue
        for limited, allowed in scope.limits.items():
            limit = warehouse.catalog.dimensions.get(limited)
            if limit is None or limit.hierarchy != known.hierarchy:
                continue
            if all(_is_outside(warehouse, known, value, limit, allowed) for value in one.values):
                raise OutsideScope(one.dimension, one.values, scope.limits)


def _is_outside(
    warehouse: Warehouse, dimension: Dimension, value: str, limit: Dimension, allowed: frozenset[str]
) -> bool:
    if dimension.id == limit.id:
        return value not in allowed
    if (dimension.level or 0) < (limit.level or 0):
        return all(_ancestor(warehouse, limit, one, dimension) not in {value, None} for one in allowed)
    above = _ancestor(warehouse, dimension, value, limit)
    return above is not None and above not in allowed and not warehouse.meets(dimension.id, value, limit.id, allowed)


def _ancestor(warehouse: Warehouse, dimension: Dimension, value: str, wanted: Dimension) -> str | None:
    """The place of the wanted level that the value lies in; None where the list does not say."""
    at: Dimension | None = dimension
    name: str | None = value
    while at is not None and name is not None and at.id != wanted.id:
        name = next((m.parent for m in warehouse.members(at.id) if m.value == name), None)
        at = warehouse.catalog.dimensions.get(at.parent or "")
    return name if at is not None else None


def _known(warehouse: Warehouse, dimension: Dimension) -> tuple[str, ...] | None:
    if dimension.kind == "number":
        return None
    if dimension.id == "hour_of_day":
        return tuple(str(hour) for hour in range(24))
    if dimension.id == "weekday":
        return tuple(str(day) for day in range(1, 8))
    fixed = tuple(value.id for value in dimension.values)
    return (
        fixed + tuple(member.value for member in warehouse.members(dimension.id)) if dimension.kind == "text" else fixed
    )
