"""Late tasks are found by department and those in time by their limit, because every page counts the first and the clockwork looks for the second."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_user_task_late", table_name="user_task")
    op.create_index(
        "ix_user_task_in_time",
        "user_task",
        ["state", "due_at"],
        sqlite_where=sa.text("overdue IS 0"),
        postgresql_where=sa.text("overdue IS false"),
    )
    op.create_index(
        "ix_user_task_late",
        "user_task",
        ["state", "group_code", "due_at", "id"],
        sqlite_where=sa.text("overdue IS 1"),
        postgresql_where=sa.text("overdue IS true"),
    )


def downgrade() -> None:
    op.drop_index("ix_user_task_late", table_name="user_task")
    op.drop_index("ix_user_task_in_time", table_name="user_task")
    op.create_index("ix_user_task_late", "user_task", ["state", "overdue", "due_at"])
