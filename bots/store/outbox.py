"""What is to be sent: put once by key, kept until the channel has it, in order within its lane."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from bots.channel import Ref, Reply
from bots.store.database import Database

KEPT = timedelta(days=30)
State = Literal["waiting", "sent", "dead"]
_TABLES = """
CREATE TABLE IF NOT EXISTS outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, account TEXT NOT NULL,
  chat TEXT NOT NULL, lane TEXT NOT NULL, ref TEXT NOT NULL, reply TEXT NOT NULL, ticket TEXT,
  replaces TEXT, not_before REAL NOT NULL, next_at REAL NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  delivered TEXT NOT NULL DEFAULT '[]', problem TEXT, put_at REAL NOT NULL, done_at REAL
);
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (channel, account, lane, id) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS outbox_done ON outbox (done_at) WHERE state = 'sent';
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to be sent.

    Attributes:
        ticket: Of the inbound it answers.
        replaces: Message of the channel whose place it takes; None: none.
        delivered: Ids of the messages that the channel has so far.
        problem: Why the last try failed.
    """

    id: int
    key: str
    ref: Ref
    lane: str
    reply: Reply
    ticket: dict[str, Any] | None
    replaces: str | None
    state: State
    tries: int
    delivered: tuple[str, ...]
    problem: str | None
    put_at: datetime


class Outbox:
    """Letters by key. Safe for many threads and processes; one process at a time sends for an account."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.have(_TABLES)

    def put(  # noqa: PLR0913  # what a letter is made of
        self,
        key: str,
        ref: Ref,
        reply: Reply,
        *,
        now: datetime,
        not_before: datetime | None = None,
        lane: str | None = None,
        ticket: dict[str, Any] | None = None,
        replaces: str | None = None,
    ) -> bool:  # fmt: skip
        """Have it sent; False when a letter of this key was put before, whatever became of it.

        Args:
            not_before: When at the earliest; None: now.
            lane: Letters of one lane are sent in the order they were put; None: one lane a chat.
        """
        at = now.timestamp()
        start = at if not_before is None else not_before.timestamp()
        row = (key, ref.channel, ref.account, str(ref), lane or str(ref), ref.model_dump_json(), reply.model_dump_json(),
               None if ticket is None else json.dumps(ticket), replaces, start, start, at)  # fmt: skip
        with self._database.writing() as db:
            done = db.execute(
                "INSERT OR IGNORE INTO outbox (key, channel, account, chat, lane, ref, reply, ticket, replaces, not_before, "
                "next_at, state, put_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?)",
                row,
            )
            db.execute("DELETE FROM outbox WHERE state = 'sent' AND done_at < ?", ((now - KEPT).timestamp(),))
            return done.rowcount == 1

    def due(
        self, channel: str, account: str, now: datetime, *, busy: Collection[str] = (), most: int = 64
    ) -> list[Letter]:
        """The first letter of each lane whose time has come, the longest waiting first.

        Args:
            busy: Chats (`str(ref)`) to leave alone.
        """
        at = now.timestamp()
        # A letter for later does not hold up its lane; one that waits for another try does.
        rows = self._database.read(
            "SELECT * FROM outbox WHERE id IN (SELECT min(id) FROM outbox WHERE channel = ? AND account = ? "
            "AND state = 'waiting' AND not_before <= ? GROUP BY lane) AND next_at <= ? ORDER BY not_before, id LIMIT ?",
            channel, account, at, at, most + len(busy),
        )  # fmt: skip
        taken, letters = set(busy), list[Letter]()
        for row in rows:
            if row["chat"] not in taken and len(letters) < most:
                taken.add(row["chat"])
                letters.append(_letter(row))
        return letters

    def delivered(self, letter: Letter, message: str) -> Letter:
        """Note that the channel has one more message of it."""
        known = (*letter.delivered, message)
        with self._database.writing() as db:
            db.execute("UPDATE outbox SET delivered = ? WHERE id = ?", (json.dumps(known), letter.id))
        return replace(letter, delivered=known)

    def done(self, letter: Letter, now: datetime, last: str | None = None) -> Letter:
        """All of it was sent, `last` being the id of the last message."""
        known = letter.delivered if last is None else (*letter.delivered, last)
        with self._database.writing() as db:
            db.execute(
                "UPDATE outbox SET state = 'sent', done_at = ?, problem = NULL, delivered = ? WHERE id = ?",
                (now.timestamp(), json.dumps(known), letter.id),
            )
        return replace(letter, delivered=known, state="sent")

    def later(self, letter: Letter, at: datetime, problem: str) -> None:
        """Try again at `at`."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE outbox SET next_at = ?, tries = tries + 1, problem = ? WHERE id = ?",
                (at.timestamp(), problem, letter.id),
            )

    def bury(self, letter: Letter, problem: str, now: datetime) -> None:
        """Give it up: a dead letter that a person may look at and revive."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE outbox SET state = 'dead', tries = tries + 1, done_at = ?, problem = ? WHERE id = ?",
                (now.timestamp(), problem, letter.id),
            )

    def revive(self, number: int, now: datetime) -> bool:
        """Send a dead letter after all; False when there is none of that number."""
        with self._database.writing() as db:
            done = db.execute(
                "UPDATE outbox SET state = 'waiting', tries = 0, next_at = ?, done_at = NULL WHERE id = ? AND state = 'dead'",
                (now.timestamp(), number),
            )
            return done.rowcount == 1

    def find(self, key: str) -> Letter | None:
        """The letter of a key."""
        rows = self._database.read("SELECT * FROM outbox WHERE key = ?", key)
        return _letter(rows[0]) if rows else None

    def dead(self, most: int = 100) -> list[Letter]:
        """Dead letters, the newest first."""
        rows = self._database.read("SELECT * FROM outbox WHERE state = 'dead' ORDER BY done_at DESC LIMIT ?", most)
        return [_letter(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many letters there are by state."""
        rows = self._database.read("SELECT state, count(*) AS n FROM outbox GROUP BY state")
        return {row["state"]: row["n"] for row in rows}


def _letter(row: Any) -> Letter:
    return Letter(
        id=row["id"],
        key=row["key"],
        ref=Ref.model_validate_json(row["ref"]),
        lane=row["lane"],
        reply=Reply.model_validate_json(row["reply"]),
        ticket=None if row["ticket"] is None else json.loads(row["ticket"]),
        replaces=row["replaces"],
        state=row["state"],
        tries=row["tries"],
        delivered=tuple(json.loads(row["delivered"])),
        problem=row["problem"],
        put_at=datetime.fromtimestamp(row["put_at"], UTC),
    )
