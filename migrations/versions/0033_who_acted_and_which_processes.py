"""A case says which called processes it has gone through, and the entries of a person are found by who wrote them.

What earlier cases went through stands in their entries.
"""

from __future__ import annotations

import json
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_PLACE = {"sqlite": "instr(body, :word)", "postgresql": "position(:word in body)"}


def upgrade() -> None:
    op.create_index(op.f("ix_entry_actor"), "entry", ["actor", "stream", "stream_id"])
    with op.batch_alter_table("instance") as table:
        table.add_column(sa.Column("processes", sa.Text(), nullable=True))
    op.execute("update instance set processes = ''")
    change = sa.text("update instance set processes = :processes where id = :id")
    for instance_id, keys in _called().items():
        op.get_bind().execute(change, {"processes": f" {' '.join(keys)} ", "id": int(instance_id)})
    with op.batch_alter_table("instance") as table:
        table.alter_column("processes", existing_type=sa.Text(), nullable=False)
        table.create_index(op.f("ix_instance_processes"), ["processes"])


def _called() -> dict[str, list[str]]:
    """Return the keys of the processes that were called, by instance, in the order of the first call."""
    bind = op.get_bind()
    place = _PLACE[bind.dialect.name]
    query = sa.text(
        f"select stream_id, body from entry where stream = 'instance' and {place} > 0 order by stream_id, sequence"
    )
    keys: dict[str, list[str]] = defaultdict(list)
    for stream_id, body in bind.execute(query, {"word": b'"call_entered"'}):
        steps = json.loads(bytes(body))["steps"]
        called = [step["process"] for step in steps if step["type"] == "call_entered"]
        keys[stream_id] += [key for key in dict.fromkeys(called) if key not in keys[stream_id]]
    return keys


def downgrade() -> None:
    with op.batch_alter_table("instance") as table:
        table.drop_index(op.f("ix_instance_processes"))
        table.drop_column("processes")
    op.drop_index(op.f("ix_entry_actor"), "entry")
