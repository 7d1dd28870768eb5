"""The ledger's tables. Times are UTC; whole values (a case, a change) are JSON beside the columns that are searched."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """Aware moments in, aware UTC moments out, on engines with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """A naive moment is a mistake, not a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive moment {value}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """In UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()
# SQLite numbers only INTEGER keys by itself.
_serial: Any = BigInteger().with_variant(Integer, "sqlite")

# What a partial index holds. SQLite uses one only for a query that says its condition word for word, so both have it
# from here.
IS_OPEN = text("status NOT IN ('cancelled', 'closed', 'not_registered')")
IS_SUPERVISED = text("is_supervised")
_IS_HELD = text("suspended_until IS NOT NULL")


def _only(condition: TextClause) -> dict[str, Any]:
    """The options of an index that holds only some rows."""
    return {"sqlite_where": condition, "postgresql_where": condition}


case = Table(
    "case",
    metadata,
    Column("case_no", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", String(12)),
    Column("major", String(80)),
    Column("minor", String(80)),
    Column("district", String(80)),
    Column("street", String(80)),
    Column("department", String(120)),
    Column("unit", String(120)),
    Column("handler", String(80)),
    Column("reporter", String(80), nullable=False),
    Column("is_supervised", Boolean, nullable=False),
    Column("reported_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("due_at", UtcTime),
    Column("disposed_at", UtcTime),
    Column("closed_at", UtcTime),
    Column("suspended_until", UtcTime),
    Column("record", JSON, nullable=False),
    Index("case_by_state", "status", "due_at", "case_no"),
    Index("case_by_reporter", "reporter", "reported_at"),
    Index("case_by_time", "reported_at"),
    # Everything that open cases are searched by: they are a few thousand among a million, and none is read to be counted.
    Index("case_open", "status", "due_at", "case_no", "district", "unit", "department", "reporter", "minor",
          "suspended_until", "is_supervised", **_only(IS_OPEN)),
    Index("case_supervised", "due_at", "case_no", **_only(IS_SUPERVISED)),
    Index("case_held", "suspended_until", **_only(_IS_HELD)),
)  # fmt: skip

stage = Table(
    "stage",
    metadata,
    Column("id", _serial, primary_key=True, autoincrement=True),
    Column("case_no", String(40), ForeignKey("case.case_no"), nullable=False),
    Column("stage", String(12), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("due_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("paused_seconds", Integer, nullable=False),
    Column("unit", String(120)),
    Index("stage_by_case", "case_no", "finished_at"),
)

event = Table(
    "event",
    metadata,
    Column("id", _serial, primary_key=True, autoincrement=True),
    Column("case_no", String(40), ForeignKey("case.case_no"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("action", String(24), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("asker", String(80)),
    Column("channel", String(24), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("why", Text),
    Column("proposal", String(16)),
    Column("before", JSON),
    Column("after", JSON, nullable=False),
    UniqueConstraint("case_no", "version", name="one_event_a_version"),
)

refusal = Table(
    "refusal",
    metadata,
    Column("id", _serial, primary_key=True, autoincrement=True),
    Column("at", UtcTime, nullable=False),
    Column("who", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("channel", String(24), nullable=False),
    Column("wanted", String(24), nullable=False),
    Column("proposal", String(16)),
    Column("case_nos", JSON, nullable=False),
    Column("code", String(24), nullable=False),
    Column("facts", JSON, nullable=False),
    Index("refusal_by_person", "who", "at"),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("idem_key", String(160), nullable=False, unique=True),
    Column("action", String(24), nullable=False),
    Column("case_nos", JSON, nullable=False),
    Column("versions", JSON, nullable=False),
    Column("args", JSON, nullable=False),
    Column("asker", String(80), nullable=False),
    Column("asker_rights", JSON, nullable=False),
    Column("channel", String(24), nullable=False),
    Column("thread", String(120)),
    Column("status", String(12), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("decided_by", String(80)),
    Column("decided_at", UtcTime),
    Column("outcome", JSON),
    Column("replaced_by", String(16)),
    Index("proposal_pending", "status", "asker"),
)

press = Table(
    "press",
    metadata,
    Column("delivery", String(160), primary_key=True),
    Column("proposal", String(16), ForeignKey("proposal.id"), nullable=False),
    Column("presser", String(80), nullable=False),
    Column("decision", String(12), nullable=False),
    Column("channel", String(24), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("outcome", JSON, nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    Column("case_no", String(40), ForeignKey("case.case_no"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("media_type", String(60), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(12), nullable=False),
    Column("taken_at", UtcTime),
    Column("added_by", String(80), nullable=False),
    Column("added_at", UtcTime, nullable=False),
)

subscription = Table(
    "subscription",
    metadata,
    Column("person", String(80), primary_key=True),
    Column("case_no", String(40), ForeignKey("case.case_no"), primary_key=True),
    Column("why", String(24), nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _serial, primary_key=True, autoincrement=True),
    Column("idem_key", String(160), nullable=False, unique=True),
    Column("recipient", String(120), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("body", JSON, nullable=False),
    Column("proposal", String(16)),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("withdrawn_at", UtcTime),
    Index("outbox_waiting", "sent_at", "id"),
)

standing = Table(
    "standing",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("person", String(80), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("body", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("proposal", String(16), nullable=False),
    Index("standing_active", "kind", "active"),
)

point = Table(
    "point",
    metadata,
    Column("id", _serial, primary_key=True, autoincrement=True),
    Column("person", String(80), nullable=False),
    Column("rule", String(40), nullable=False),
    Column("points", Integer, nullable=False),
    Column("case_no", String(40), ForeignKey("case.case_no"), nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("person", "rule", "case_no", name="a_rule_pays_once"),
    Index("point_by_person", "person", "at"),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
)
