"""Who is who: channel ids bound to people by a one-time code, and groups with what everybody in them may see."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bots.channel import Actor, Ref
from bots.store.database import Database

VALID = timedelta(minutes=15)
# Without 0 O 1 I L U: a code is read aloud and typed on phones. 8 of 30 letters are 39 bits.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
# Wrong codes of one sender, and of a whole bot, within VALID; then no code is looked at.
WRONG_EACH = 5
WRONG_ALL = 60
_TABLES = """
CREATE TABLE IF NOT EXISTS codes (digest TEXT PRIMARY KEY, person TEXT NOT NULL UNIQUE, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS bindings (
  channel TEXT NOT NULL, account TEXT NOT NULL, actor TEXT NOT NULL, person TEXT NOT NULL, display TEXT NOT NULL,
  at REAL NOT NULL, chat TEXT NOT NULL, PRIMARY KEY (channel, account, actor)
);
CREATE TABLE IF NOT EXISTS strangers (
  channel TEXT NOT NULL, account TEXT NOT NULL, actor TEXT NOT NULL, what TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS strangers_at ON strangers (channel, account, what, at);
CREATE TABLE IF NOT EXISTS groups (
  chat TEXT PRIMARY KEY, districts TEXT NOT NULL, departments TEXT NOT NULL, person TEXT NOT NULL, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS members (
  chat TEXT NOT NULL, actor TEXT NOT NULL, display TEXT NOT NULL, PRIMARY KEY (chat, actor)
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A channel id and the person it belongs to; `chat` is where they can be reached in private."""

    channel: str
    account: str
    actor: str
    person: str
    display: str
    at: datetime
    chat: str

    @property
    def ref(self) -> Ref:
        """Their private chat."""
        return Ref(channel=self.channel, account=self.account, chat=self.chat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group that was registered, and the scope its registrar answers for; empty tuples are the whole city."""

    chat: str
    districts: tuple[str, ...]
    departments: tuple[str, ...]
    person: str


class Bindings:
    """Codes, bindings and groups."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.have(_TABLES)

    def code(self, person: str, now: datetime) -> str:
        """A fresh code for somebody, such as K7QM-3F9D, good once for 15 minutes; it voids the one before."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        with self._database.writing() as db:
            db.execute("DELETE FROM codes WHERE expires_at < ? OR person = ?", (now.timestamp(), person))
            db.execute("INSERT INTO codes VALUES (?, ?, ?)", (_digest(code), person, (now + VALID).timestamp()))
        return f"{code[:4]}-{code[4:]}"

    def bind(self, code: str, ref: Ref, actor: Actor, now: datetime) -> str | None:
        """Bind the sender of a code to its person; returns their name, None for a wrong, used or old code."""
        with self._database.writing() as db:
            row = db.execute("SELECT * FROM codes WHERE digest = ?", (_digest(code),)).fetchone()
            if row is None or row["expires_at"] < now.timestamp():
                return None
            db.execute("DELETE FROM codes WHERE digest = ?", (row["digest"],))
            db.execute(
                "INSERT OR REPLACE INTO bindings VALUES (?, ?, ?, ?, ?, ?, ?)",
                (ref.channel, ref.account, actor.id, row["person"], actor.display, now.timestamp(), ref.chat),
            )
            return str(row["person"])

    def unbind(self, channel: str, account: str, actor: str) -> bool:
        """Forget whose id it is; False when it was nobody's."""
        with self._database.writing() as db:
            done = db.execute(
                "DELETE FROM bindings WHERE channel = ? AND account = ? AND actor = ?", (channel, account, actor)
            )
            return done.rowcount == 1

    def unbind_person(self, person: str) -> int:
        """Forget every id of a person; how many there were."""
        with self._database.writing() as db:
            return db.execute("DELETE FROM bindings WHERE person = ?", (person,)).rowcount

    def person(self, ref: Ref, actor: str) -> str | None:
        """Whose id it is."""
        rows = self._database.read(
            "SELECT person FROM bindings WHERE channel = ? AND account = ? AND actor = ?",
            ref.channel,
            ref.account,
            actor,
        )
        return str(rows[0]["person"]) if rows else None

    def all(self, person: str | None = None) -> list[Binding]:
        """Every binding (of a person), by name."""
        rows = self._database.read("SELECT * FROM bindings WHERE ? IN (person, '*') ORDER BY person, at", person or "*")
        return [
            Binding(channel=row["channel"], account=row["account"], actor=row["actor"], person=row["person"],
                    display=row["display"], at=datetime.fromtimestamp(row["at"], UTC), chat=row["chat"])
            for row in rows
        ]  # fmt: skip

    def tried(self, what: str, ref: Ref, actor: str, now: datetime) -> bool:
        """Note that a stranger did something (`code`: a wrong code; `hint`: was told how to bind) within the limits.

        Returns:
            False when they, or all strangers of the bot together, did it too often: then nothing is noted.
        """
        if self.is_tired(what, ref, actor, now):
            return False
        with self._database.writing() as db:
            db.execute("DELETE FROM strangers WHERE at < ?", ((now - VALID).timestamp(),))
            db.execute(
                "INSERT INTO strangers VALUES (?, ?, ?, ?, ?)", (ref.channel, ref.account, actor, what, now.timestamp())
            )
        return True

    def is_tired(self, what: str, ref: Ref, actor: str, now: datetime) -> bool:
        """Whether strangers, or this one, did it too often of late."""
        row = self._database.read(
            "SELECT count(*) AS n, sum(actor = ?) AS own FROM strangers WHERE channel = ? AND account = ? AND what = ? "
            "AND at > ?",
            actor, ref.channel, ref.account, what, (now - VALID).timestamp(),
        )[0]  # fmt: skip
        return row["n"] >= WRONG_ALL or (row["own"] or 0) >= WRONG_EACH

    def register(self, ref: Ref, group: Group, now: datetime) -> None:
        """Have a group answered; registering again replaces its scope."""
        with self._database.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO groups VALUES (?, ?, ?, ?, ?)",
                (
                    str(_whole(ref)),
                    json.dumps(group.districts),
                    json.dumps(group.departments),
                    group.person,
                    now.timestamp(),
                ),
            )

    def unregister(self, ref: Ref) -> None:
        """No longer answer in a group."""
        with self._database.writing() as db:
            db.execute("DELETE FROM groups WHERE chat = ?", (str(_whole(ref)),))

    def groups(self) -> list[Group]:
        """Every registered group."""
        return [_group(row) for row in self._database.read("SELECT * FROM groups ORDER BY at")]

    def group(self, ref: Ref) -> Group | None:
        """The registration of a group."""
        rows = self._database.read("SELECT * FROM groups WHERE chat = ?", str(_whole(ref)))
        return _group(rows[0]) if rows else None

    def seen(self, ref: Ref, actor: Actor) -> None:
        """Somebody is in a group."""
        chat = str(_whole(ref))
        if any(known == actor.id for known, _ in self.members(ref)):
            return
        with self._database.writing() as db:
            db.execute("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", (chat, actor.id, actor.display))

    def gone(self, ref: Ref, actor: str) -> None:
        """Somebody left a group."""
        with self._database.writing() as db:
            db.execute("DELETE FROM members WHERE chat = ? AND actor = ?", (str(_whole(ref)), actor))

    def members(self, ref: Ref) -> list[tuple[str, str]]:
        """Ids and names of everybody who was seen in a group and has not left."""
        rows = self._database.read("SELECT actor, display FROM members WHERE chat = ? ORDER BY actor", str(_whole(ref)))
        return [(row["actor"], row["display"]) for row in rows]


def _whole(ref: Ref) -> Ref:
    """The group itself: its topics share its members."""
    return ref.model_copy(update={"topic": None})


def _group(row: sqlite3.Row) -> Group:
    return Group(
        chat=row["chat"],
        districts=tuple(json.loads(row["districts"])),
        departments=tuple(json.loads(row["departments"])),
        person=row["person"],
    )


def _digest(code: str) -> str:
    plain = "".join(c for c in code.upper() if c.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
