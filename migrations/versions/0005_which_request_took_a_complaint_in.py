"""The request that took a complaint in: sent twice, it is one case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("complaint", sa.Column("request_key", sa.String(length=64), nullable=True))
    op.create_index("ix_complaint_request_key", "complaint", ["request_key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_complaint_request_key", table_name="complaint")
    op.drop_column("complaint", "request_key")
