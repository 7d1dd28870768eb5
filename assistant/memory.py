"""Memory: what a follow-up may lean on. One small row a turn, so that a long conversation stays cheap."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock

from assistant.offline.plan import Call, PastTurn

_SCHEMA = """
CREATE TABLE IF NOT EXISTS turns (
  principal TEXT NOT NULL, thread TEXT NOT NULL, number INTEGER NOT NULL, asked_at TEXT NOT NULL,
  question TEXT NOT NULL, answer TEXT NOT NULL, calls TEXT NOT NULL, shown TEXT NOT NULL,
  PRIMARY KEY (principal, thread, number)
) WITHOUT ROWID
"""
LOCK_SECONDS = 60.0


class Memory:
    """Turns by person and thread: somebody else's thread of the same name is another thread.

    Args:
        folder: Where `memory.sqlite` and the locks lie.
        remembered: How many turns are kept.
        idle: After this long a thread starts afresh.
    """

    def __init__(self, folder: Path, *, remembered: int, idle: timedelta) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "memory.sqlite"
        self._locks = folder / "locks"
        self._locks.mkdir(exist_ok=True)
        self._remembered = remembered
        self._idle = idle
        with self._open() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(_SCHEMA)

    @contextmanager
    def holding(self, principal: str, thread: str) -> Iterator[None]:
        """One turn of a thread at a time, in this process and in others."""
        name = f"{abs(hash_of(f'{principal}/{thread}')) % 256:02x}.lock"
        with FileLock(self._locks / name, timeout=LOCK_SECONDS):
            yield

    def recall(self, principal: str, thread: str, now: datetime) -> tuple[tuple[PastTurn, str], ...]:
        """The turns so far, oldest first, each with the text that was answered; nothing after a long pause."""
        with self._open() as db:
            rows = db.execute(
                "SELECT asked_at, question, answer, calls, shown FROM turns WHERE principal = ? AND thread = ? ORDER BY number",
                (principal, thread),
            ).fetchall()
        if rows and abs(now - datetime.fromisoformat(rows[-1][0])) > self._idle:
            return ()
        return tuple(
            (PastTurn(text=question, calls=_calls(calls), shown=tuple(json.loads(shown))), answer)
            for _, question, answer, calls, shown in rows
        )

    def keep(self, principal: str, thread: str, now: datetime, turn: PastTurn, answer: str) -> None:
        """Remember a turn and forget the oldest beyond what is kept."""
        calls = json.dumps([{"tool": c.tool, "args": c.args} for c in turn.calls], ensure_ascii=False)
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            key = (principal, thread)
            last = (
                db.execute("SELECT max(number) FROM turns WHERE principal = ? AND thread = ?", key).fetchone()[0] or 0
            )
            row = (
                *key,
                last + 1,
                now.isoformat(),
                turn.text,
                answer,
                calls,
                json.dumps(turn.shown, ensure_ascii=False),
            )
            db.execute("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            db.execute(
                "DELETE FROM turns WHERE principal = ? AND thread = ? AND number <= ?",
                (*key, last + 1 - self._remembered),
            )
            db.execute("COMMIT")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=LOCK_SECONDS, isolation_level=None)
        try:
            yield db
        finally:
            db.close()


def hash_of(text: str) -> int:
    """A hash that is the same in every process."""
    value = 0
    for byte in text.encode():
        value = (value * 131 + byte) % (1 << 61)
    return value


def _calls(text: str) -> tuple[Call, ...]:
    return tuple(Call(call["tool"], call["args"]) for call in json.loads(text))
