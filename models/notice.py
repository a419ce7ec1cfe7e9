"""Messages that leave the desk: text messages to customers, notices to departments, and the agreed wording all clerks must have seen."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime

PERSONAL = {"personal": True}


class MessageState(StrEnum):
    """Of a message: what is sent by itself, what somebody said, what has to be posted, and what is recalled before it went."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    TOLD = "told"
    UNPOSTED = "unposted"
    POSTED = "posted"
    RECALLED = "recalled"


class OutboxMessage(Base):
    """A word to a customer, written in the commit that decided it; `key` keeps it from being said twice.

    A text message (`channel` sms) is queued and sent afterwards, or fails with a reason. A letter is unposted until somebody says on which day it
    was posted. What waits may be called back before (`recalled`) for an act in the case, `recalled_for`. `settled_by` and `settled_at` are who
    posted or called back, and when. What `told_by` said by another channel is told at once, and `queued_at` is when.
    """

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    to_msisdn: Mapped[str] = mapped_column(String(20), info=PERSONAL)
    template: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text, info=PERSONAL)
    state: Mapped[str] = mapped_column(String(8), default=MessageState.QUEUED)
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime())
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    channel: Mapped[str] = mapped_column(String(8), default="sms")
    told_by: Mapped[str | None] = mapped_column(String(60))
    failure: Mapped[str | None] = mapped_column(String(200))
    posted_on: Mapped[date | None]
    recalled_for: Mapped[str | None] = mapped_column(String(24))
    settled_by: Mapped[str | None] = mapped_column(String(60))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    __table_args__ = (
        CheckConstraint(states.check(MessageState), name="state"),
        CheckConstraint("channel in ('sms', 'phone', 'counter', 'letter', 'other')", name="channel"),
        CheckConstraint(
            "(channel = 'sms' and state in ('queued', 'sent', 'failed', 'recalled')) or "
            "(channel = 'letter' and state in ('unposted', 'posted', 'recalled')) or "
            "(channel in ('phone', 'counter', 'other') and state = 'told')",
            name="told",
        ),
        CheckConstraint("(state = 'recalled') = (recalled_for is not null)", name="recalled"),
        CheckConstraint("posted_on is null or state = 'posted'", name="posted"),
        CheckConstraint("(state = 'failed') = (failure is not null)", name="failure"),
        CheckConstraint("(state = 'sent') = (sent_at is not null)", name="sent_at"),
        Index("ix_outbox_message_state_queued_at", "state", "queued_at"),
    )


class DepartmentNotice(Base):
    """Something a department is told about a case; it is read, not worked on."""

    __tablename__ = "department_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    department: Mapped[str] = mapped_column(ForeignKey("department.code"))
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(120), info=PERSONAL)
    text: Mapped[str] = mapped_column(Text, info=PERSONAL)
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    read_by: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (Index("ix_department_notice_department_at", "department", "read_at", "at"),)


class Notice(Base):
    """The agreed wording on a sudden incident, shown to every clerk before the next case (CH1.6) while it is active."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    active: Mapped[bool] = mapped_column(default=True, index=True)


class NoticeConfirmation(Base):
    """A clerk has read a notice."""

    __tablename__ = "notice_confirmation"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    user: Mapped[str] = mapped_column("user_name", String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime())
