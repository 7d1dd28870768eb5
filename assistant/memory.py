"""Memory: what a follow-up may lean on. One small row a turn, so that a long conversation stays cheap."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.errors import AssistantError
from assistant.offline.plan import Call, PastTurn

log = logging.getLogger(__name__)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS turns (
  principal TEXT NOT NULL, thread TEXT NOT NULL, number INTEGER NOT NULL, asked_at TEXT NOT NULL,
  question TEXT NOT NULL, answer TEXT NOT NULL, calls TEXT NOT NULL, shown TEXT NOT NULL,
  PRIMARY KEY (principal, thread, number)
) WITHOUT ROWID
"""
LOCK_SECONDS = 90.0
_POLL_SECONDS = 0.01
_READ = "SELECT asked_at, question, answer, calls, shown FROM turns WHERE principal = ? AND thread = ? ORDER BY number"


class ThreadBusy(AssistantError):
    """Another turn of the conversation did not end in time."""


class Memory:
    """Turns by person and thread: somebody else's thread of the same name is another thread.

    Args:
        folder: Where `memory.sqlite` and the locks lie.
        remembered: How many turns are kept.
        idle: After this long a thread starts afresh.
        patience: Seconds to wait for another turn of the same thread.
    """

    def __init__(self, folder: Path, *, remembered: int, idle: timedelta, patience: float = LOCK_SECONDS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "memory.sqlite"
        self._locks = folder / "locks"
        self._locks.mkdir(exist_ok=True)
        self._remembered = remembered
        self._idle = idle
        self._patience = patience
        with FileLock(self._locks / "memory.lock", timeout=LOCK_SECONDS):
            self._prepare()

    def _prepare(self) -> None:
        """The database, made anew where the old one cannot be read: conversations are lost, questions are not."""
        try:
            self._create()
        except sqlite3.DatabaseError as problem:
            if isinstance(problem, sqlite3.OperationalError):
                raise
            log.error("memory cannot be read and starts afresh; the old one is kept beside it: %s", problem)  # expected
            self._path.replace(self._path.with_suffix(".broken"))
            for rest in ("-wal", "-shm"):
                self._path.with_name(self._path.name + rest).unlink(missing_ok=True)
            self._create()

    def _create(self) -> None:
        with closing(self._open()) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(_SCHEMA)
        self._path.chmod(0o600)

    @contextmanager
    def holding(self, principal: str, thread: str) -> Iterator[None]:
        """One turn of a thread at a time, in this process and in others.

        Raises:
            ThreadBusy: The turn before did not end in time.
        """
        name = blake2b(f"{principal}\0{thread}".encode(), digest_size=2).hexdigest()[:3]
        # Held across the steps of an iterator, which may be driven from several threads in turn.
        lock = FileLock(
            self._locks / f"{name}.lock", timeout=self._patience, thread_local=False, poll_interval=_POLL_SECONDS
        )
        try:
            lock.acquire()
        except Timeout as problem:
            raise ThreadBusy(thread) from problem
        try:
            yield
        finally:
            lock.release()

    def number(self, principal: str, thread: str) -> int:
        """How many turns the thread has had, the next one not counted."""
        with closing(self._open()) as db:
            key = (principal, thread)
            last = db.execute("SELECT max(number) FROM turns WHERE principal = ? AND thread = ?", key).fetchone()[0]
        return int(last or 0)

    def recall(self, principal: str, thread: str, now: datetime) -> tuple[tuple[PastTurn, str], ...]:
        """The turns so far, oldest first, each with the text that was answered; nothing from before a long pause."""
        with closing(self._open()) as db:
            rows = db.execute(_READ, (principal, thread)).fetchall()
        moments = [*(datetime.fromisoformat(row[0]) for row in rows), now]
        pauses = [n for n, (one, next_) in enumerate(pairwise(moments), start=1) if abs(next_ - one) > self._idle]
        return tuple(
            (PastTurn(text=question, calls=_calls(calls), **_seen(json.loads(shown))), answer)
            for _, question, answer, calls, shown in rows[max(pauses, default=0) :]
        )

    def keep(self, principal: str, thread: str, now: datetime, turn: PastTurn, answer: str) -> None:
        """Remember a turn and forget the oldest beyond what is kept: both or neither."""
        key = (principal, thread)
        calls = json.dumps([{"tool": c.tool, "args": c.args} for c in turn.calls], ensure_ascii=False)
        shown = json.dumps(_seen_record(turn), ensure_ascii=False)
        with closing(self._open()) as db:
            db.execute("BEGIN IMMEDIATE")
            last = db.execute("SELECT max(number) FROM turns WHERE principal = ? AND thread = ?", key).fetchone()[0]
            number = (last or 0) + 1
            row = (*key, number, now.isoformat(), turn.text, answer, calls, shown)
            db.execute("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            db.execute(
                "DELETE FROM turns WHERE principal = ? AND thread = ? AND number <= ?",
                (*key, number - self._remembered),
            )
            db.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=LOCK_SECONDS, isolation_level=None)


def _seen_record(turn: PastTurn) -> Any:
    """What was shown; a plain list where it was nothing but cells."""
    more = {"listed": turn.listed, "proposed": turn.proposed, "report": turn.report}
    return {"shown": turn.shown, **more} if any(more.values()) else turn.shown


def _seen(record: Any) -> dict[str, Any]:
    if isinstance(record, list):
        return {"shown": tuple(record)}
    return {**record, "shown": tuple(record["shown"]), "proposed": tuple(record["proposed"])}


def _calls(text: str) -> tuple[Call, ...]:
    return tuple(Call(call["tool"], call["args"]) for call in json.loads(text))
