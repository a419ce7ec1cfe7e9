"""Comments that staff leave on a case: read by people, never by a process."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime


class Comment(Base):
    """One remark on a case; remarks are added, not edited."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[str] = mapped_column(String(60))
    user: Mapped[str] = mapped_column("user_name", String(60))
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    text: Mapped[str] = mapped_column(Text, info={"personal": True})

    __table_args__ = (
        CheckConstraint("length(text) > 0", name="text_not_empty"),
        Index("ix_comment_case_number_at", "case_number", "at"),
    )
