"""What was paid on a day and is looked at again the next: the draw of a day, and its payments with what was found. The ledger itself is in `billing`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime

CAUSES = ("cash", "sample")
FINDINGS = ("right", "wrong")


class ReviewDraw(Base):
    """The draw of a day: of how many payments since the last one, from `since` and before `upto`, how many were drawn."""

    __tablename__ = "review_draw"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime())
    upto: Mapped[datetime] = mapped_column(UTCDateTime())
    paid: Mapped[int]
    drawn: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime())

    __table_args__ = (CheckConstraint("drawn >= 0 and drawn <= paid", name="drawn_of_paid"),)


class Review(Base):
    """A payment that was drawn, as a case of its own (`instance_id`): because of its cash or in the sample, and what whoever looked found."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(ForeignKey("review_draw.day"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), unique=True)
    case_number: Mapped[str] = mapped_column(String(60), index=True)
    cause: Mapped[str] = mapped_column(String(8))
    finding: Mapped[str | None] = mapped_column(String(8))
    reviewed_by: Mapped[str | None] = mapped_column(String(60))
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    __table_args__ = (
        CheckConstraint(f"cause in {CAUSES}", name="cause"),
        CheckConstraint(f"finding is null or finding in {FINDINGS}", name="finding"),
        CheckConstraint("(finding is null) = (reviewed_by is null)", name="found_by_somebody"),
        CheckConstraint("(finding is null) = (reviewed_at is null)", name="found_at_some_time"),
    )
