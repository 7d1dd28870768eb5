"""Buttons: a short random token stands for a deed; pressing it is a compare-and-set, so twice is once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from bots.channel import Piece
from bots.store.database import Database

# 10 bytes are 14 characters: short enough for any messenger's 64 bytes, too many to guess.
_BYTES = 10
LASTING = timedelta(hours=72)


class Say(Piece):
    """Ask this, as if the person had typed it; `shown` is what the conversation shows of it, the text where empty."""

    deed: Literal["say"] = "say"
    text: str
    shown: str = ""
    thread: str | None = None


class Judge(Piece):
    """Judge an answer."""

    deed: Literal["judge"] = "judge"
    about: str
    score: Literal["up", "down"]
    reason: str = ""


class Settle(Piece):
    """Acknowledge an alert, or call it a false alarm."""

    deed: Literal["settle"] = "settle"
    message: int
    verdict: Literal["acknowledged", "false_alarm"]


AnyDeed = Say | Judge | Settle
Deed = Annotated[AnyDeed, Field(discriminator="deed")]
_DEED: TypeAdapter[AnyDeed] = TypeAdapter(Deed)
Outcome = Literal["unknown", "expired", "used", "not_yours"]


class Buttons:
    """Tokens and what they stand for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, deed: AnyDeed, *, person: str | None, now: datetime) -> str:
        """A token of 14 characters for a deed; only `person` may press it, anybody bound when None."""
        token = secrets.token_urlsafe(_BYTES)
        row = (token, deed.model_dump_json(), person, (now + LASTING).timestamp())
        with self._database.writing() as db:
            db.execute("INSERT INTO buttons (token, deed, person, expires_at) VALUES (?, ?, ?, ?)", row)
        return token

    def press(self, token: str, *, person: str, now: datetime) -> AnyDeed | Outcome:
        """The deed, once; or why there is none."""
        with self._database.writing() as db:
            row = db.execute("SELECT * FROM buttons WHERE token = ?", (token,)).fetchone()
            if row is None:
                return "unknown"
            if row["person"] is not None and row["person"] != person:
                return "not_yours"
            if row["used_at"] is not None:
                return "used"
            if row["expires_at"] < now.timestamp():
                return "expired"
            db.execute("UPDATE buttons SET used_by = ?, used_at = ? WHERE token = ?", (person, now.timestamp(), token))
            db.execute("DELETE FROM buttons WHERE expires_at < ?", ((now - LASTING).timestamp(),))
        return _DEED.validate_json(row["deed"])
