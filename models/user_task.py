"""Open and finished user tasks: the rows behind every worklist."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime
from models.states import TaskState

# As the databases write what is asked for: an index with another condition is not used. Its column stands in the key too,
# because SQLite without statistics takes any of two indexes whose keys match equally.
IN_TIME: dict[str, Any] = {"sqlite_where": text("overdue IS 0"), "postgresql_where": text("overdue IS false")}
LATE: dict[str, Any] = {"sqlite_where": text("overdue IS 1"), "postgresql_where": text("overdue IS true")}


class UserTask(Base):
    """Work a person must do before the process can go on; `token` is its number within the instance.

    In an item of a multi-instance activity, `item_index` of `item_count` says which (from 1).
    """

    __tablename__ = "user_task"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    token: Mapped[int]
    business_key: Mapped[str] = mapped_column(String(60), index=True)
    process_key: Mapped[str] = mapped_column(String(60))
    element_id: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(120))
    group: Mapped[str] = mapped_column("group_code", String(40))
    assignee: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    overdue: Mapped[bool] = mapped_column(default=False)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    completed_by: Mapped[str | None] = mapped_column(String(60))
    item_index: Mapped[int | None]
    item_count: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("instance_id", "token"),
        CheckConstraint(states.check(TaskState), name="state"),
        Index("ix_user_task_worklist", "state", "group_code", "due_at", "id"),
        Index("ix_user_task_assignee", "state", "assignee", "due_at", "id"),
        Index("ix_user_task_due", "state", "due_at", "id"),
        Index("ix_user_task_in_time", "state", "overdue", "due_at", **IN_TIME),
        Index("ix_user_task_late", "state", "group_code", "overdue", "due_at", "id", **LATE),
    )


class NamedTask(Protocol):
    """What a task is called by."""

    @property
    def process_key(self) -> str: ...
    @property
    def element_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def item_index(self) -> int | None: ...
    @property
    def item_count(self) -> int | None: ...


class TaskColumns(NamedTask, Protocol):
    """The columns of a task, whether the row is a `UserTask` or the answer to a query."""

    @property
    def id(self) -> int: ...
    @property
    def instance_id(self) -> int: ...
    @property
    def token(self) -> int: ...
    @property
    def business_key(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def group(self) -> str: ...
    @property
    def assignee(self) -> str | None: ...
    @property
    def state(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def overdue(self) -> bool: ...
