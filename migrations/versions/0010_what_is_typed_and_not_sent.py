"""What people have typed and not sent yet is kept on the server, sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsent_form",
        sa.Column("user_name", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fields_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("user_name", "place", name=op.f("pk_unsent_form")),
    )
    op.create_index("ix_unsent_form_at", "unsent_form", ["at"])
    op.create_index("ix_unsent_form_case_number", "unsent_form", ["case_number"])


def downgrade() -> None:
    op.drop_table("unsent_form")
