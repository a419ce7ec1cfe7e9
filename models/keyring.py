"""Which keys an office works with; the keys themselves are in files, never here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime

KEYS = ("master", "signing")


class KeyFingerprint(Base):
    """The fingerprint of a key in hex, by which the right file is told from another, and since when the office knows it."""

    __tablename__ = "key_fingerprint"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(UTCDateTime())

    __table_args__ = (CheckConstraint(f"name in {KEYS}", name="name"),)
