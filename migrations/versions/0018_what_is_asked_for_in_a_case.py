"""What is asked for in a case outside its steps, when its customer was tried, what a case came to and how long it was extended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = models.base.UTCDateTime()
    op.create_table(
        "case_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("until", moment, nullable=True),
        sa.Column("entry_key", sa.String(length=160), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("agreed_by", sa.String(length=60), nullable=True),
        sa.Column("agreed_as", sa.String(length=12), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.CheckConstraint("verb in ('extend', 'reverse')", name=op.f("ck_case_request_verb")),
        sa.CheckConstraint("state in ('asked', 'agreed', 'granted', 'refused', 'lapsed')", name=op.f("ck_case_request_state")),
        sa.CheckConstraint("(verb = 'extend') = (until is not null)", name=op.f("ck_case_request_extension_names_a_day")),
        sa.CheckConstraint(
            "(verb = 'reverse') = (entry_key is not null and amount is not null)",
            name=op.f("ck_case_request_reversal_names_money"),
        ),
        sa.CheckConstraint("(decided_by is null) = (state in ('asked', 'agreed'))", name=op.f("ck_case_request_decided")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_case_request_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_request")),
        sa.UniqueConstraint("instance_id", "number", name=op.f("uq_case_request_instance_id_number")),
    )
    op.create_index(op.f("ix_case_request_case_number"), "case_request", ["case_number"])
    op.create_index("ix_case_request_state", "case_request", ["state", "asked_at"])
    op.create_table(
        "customer_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("user_name", sa.String(length=60), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_customer_try_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_try")),
        sa.UniqueConstraint("instance_id", "attempt", name=op.f("uq_customer_try_instance_id_attempt")),
    )
    op.create_index(op.f("ix_customer_try_case_number"), "customer_try", ["case_number"])
    op.add_column("complaint", sa.Column("outcome", sa.String(length=12), nullable=True))
    op.add_column("complaint", sa.Column("extended_to", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("complaint", "extended_to")
    op.drop_column("complaint", "outcome")
    op.drop_table("customer_try")
    op.drop_table("case_request")
