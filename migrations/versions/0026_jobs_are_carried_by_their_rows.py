"""Jobs are found by their rows alone: the tables go in which DBOS kept messages that named them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MESSAGES = "workflow_status"
TABLES = (
    *("notifications", "streams", "workflow_events", "workflow_events_history", "operation_outputs", "workflow_input"),
    *("workflow_output", "workflow_schedules", "application_versions", "queues", "datasource_outputs", MESSAGES),
    "dbos_migrations",
)
OTHERS = "SELECT count(*) FROM dbos.workflow_status WHERE application_version IS DISTINCT FROM 'reception-desk-1'"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        there = set(sa.inspect(connection).get_table_names())
        for table in TABLES if MESSAGES in there else ():
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    elif sa.inspect(connection).has_table(MESSAGES, schema="dbos") and not connection.execute(sa.text(OTHERS)).scalar():
        connection.exec_driver_sql("DROP SCHEMA dbos CASCADE")  # another application may keep its own there


def downgrade() -> None:
    """An earlier version makes its tables anew; it finds every job by its row as well."""
