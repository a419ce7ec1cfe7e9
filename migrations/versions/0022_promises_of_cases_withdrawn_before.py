"""Text messages that wait in cases that were withdrawn, or closed unreached, before such messages were called back: they promise what is not so."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CALL_BACK = """
update outbox_message set state = 'failed', failure = 'called_back:{act}'
where state = 'queued'
  and template in ('reply', 'resolved', 'charge_held', 'credit_scheduled', 'credit_on_thursday', 'interim_reply', 'extended')
  and case_number in (select case_number from complaint where outcome = '{outcome}')
"""


def upgrade() -> None:
    for act, outcome in (("case_withdrawn", "withdrawn"), ("case_not_reached", "not_reached")):
        op.execute(CALL_BACK.format(act=act, outcome=outcome))


def downgrade() -> None:
    op.execute("update outbox_message set state = 'queued', failure = null where failure like 'called_back:case_%'")
