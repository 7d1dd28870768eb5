"""Indexes to find among a million cases: the order of a list, and small ones of what is open, supervised or held."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = sa.text("status NOT IN ('cancelled', 'closed', 'not_registered')")
_SUPERVISED = sa.text("is_supervised")
_HELD = sa.text("suspended_until IS NOT NULL")
_SEARCHED = (
    "status", "due_at", "case_no", "district", "unit", "department", "reporter", "minor", "suspended_until",
    "is_supervised",
)  # fmt: skip


def upgrade() -> None:
    """The lists' order, and partial indexes; that of units served no query, for a unit may be either of two columns."""
    op.drop_index("case_by_unit", table_name="case")
    op.drop_index("case_by_state", table_name="case")
    op.create_index("case_by_state", "case", ["status", "due_at", "case_no"])
    op.create_index("case_open", "case", list(_SEARCHED), sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(
        "case_supervised", "case", ["due_at", "case_no"], sqlite_where=_SUPERVISED, postgresql_where=_SUPERVISED
    )
    op.create_index("case_held", "case", ["suspended_until"], sqlite_where=_HELD, postgresql_where=_HELD)


def downgrade() -> None:
    """As it was."""
    for name in ("case_held", "case_supervised", "case_open", "case_by_state"):
        op.drop_index(name, table_name="case")
    op.create_index("case_by_state", "case", ["status", "due_at"])
    op.create_index("case_by_unit", "case", ["unit", "status"])
