"""Refusals: what somebody wanted and was told they could not have, with the reason."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table, append-only like the audit of steps."""
    op.create_table(
        "refusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("wanted", sa.String(length=24), nullable=False),
        sa.Column("proposal", sa.String(length=16), nullable=True),
        sa.Column("case_nos", sa.JSON(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("refusal_by_person", "refusal", ["who", "at"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER refusal_is_kept_{what} BEFORE {what.upper()} ON refusal "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER refusal_is_kept BEFORE UPDATE OR DELETE ON refusal "
            "FOR EACH ROW EXECUTE FUNCTION event_is_kept()"
        )


def downgrade() -> None:
    """Without it."""
    op.drop_index("refusal_by_person", table_name="refusal")
    op.drop_table("refusal")
