"""Open tasks of all departments are found by their limit alone: what a supervisor's worklist and its filters read."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_user_task_due", "user_task", ["state", "due_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_user_task_due", table_name="user_task")
