"""What is due and could not be done: how often it was tried, and when it is tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setback",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('timer', 'task', 'case')", name=op.f("ck_setback_kind")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_setback_instance_id_instance")),
        sa.PrimaryKeyConstraint("kind", "instance_id", "token", name=op.f("pk_setback")),
    )


def downgrade() -> None:
    op.drop_table("setback")
