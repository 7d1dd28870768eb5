"""Single cases as the snapshot itself has them, whatever came in since: every column that its city fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.reader import Warehouse


def case_row(warehouse: Warehouse, case_no: str) -> Mapping[str, Any] | None:
    """The case of a number, however its letters are written; moments are naive wall time. None: there is none."""
    spelt = tuple(dict.fromkeys((case_no, case_no.upper(), case_no.lower())))
    found = _rows(warehouse, spelt)
    return found[0] if found else None


def snapshot_rows(warehouse: Warehouse, numbers: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The cases of exactly these numbers, by number."""
    return {str(row["case_no"]): row for row in _rows(warehouse, tuple(numbers))}


def _rows(warehouse: Warehouse, numbers: Sequence[str]) -> list[Mapping[str, Any]]:
    if not numbers:
        return []
    names = list(warehouse.catalog.columns.get("cases", {}))
    columns = ", ".join(f'"{name}"' for name in names)
    places = ", ".join(f"${place}" for place in range(1, len(numbers) + 1))
    sql = f'SELECT {columns} FROM "cases" WHERE "case_no" IN ({places})'  # columns of the catalogue
    return [dict(zip(names, row, strict=True)) for row in warehouse.fetch(sql, tuple(numbers), fresh=False)]
