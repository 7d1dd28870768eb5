"""Judgements of answers: thumbs with a reason, waiting for somebody to make a question or a sample of them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from bots.store.database import Database

Outcome = Literal["verified", "sample", "dismissed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a person said of an answer; `outcome` is None until it was reviewed."""

    id: int
    about: str
    person: str
    score: str
    reason: str
    at: datetime
    outcome: str | None


class Judgements:
    """The review queue. One judgement a person and answer; the last one counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, *, about: str, person: str, score: Literal["up", "down"], reason: str, now: datetime) -> None:
        """Judge an answer; a changed mind replaces what was said, and is to be reviewed again."""
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO judgements (about, person, score, reason, at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (about, person) DO UPDATE SET score = excluded.score, reason = excluded.reason, "
                "at = excluded.at, outcome = NULL",
                (about, person, score, reason[:1000], now.timestamp()),
            )

    def waiting(self) -> list[Judgement]:
        """Not yet reviewed: thumbs down first, the oldest first among equals."""
        rows = self._database.read("SELECT * FROM judgements WHERE outcome IS NULL ORDER BY score = 'up', at")
        return [_judgement(row) for row in rows]

    def find(self, number: int) -> Judgement | None:
        """One of them; None where there is none of that number."""
        rows = self._database.read("SELECT * FROM judgements WHERE id = ?", number)
        return _judgement(rows[0]) if rows else None

    def counts(self) -> dict[str, int]:
        """How many judgements there are by score."""
        rows = self._database.read("SELECT score, count(*) AS n FROM judgements GROUP BY score")
        return {row["score"]: row["n"] for row in rows}

    def review(self, number: int, outcome: Outcome, *, by: str) -> bool:
        """Settle one; False when somebody else already did."""
        with self._database.writing() as db:
            done = db.execute(
                "UPDATE judgements SET outcome = ?, reviewed_by = ? WHERE id = ? AND outcome IS NULL",
                (outcome, by, number),
            )
            return done.rowcount == 1


def _judgement(row: sqlite3.Row) -> Judgement:
    return Judgement(
        id=row["id"],
        about=row["about"],
        person=row["person"],
        score=row["score"],
        reason=row["reason"],
        at=datetime.fromtimestamp(row["at"], UTC),
        outcome=row["outcome"],
    )
