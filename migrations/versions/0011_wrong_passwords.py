"""Wrong passwords are counted for the whole office, and by where they come from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_mark", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    for column in ("name_mark", "address", "at"):
        op.create_index(op.f(f"ix_login_failure_{column}"), "login_failure", [column])
    op.add_column("login_session", sa.Column("address", sa.String(length=45), nullable=True))


def downgrade() -> None:
    op.drop_column("login_session", "address")
    op.drop_table("login_failure")
