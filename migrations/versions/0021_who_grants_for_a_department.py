"""A head of department grants, what of the customer's own money goes over the counter is known as cash, and payments are looked at again the next day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BEFORE = "level in ('clerk', 'supervisor', 'two')"
AFTER = "level in ('clerk', 'supervisor', 'department', 'two')"


def upgrade() -> None:
    with op.batch_alter_table("authority_grant") as table:
        table.add_column(sa.Column("cash", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.drop_constraint(op.f("ck_authority_grant_level"), type_="check")
        table.create_check_constraint(op.f("ck_authority_grant_level"), AFTER)
    with op.batch_alter_table("authority_grant") as table:
        table.alter_column("cash", server_default=None)
    op.execute("update authority_grant set cash = true where way = 'cash'")
    moment = models.base.UTCDateTime()
    op.create_table(
        "review_draw",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("upto", moment, nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.CheckConstraint("drawn >= 0 and drawn <= paid", name=op.f("ck_review_draw_drawn_of_paid")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_review_draw")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("finding", sa.String(length=8), nullable=True),
        sa.Column("reviewed_by", sa.String(length=60), nullable=True),
        sa.Column("reviewed_at", moment, nullable=True),
        sa.CheckConstraint("cause in ('cash', 'sample')", name=op.f("ck_review_cause")),
        sa.CheckConstraint("finding is null or finding in ('right', 'wrong')", name=op.f("ck_review_finding")),
        sa.CheckConstraint(
            "(finding is null) = (reviewed_by is null)", name=op.f("ck_review_found_by_somebody")
        ),
        sa.CheckConstraint("(finding is null) = (reviewed_at is null)", name=op.f("ck_review_found_at_some_time")),
        sa.ForeignKeyConstraint(["day"], ["review_draw.day"], name=op.f("fk_review_day_review_draw")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_review_entry_id_journal_entry")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_review_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_review_entry_id")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_review_instance_id")),
    )
    op.create_index(op.f("ix_review_day"), "review", ["day"])
    op.create_index(op.f("ix_review_case_number"), "review", ["case_number"])


def downgrade() -> None:
    op.drop_table("review")
    op.drop_table("review_draw")
    op.execute("update authority_grant set level = 'two' where level = 'department'")
    with op.batch_alter_table("authority_grant") as table:
        table.drop_constraint(op.f("ck_authority_grant_level"), type_="check")
        table.create_check_constraint(op.f("ck_authority_grant_level"), BEFORE)
        table.drop_column("cash")
