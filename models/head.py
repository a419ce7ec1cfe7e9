"""Where streams end that have no row of their own, and the registers that number streams."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class StreamHead(Base):
    """The signed head of one person's or definition's stream, or a register: `sequence` is then how many streams it has numbered.

    `ordinal` is the number that the stream has in its register. Cases have theirs in `instance`.
    """

    __tablename__ = "stream_head"

    stream: Mapped[str] = mapped_column(String(12), primary_key=True)
    stream_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    ordinal: Mapped[int]
    sequence: Mapped[int]
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (CheckConstraint("stream in ('user', 'definition', 'register')", name="stream"),)
