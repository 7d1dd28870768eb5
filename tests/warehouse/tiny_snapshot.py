"""Builds a small snapshot by hand, in the layout that a load publishes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.unified import FACTS, MEMBER_TABLES

NEUTRAL: dict[str, Any] = {"suspended": False, "cancelled": False, "timeout_exempt": False, "paused_hours": 0.0,
                           "is_urgent": False, "is_supervised": False, "rework_count": 0, "extension_count": 0}  # fmt: skip


def build(
    home: Path,
    cases: list[dict[str, Any]],
    alarms: list[dict[str, Any]] | None = None,
    *,
    areas: list[tuple[str, str, str | None, str | None]] | None = None,
    city_yml: str = "id: tiny\nname: {zh: 小城, en: Tiny}\n",
    missing: frozenset[str] = frozenset(),
) -> Path:
    """Writes the snapshot and its pointers; `areas` are (level, name, parent level, parent)."""
    folder = home / "cities" / "tiny" / "snapshots"
    folder.mkdir(parents=True)
    connection = duckdb.connect(str(folder / "one.duckdb"), config={"storage_compatibility_version": "v1.5.0"})
    for fact, columns in FACTS.items():
        listed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
        connection.execute(f"CREATE TABLE {fact} ({listed})")
    for table, columns_sql in MEMBER_TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns_sql})")
    connection.execute('CREATE TABLE fact_columns (fact VARCHAR, "column" VARCHAR, origin VARCHAR)')
    connection.execute("CREATE TABLE catalog_files (name VARCHAR, content VARCHAR)")
    connection.execute("CREATE TABLE meta (key VARCHAR, value VARCHAR)")
    connection.execute("INSERT INTO catalog_files VALUES ('city.yml', ?)", [city_yml])
    connection.execute(
        "INSERT INTO meta VALUES ('as_of', '2026-11-23T08:00:00'), ('published_at', '2026-11-23T08:10:00')"
    )
    _rows(connection, "cases", [{"case_no": str(n), **NEUTRAL, **row} for n, row in enumerate(cases)])
    _rows(connection, "alarms", [{"alarm_no": str(n), "is_false": False, **row} for n, row in enumerate(alarms or [])])
    for fact in ("cases", "alarms"):
        for column in FACTS[fact]:
            if column.name not in missing and (fact == "cases" or alarms):
                connection.execute("INSERT INTO fact_columns VALUES (?, ?, 'source')", [fact, column.name])
    for level, name, parent_level, parent in areas or []:
        connection.execute("INSERT INTO areas VALUES (?, ?, NULL, ?, ?, [])", [level, name, parent_level, parent])
    for dimension in ("district", "street", "major_category", "minor_category", "department", "kind", "status"):
        connection.execute(
            f"INSERT INTO members SELECT '{dimension}', {dimension}, count(*), min(reported_at), max(reported_at) "
            f"FROM cases WHERE {dimension} IS NOT NULL GROUP BY 2"
        )
    connection.close()
    (home / "cities" / "tiny" / "CURRENT").write_text("one.duckdb")
    (home / "current_city").write_text("tiny")
    return home


def _rows(connection: duckdb.DuckDBPyConnection, fact: str, rows: list[dict[str, Any]]) -> None:
    names = [column.name for column in FACTS[fact]]
    if rows:
        marks = ", ".join("?" for _ in names)
        connection.executemany(f"INSERT INTO {fact} VALUES ({marks})", [[row.get(n) for n in names] for row in rows])


def at(text: str) -> datetime:
    """A naive wall time from its ISO text."""
    return datetime.fromisoformat(text)
