"""Running and finished process instances, and the key each one's personal data is sealed with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import UTCDateTime, db


class ProcessInstance(db.Model):
    """One run of a process. `state_blob` is what the engine restores; `sequence` and `head` are the end of its history chain."""

    __tablename__ = "instance"

    id: Mapped[int] = mapped_column(primary_key=True)
    business_key: Mapped[str] = mapped_column(String(60), index=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    overdue: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    state_blob: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("state in ('active', 'completed', 'cancelled')", name="state"),
        Index("ix_instance_state_due_at", "state", "overdue", "due_at"),
    )


class CaseKey(db.Model):
    """The wrapped key of one instance's personal data, outside the hash chain: deleting the row erases the data, not the proof."""

    __tablename__ = "case_key"

    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
