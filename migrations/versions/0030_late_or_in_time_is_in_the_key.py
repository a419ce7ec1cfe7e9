"""Whether a task is late stands in the key of its index, so that a database without statistics has no two indexes that look equally good."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

IN_TIME: dict[str, Any] = {"sqlite_where": sa.text("overdue IS 0"), "postgresql_where": sa.text("overdue IS false")}
LATE: dict[str, Any] = {"sqlite_where": sa.text("overdue IS 1"), "postgresql_where": sa.text("overdue IS true")}


def upgrade() -> None:
    _replace(["state", "overdue", "due_at"], ["state", "group_code", "overdue", "due_at", "id"])


def downgrade() -> None:
    _replace(["state", "due_at"], ["state", "group_code", "due_at", "id"])


def _replace(in_time: list[str], late: list[str]) -> None:
    op.drop_index("ix_user_task_late", table_name="user_task")
    op.drop_index("ix_user_task_in_time", table_name="user_task")
    op.create_index("ix_user_task_in_time", "user_task", in_time, **IN_TIME)
    op.create_index("ix_user_task_late", "user_task", late, **LATE)
