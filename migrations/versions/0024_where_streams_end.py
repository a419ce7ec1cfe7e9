"""Every stream has a signed head and a number in a register; `./desk migrate` gives theirs to those that are there, because the keys are needed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stream_head",
        sa.Column("stream", sa.String(length=12), nullable=False),
        sa.Column("stream_id", sa.String(length=60), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint(
            "stream in ('user', 'definition', 'register')", name=op.f("ck_stream_head_stream")
        ),
        sa.PrimaryKeyConstraint("stream", "stream_id", name=op.f("pk_stream_head")),
    )
    with op.batch_alter_table("instance") as table:
        table.add_column(sa.Column("ordinal", sa.Integer(), nullable=True))
        table.add_column(sa.Column("head_mac", sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("instance") as table:
        table.drop_column("head_mac")
        table.drop_column("ordinal")
    op.drop_table("stream_head")
