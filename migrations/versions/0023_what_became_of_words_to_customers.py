"""A letter that waits, was posted, or was called back, and a text message that was called back, have states of their own and no longer words in other columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STATES_BEFORE = "state in ('queued', 'sent', 'failed', 'told')"
TOLD_BEFORE = "(channel = 'sms') = (state <> 'told')"
STATES = "state in ('queued', 'sent', 'failed', 'told', 'unposted', 'posted', 'recalled')"
TOLD = (
    "(channel = 'sms' and state in ('queued', 'sent', 'failed', 'recalled')) or "
    "(channel = 'letter' and state in ('unposted', 'posted', 'recalled')) or "
    "(channel in ('phone', 'counter', 'other') and state = 'told')"
)
BESIDE = "exists (select 1 from outbox_message as later where later.key = '{mark}' || cast(outbox_message.id as varchar(20)))"
OF_IT = "(select later.{column} from outbox_message as later where later.key = '{mark}' || cast(outbox_message.id as varchar(20)))"


def upgrade() -> None:
    with op.batch_alter_table("outbox_message") as table:
        table.add_column(sa.Column("posted_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("recalled_for", sa.String(length=24), nullable=True))
        table.add_column(sa.Column("settled_by", sa.String(length=60), nullable=True))
        table.add_column(sa.Column("settled_at", models.base.UTCDateTime(), nullable=True))
        for name in ("state", "told", "failure"):
            table.drop_constraint(op.f(f"ck_outbox_message_{name}"), type_="check")
    op.execute(
        "update outbox_message set state = 'recalled', recalled_for = substr(failure, 13), failure = null "
        "where state = 'failed' and failure like 'called_back:%'"
    )
    for state, mark in (("recalled", "called_back:"), ("posted", "posted:")):
        _take_over(state, mark)
    op.execute("update outbox_message set state = 'unposted' where channel = 'letter' and state = 'told'")
    with op.batch_alter_table("outbox_message") as table:
        table.create_check_constraint(op.f("ck_outbox_message_state"), STATES)
        table.create_check_constraint(op.f("ck_outbox_message_told"), TOLD)
        table.create_check_constraint(op.f("ck_outbox_message_failure"), "(state = 'failed') = (failure is not null)")
        table.create_check_constraint(
            op.f("ck_outbox_message_recalled"), "(state = 'recalled') = (recalled_for is not null)"
        )
        table.create_check_constraint(
            op.f("ck_outbox_message_posted"), "posted_on is null or state = 'posted'"
        )


def _take_over(state: str, mark: str) -> None:
    """What stood in a row beside a letter goes into the letter's own."""
    body = OF_IT.format(column="body", mark=mark)
    day = f"cast(nullif({body}, '') as date)" if op.get_bind().dialect.name == "postgresql" else f"nullif({body}, '')"
    became = f"posted_on = {day}" if state == "posted" else f"recalled_for = {body}"
    op.execute(
        f"update outbox_message set state = '{state}', {became}, "
        f"settled_by = {OF_IT.format(column='told_by', mark=mark)}, settled_at = {OF_IT.format(column='queued_at', mark=mark)} "
        f"where channel = 'letter' and state = 'told' and key not like 'posted:%' and key not like 'called_back:%' and {BESIDE.format(mark=mark)}"
    )
    op.execute(f"delete from outbox_message where key like '{mark}%'")


def downgrade() -> None:
    with op.batch_alter_table("outbox_message") as table:
        for name in ("state", "told", "failure", "recalled", "posted"):
            table.drop_constraint(op.f(f"ck_outbox_message_{name}"), type_="check")
    op.execute(
        "insert into outbox_message (key, case_number, to_msisdn, template, body, state, queued_at, channel, told_by) "
        "select case when state = 'posted' then 'posted:' else 'called_back:' end || cast(id as varchar(20)), case_number, '', template, "
        "coalesce(cast(posted_on as varchar(10)), recalled_for, ''), 'told', coalesce(settled_at, queued_at), 'letter', settled_by "
        "from outbox_message where channel = 'letter' and state in ('posted', 'recalled')"
    )
    op.execute("update outbox_message set state = 'told' where channel = 'letter'")
    op.execute(
        "update outbox_message set state = 'failed', failure = 'called_back:' || recalled_for where state = 'recalled'"
    )
    with op.batch_alter_table("outbox_message") as table:
        table.create_check_constraint(op.f("ck_outbox_message_state"), STATES_BEFORE)
        table.create_check_constraint(op.f("ck_outbox_message_told"), TOLD_BEFORE)
        table.create_check_constraint(op.f("ck_outbox_message_failure"), "(state = 'failed') = (failure is not null)")
        for name in ("settled_at", "settled_by", "recalled_for", "posted_on"):
            table.drop_column(name)
