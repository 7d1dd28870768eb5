"""The voices' database: one SQLite file in the home, durable before anything is acknowledged."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS buttons (
  token TEXT PRIMARY KEY, deed TEXT NOT NULL, person TEXT, expires_at REAL NOT NULL, used_by TEXT, used_at REAL
);
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, person TEXT NOT NULL, thread TEXT NOT NULL, at REAL NOT NULL, question TEXT NOT NULL,
  reply TEXT NOT NULL, answer TEXT
);
CREATE INDEX IF NOT EXISTS answers_thread ON answers (person, thread, at);
CREATE INDEX IF NOT EXISTS answers_at ON answers (at);
CREATE TABLE IF NOT EXISTS judgements (
  id INTEGER PRIMARY KEY, about TEXT NOT NULL, person TEXT NOT NULL, score TEXT NOT NULL, reason TEXT NOT NULL,
  at REAL NOT NULL, outcome TEXT, reviewed_by TEXT, UNIQUE (about, person)
);
"""


class Database:
    """Opened once a process; safe for its threads and beside other processes.

    Args:
        folder: Where `voices.sqlite` lies; it is readable by its owner only.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "voices.sqlite"
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        # What was acknowledged must survive a power cut.
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        path.chmod(0o600)

    def have(self, tables: str) -> None:
        """Make sure of tables and indexes (`CREATE … IF NOT EXISTS`) that a module of the store keeps."""
        with self._lock:
            self._db.executescript(tables)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing; inside another one of the same thread it is part of that one."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """The rows of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def close(self) -> None:
        """No more use."""
        with self._lock:
            self._db.close()
