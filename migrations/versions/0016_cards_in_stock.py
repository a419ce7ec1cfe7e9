"""Cards in stock with who issued them, the case that has a recharge card, and payments at a bank with what was made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recharge_card", sa.Column("case_number", sa.String(length=60), nullable=True))
    op.create_table(
        "stocked_card",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.String(length=60), nullable=True),
        sa.Column("issued_to", sa.String(length=20), nullable=True),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(issued_at is null) = (issued_by is null)", name=op.f("ck_stocked_card_issued_by_somebody")
        ),
        sa.CheckConstraint("(issued_at is null) = (entry_id is null)", name=op.f("ck_stocked_card_issued_for_money")),
        sa.ForeignKeyConstraint(
            ["serial"], ["recharge_card.serial"], name=op.f("fk_stocked_card_serial_recharge_card")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], name=op.f("fk_stocked_card_entry_id_journal_entry")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_stocked_card")),
    )
    op.create_table(
        "bank_payment",
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("bank", sa.String(length=40), nullable=False),
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_payment_amount_positive")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_bank_payment")),
    )
    op.create_index(op.f("ix_bank_payment_msisdn"), "bank_payment", ["msisdn"])
    op.create_table(
        "bank_posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=12), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("account in ('receivable', 'prepayment')", name=op.f("ck_bank_posting_account")),
        sa.ForeignKeyConstraint(
            ["reference"], ["bank_payment.reference"], name=op.f("fk_bank_posting_reference_bank_payment")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_bank_posting_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_posting")),
    )
    op.create_index(op.f("ix_bank_posting_reference"), "bank_posting", ["reference"])


def downgrade() -> None:
    op.drop_table("bank_posting")
    op.drop_table("bank_payment")
    op.drop_table("stocked_card")
    with op.batch_alter_table("recharge_card") as table:
        table.drop_column("case_number")
