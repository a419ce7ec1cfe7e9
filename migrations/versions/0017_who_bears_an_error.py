"""Who inside bears what was given back for our fault, one row per case and cause, and the payments it rests on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "liability",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("bearer", sa.String(length=10), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("employee", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("named_by", sa.String(length=60), nullable=True),
        sa.Column("objection", sa.String(length=500), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_liability_amount_never_negative")),
        sa.CheckConstraint(
            "state in ('to_name', 'named', 'objected', 'stands', 'paid')", name=op.f("ck_liability_state")
        ),
        sa.CheckConstraint(
            "bearer is null or bearer in ('company', 'person', 'agency')", name=op.f("ck_liability_bearer")
        ),
        sa.CheckConstraint(
            "(state = 'to_name') = (bearer is null)", name=op.f("ck_liability_borne_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liability")),
        sa.UniqueConstraint("case_number", "cause", name=op.f("uq_liability_case_number_cause")),
    )
    op.create_index("ix_liability_bearer_name", "liability", ["bearer", "name"])
    op.create_index("ix_liability_opened_at", "liability", ["opened_at"])
    op.create_table(
        "liability_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("liability_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_liability_part_amount_positive")),
        sa.ForeignKeyConstraint(
            ["liability_id"], ["liability.id"], name=op.f("fk_liability_part_liability_id_liability")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liability_part")),
        sa.UniqueConstraint("key", name=op.f("uq_liability_part_key")),
    )
    op.create_index("ix_liability_part_liability_id", "liability_part", ["liability_id"])


def downgrade() -> None:
    op.drop_table("liability_part")
    op.drop_table("liability")
