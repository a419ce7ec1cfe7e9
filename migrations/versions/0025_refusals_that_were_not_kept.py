"""Refused entries beyond those that a person's history keeps are counted, so that it can say how many there were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refusals_not_kept",
        sa.Column("user", sa.String(length=60), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_refusals_not_kept_task_id_user_task")),
        sa.PrimaryKeyConstraint("user", "task_id", name=op.f("pk_refusals_not_kept")),
    )
    op.create_index(op.f("ix_refusals_not_kept_until"), "refusals_not_kept", ["until"])


def downgrade() -> None:
    op.drop_table("refusals_not_kept")
