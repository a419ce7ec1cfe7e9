"""Timers and message subscriptions: what waiting instances wait for, found by index and not by loading instances."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import UTCDateTime, db


class Timer(db.Model):
    """A timer event that will fire at `due_at` unless its token goes away before."""

    __tablename__ = "timer"

    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(String(120))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)


class MessageSubscription(db.Model):
    """A token that waits for a message with a correlation key."""

    __tablename__ = "message_subscription"

    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(String(120))
    message: Mapped[str] = mapped_column(String(120))
    correlation_key: Mapped[str] = mapped_column(String(120))

    __table_args__ = (Index("ix_message_subscription_message", "message", "correlation_key", "instance_id"),)
