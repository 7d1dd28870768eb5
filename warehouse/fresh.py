"""Rows that are newer than the snapshot: kept in memory beside it, and seen by every query in its place.

The snapshot stays as it is, read-only. Beside it lies an in-memory database with the same names: for a fact with fresh
rows a view of both, for everything else the snapshot's own table. A query looks there first once there are fresh rows.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import duckdb

from warehouse.unified import FACTS, KEYS


class FreshRows:
    """Fresh rows of one opened snapshot; safe to share between threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._hidden: set[str] = set()
        # Two readers of one file share an engine, so each needs a name of its own.
        self._name = f"fresh_{uuid4().hex[:12]}"
        self.is_used = False

    def look(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Let a cursor see the fresh rows."""
        if self.is_used:
            cursor.execute(f"USE {_quoted(self._name)}")

    def put(self, fact: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take rows of the unified model by key; a key that was there before, also in the snapshot, is replaced."""
        import pyarrow as pa  # a sixth of a second, and only where there are fresh rows

        if not rows:
            return
        key = KEYS[fact]
        with self._lock, self._connection.cursor() as cursor:
            if not self.is_used:
                self._prepare(cursor)
            names = [column.name for column in FACTS[fact]]
            known = {str(row[0]) for row in cursor.execute(f"DESCRIBE {self._new(fact)}").fetchall()}
            kept = [name for name in names if name in known]
            # The same key twice: the later row counts.
            latest = {str(row[key]): row for row in rows}
            cursor.register(
                "incoming", pa.Table.from_pylist([{n: row.get(n) for n in kept} for row in latest.values()])
            )
            cursor.execute("BEGIN")
            cursor.execute(
                f"DELETE FROM {self._new(fact)} WHERE {_quoted(key)} IN (SELECT {_quoted(key)} FROM incoming)"
            )
            cursor.execute(f"INSERT INTO {self._new(fact)} BY NAME SELECT * FROM incoming")
            self._hide(cursor, fact)
            cursor.execute("COMMIT")
            self.is_used = True

    def close(self) -> None:
        """Forget the rows."""
        if self.is_used:
            with self._connection.cursor() as cursor:
                cursor.execute(f"DETACH {_quoted(self._name)}")

    def _new(self, fact: str) -> str:
        return f"{_quoted(self._name)}.main.{_quoted(f'new_{fact}')}"

    def _old(self, table: str) -> str:
        return f"{_quoted(self._snapshot)}.main.{_quoted(table)}"

    def _prepare(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._snapshot = str(cursor.execute("SELECT current_database()").fetchall()[0][0])
        cursor.execute(f"ATTACH ':memory:' AS {_quoted(self._name)} (READ_WRITE)")
        tables = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = $1", [self._snapshot])
        for (table,) in tables.fetchall():
            here = f"{_quoted(self._name)}.main.{_quoted(table)}"
            if table in FACTS:
                cursor.execute(f"CREATE TABLE {self._new(table)} AS SELECT * FROM {self._old(table)} LIMIT 0")
                both = f"SELECT * FROM {self._old(table)} UNION ALL SELECT * FROM {self._new(table)}"
                cursor.execute(f"CREATE VIEW {here} AS {both}")
            else:
                cursor.execute(f"CREATE VIEW {here} AS SELECT * FROM {self._old(table)}")

    def _hide(self, cursor: duckdb.DuckDBPyConnection, fact: str) -> None:
        """Where the snapshot has rows of the same keys, only the fresh ones count; the check costs nothing otherwise."""
        key = _quoted(KEYS[fact])
        repeated = f"SELECT 1 FROM {self._old(fact)} WHERE {key} IN (SELECT {key} FROM incoming) LIMIT 1"
        if fact in self._hidden or not cursor.execute(repeated).fetchall():
            return
        self._hidden.add(fact)
        cursor.execute(
            f"CREATE OR REPLACE VIEW {_quoted(self._name)}.main.{_quoted(fact)} AS SELECT * FROM {self._old(fact)} "
            f"WHERE {key} NOT IN (SELECT {key} FROM {self._new(fact)}) UNION ALL SELECT * FROM {self._new(fact)}"
        )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
