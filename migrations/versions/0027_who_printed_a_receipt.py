"""Every print of a receipt is kept, so that a duplicate is marked as one and a receipt that was lost says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipt_print",
        sa.Column("receipt_number", sa.String(length=40), nullable=False),
        sa.Column("copy", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_whom", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.CheckConstraint("copy >= 0", name=op.f("ck_receipt_print_copy_not_negative")),
        sa.CheckConstraint("reason in ('', 'lost', 'spoiled', 'unread')", name=op.f("ck_receipt_print_reason")),
        sa.CheckConstraint("(copy = 0) = (reason = '')", name=op.f("ck_receipt_print_duplicate_with_reason")),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["receipt.number"], name=op.f("fk_receipt_print_receipt_number_receipt")
        ),
        sa.PrimaryKeyConstraint("receipt_number", "copy", name=op.f("pk_receipt_print")),
    )


def downgrade() -> None:
    op.drop_table("receipt_print")
