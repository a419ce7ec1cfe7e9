"""What was granted to be given back, on whose authority, and what of it was carried out; the ledger itself is in `billing`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime

LEVELS = ("clerk", "supervisor", "department", "two")


class Grant(Base):
    """An amount (fen) that may be given back in a case: on what grounds (`basis`, a row of the authority table), in which way, and on whose authority.

    `employee` is the employee number of whoever asked, or their log-in where they have none. `carried_out` is what was given in the end, at most
    `amount`; null while nothing was; `cash` where it goes over the counter. `under` is the step whose approval it rests on, where there is one.
    """

    __tablename__ = "authority_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    case_number: Mapped[str] = mapped_column(String(60), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    employee: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    basis: Mapped[str] = mapped_column(String(24))
    way: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    level: Mapped[str] = mapped_column(String(12))
    under: Mapped[str | None] = mapped_column(String(120))
    carried_out: Mapped[int | None]
    carried_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    cash: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("carried_out is null or (carried_out > 0 and carried_out <= amount)", name="never_more"),
        CheckConstraint("(carried_out is null) = (carried_key is null)", name="carried_by_a_call"),
        CheckConstraint(f"level in {LEVELS}", name="level"),
        Index(
            "uq_authority_grant_unused",
            "case_number",
            "way",
            unique=True,
            sqlite_where=text("carried_out is null"),
            postgresql_where=text("carried_out is null"),
        ),
        Index("ix_authority_grant_customer_id_at", "customer_id", "at"),
        Index("ix_authority_grant_employee_at", "employee", "at"),
    )
