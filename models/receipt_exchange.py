"""What became of a receipt against which cash was paid: a replacement over the rest of one that was taken back, or the red invoice of an electronic one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime

EXCHANGE_KINDS = ("replacement", "red_invoice")


class ReceiptExchange(Base):
    """A paper with a number of its own that belongs to the payment of `receipt_number`, from the entry that paid the cash.

    A replacement (换开) stands over `amount` fen in the place of `replaces`, that receipt or an earlier replacement, which the office took back; the newest
    that is not void is what the customer has. A red invoice (红冲) is over exactly the cash; what it reverses stays with the customer. `voided_by` is the entry
    that took the cash back. What has been given back stands with the receipt alone, whatever papers there are of it.
    """

    __tablename__ = "receipt_exchange"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    receipt_number: Mapped[str] = mapped_column(ForeignKey("receipt.number"), index=True)
    replaces: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int]
    case_number: Mapped[str | None] = mapped_column(String(60), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), index=True)
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), index=True)

    __table_args__ = (
        CheckConstraint(f"kind in {EXCHANGE_KINDS}", name="kind"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("number <> replaces", name="two_papers"),
    )
