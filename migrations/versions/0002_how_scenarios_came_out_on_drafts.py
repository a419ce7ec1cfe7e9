"""How scenarios came out on drafts: a draft is published only after all of its process have been played on it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft_play",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("process", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("differences", sa.Text(), nullable=False),
        sa.Column("played_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["definition_draft.key"], name=op.f("fk_draft_play_key_definition_draft")),
        sa.PrimaryKeyConstraint("key", "process", "name", name=op.f("pk_draft_play")),
    )


def downgrade() -> None:
    op.drop_table("draft_play")
