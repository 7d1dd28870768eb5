"""What a query brings back: a table and everything that vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from warehouse.table import Table


@dataclass(frozen=True, kw_only=True)
class QueryResult:
    """A table and everything that vouches for it.

    Attributes:
        definition: The printed definition by language.
        window, base_window: [start, end) asked for, aware; None means all the data.
        small: Groups left out of a ranking of rates because too few rows stand behind them; None when there are none.
        since: The earliest row of what was counted, aware; before it nothing is known, which does not mean zero.
        total: Of `rows="cases"`: how many records there are in all.
    """

    table: Table
    sql: str
    parameters: tuple[Any, ...]
    definition: dict[str, str]
    window: tuple[datetime, datetime] | None
    base_window: tuple[datetime, datetime] | None
    scope: dict[str, list[str]]
    elapsed_ms: float
    small: Table | None = None
    since: datetime | None = None
    total: int | None = None
