"""What people ask for in a case outside its steps, and when they tried to reach its customer; the record itself is the history, these rows are for searching."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime

VERBS = ("extend", "reverse")


class RequestState(StrEnum):
    """Of what somebody asked for in a case: asked, agreed to by one, granted or refused, or lapsed with the case."""

    ASKED = "asked"
    AGREED = "agreed"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class CaseRequest(Base):
    """What somebody asked for and somebody else grants: a later limit (`until`), or a credit to be taken back (`entry_key`, `amount` in fen).

    `number` counts in the case; a request lapses with the case it is about. `agreed` is one where the first of two has said yes, `agreed_as` as what: supervisor or accounting.
    """

    __tablename__ = "case_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    case_number: Mapped[str] = mapped_column(String(60), index=True)
    number: Mapped[int]
    verb: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default=RequestState.ASKED)
    reason: Mapped[str] = mapped_column(String(300), default="", info={"personal": True})
    until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    entry_key: Mapped[str | None] = mapped_column(String(160))
    amount: Mapped[int | None]
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime())
    agreed_by: Mapped[str | None] = mapped_column(String(60))
    agreed_as: Mapped[str | None] = mapped_column(String(12))
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    __table_args__ = (
        UniqueConstraint("instance_id", "number"),
        CheckConstraint(f"verb in {VERBS}", name="verb"),
        CheckConstraint(states.check(RequestState), name="state"),
        CheckConstraint("(verb = 'extend') = (until is not null)", name="extension_names_a_day"),
        CheckConstraint(
            "(verb = 'reverse') = (entry_key is not null and amount is not null)", name="reversal_names_money"
        ),
        CheckConstraint("(decided_by is null) = (state in ('asked', 'agreed'))", name="decided"),
        Index("ix_case_request_state", "state", "asked_at"),
    )


class CustomerTry(Base):
    """Somebody tried to reach the customer of a case and did not; `attempt` counts in the case."""

    __tablename__ = "customer_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    case_number: Mapped[str] = mapped_column(String(60), index=True)
    attempt: Mapped[int]
    channel: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column("user_name", String(60))
    at: Mapped[datetime] = mapped_column(UTCDateTime())

    __table_args__ = (UniqueConstraint("instance_id", "attempt"),)
