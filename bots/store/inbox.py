"""What reached the desk: written before the messenger is told so, answered once, remembered for 72 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.channel import Inbound
from bots.store.database import Database

REMEMBERED = timedelta(hours=72)
# Photos sent at once arrive one by one; this long after the last one the album is whole.
ALBUM_SECONDS = 1.0
# An inbound whose answering ended the process this often is answered with an apology.
MOST_TRIES = 3
_TABLES = """
CREATE TABLE IF NOT EXISTS inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL,
  lane TEXT NOT NULL, album TEXT, inbound TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  at REAL NOT NULL, ready_at REAL NOT NULL, UNIQUE (channel, account, key)
);
CREATE INDEX IF NOT EXISTS inbox_waiting ON inbox (lane, id) WHERE state IN ('received', 'working');
CREATE INDEX IF NOT EXISTS inbox_at ON inbox (at);
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """The next inbound of a lane.

    Attributes:
        tries: How often it was begun, this time included.
    """

    id: int
    inbound: Inbound
    tries: int


class Inbox:
    """The ledger of inbounds: received → working → answered; `joined` became a part of an album's first row."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.have(_TABLES)

    def receive(self, inbound: Inbound, now: datetime) -> bool:
        """Write it down; False when it was delivered before."""
        ref, at = inbound.ref, now.timestamp()
        row = (ref.channel, ref.account, inbound.key, inbound.lane, inbound.album, inbound.model_dump_json(), at,
               at + (ALBUM_SECONDS if inbound.album else 0.0))  # fmt: skip
        with self._database.writing() as db:
            done = db.execute(
                "INSERT OR IGNORE INTO inbox (channel, account, key, lane, album, inbound, state, at, ready_at) "
                "VALUES (?, ?, ?, ?, ?, ?, 'received', ?, ?)",
                row,
            )
            if done.rowcount == 0:
                return False
            if inbound.album is not None and done.lastrowid is not None:
                self._join(inbound, done.lastrowid, at)
            db.execute(
                "DELETE FROM inbox WHERE at < ? AND state IN ('answered', 'joined')",
                ((now - REMEMBERED).timestamp(),),
            )
        return True

    def _join(self, inbound: Inbound, number: int, at: float) -> None:
        """Make it a part of the album's first piece while that one still waits."""
        with self._database.writing() as db:
            first = db.execute(
                "SELECT id, inbound FROM inbox WHERE lane = ? AND album = ? AND state = 'received' AND id < ? ORDER BY id",
                (inbound.lane, inbound.album, number),
            ).fetchone()
            if first is None:
                return
            whole = Inbound.model_validate_json(first["inbound"])
            whole = whole.model_copy(update={"parts": (*whole.parts, *inbound.parts)})
            db.execute(
                "UPDATE inbox SET inbound = ?, ready_at = ? WHERE id = ?",
                (whole.model_dump_json(), at + ALBUM_SECONDS, first["id"]),
            )
            db.execute("UPDATE inbox SET state = 'joined' WHERE id = ?", (number,))

    def take(self, lane: str, now: datetime) -> Turn | float | None:
        """Begin the lane's next one; seconds to wait while its album is not whole; None when nothing waits."""
        with self._database.writing() as db:
            row = db.execute(
                "SELECT * FROM inbox WHERE lane = ? AND state = 'received' ORDER BY id LIMIT 1", (lane,)
            ).fetchone()
            if row is None:
                return None
            if (wait := row["ready_at"] - now.timestamp()) > 0:
                # A clock set back must not hold anything longer than an album takes.
                return float(min(wait, ALBUM_SECONDS))
            db.execute("UPDATE inbox SET state = 'working', tries = tries + 1 WHERE id = ?", (row["id"],))
        return Turn(row["id"], Inbound.model_validate_json(row["inbound"]), row["tries"] + 1)

    def answered(self, number: int) -> None:
        """It is done with."""
        with self._database.writing() as db:
            db.execute("UPDATE inbox SET state = 'answered' WHERE id = ?", (number,))

    def again(self, number: int) -> None:
        """It was begun and not ended: begin it anew."""
        with self._database.writing() as db:
            db.execute("UPDATE inbox SET state = 'received' WHERE id = ? AND state = 'working'", (number,))

    def resume(self, channel: str, account: str) -> list[str]:
        """Lanes with something left over from before this process began, which begins anew."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE inbox SET state = 'received' WHERE channel = ? AND account = ? AND state = 'working'",
                (channel, account),
            )
            rows = db.execute(
                "SELECT lane, min(id) AS first FROM inbox WHERE channel = ? AND account = ? AND state = 'received' "
                "GROUP BY lane ORDER BY first",
                (channel, account),
            ).fetchall()
        return [row["lane"] for row in rows]
