"""First release: cases, stages, audit, proposals, attachments, subscriptions, outbox, points."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The audit is append-only for everybody who comes through the database, not only for this program.
_KEEP_SQLITE = """
CREATE TRIGGER event_is_kept_{what} BEFORE {WHAT} ON event
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
"""
_KEEP_POSTGRESQL = (
    """
CREATE FUNCTION event_is_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$
""",
    """
CREATE TRIGGER event_is_kept BEFORE UPDATE OR DELETE ON event
FOR EACH ROW EXECUTE FUNCTION event_is_kept()
""",
)


def upgrade() -> None:
    """Every table."""
    op.create_table(
        "case",
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=True),
        sa.Column("major", sa.String(length=80), nullable=True),
        sa.Column("minor", sa.String(length=80), nullable=True),
        sa.Column("district", sa.String(length=80), nullable=True),
        sa.Column("street", sa.String(length=80), nullable=True),
        sa.Column("department", sa.String(length=120), nullable=True),
        sa.Column("unit", sa.String(length=120), nullable=True),
        sa.Column("handler", sa.String(length=80), nullable=True),
        sa.Column("reporter", sa.String(length=80), nullable=False),
        sa.Column("is_supervised", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("case_no"),
    )
    op.create_index("case_by_reporter", "case", ["reporter", "reported_at"], unique=False)
    op.create_index("case_by_state", "case", ["status", "due_at"], unique=False)
    op.create_index("case_by_time", "case", ["reported_at"], unique=False)
    op.create_index("case_by_unit", "case", ["unit", "status"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("idem_key", sa.String(length=160), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("proposal", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("idem_key"),
    )
    op.create_index("outbox_waiting", "outbox", ["sent_at", "id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("idem_key", sa.String(length=160), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("case_nos", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("asker", sa.String(length=80), nullable=False),
        sa.Column("asker_rights", sa.JSON(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("thread", sa.String(length=120), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("replaced_by", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("idem_key"),
    )
    op.create_index("proposal_pending", "proposal", ["status", "asker"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_no"],
            ["case.case_no"],
        ),
        sa.PrimaryKeyConstraint("case_no", "sha256"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("asker", sa.String(length=80), nullable=True),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("proposal", sa.String(length=16), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_no"],
            ["case.case_no"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_no", "version", name="one_event_a_version"),
    )
    op.create_table(
        "point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_no"],
            ["case.case_no"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person", "rule", "case_no", name="a_rule_pays_once"),
    )
    op.create_index("point_by_person", "point", ["person", "at"], unique=False)
    op.create_table(
        "press",
        sa.Column("delivery", sa.String(length=160), nullable=False),
        sa.Column("proposal", sa.String(length=16), nullable=False),
        sa.Column("presser", sa.String(length=80), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal"],
            ["proposal.id"],
        ),
        sa.PrimaryKeyConstraint("delivery"),
    )
    op.create_table(
        "stage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_seconds", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_no"],
            ["case.case_no"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("stage_by_case", "stage", ["case_no", "finished_at"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_no"],
            ["case.case_no"],
        ),
        sa.PrimaryKeyConstraint("person", "case_no"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete"):
            op.execute(_KEEP_SQLITE.format(what=what, WHAT=what.upper()))
    elif op.get_bind().dialect.name == "postgresql":
        for statement in _KEEP_POSTGRESQL:
            op.execute(statement)


def downgrade() -> None:
    """None of them."""
    op.drop_table("subscription")
    op.drop_index("stage_by_case", table_name="stage")
    op.drop_table("stage")
    op.drop_table("press")
    op.drop_index("point_by_person", table_name="point")
    op.drop_table("point")
    op.drop_table("event")
    op.drop_table("attachment")
    op.drop_index("proposal_pending", table_name="proposal")
    op.drop_table("proposal")
    op.drop_index("outbox_waiting", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("counter")
    op.drop_index("case_by_unit", table_name="case")
    op.drop_index("case_by_time", table_name="case")
    op.drop_index("case_by_state", table_name="case")
    op.drop_index("case_by_reporter", table_name="case")
    op.drop_table("case")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION event_is_kept()")
