"""Table: what comes back from a query, with enough about each column to print it right."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ColumnType = Literal["text", "integer", "number", "ratio", "hours", "timestamp", "date", "boolean"]
Role = Literal["dimension", "time", "metric", "base", "change", "change_ratio", "share", "rank", "detail", "sample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: Stable id: a dimension id, a metric id, or `<metric>.base|change|change_ratio|share|rank|sample`.
        label: What people read, by language.
        type: `ratio` is 0..1; `hours` are hours; `timestamp` is local wall time with offset.
        role: What the column is in this result; `base` is the compared window's value, `sample` a rate's denominator.
        unit: Catalogue unit id ("case", "percent", "hour", "alarm" …) or "".
        better: Whether more is better; None where it has no direction.
    """

    name: str
    label: dict[str, str]
    type: ColumnType
    role: Role
    unit: str = ""
    better: Literal["up", "down"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows in the order asked for. Cells are str, int, float, bool, datetime (aware), date or None."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    as_of: datetime
    truncated: bool = False
    notes: tuple[str, ...] = field(default=())

    def index(self, name: str) -> int:
        """Position of the column called `name`; raises KeyError when there is none."""
        for position, column in enumerate(self.columns):
            if column.name == name:
                return position
        raise KeyError(name)
