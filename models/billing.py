"""The ledger, and the papers that stand on it: bills, receipts, refunds, credits, waivers, holds, secondary pricing items.

Every amount is an integer number of fen. Nothing here decides who may have money back; `service_tasks.gateway` is the only writer.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    event,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.base import Base, UTCDateTime
from models.entry import guard

DEBIT_NORMAL = ("receivable", "late_fee", "hold", "cash", "adjustment", "provincial_settlement", "staff_receivable")
CREDIT_NORMAL = ("prepayment", "deposit", "revenue", "recharge_suspense")
ACCOUNT_KINDS = DEBIT_NORMAL + CREDIT_NORMAL
NEVER_NEGATIVE = ("prepayment", "deposit", "hold", "late_fee", "recharge_suspense")
ITEM_KINDS = ("function_fee", "monthly_fee", "call", "roaming", "monternet", "other")
RECEIPT_KINDS = ("prepayment", "charge", "late_fee", "deposit")
RECEIPT_MEDIA = ("paper", "electronic")
PERSONAL = {"personal": True}


class LedgerAccount(Base):
    """An account of the ledger; those of a customer name the subscription, the operator's own name none.

    `balance` counts in the account's own direction: what the customer owes (receivable, late_fee, hold: debit) or what the operator owes
    (prepayment, deposit: credit) is positive. It is the sum of the postings, which the database itself keeps up to date as they are
    inserted: nobody else writes it, and reading it is one row.
    A receivable may go below zero: a credit that waits for the next bill. The operator's own accounts keep no balance (null): every case
    touches them, and one row that every case must change would make all of them wait for each other. Theirs is summed when asked for.
    """

    __tablename__ = "ledger_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id"))
    balance: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        UniqueConstraint("subscription_id", "kind"),
        Index(
            "uq_ledger_account_operator_kind",
            "kind",
            unique=True,
            sqlite_where=text("subscription_id is null"),
            postgresql_where=text("subscription_id is null"),
        ),
        CheckConstraint(f"kind in {ACCOUNT_KINDS}", name="kind"),
        CheckConstraint(f"balance is null or balance >= 0 or kind not in {NEVER_NEGATIVE}", name="never_negative"),
        CheckConstraint(
            "(balance is not null) = (subscription_id is not null or kind = 'recharge_suspense')", name="balance_kept"
        ),
    )


class JournalEntry(Base):
    """One business transaction in the ledger. `key` is its idempotency key: the same service call can never be entered twice."""

    __tablename__ = "journal_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    memo: Mapped[str] = mapped_column(String(200), default="")
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)

    postings: Mapped[list[Posting]] = relationship(back_populates="entry", order_by="Posting.line", viewonly=True)


class Posting(Base):
    """One line of a journal entry: an amount that leaves one account (credit) and arrives in another (debit).

    Each row carries its debit and its credit, so an unbalanced entry cannot be stored: there is no row that could be missing.
    Rows are append-only; the database itself refuses to change or delete them. A mistake is undone by a new entry the other way.
    """

    __tablename__ = "posting"

    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    debit_account_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    credit_account_id: Mapped[int] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    amount: Mapped[int]

    entry: Mapped[JournalEntry] = relationship(back_populates="postings", viewonly=True)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
    )


def _carry_to_balances() -> str:
    """Return SQL that adds the posting NEW to the balances of its two accounts, each in its own direction."""
    moves = (("debit", "NEW.amount", "-NEW.amount"), ("credit", "-NEW.amount", "NEW.amount"))
    return " ".join(
        f"UPDATE ledger_account SET balance = balance + CASE WHEN kind IN {DEBIT_NORMAL} THEN {owed_to_us} ELSE {owed_by_us} END "  # noqa: S608
        f"WHERE id = NEW.{side}_account_id AND balance IS NOT NULL;"
        for side, owed_to_us, owed_by_us in moves
    )


def _keep_balances(table: object) -> None:
    """Attach the trigger that keeps balances equal to the postings, on either database."""
    statements = (
        ("sqlite", f"CREATE TRIGGER posting_balance AFTER INSERT ON posting BEGIN {_carry_to_balances()} END"),
        (
            "postgresql",
            "CREATE OR REPLACE FUNCTION posting_balance() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {_carry_to_balances()} RETURN NULL; END $$",
        ),
        (
            "postgresql",
            "CREATE TRIGGER posting_balance AFTER INSERT ON posting FOR EACH ROW EXECUTE FUNCTION posting_balance()",
        ),
    )
    for dialect, statement in statements:
        event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))


guard(JournalEntry.__table__, "journal_entry")
guard(Posting.__table__, "posting")
_keep_balances(Posting.__table__)


class BillState(StrEnum):
    """Of a bill."""

    OPEN = "open"
    PAID = "paid"


class Bill(Base):
    """A customer bill of one period ("2026-11"); what is still due stands in the receivable account, not here."""

    __tablename__ = "bill"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"))
    period: Mapped[str] = mapped_column(String(7))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime())
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(8), default=BillState.OPEN)

    items: Mapped[list[BillItem]] = relationship(back_populates="bill", order_by="BillItem.line")

    __table_args__ = (
        UniqueConstraint("subscription_id", "period"),
        CheckConstraint(states.check(BillState), name="state"),
    )

    @property
    def total(self) -> int:
        """The sum of its items in fen, as issued."""
        return sum(item.amount for item in self.items)


class BillItem(Base):
    """One line of a bill; `disputed` is the part of `amount` a complaint has put in doubt."""

    __tablename__ = "bill_item"

    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int]
    service_provider: Mapped[str | None] = mapped_column(String(80))
    disputed: Mapped[int] = mapped_column(default=0)

    bill: Mapped[Bill] = relationship(back_populates="items")

    __table_args__ = (
        CheckConstraint(f"kind in {ITEM_KINDS}", name="kind"),
        CheckConstraint("disputed >= 0", name="disputed_not_negative"),
    )


class Receipt(Base):
    """An original receipt or invoice of a customer; `refunded` is what has been given back of it, against it or in another way.

    One of paper is taken back for cash, an electronic one reversed; what came of that is `models.receipt_exchange`.
    """

    __tablename__ = "receipt"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int]
    refunded: Mapped[int] = mapped_column(default=0)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime())
    medium: Mapped[str] = mapped_column(String(10), default="paper")

    __table_args__ = (
        CheckConstraint(f"kind in {RECEIPT_KINDS}", name="kind"),
        CheckConstraint(f"medium in {RECEIPT_MEDIA}", name="medium"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("refunded >= 0 and refunded <= amount", name="refunded_within_amount"),
    )


class LateFeeAccrual(Base):
    """Late fee drawn for one bill on one day; `base` is what was overdue without the amounts on hold, which draw none."""

    __tablename__ = "late_fee_accrual"

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"))
    accrued_on: Mapped[date]
    base: Mapped[int]
    amount: Mapped[int]
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))

    __table_args__ = (
        UniqueConstraint("bill_id", "accrued_on"),
        CheckConstraint("base > 0 and amount > 0", name="amounts_positive"),
    )


class Refund(Base):
    """Money given back, in cash or to another number; `form` holds what stands on the refund, reduction and waiver sheet."""

    __tablename__ = "refund"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    receipt_number: Mapped[str | None] = mapped_column(ForeignKey("receipt.number"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    method: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    form: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=PERSONAL)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)

    __table_args__ = (
        CheckConstraint(f"kind in {RECEIPT_KINDS}", name="kind"),
        CheckConstraint("method in ('cash', 'transfer')", name="method"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )


class CreditNote(Base):
    """A credit against what a subscription still owes (charges or late fee), with the sheet it was granted on."""

    __tablename__ = "credit_note"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    form: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=PERSONAL)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)

    __table_args__ = (
        CheckConstraint("kind in ('charge', 'late_fee')", name="kind"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )


class LateFeeWaiver(Base):
    """A late fee that the operator gave up, with the late-fee waiver sheet."""

    __tablename__ = "late_fee_waiver"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    amount: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    form: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=PERSONAL)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)


class HoldState(StrEnum):
    """Of a charge hold: not charged meanwhile, credited for good, or rejected and charged again."""

    HELD = "held"
    CREDITED = "credited"
    REJECTED = "rejected"


class ChargeHold(Base):
    """A disputed amount parked until accounting settles it (a Thursday): credited, or rejected and due again."""

    __tablename__ = "charge_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=HoldState.HELD)
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime())
    settle_on: Mapped[date]
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(states.check(HoldState), name="state"),
        Index("ix_charge_hold_settle_on_state", "settle_on", "state"),
    )


class CorrectionState(StrEnum):
    """Of a correction of the next bill: entered, handed in with its run, on the bill, or left out by its run."""

    COLLECTED = "collected"
    HANDED_IN = "handed_in"
    APPLIED = "applied"
    OMITTED = "omitted"


class SecondaryPricingItem(Base):
    """A correction collected for the secondary-pricing run of a period.

    `omit_once` says that the run left this item out: its first application does nothing and clears the mark, so that the check after the
    bill (TS-003.8) finds the omission and sends it round again. `omitted_by` is the idempotency key of that application, or NO_BILL where the run
    handed the item back because the number gets no further bill: then it is settled in another way, and waits for no run.
    """

    NO_BILL = "no_bill"

    __tablename__ = "secondary_pricing_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    period: Mapped[str] = mapped_column(String(7))
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), index=True)
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    item_kind: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default=CorrectionState.COLLECTED)
    omit_once: Mapped[bool] = mapped_column(default=False)
    omitted_by: Mapped[str | None] = mapped_column(String(160))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime())
    applied_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(states.check(CorrectionState), name="state"),
        Index("ix_secondary_pricing_item_period_state", "period", "state"),
    )

    @classmethod
    def waits(cls) -> ColumnElement[bool]:
        """Return the condition under which an item still waits for a run."""
        return and_(cls.state != CorrectionState.APPLIED, or_(cls.omitted_by.is_(None), cls.omitted_by != cls.NO_BILL))


class SecondaryPricingOmission(Base):
    """The next run leaves this subscription out: the next item entered for it gets `omit_once`, and the row goes."""

    __tablename__ = "secondary_pricing_omission"

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), primary_key=True)


class DocumentSequence(Base):
    """The last number given out in a series of a year, e.g. refunds of 2026; one row per series, locked while the next is taken."""

    __tablename__ = "document_sequence"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
