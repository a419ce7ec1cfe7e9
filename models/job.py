"""Jobs: service task executions that wait for a worker, and background work of the office."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime
from models.states import JobState


class Job(Base):
    """One attempt-able unit of work; `key` is its idempotency key. `instance_id` is null for work of the office."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    topic: Mapped[str] = mapped_column(String(80))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    token: Mapped[int | None]
    element_id: Mapped[str | None] = mapped_column(String(120))
    parameters: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(12), default=JobState.QUEUED)
    retries: Mapped[int] = mapped_column(default=5)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(states.check(JobState), name="state"),
        Index("ix_job_state_due_at", "state", "due_at"),
    )
