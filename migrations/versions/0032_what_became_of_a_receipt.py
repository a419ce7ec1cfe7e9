"""A receipt is of paper or electronic; what was given out for one that was taken back, and what reversed an electronic one, has a number of its own.

Every receipt of before is of paper. A print may be one of a replacement, so that its number is no longer always one of a receipt.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("receipt") as table:
        table.add_column(sa.Column("medium", sa.String(length=10), nullable=True))
    op.execute("update receipt set medium = 'paper'")
    with op.batch_alter_table("receipt") as table:
        table.alter_column("medium", existing_type=sa.String(length=10), nullable=False)
        table.create_check_constraint(op.f("ck_receipt_medium"), "medium in ('paper', 'electronic')")
    op.create_table(
        "receipt_exchange",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("receipt_number", sa.String(length=40), nullable=False),
        sa.Column("replaces", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("voided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind in ('replacement', 'red_invoice')", name=op.f("ck_receipt_exchange_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipt_exchange_amount_positive")),
        sa.CheckConstraint("number <> replaces", name=op.f("ck_receipt_exchange_two_papers")),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["receipt.number"], name=op.f("fk_receipt_exchange_receipt_number_receipt")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_receipt_exchange_entry_id_journal_entry")
        ),
        sa.ForeignKeyConstraint(
            ["voided_by"], ["journal_entry.id"], name=op.f("fk_receipt_exchange_voided_by_journal_entry")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_receipt_exchange")),
    )
    for column in ("receipt_number", "case_number", "entry_id", "voided_by"):
        op.create_index(op.f(f"ix_receipt_exchange_{column}"), "receipt_exchange", [column])
    with op.batch_alter_table("receipt_print") as table:
        table.drop_constraint(op.f("fk_receipt_print_receipt_number_receipt"), type_="foreignkey")


def downgrade() -> None:
    op.execute("delete from receipt_print where receipt_number not in (select number from receipt)")
    with op.batch_alter_table("receipt_print") as table:
        table.create_foreign_key(
            op.f("fk_receipt_print_receipt_number_receipt"), "receipt", ["receipt_number"], ["number"]
        )
    op.drop_table("receipt_exchange")
    with op.batch_alter_table("receipt") as table:
        table.drop_constraint(op.f("ck_receipt_medium"), type_="check")
        table.drop_column("medium")
