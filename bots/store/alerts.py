"""Alerts and the messages that told of them: found once, told once, acknowledged by one person, escalated once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from bots.store.database import Database

Verdict = Literal["acknowledged", "false_alarm"]
_TABLES = """
CREATE TABLE IF NOT EXISTS alerts (
  id INTEGER PRIMARY KEY, rule TEXT NOT NULL, audience TEXT NOT NULL, subject TEXT NOT NULL, at REAL NOT NULL,
  facts TEXT NOT NULL, evidence TEXT NOT NULL, message INTEGER
);
CREATE INDEX IF NOT EXISTS alerts_subject ON alerts (rule, audience, subject, at);
CREATE INDEX IF NOT EXISTS alerts_waiting ON alerts (message) WHERE message IS NULL;
CREATE TABLE IF NOT EXISTS warnings (
  id INTEGER PRIMARY KEY, rule TEXT NOT NULL, audience TEXT NOT NULL, level TEXT NOT NULL, title TEXT NOT NULL,
  at REAL NOT NULL, told TEXT NOT NULL, escalates_at REAL, escalated_at REAL, outcome TEXT, by TEXT, settled_at REAL
);
CREATE INDEX IF NOT EXISTS warnings_open ON warnings (escalates_at) WHERE outcome IS NULL AND escalated_at IS NULL;
CREATE TABLE IF NOT EXISTS watched (rule TEXT NOT NULL, audience TEXT NOT NULL, snapshot TEXT NOT NULL, at REAL NOT NULL,
  PRIMARY KEY (rule, audience)
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that a rule found.

    Attributes:
        audience: Whose scope it was found in, as text.
        facts: What its sentence is made of.
        evidence: Metric, window, SQL, parameters, freshness: how its number came to be.
        message: The message that told of it; None while it waits.
    """

    id: int
    rule: str
    audience: str
    subject: str
    at: datetime
    facts: Mapping[str, Any]
    evidence: Mapping[str, Any]
    message: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message about one alert or many of one rule; `told` are the persons it went to, later ones included."""

    id: int
    rule: str
    audience: str
    level: str
    title: str
    at: datetime
    told: tuple[str, ...]
    escalates_at: datetime | None
    escalated_at: datetime | None
    outcome: str | None
    by: str | None


class Alerts:
    """The alerts of one home."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.have(_TABLES)

    def found(  # noqa: PLR0913  # one row
        self, *, rule: str, audience: str, subject: str, facts: Mapping[str, Any], evidence: Mapping[str, Any],
        again: timedelta, now: datetime,
    ) -> bool:  # fmt: skip
        """Take an alert in; False when the same thing was found less than `again` ago."""
        since = (now - again).timestamp()
        with self._database.writing() as db:
            known = db.execute(
                "SELECT 1 FROM alerts WHERE rule = ? AND audience = ? AND subject = ? AND at > ? LIMIT 1",
                (rule, audience, subject, since),
            ).fetchone()
            if known is not None:
                return False
            row = (rule, audience, subject, now.timestamp(), _dumped(facts), _dumped(evidence))
            db.execute(
                "INSERT INTO alerts (rule, audience, subject, at, facts, evidence) VALUES (?, ?, ?, ?, ?, ?)", row
            )
            return True

    def waiting(self) -> list[Alert]:
        """Found and not yet told of, the oldest first."""
        return [_alert(row) for row in self._database.read("SELECT * FROM alerts WHERE message IS NULL ORDER BY id")]

    def last_message(self, rule: str, audience: str) -> datetime | None:
        """When a rule last spoke to an audience."""
        rows = self._database.read("SELECT max(at) AS at FROM warnings WHERE rule = ? AND audience = ?", rule, audience)
        return None if rows[0]["at"] is None else datetime.fromtimestamp(rows[0]["at"], UTC)

    def tell(  # one row
        self, alerts: Sequence[Alert], *, level: str, title: str, told: Sequence[str], escalates_at: datetime | None,
        now: datetime,
    ) -> int:  # fmt: skip
        """The message that tells of them (all of one rule and audience); its number."""
        first = alerts[0]
        ends = None if escalates_at is None else escalates_at.timestamp()
        row = (first.rule, first.audience, level, title, now.timestamp(), _dumped(list(told)), ends)
        with self._database.writing() as db:
            made = db.execute(
                "INSERT INTO warnings (rule, audience, level, title, at, told, escalates_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            numbers = [(made.lastrowid, alert.id) for alert in alerts]
            db.executemany("UPDATE alerts SET message = ? WHERE id = ?", numbers)
            assert made.lastrowid is not None  # an INSERT
            return made.lastrowid

    def drop(self, alerts: Sequence[Alert]) -> None:
        """Nobody is to be told of these: no message, and not waiting any more."""
        with self._database.writing() as db:
            db.executemany("UPDATE alerts SET message = 0 WHERE id = ?", [(alert.id,) for alert in alerts])

    def unanswered(self, now: datetime) -> list[Message]:
        """Messages whose time to be acknowledged is over and that were not escalated yet."""
        rows = self._database.read(
            "SELECT * FROM warnings WHERE outcome IS NULL AND escalated_at IS NULL AND escalates_at <= ? ORDER BY id",
            now.timestamp(),
        )
        return [_message(row) for row in rows]

    def escalate(self, message: Message, told: Sequence[str], now: datetime) -> bool:
        """Note that it went up; False when somebody acknowledged, or it went up, meanwhile."""
        everybody = tuple(dict.fromkeys((*message.told, *told)))
        with self._database.writing() as db:
            done = db.execute(
                "UPDATE warnings SET escalated_at = ?, told = ? WHERE id = ? AND outcome IS NULL AND escalated_at IS NULL",
                (now.timestamp(), _dumped(list(everybody)), message.id),
            )
            return done.rowcount == 1

    def settle(self, number: int, verdict: Verdict, *, by: str, now: datetime) -> Message | None:
        """Acknowledge it or call it a false alarm, once; the message as it stands then, None where `by` was not told.

        A false alarm may still be said of what was acknowledged; the first to acknowledge stays the one who did.
        """
        with self._database.writing() as db:
            found = self.message(number)
            if found is None or by not in found.told:
                return None
            open_for = (
                "outcome IS NULL" if verdict == "acknowledged" else "(outcome IS NULL OR outcome = 'acknowledged')"
            )
            db.execute(
                f"UPDATE warnings SET outcome = ?, by = ?, settled_at = ? WHERE id = ? AND {open_for}",  # noqa: S608  # one of two texts
                (verdict, by, now.timestamp(), number),
            )
            return self.message(number)

    def message(self, number: int) -> Message | None:
        """A message by its number."""
        rows = self._database.read("SELECT * FROM warnings WHERE id = ?", number)
        return _message(rows[0]) if rows else None

    def messages(self, person: str | None = None, most: int = 100) -> list[Message]:
        """The latest, newest first; with `person` only those they were told."""
        found = [
            _message(row) for row in self._database.read("SELECT * FROM warnings ORDER BY id DESC LIMIT ?", most * 4)
        ]
        return [one for one in found if person is None or person in one.told][:most]

    def about(self, message: int) -> list[Alert]:
        """What a message told of."""
        return [
            _alert(row) for row in self._database.read("SELECT * FROM alerts WHERE message = ? ORDER BY id", message)
        ]

    def false_alarms(self) -> dict[str, tuple[int, int]]:
        """By rule: how many of its messages were called false alarms, and how many there were."""
        rows = self._database.read(
            "SELECT rule, sum(outcome = 'false_alarm') AS wrong, count(*) AS n FROM warnings GROUP BY rule ORDER BY rule"
        )
        return {row["rule"]: (row["wrong"] or 0, row["n"]) for row in rows}

    def looked(self, rule: str, audience: str) -> tuple[str, datetime] | None:
        """The snapshot and the moment of a rule's last look."""
        rows = self._database.read("SELECT snapshot, at FROM watched WHERE rule = ? AND audience = ?", rule, audience)
        return (rows[0]["snapshot"], datetime.fromtimestamp(rows[0]["at"], UTC)) if rows else None

    def look(self, rule: str, audience: str, snapshot: str, now: datetime) -> None:
        """Remember that a rule looked."""
        with self._database.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO watched VALUES (?, ?, ?, ?)", (rule, audience, snapshot, now.timestamp())
            )


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _alert(row: sqlite3.Row) -> Alert:
    return Alert(
        id=row["id"], rule=row["rule"], audience=row["audience"], subject=row["subject"],
        at=datetime.fromtimestamp(row["at"], UTC), facts=json.loads(row["facts"]), evidence=json.loads(row["evidence"]),
        message=row["message"],
    )  # fmt: skip


def _message(row: sqlite3.Row) -> Message:
    def moment(name: str) -> datetime | None:
        return None if row[name] is None else datetime.fromtimestamp(row[name], UTC)

    return Message(
        id=row["id"], rule=row["rule"], audience=row["audience"], level=row["level"], title=row["title"],
        at=datetime.fromtimestamp(row["at"], UTC), told=tuple(json.loads(row["told"])),
        escalates_at=moment("escalates_at"), escalated_at=moment("escalated_at"), outcome=row["outcome"], by=row["by"],
    )  # fmt: skip
