"""Timers and message subscriptions: what waiting instances wait for, found by index and not by loading instances."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime


class Timer(Base):
    """A timer event that will fire at `due_at` unless its token goes away before."""

    __tablename__ = "timer"

    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(String(120))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)


class Setback(Base):
    """Something due that could not be done: how often it was tried, and when it is tried again; null when a person must see to it.

    `token` is a timer's or a user task's, 0 for the limit of the whole case. Kept apart from what is due, so that the record decides what is due
    and this only when it is tried.
    """

    __tablename__ = "setback"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    attempts: Mapped[int]
    again_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    error: Mapped[str] = mapped_column(Text)

    __table_args__ = (CheckConstraint("kind in ('timer', 'task', 'case')", name="kind"),)


class MessageSubscription(Base):
    """A token that waits for a message with a correlation key."""

    __tablename__ = "message_subscription"

    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(String(120))
    message: Mapped[str] = mapped_column(String(120))
    correlation_key: Mapped[str] = mapped_column(String(120))

    __table_args__ = (Index("ix_message_subscription_message", "message", "correlation_key", "instance_id"),)
