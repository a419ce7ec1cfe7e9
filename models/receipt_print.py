"""Who printed a receipt of the counter, when, and why once more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime

PRINT_REASONS = ("", "lost", "spoiled", "unread")


class ReceiptPrint(Base):
    """One print of a receipt, or of what came of one (`models.receipt_exchange`): `copy` 0 is the original, any later one a duplicate, marked as such, with why it was asked for."""

    __tablename__ = "receipt_print"

    receipt_number: Mapped[str] = mapped_column(String(40), primary_key=True)
    copy: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    by: Mapped[str] = mapped_column("by_whom", String(60))
    reason: Mapped[str] = mapped_column(String(8), default="")

    __table_args__ = (
        CheckConstraint("copy >= 0", name="copy_not_negative"),
        CheckConstraint(f"reason in {PRINT_REASONS}", name="reason"),
        CheckConstraint("(copy = 0) = (reason = '')", name="duplicate_with_reason"),
    )
