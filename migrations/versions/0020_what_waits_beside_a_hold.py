"""Until which Thursday a part of a line is reserved beside a charge hold, so that another hold of the case does not take it over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("line_claim", sa.Column("settle_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE line_claim SET settle_on = (SELECT charge_hold.settle_on FROM charge_hold "
        "JOIN journal_entry ON journal_entry.id = charge_hold.entry_id WHERE journal_entry.key = line_claim.key) "
        "WHERE state = 'reserved'"
    )


def downgrade() -> None:
    op.drop_column("line_claim", "settle_on")
