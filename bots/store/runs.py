"""What a schedule has done: each of its moments once, whether it was sent or skipped, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from bots.store.database import Database

Outcome = Literal["sent", "late", "nobody", "not_allowed"]
KEPT = timedelta(days=90)
_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
  standing TEXT NOT NULL, due REAL NOT NULL, outcome TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (standing, due)
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A moment of a subscription and what came of it: `late` means that it was missed by too much to be sent."""

    standing: str
    due: datetime
    outcome: str
    at: datetime


class Runs:
    """Moments of subscriptions that are settled."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.have(_TABLES)

    def last(self) -> dict[str, datetime]:
        """The latest settled moment of every subscription."""
        rows = self._database.read("SELECT standing, max(due) AS due FROM runs GROUP BY standing")
        return {row["standing"]: datetime.fromtimestamp(row["due"], UTC) for row in rows}

    def settle(self, standing: str, due: datetime, outcome: Outcome, now: datetime) -> bool:
        """Write it down; False when this moment was settled before."""
        with self._database.writing() as db:
            row = (standing, due.timestamp(), outcome, now.timestamp())
            return db.execute("INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?)", row).rowcount == 1

    def forget(self, now: datetime) -> None:
        """Drop what is older than anybody would ask for."""
        with self._database.writing() as db:
            db.execute("DELETE FROM runs WHERE due < ?", ((now - KEPT).timestamp(),))

    def of(self, standing: str, most: int = 20) -> list[Run]:
        """The latest runs of one subscription, newest first."""
        rows = self._database.read("SELECT * FROM runs WHERE standing = ? ORDER BY due DESC LIMIT ?", standing, most)
        return [
            Run(
                standing=row["standing"],
                due=datetime.fromtimestamp(row["due"], UTC),
                outcome=row["outcome"],
                at=datetime.fromtimestamp(row["at"], UTC),
            )
            for row in rows
        ]
