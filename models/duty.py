"""Periodic duties of the manual (DUE.n), the rows collected for each, and whom to call; rows are collected by `service_tasks.duties`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime


class Duty(Base):
    """A report or batch that falls due again and again; `rule` is FEEL giving the next due instant after `at`."""

    __tablename__ = "duty"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    title_zh: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(120))
    rule: Mapped[str] = mapped_column(String(200))
    sender: Mapped[str] = mapped_column(String(80), default="")
    recipient: Mapped[str] = mapped_column(String(80), default="")
    form: Mapped[str] = mapped_column(String(120), default="")
    manual_ref: Mapped[str] = mapped_column(String(80))


class DutyItem(Base):
    """One thing collected for a duty; `key` keeps a repeated service call from collecting it twice."""

    __tablename__ = "duty_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    duty: Mapped[str] = mapped_column(ForeignKey("duty.code"))
    period: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime())
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(200), info={"personal": True})
    amount: Mapped[int | None]
    collected_at: Mapped[datetime] = mapped_column(UTCDateTime())
    handed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    handed_in_by: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (
        CheckConstraint("(handed_in_at is null) = (handed_in_by is null)", name="handed_in_by_somebody"),
        Index("ix_duty_item_duty_period", "duty", "period"),
        Index("ix_duty_item_due_at", "handed_in_at", "due_at"),
    )


class Contact(Base):
    """Whom to call in a department about a process; owners keep it. An empty process means: for all of them."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(60), default="")
    department: Mapped[str] = mapped_column(ForeignKey("department.code"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    telephone: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (UniqueConstraint("process_key", "department", "name"),)
