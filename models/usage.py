"""What was used and ordered: CDRs, cells, recharge cards, service orders, bank mandates and their debits; no balance lives here."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.base import Base, UTCDateTime

PERSONAL = {"personal": True}
CDR_KINDS = ("originating", "terminating", "forwarded", "sms", "data", "monternet")
COMPONENTS = ("basic", "long_distance", "ip", "forwarding", "roaming", "information")


class Cdr(Base):
    """One call detail record, in the terms of 3GPP TS 32.298; the charge components are fen.

    `information` is what a service provider takes through us (Monternet), `service_provider` names it. `bill_id` is the bill the record
    was charged on, when it has been billed.
    """

    __tablename__ = "cdr"

    id: Mapped[int] = mapped_column(primary_key=True)
    served_msisdn: Mapped[str] = mapped_column(String(20), info=PERSONAL)
    other_party: Mapped[str] = mapped_column(String(40), default="", info=PERSONAL)
    kind: Mapped[str] = mapped_column(String(12))
    start: Mapped[datetime] = mapped_column(UTCDateTime())
    duration_s: Mapped[int] = mapped_column(default=0)
    cell: Mapped[str] = mapped_column(String(40), default="")
    visited_network: Mapped[str] = mapped_column(String(40), default="")
    basic: Mapped[int] = mapped_column(default=0)
    long_distance: Mapped[int] = mapped_column(default=0)
    ip: Mapped[int] = mapped_column(default=0)
    forwarding: Mapped[int] = mapped_column(default=0)
    roaming: Mapped[int] = mapped_column(default=0)
    information: Mapped[int] = mapped_column(default=0)
    service_provider: Mapped[str | None] = mapped_column(String(80))
    bill_id: Mapped[int | None] = mapped_column(ForeignKey("bill.id"), index=True)

    __table_args__ = (
        UniqueConstraint("served_msisdn", "start", "kind", "other_party"),
        CheckConstraint(f"kind in {CDR_KINDS}", name="kind"),
        CheckConstraint("duration_s >= 0", name="duration_not_negative"),
        CheckConstraint(" and ".join(f"{name} >= 0" for name in COMPONENTS), name="charges_not_negative"),
    )

    @property
    def charge(self) -> int:
        """All components together, in fen."""
        return self.basic + self.long_distance + self.ip + self.forwarding + self.roaming + self.information


class Cell(Base):
    """A radio cell and where it stands (degrees, WGS 84); `border` marks the cells of TS-005's list of border cells."""

    __tablename__ = "cell"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[str] = mapped_column(String(80))
    latitude: Mapped[float]
    longitude: Mapped[float]
    network: Mapped[str] = mapped_column(String(40))
    border: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("latitude between -90 and 90", name="latitude"),
        CheckConstraint("longitude between -180 and 180", name="longitude"),
    )


class CardState(StrEnum):
    """Of a recharge card: not charged yet, charged, or charged and moved to another number."""

    UNUSED = "unused"
    USED = "used"
    MOVED = "moved"


class RechargeCard(Base):
    """A recharge card as the IN platform knows it; `remaining` is how many fen of it still lie where it was charged to.

    `charged_subscription_id` is whose prepayment it went to; null when the number charged had no subscription, then it lies in suspense.
    `case_number` is the case that gave back what was left of it, or that decides about one in suspense, which is in no customer's papers.
    """

    __tablename__ = "recharge_card"

    serial: Mapped[str] = mapped_column(String(40), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(String(64))
    face_value: Mapped[int]
    remaining: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default=CardState.UNUSED)
    charged_msisdn: Mapped[str | None] = mapped_column(String(20), info=PERSONAL)
    charged_subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id"))
    charged_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    moved_to: Mapped[str | None] = mapped_column(String(20), info=PERSONAL)
    moved_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    case_number: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (
        CheckConstraint("face_value > 0", name="face_value_positive"),
        CheckConstraint("remaining >= 0 and remaining <= face_value", name="remaining_within_face_value"),
        CheckConstraint(states.check(CardState), name="state"),
        CheckConstraint(
            "(state = 'unused') = (charged_msisdn is null) and (state = 'moved') = (moved_to is not null)",
            name="state_and_numbers",
        ),
        Index("ix_recharge_card_charged_msisdn", "charged_msisdn"),
    )


