"""Running and finished process instances, and the key each one's personal data is sealed with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime
from models.states import CaseState


class ProcessInstance(Base):
    """One run of a process. `state_blob` is what the engine restores; `sequence` and `head` are the end of its history chain.

    `processes` are the keys of the called ones that it has gone through, in the order of the first call, each between blanks.
    `ordinal` is its number among the cases of its process, `head_mac` the signature under both; neither is there before `engine.record.heads` gave them.
    """

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
    ordinal: Mapped[int | None]
    head_mac: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    processes: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint(states.check(CaseState), name="state"),
        Index("ix_instance_state_due_at", "state", "overdue", "due_at"),
        Index("ix_instance_processes", "processes"),
    )


class CaseKey(Base):
    """The wrapped key of one instance's personal data, outside the hash chain: deleting the row erases the data, not the proof."""

    __tablename__ = "case_key"

    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
