"""Members: what the names in the facts are, how often they occur, and what hangs under what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.feeds.landing import literal, quoted
from warehouse.unified import FACTS, MEMBER_TABLES, SORTED_BY

if TYPE_CHECKING:
    from warehouse.feeds.build import Build

DIMENSIONS = {
    "district": "district", "street": "street", "community": "community", "grid": "grid", "kind": "kind",
    "major_category": "major_category", "minor_category": "minor_category", "department": "department", "unit": "unit",
    "source": "source", "status": "status", "satisfaction": "satisfaction", "alarm_type": "alarm_type",
    "device_type": "device_type", "level": "level", "stage": "stage",
}  # fmt: skip
AREAS = (("district", None), ("street", "district"), ("community", "street"), ("grid", "community"))


def write_members(build: Build, declared: list[tuple[str, str]]) -> None:
    """Count every value of every text dimension, and derive the lists no feed brought."""
    db = build.connection
    db.execute(f"CREATE TABLE members ({MEMBER_TABLES['members']})")
    dimensions = DIMENSIONS | dict(declared)
    held = {fact: _held(build, fact) for fact in FACTS}
    for name, column in dimensions.items():
        parts = []
        for fact in FACTS:
            if column in held[fact]:
                parts.append(
                    f"SELECT {quoted(column)} AS v, {SORTED_BY[fact]} AS moment FROM {fact} WHERE {quoted(column)} IS NOT NULL"
                )
        if parts:
            db.execute(
                f"INSERT INTO members SELECT {literal(name)}, v, count(*), min(moment), max(moment) FROM ({' UNION ALL '.join(parts)}) GROUP BY v ORDER BY 3 DESC, 2"
            )
    _one_spelling(build, dimensions, held)
    _derive_areas(build)
    _derive_rest(build)


def _one_spelling(build: Build, dimensions: dict[str, str], held: dict[str, set[str]]) -> None:
    """Values that differ in case or blanks only are one: as a city's list spells it, else as most rows do."""
    db = build.connection
    listed = "SELECT name FROM areas UNION SELECT minor FROM categories UNION SELECT name FROM departments"
    spelled = (
        "SELECT dimension, value, rows, first_value(value) OVER (PARTITION BY dimension, "
        "lower(regexp_replace(trim(value), '\\s+', ' ', 'g')) ORDER BY (value IN ("
        + listed
        + ")) DESC, rows DESC, value) AS meant "
        "FROM members"
    )
    build.respelled = db.execute(
        f"SELECT dimension, value, meant, rows FROM ({spelled}) WHERE value <> meant ORDER BY dimension, value"
    ).fetchall()
    for dimension, value, meant, _ in build.respelled:
        column = dimensions[dimension]
        for fact in FACTS:
            if column in held[fact]:
                db.execute(f"UPDATE {fact} SET {quoted(column)} = ? WHERE {quoted(column)} = ?", [meant, value])
    if build.respelled:
        db.execute(
            "CREATE OR REPLACE TEMP TABLE counted AS SELECT dimension, meant AS value, sum(rows)::BIGINT AS rows, "
            f"min(first_at) AS first_at, max(last_at) AS last_at FROM (SELECT m.*, s.meant FROM ({spelled}) s "
            "JOIN members m USING (dimension, value)) GROUP BY ALL"
        )
        db.execute("DELETE FROM members")
        db.execute("INSERT INTO members BY NAME SELECT * FROM counted ORDER BY rows DESC, value")
        db.execute("DROP TABLE counted")


def _held(build: Build, fact: str) -> set[str]:
    found = build.connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND database_name = current_database()", [fact]
    )
    return {row[0] for row in found.fetchall()}


def _derive_areas(build: Build) -> None:
    """Places that occur in the cases and in no list: under the place they mostly occur in."""
    db = build.connection
    for level, parent in AREAS:
        above = f"mode({parent})" if parent else "NULL"
        db.execute(
            f"INSERT INTO areas SELECT {literal(level)}, {level}, NULL, {literal(parent) if parent else 'NULL'}, {above}, [] FROM cases "
            f"WHERE {level} IS NOT NULL AND {level} NOT IN (SELECT name FROM areas WHERE level = {literal(level)}) GROUP BY {level} ORDER BY {level}"
        )


def _derive_rest(build: Build) -> None:
    db = build.connection
    db.execute(
        "INSERT INTO categories SELECT mode(kind), mode(major_category), minor_category, NULL, NULL, NULL, NULL, [] FROM cases WHERE minor_category IS NOT NULL "
        "AND minor_category NOT IN (SELECT minor FROM categories WHERE minor IS NOT NULL) GROUP BY minor_category ORDER BY minor_category"
    )
    db.execute(
        "INSERT INTO departments SELECT department, NULL, NULL, [] FROM cases WHERE department IS NOT NULL "
        "AND department NOT IN (SELECT name FROM departments) GROUP BY department ORDER BY department"
    )
