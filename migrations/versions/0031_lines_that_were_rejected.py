"""A line that a case was refused is free and has no claim left, so that where and when it was looked at stands in rows of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_rejection",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_line_rejection_amount_positive")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["disputed_line.id"], name=op.f("fk_line_rejection_line_id_disputed_line")
        ),
        sa.PrimaryKeyConstraint("line_id", "case_number", name=op.f("pk_line_rejection")),
    )


def downgrade() -> None:
    op.drop_table("line_rejection")
