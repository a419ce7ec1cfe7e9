"""What was granted to be given back, on whose authority, and what of it was carried out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authority_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("employee", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("under", sa.String(length=120), nullable=True),
        sa.Column("carried_out", sa.Integer(), nullable=True),
        sa.Column("carried_key", sa.String(length=160), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_authority_grant_amount_positive")),
        sa.CheckConstraint(
            "carried_out is null or (carried_out > 0 and carried_out <= amount)",
            name=op.f("ck_authority_grant_never_more"),
        ),
        sa.CheckConstraint(
            "(carried_out is null) = (carried_key is null)", name=op.f("ck_authority_grant_carried_by_a_call")
        ),
        sa.CheckConstraint(
            "level in ('clerk', 'supervisor', 'two')", name=op.f("ck_authority_grant_level")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_authority_grant_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_grant")),
        sa.UniqueConstraint("carried_key", name=op.f("uq_authority_grant_carried_key")),
        sa.UniqueConstraint("key", name=op.f("uq_authority_grant_key")),
    )
    op.create_index(
        "uq_authority_grant_unused",
        "authority_grant",
        ["case_number", "way"],
        unique=True,
        sqlite_where=sa.text("carried_out is null"),
        postgresql_where=sa.text("carried_out is null"),
    )
    op.create_index("ix_authority_grant_case_number", "authority_grant", ["case_number"])
    op.create_index("ix_authority_grant_customer_id_at", "authority_grant", ["customer_id", "at"])
    op.create_index("ix_authority_grant_employee_at", "authority_grant", ["employee", "at"])


def downgrade() -> None:
    op.drop_table("authority_grant")
