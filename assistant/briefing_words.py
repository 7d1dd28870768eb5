"""What a briefing's template sees of a table, and how it writes numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from assistant.verbalise_cells import Speech
from warehouse.table import Table

_WORDS = {
    "zh": {
        "points": "{sign}{n} 个百分点", "flat": "持平", "minutes": "{n} 分钟", "hours": "{n} 小时", "days": "{n} 天",
        "left": "剩 {t}", "over": "已超 {t}",
    },
    "en": {
        "points": "{sign}{n} points", "flat": "unchanged", "minutes": "{n} min", "hours": "{n} h", "days": "{n} days",
        "left": "{t} left", "over": "{t} over",
    },
}  # fmt: skip


class Figures:
    """One query's rows by column name; cells of dimensions are spoken."""

    def __init__(self, table: Table, facts: dict[str, Any], speech: Speech) -> None:
        self.table = table
        self.total = facts.get("total")
        self._speech = speech

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every row as name → cell."""
        return [
            {
                column.name: self._speech.member(column.name, cell) if column.role == "dimension" else cell
                for column, cell in zip(self.table.columns, row, strict=True)
            }
            for row in self.table.rows
        ]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.table.rows)

    @property
    def one(self) -> dict[str, Any]:
        """The first row; every cell None where there is none."""
        return self.rows[0] if self.table.rows else dict.fromkeys(column.name for column in self.table.columns)

    def sum(self, name: str) -> float:
        """A column added up; missing cells count nothing."""
        place = self.table.index(name)
        return float(sum(row[place] for row in self.table.rows if row[place] is not None))

    def best(self, name: str, count: int = 1, *, lowest: bool = False) -> list[dict[str, Any]]:
        """The rows with the highest (or lowest) values of a column, first the most; missing values never."""
        known = [row for row in self.rows if row[name] is not None]
        return sorted(known, key=lambda row: row[name] if lowest else -row[name])[:count]

    def enough(self, name: str, least: int) -> list[dict[str, Any]]:
        """Rows whose rate rests on at least so many cases."""
        return [row for row in self.rows if (row.get(f"{name}.sample") or 0) >= least]


def filters(language: str) -> dict[str, Callable[..., str]]:
    """Number formats for templates."""
    words = _WORDS[language]

    def num(value: float | None) -> str:
        if value is None:
            return "—"
        return f"{value:,.1f}" if value % 1 else f"{int(value):,}"

    def pct(value: float | None) -> str:
        return "—" if value is None else f"{value * 100:.1f}%"

    def change(value: float | None) -> str:
        """A relative change of a count."""
        return "—" if value is None else f"{value * 100:+.1f}%" if round(value, 3) else words["flat"]

    def points(value: float | None) -> str:
        """The change of a rate: percentage points, never per cent."""
        if value is None:
            return "—"
        return (
            words["points"].format(sign="+" if value >= 0 else "-", n=f"{abs(value) * 100:.1f}")
            if round(value, 3)
            else words["flat"]
        )

    return {"num": num, "pct": pct, "change": change, "points": points}


def length(span: timedelta, language: str) -> str:
    """A length of time in its largest sensible unit."""
    words, minutes = _WORDS[language], span.total_seconds() / 60
    if minutes < 120:
        return words["minutes"].format(n=round(minutes))
    if minutes < 48 * 60:
        return words["hours"].format(n=f"{minutes / 60:.1f}".removesuffix(".0"))
    return words["days"].format(n=f"{minutes / 1440:.1f}".removesuffix(".0"))


def left(due: datetime | None, now: datetime, language: str) -> str:
    """How long until a deadline, or since it passed; empty without one."""
    if due is None:
        return ""
    key = "left" if due >= now else "over"
    return _WORDS[language][key].format(t=length(abs(due - now), language))