class StockedCard(Base):
    """A recharge card in a hall's stock, never charged: who issued it, when, to which number and in which case; a serial number is issued once.

    `entry_id` is the journal entry that took its face value from what it was issued for.
    """

    __tablename__ = "stocked_card"

    serial: Mapped[str] = mapped_column(ForeignKey("recharge_card.serial"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(60), default="")
    received_at: Mapped[datetime] = mapped_column(UTCDateTime())
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    issued_by: Mapped[str | None] = mapped_column(String(60))
    issued_to: Mapped[str | None] = mapped_column(String(20), info=PERSONAL)
    case_number: Mapped[str | None] = mapped_column(String(60))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"))

    __table_args__ = (
        CheckConstraint("(issued_at is null) = (issued_by is null)", name="issued_by_somebody"),
        CheckConstraint("(issued_at is null) = (entry_id is null)", name="issued_for_money"),
    )


class BankPayment(Base):
    """A payment that a bank collected for us, by its proof of payment: for which number, how much (fen), when.

    `case_number` is the case that decides about it or has corrected it; what we made of it are its `BankPosting`s.
    """

    __tablename__ = "bank_payment"

    reference: Mapped[str] = mapped_column(String(40), primary_key=True)
    bank: Mapped[str] = mapped_column(String(40))
    msisdn: Mapped[str] = mapped_column(String(20), index=True, info=PERSONAL)
    amount: Mapped[int]
    paid_at: Mapped[datetime] = mapped_column(UTCDateTime())
    case_number: Mapped[str | None] = mapped_column(String(60))
    corrected_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)


class BankPosting(Base):
    """Where a bank payment was posted: to which subscription and which of its accounts. None when it was forgotten, two when it was posted twice."""

    __tablename__ = "bank_posting"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(ForeignKey("bank_payment.reference"), index=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"))
    account: Mapped[str] = mapped_column(String(12), default="receivable")
    posted_at: Mapped[datetime] = mapped_column(UTCDateTime())

    __table_args__ = (CheckConstraint("account in ('receivable', 'prepayment')", name="account"),)


def pin_hash(serial: str, pin: str) -> str:
    """Return what is stored of a recharge PIN: PBKDF2-SHA256 salted with the serial number, in hex."""
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), serial.encode(), 20_000).hex()


class ServiceOrder(Base):
    """An order of a service on a subscription: what the customer agreed to and what was keyed in (null: never agreed, never keyed)."""

    __tablename__ = "service_order"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    service: Mapped[str] = mapped_column(String(80))
    service_provider: Mapped[str | None] = mapped_column(String(80))
    ordered_at: Mapped[datetime] = mapped_column(UTCDateTime())
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    agreed: Mapped[str | None] = mapped_column(String(120))
    keyed: Mapped[str | None] = mapped_column(String(120))
    monthly_fee: Mapped[int] = mapped_column(default=0)
    keyed_by: Mapped[str | None] = mapped_column(String(60))

    __table_args__ = (
        CheckConstraint("agreed is not null or keyed is not null", name="agreed_or_keyed"),
        CheckConstraint("cancelled_at is null or cancelled_at >= ordered_at", name="cancelled_after_ordered"),
    )


class MandateState(StrEnum):
    """Of a mandate: in force, replaced by a later one, or ended."""

    ACTIVE = "active"
    REPLACED = "replaced"
    ENDED = "ended"


class BankMandate(Base):
    """A direct-debit mandate: what the agreement says and what was keyed in (null: the order was missed).

    `keyed_msisdn` is the number the mandate was entered for; `debit_day` the day of the month; while `debit_under_way` nothing else may be
    paid and the mandate may not be changed (TS-008.7).
    """

    __tablename__ = "bank_mandate"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"))
    agreed_bank: Mapped[str] = mapped_column(String(40))
    agreed_account: Mapped[str] = mapped_column(String(40), info=PERSONAL)
    agreed_holder: Mapped[str] = mapped_column(String(80), info=PERSONAL)
    keyed_bank: Mapped[str | None] = mapped_column(String(40))
    keyed_account: Mapped[str | None] = mapped_column(String(40), info=PERSONAL)
    keyed_holder: Mapped[str | None] = mapped_column(String(80), info=PERSONAL)
    keyed_msisdn: Mapped[str | None] = mapped_column(String(20), info=PERSONAL)
    mandated_on: Mapped[date]
    effective_on: Mapped[date]
    debit_day: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=MandateState.ACTIVE)
    debit_under_way: Mapped[bool] = mapped_column(default=False)

    debits: Mapped[list[DirectDebit]] = relationship(back_populates="mandate", order_by="DirectDebit.period")

    __table_args__ = (
        CheckConstraint(states.check(MandateState), name="state"),
        CheckConstraint("debit_day between 1 and 28", name="debit_day"),
        Index("ix_bank_mandate_subscription_id_state", "subscription_id", "state"),
    )


class DebitState(StrEnum):
    """Of a direct debit: refused by the bank, or done."""

    FAILED = "failed"
    DONE = "done"


class DirectDebit(Base):
    """One attempt to collect a period's charges under a mandate; `reason` is the bank's when it failed."""

    __tablename__ = "direct_debit"

    id: Mapped[int] = mapped_column(primary_key=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("bank_mandate.id"))
    period: Mapped[str] = mapped_column(String(7))
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(40))
    attempted_at: Mapped[datetime] = mapped_column(UTCDateTime())

    mandate: Mapped[BankMandate] = relationship(back_populates="debits")

    __table_args__ = (
        UniqueConstraint("mandate_id", "period"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(states.check(DebitState), name="state"),
        CheckConstraint("(state = 'failed') = (reason is not null)", name="reason_of_failure"),
    )
