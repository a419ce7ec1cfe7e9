"""A user task within a multi-instance activity says which item of how many it is for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_task", sa.Column("item_index", sa.Integer(), nullable=True))
    op.add_column("user_task", sa.Column("item_count", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("user_task", "item_count")
    op.drop_column("user_task", "item_index")
