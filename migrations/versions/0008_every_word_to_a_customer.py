"""Every word to a customer is kept with its channel and state, not only text messages to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATES = "state in ('queued', 'sent', 'failed', 'told')"
CHANNELS = "channel in ('sms', 'phone', 'counter', 'letter', 'other')"


def upgrade() -> None:
    with op.batch_alter_table("outbox_message") as table:
        table.add_column(sa.Column("channel", sa.String(length=8), nullable=False, server_default="sms"))
        table.add_column(sa.Column("told_by", sa.String(length=60), nullable=True))
        table.add_column(sa.Column("failure", sa.String(length=200), nullable=True))
        table.drop_constraint(op.f("ck_outbox_message_state"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_message_state"), STATES)
        table.create_check_constraint(op.f("ck_outbox_message_channel"), CHANNELS)
        table.create_check_constraint(op.f("ck_outbox_message_told"), "(channel = 'sms') = (state <> 'told')")
        table.create_check_constraint(op.f("ck_outbox_message_failure"), "(state = 'failed') = (failure is not null)")
    with op.batch_alter_table("outbox_message") as table:
        table.alter_column("channel", server_default=None)


def downgrade() -> None:
    op.execute("delete from outbox_message where state in ('failed', 'told')")
    with op.batch_alter_table("outbox_message") as table:
        for name in ("failure", "told", "channel", "state"):
            table.drop_constraint(op.f(f"ck_outbox_message_{name}"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_message_state"), "state in ('queued', 'sent')")
        for name in ("failure", "told_by", "channel"):
            table.drop_column(name)
