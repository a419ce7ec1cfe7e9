"""What became of the money of everything that can be disputed: lines of a customer's papers, claims on them, and what was paid on which bill.

A line is named by its address, "bill-item:2026-11:3" or "call:17"; `service_tasks.gateway.lines` reads addresses, and `service_tasks.gateway` is
the only writer. Every amount is an integer number of fen.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from models import states
from models.base import Base, UTCDateTime

PERSONAL = {"personal": True}


class DisputedLine(Base):
    """A line that somebody has claimed something of; `claimed` is what is no longer free of its `amount`.

    `component` names a part of a call that is charged by itself. A line may lie inside another (a call in what its bill charges for calls, that in
    the bill): what is claimed of it counts there too, so that no money is given twice under two names. The database keeps `claimed` equal to the
    claims that stand, and refuses more than there is.
    """

    __tablename__ = "disputed_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"))
    address: Mapped[str] = mapped_column(String(80))
    component: Mapped[str] = mapped_column(String(16), default="")
    amount: Mapped[int]
    claimed: Mapped[int] = mapped_column(default=0)
    inside_id: Mapped[int | None] = mapped_column(ForeignKey("disputed_line.id"), index=True)

    __table_args__ = (
        UniqueConstraint("subscription_id", "address", "component"),
        CheckConstraint("claimed >= 0 and claimed <= amount", name="claimed_within_amount"),
    )


class ClaimState(StrEnum):
    """Of a claim on a line: reserved for a case, or given back in one way; one that is reversed counts no more."""

    RESERVED = "reserved"
    CREDITED = "credited"
    REFUNDED = "refunded"
    HELD = "held"
    RE_PRICED = "re_priced"
    REVERSED = "reversed"


class LineClaim(Base):
    """What a case has of a line: reserved, or given back in one way, under the idempotency key of the call that did so.

    `entry_id` is the journal entry that moved the money; a reservation has none, and one beside a charge hold waits for the Thursday `settle_on`.
    `reason` is why only a part was picked. What is free has no row.
    """

    __tablename__ = "line_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("disputed_line.id"), index=True)
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200), default="", info=PERSONAL)
    key: Mapped[str] = mapped_column(String(160), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime())
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime())
    settle_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(states.check(ClaimState), name="state"),
        CheckConstraint("state = 'reserved' or entry_id is not null", name="money_moved"),
    )


class LineRejection(Base):
    """That a case asked for `amount` of a line and was refused it: the line is free, and whoever picks it again sees where it was looked at before.

    The latest of a case; what the case was given of the line all the same stands as its claim, and says more.
    """

    __tablename__ = "line_rejection"

    line_id: Mapped[int] = mapped_column(ForeignKey("disputed_line.id"), primary_key=True)
    case_number: Mapped[str] = mapped_column(String(60), primary_key=True)
    amount: Mapped[int]
    rejected_at: Mapped[datetime] = mapped_column(UTCDateTime())

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)


class BillPayment(Base):
    """What one payment paid on one bill; a payment may pay several bills, a bill may be paid by several. `receipt_number` where it left a receipt."""

    __tablename__ = "bill_payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    receipt_number: Mapped[str | None] = mapped_column(ForeignKey("receipt.number"))
    amount: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime())

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_bill_payment_receipt_number", "receipt_number"),
    )


def _standing(row: str) -> str:
    return f"CASE WHEN {row}.state = 'reversed' THEN 0 ELSE {row}.amount END"


def _carried(row: str, change: str) -> str:
    """Return SQL that adds a change to what is claimed of the line of `row`, and of the two that it may lie inside."""
    inside = f"SELECT inside_id FROM disputed_line WHERE id = {row}.line_id"  # noqa: S608
    return (
        f"UPDATE disputed_line SET claimed = claimed + ({change}) WHERE id = {row}.line_id OR id = ({inside}) "  # noqa: S608
        f"OR id = (SELECT inside_id FROM disputed_line WHERE id = ({inside}));"
    )


CARRIED = {
    "INSERT": _carried("NEW", _standing("NEW")),
    "UPDATE": _carried("NEW", f"{_standing('NEW')} - {_standing('OLD')}"),
    "DELETE": _carried("OLD", f"-{_standing('OLD')}"),
}


def carrying() -> tuple[list[str], list[str]]:
    """Return the statements that keep `claimed` equal to the claims that stand: (for SQLite, for PostgreSQL)."""
    sqlite = [
        f"CREATE TRIGGER line_claim_{verb.lower()} AFTER {verb} ON line_claim BEGIN {statement} END"
        for verb, statement in CARRIED.items()
    ]
    body = " ".join(f"IF TG_OP = '{verb}' THEN {statement} END IF;" for verb, statement in CARRIED.items())
    postgresql = [
        "CREATE OR REPLACE FUNCTION line_claim_carried() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NULL; END $$",
        "CREATE TRIGGER line_claim_carried AFTER INSERT OR UPDATE OR DELETE ON line_claim "
        "FOR EACH ROW EXECUTE FUNCTION line_claim_carried()",
    ]
    return sqlite, postgresql


for dialect, statements in zip(("sqlite", "postgresql"), carrying(), strict=True):
    for statement in statements:
        event.listen(LineClaim.__table__, "after_create", DDL(statement).execute_if(dialect=dialect))
