"""Complaints as the desk looks them up: the row beside the process instance, never its variables."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime

VOIDED = "voided"  # the outcome of a case that was no complaint: entered by mistake of the office
# The process of a customer who comes to pay; its cases are no complaints and repeat none.
PAYMENT = "SUB-010"


class ComplaintState(StrEnum):
    """Of a complaint: waiting for its answer, answered, or over."""

    OPEN = "open"
    REPLIED = "replied"
    CLOSED = "closed"


class Complaint(Base):
    """One case. `text_sealed` is the customer's own words, sealed with the case's key; `msisdn` is the look-up column, deletable.

    `suggested_process` and `confidence` (0..100) are what the classification said, `process_key` what the clerk confirmed; when these
    differ, `overruled` is true and `overruled_reason` says why. `outcome` is what an act outside the steps ended it with (withdrawn, not_reached, voided),
    `extended_to` the limit that a supervisor granted.
    """

    __tablename__ = "complaint"

    case_number: Mapped[str] = mapped_column(String(60), primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id"), index=True)
    msisdn: Mapped[str | None] = mapped_column(String(20), info={"personal": True})
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info={"personal": True})
    channel: Mapped[str] = mapped_column(String(20))
    demand: Mapped[str] = mapped_column(String(200), default="", info={"personal": True})
    disputed_amount: Mapped[int | None]
    process_key: Mapped[str] = mapped_column(String(60))
    suggested_process: Mapped[str | None] = mapped_column(String(60))
    confidence: Mapped[int | None]
    overruled: Mapped[bool] = mapped_column(default=False)
    overruled_reason: Mapped[str | None] = mapped_column(String(300), info={"personal": True})
    state: Mapped[str] = mapped_column(String(8), default=ComplaintState.OPEN)
    resolution: Mapped[str | None] = mapped_column(String(300), info={"personal": True})
    accepted_at: Mapped[datetime] = mapped_column(UTCDateTime())
    accepted_by: Mapped[str] = mapped_column(String(60))
    replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    repeat_of: Mapped[str | None] = mapped_column(ForeignKey("complaint.case_number"), index=True)
    request_key: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(12))
    extended_to: Mapped[datetime | None] = mapped_column(UTCDateTime())

    __table_args__ = (
        CheckConstraint(states.check(ComplaintState), name="state"),
        CheckConstraint("confidence is null or confidence between 0 and 100", name="confidence"),
        CheckConstraint("disputed_amount is null or disputed_amount >= 0", name="disputed_amount_not_negative"),
        CheckConstraint("not overruled or overruled_reason is not null", name="overruled_says_why"),
        CheckConstraint("repeat_of is null or repeat_of <> case_number", name="repeat_of_another"),
        Index("ix_complaint_msisdn_accepted_at", "msisdn", "accepted_at"),
        Index("ix_complaint_process_key_accepted_at", "process_key", "accepted_at"),
        Index("ix_complaint_request_key", "request_key", unique=True),
        Index("ix_complaint_state_accepted_at", "state", "accepted_at"),
    )
