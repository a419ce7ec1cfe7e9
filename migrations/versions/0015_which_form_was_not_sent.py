"""Two forms of one place that are open at once are kept apart, each by an id of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEY = "pk_unsent_form"


def upgrade() -> None:
    with op.batch_alter_table("unsent_form") as table:
        table.add_column(sa.Column("form", sa.String(length=40), nullable=False, server_default="0"))
        table.drop_constraint(_KEY, type_="primary")
        table.create_primary_key(_KEY, ["user_name", "place", "form"])


def downgrade() -> None:
    op.execute("DELETE FROM unsent_form WHERE form <> '0'")
    with op.batch_alter_table("unsent_form") as table:
        table.drop_constraint(_KEY, type_="primary")
        table.drop_column("form")
        table.create_primary_key(_KEY, ["user_name", "place"])
