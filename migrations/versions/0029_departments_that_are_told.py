"""Offices from before have the departments that the manual does not name and that processes write to: heads of department, and security."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OURS = (("department_head", "部门负责人", "Head of department"), ("security", "保卫部", "Security department"))
ADD = sa.text(
    "insert into department (code, name_zh, name_en) "
    "select cast(:code as varchar(40)), cast(:name_zh as varchar(60)), cast(:name_en as varchar(80)) "
    "where exists (select 1 from department) and not exists (select 1 from department where code = :code or name_zh = :name_zh)"
)


def upgrade() -> None:
    """An office that is new gets them with all others when its people come."""
    for code, name_zh, name_en in OURS:
        op.get_bind().execute(ADD, {"code": code, "name_zh": name_zh, "name_en": name_en})


def downgrade() -> None:
    """A department stays: notices and people may name it, and an earlier version leaves it alone."""
