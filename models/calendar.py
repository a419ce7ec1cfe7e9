"""Days on which the office differs from the plain week: statutory holidays and make-up working days, as owners keep them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class CalendarDay(Base):
    """One day off or one make-up working day. `provisional` until the State Council's notice for its year is out."""

    __tablename__ = "calendar_day"

    date: Mapped[dt.date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(String(40), default="")
    provisional: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (CheckConstraint("kind in ('off', 'work')", name="kind"),)


class CalendarVersion(Base):
    """A business calendar that some history entry was reckoned with, kept as it was under its fingerprint."""

    __tablename__ = "calendar_version"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
