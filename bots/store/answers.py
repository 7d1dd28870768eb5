"""Answers as they were given: what a page shows again, exports, and what a judgement is about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.channel import Reply
from bots.store.database import Database

KEPT = timedelta(days=90)
MOST_THREADS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer; `answer` is it as JSON for machines, None for what was no question (a command)."""

    key: str
    person: str
    thread: str
    at: datetime
    question: str
    reply: Reply
    answer: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadHead:
    """A conversation in a list."""

    thread: str
    title: str
    at: datetime


class Answers:
    """Given answers by key; somebody else's are out of reach."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, given: Given) -> None:
        """Remember it; the same key again changes nothing."""
        answer = None if given.answer is None else json.dumps(given.answer, ensure_ascii=False)
        row = (given.key, given.person, given.thread, given.at.timestamp(), given.question,
               given.reply.model_dump_json(), answer)  # fmt: skip
        with self._database.writing() as db:
            db.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            db.execute("DELETE FROM answers WHERE at < ?", ((given.at - KEPT).timestamp(),))

    def find(self, key: str, person: str | None = None) -> Given | None:
        """The answer of a key; with `person` only when it was given to them."""
        rows = self._database.read("SELECT * FROM answers WHERE key = ?", key)
        if not rows or (person is not None and rows[0]["person"] != person):
            return None
        return _given(rows[0])

    def thread(self, person: str, thread: str) -> list[Given]:
        """A conversation, oldest first."""
        sql = "SELECT * FROM answers WHERE person = ? AND thread = ? ORDER BY at, rowid"
        return [_given(row) for row in self._database.read(sql, person, thread)]

    def threads(self, person: str) -> list[ThreadHead]:
        """A person's conversations, newest first, each called by its first question."""
        sql = (
            "SELECT thread, min(at) AS first, max(at) AS last, (SELECT question FROM answers a WHERE a.person = b.person "
            "AND a.thread = b.thread ORDER BY at, rowid LIMIT 1) AS title FROM answers b WHERE person = ? GROUP BY thread "
            "ORDER BY last DESC LIMIT ?"
        )
        return [
            ThreadHead(thread=row["thread"], title=row["title"], at=datetime.fromtimestamp(row["last"], UTC))
            for row in self._database.read(sql, person, MOST_THREADS)
        ]

    def forget(self, person: str, thread: str) -> None:
        """Remove a conversation from the list."""
        with self._database.writing() as db:
            db.execute("DELETE FROM answers WHERE person = ? AND thread = ?", (person, thread))


def _given(row: Any) -> Given:
    return Given(
        key=row["key"],
        person=row["person"],
        thread=row["thread"],
        at=datetime.fromtimestamp(row["at"], UTC),
        question=row["question"],
        reply=Reply.model_validate_json(row["reply"]),
        answer=None if row["answer"] is None else json.loads(row["answer"]),
    )
