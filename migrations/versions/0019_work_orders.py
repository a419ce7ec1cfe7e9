"""Work orders, the cases that wait for them, and what was done with them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATES = "('open', 'answered', 'closed', 'dropped')"
ACTS = "('opened', 'joined', 'acknowledged', 'chased', 'handed_on', 'answered', 'sent_back', 'verified', 'late', 'left', 'dropped')"


def upgrade() -> None:
    moment = models.base.UTCDateTime()
    op.create_table(
        "work_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=True),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("opened_by", sa.String(length=60), nullable=False),
        sa.Column("half_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("due_whole_at", moment, nullable=False),
        sa.Column("acknowledged_at", moment, nullable=True),
        sa.Column("acknowledged_by", sa.String(length=60), nullable=True),
        sa.Column("chased", sa.Integer(), nullable=False),
        sa.Column("reported_at", moment, nullable=True),
        sa.Column("finding", sa.String(length=40), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("line_amount", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("answered_by", sa.String(length=60), nullable=True),
        sa.Column("verified_at", moment, nullable=True),
        sa.Column("verified_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint(f"state in {STATES}", name=op.f("ck_work_order_state")),
        sa.CheckConstraint("line_amount is null or line_amount >= 0", name=op.f("ck_work_order_line_amount_not_negative")),
        sa.CheckConstraint("state <> 'closed' or verified_at is not null", name=op.f("ck_work_order_closed_once_verified")),
        sa.CheckConstraint("chased >= 0", name=op.f("ck_work_order_chased_not_negative")),
        sa.ForeignKeyConstraint(["department"], ["department.code"], name=op.f("fk_work_order_department_department")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_work_order_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("key", name=op.f("uq_work_order_key")),
        sa.UniqueConstraint("number", name=op.f("uq_work_order_number")),
    )
    op.create_index("ix_work_order_department_state", "work_order", ["department", "state", "due_at"])
    op.create_index("ix_work_order_state_due_at", "work_order", ["state", "due_at"])
    op.create_index(op.f("ix_work_order_instance_id"), "work_order", ["instance_id"])
    op.create_index(op.f("ix_work_order_case_number"), "work_order", ["case_number"])
    op.create_table(
        "work_order_case",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("joined_at", moment, nullable=False),
        sa.Column("joined_by", sa.String(length=60), nullable=False),
        sa.Column("left_at", moment, nullable=True),
        sa.Column("how", sa.String(length=8), nullable=True),
        sa.CheckConstraint("how is null or how in ('answered', 'left')", name=op.f("ck_work_order_case_how")),
        sa.CheckConstraint("(left_at is null) = (how is null)", name=op.f("ck_work_order_case_left_somehow")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_work_order_case_instance_id_instance")),
        sa.ForeignKeyConstraint(["order_id"], ["work_order.id"], name=op.f("fk_work_order_case_order_id_work_order")),
        sa.PrimaryKeyConstraint("order_id", "instance_id", name=op.f("pk_work_order_case")),
    )
    op.create_index(op.f("ix_work_order_case_instance_id"), "work_order_case", ["instance_id"])
    op.create_index(op.f("ix_work_order_case_case_number"), "work_order_case", ["case_number"])
    op.create_table(
        "work_order_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("by_whom", sa.String(length=60), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(f"kind in {ACTS}", name=op.f("ck_work_order_act_kind")),
        sa.ForeignKeyConstraint(["order_id"], ["work_order.id"], name=op.f("fk_work_order_act_order_id_work_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order_act")),
        sa.UniqueConstraint("key", name=op.f("uq_work_order_act_key")),
    )
    op.create_index(op.f("ix_work_order_act_order_id"), "work_order_act", ["order_id"])


def downgrade() -> None:
    op.drop_table("work_order_act")
    op.drop_table("work_order_case")
    op.drop_table("work_order")
