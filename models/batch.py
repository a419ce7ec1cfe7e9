"""Batches over many cases: the month's secondary pricing and the Thursday charge-hold desk, with their progress."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime


class BatchState(StrEnum):
    """Of a batch: it takes cases in, is closed by a person, and has released them all."""

    OPEN = "open"
    CLOSED = "closed"
    RELEASED = "released"


class Batch(Base):
    """One batch of a period ("2026-11", or the Thursday "2026-11-26"): open, then closed once by a person, then released case by case."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=BatchState.OPEN)
    instance_id: Mapped[int | None]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    closed_by: Mapped[str | None] = mapped_column(String(60))
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    count: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    cases: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("kind", "period"),
        CheckConstraint("kind in ('secondary_pricing', 'charge_hold')", name="kind"),
        CheckConstraint(states.check(BatchState), name="state"),
        CheckConstraint("(state = 'open') = (closed_at is null)", name="closed_at"),
        CheckConstraint("released >= 0 and released <= cases", name="released_within_cases"),
    )
