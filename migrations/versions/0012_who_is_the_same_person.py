"""Log-ins carry an employee number, and the numbers of an employee's household are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("employee_number", sa.String(length=20), nullable=True))
    op.create_index("ix_user_account_employee_number", "user_account", ["employee_number"])
    op.create_table(
        "household_number",
        sa.Column("employee_number", sa.String(length=20), nullable=False),
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("employee_number", "msisdn", name=op.f("pk_household_number")),
    )
    op.create_index("ix_household_number_msisdn", "household_number", ["msisdn"])


def downgrade() -> None:
    op.drop_table("household_number")
    op.drop_index("ix_user_account_employee_number", table_name="user_account")
    op.drop_column("user_account", "employee_number")
