"""A filter value must be a known member: an unknown one is an error with near values, never an empty result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.catalog import Dimension
from warehouse.catalog_load import near
from warehouse.errors import UnknownMember
from warehouse.predicates import CASE_NO
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
