"""Work orders: what a department is asked to find out, for one case or for many of one cause, and what was done with each (CH2.4, CH2.5)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime

PERSONAL = {"personal": True}
ACTS = (
    *("opened", "joined", "acknowledged", "chased", "handed_on", "answered", "sent_back", "verified"),
    *("late", "left", "dropped"),
)


class OrderState(StrEnum):
    """Of a work order: to be answered, to be verified, over, or given up because no case waited any more."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    DROPPED = "dropped"


class WorkOrder(Base):
    """One cause that one department is to find out; `department` is whose it is now, `half_at` and `due_at` are the limit of that owner.

    `due_whole_at` is the limit of the whole order, which handing on does not move. `about` is the class of the matter, by which open orders are
    offered. The answer stands from `finding` on; `line_amount` (fen) is what is proposed for each disputed line. `dropped`: no case waited any more.
    """

    __tablename__ = "work_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    number: Mapped[str | None] = mapped_column(String(30), unique=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    case_number: Mapped[str] = mapped_column(String(60), index=True)
    department: Mapped[str] = mapped_column(ForeignKey("department.code"))
    about: Mapped[str] = mapped_column(String(20))
    question: Mapped[str] = mapped_column(Text, info=PERSONAL)
    state: Mapped[str] = mapped_column(String(10), default=OrderState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime())
    opened_by: Mapped[str] = mapped_column(String(60))
    half_at: Mapped[datetime] = mapped_column(UTCDateTime())
    due_at: Mapped[datetime] = mapped_column(UTCDateTime())
    due_whole_at: Mapped[datetime] = mapped_column(UTCDateTime())
    acknowledged_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    acknowledged_by: Mapped[str | None] = mapped_column(String(60))
    chased: Mapped[int] = mapped_column(default=0)
    reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    finding: Mapped[str | None] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    proposal: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    line_amount: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(60), default="")
    person: Mapped[str] = mapped_column(String(60), default="", info=PERSONAL)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    answered_by: Mapped[str | None] = mapped_column(String(60))
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    verified_by: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (
        CheckConstraint(states.check(OrderState), name="state"),
        CheckConstraint("line_amount is null or line_amount >= 0", name="line_amount_not_negative"),
        CheckConstraint("state <> 'closed' or verified_at is not null", name="closed_once_verified"),
        CheckConstraint("chased >= 0", name="chased_not_negative"),
        Index("ix_work_order_department_state", "department", "state", "due_at"),
        Index("ix_work_order_state_due_at", "state", "due_at"),
    )


class WorkOrderCase(Base):
    """A case that waits for an order; `how` it left it: answered, or left before (withdrawn, closed, sent another way)."""

    __tablename__ = "work_order_case"

    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True, index=True)
    case_number: Mapped[str] = mapped_column(String(60), index=True)
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime())
    joined_by: Mapped[str] = mapped_column(String(60))
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    how: Mapped[str | None] = mapped_column(String(8))

    __table_args__ = (
        CheckConstraint("how is null or how in ('answered', 'left')", name="how"),
        CheckConstraint("(left_at is null) = (how is null)", name="left_somehow"),
    )


class WorkOrderAct(Base):
    """What was done with an order, in order; `key` keeps what a call does from being written twice."""

    __tablename__ = "work_order_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    by: Mapped[str] = mapped_column("by_whom", String(60))
    department: Mapped[str] = mapped_column(String(40))
    case_number: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)

    __table_args__ = (CheckConstraint(f"kind in {ACTS}", name="kind"),)
