"""Customers, their subscriptions (one per number in use) and what happened to each; no charge and no balance lives here."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import states
from models.base import Base, UTCDateTime

PERSONAL = {"personal": True}
KINDS = ("gotone", "prepaid")
REASONS = ("arrears", "request", "number_change")


class Customer(Base):
    """A person or company that holds subscriptions (TMF629 customer). `id_number` is the identity card or company register number."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), default="person")
    name: Mapped[str] = mapped_column(String(120), info=PERSONAL)
    id_number: Mapped[str] = mapped_column(String(40), default="", info=PERSONAL)
    address: Mapped[str] = mapped_column(String(200), default="", info=PERSONAL)

    subscriptions: Mapped[list[Subscription]] = relationship(back_populates="customer")

    __table_args__ = (
        CheckConstraint("kind in ('person', 'company')", name="kind"),
        Index("ix_customer_id_number", "id_number"),
        Index("ix_customer_name", "name"),
    )


class SubscriptionState(StrEnum):
    """Of a subscription."""

    IN_SERVICE = "in_service"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class Subscription(Base):
    """A number held by a customer: GoTone (postpaid) or prepaid.

    A cancelled number may be given out again, so an MSISDN can have several cancelled subscriptions, but only one other. A number
    without any row was never put into service (an invalid number in the sense of TS-004).
    """

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    msisdn: Mapped[str] = mapped_column(String(20), info=PERSONAL)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), default=SubscriptionState.IN_SERVICE)
    reason: Mapped[str | None] = mapped_column(String(20))
    state_since: Mapped[datetime] = mapped_column(UTCDateTime())
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime())
    number_changed_from: Mapped[str | None] = mapped_column(String(20), info=PERSONAL)
    deposits_closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    customer: Mapped[Customer] = relationship(back_populates="subscriptions")

    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(states.check(SubscriptionState), name="state"),
        CheckConstraint(f"reason is null or reason in {REASONS}", name="reason"),
        Index("ix_subscription_msisdn", "msisdn"),
        Index(
            "uq_subscription_msisdn_in_use",
            "msisdn",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
    )


class SubscriptionEvent(Base):
    """A change of state of a subscription: when, from what to what, and why."""

    __tablename__ = "subscription_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        CheckConstraint(f"from_state is null or {states.check(SubscriptionState, 'from_state')}", name="from_state"),
        CheckConstraint(states.check(SubscriptionState, "to_state"), name="to_state"),
        CheckConstraint(f"reason is null or reason in {REASONS}", name="reason"),
        Index("ix_subscription_event_subscription_id_at", "subscription_id", "at"),
    )
