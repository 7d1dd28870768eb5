"""Standing wishes: subscriptions to briefings, and alert rules."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "standing",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposal", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("kind", "person", "name"),
    )
    op.create_index("standing_active", "standing", ["kind", "active"], unique=False)


def downgrade() -> None:
    """Without it."""
    op.drop_table("standing")
