"""Who inside bears what was given back for our fault: one row per case and cause, and the payments it rests on (CH2.8 to CH2.10)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime

PERSONAL = {"personal": True}
BEARERS = ("company", "person", "agency")


class LiabilityState(StrEnum):
    """Of a liability: nobody named yet, named, objected to, settled as it stands, or paid on the spot."""

    TO_NAME = "to_name"
    NAMED = "named"
    OBJECTED = "objected"
    STANDS = "stands"
    PAID = "paid"


class Liability(Base):
    """What one cause cost in a case; `amount` (fen) is the sum of its parts, and the company bears it while nobody is named.

    `employee` is the employee number of a person of our own, `name` theirs or their agency's. `paid` was settled by them on the spot.
    """

    __tablename__ = "liability"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[str] = mapped_column(String(60))
    cause: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(default=0)
    bearer: Mapped[str | None] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60), default="")
    unit: Mapped[str] = mapped_column(String(60), default="")
    employee: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    named_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    named_by: Mapped[str | None] = mapped_column(String(60))
    objection: Mapped[str] = mapped_column(String(500), default="", info=PERSONAL)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    decided_by: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (
        UniqueConstraint("case_number", "cause"),
        CheckConstraint("amount >= 0", name="amount_never_negative"),
        CheckConstraint(states.check(LiabilityState), name="state"),
        CheckConstraint(f"bearer is null or bearer in {BEARERS}", name="bearer"),
        CheckConstraint("(state = 'to_name') = (bearer is null)", name="borne_by_somebody"),
        Index("ix_liability_bearer_name", "bearer", "name"),
    )


class LiabilityPart(Base):
    """One payment, or one sum that was not collected, that a liability rests on; `key` is the call that told of it, so that it counts once."""

    __tablename__ = "liability_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    liability_id: Mapped[int] = mapped_column(ForeignKey("liability.id"), index=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    amount: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime())

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)
