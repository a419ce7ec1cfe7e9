"""What somebody has typed in a form and not sent yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime


class UnsentForm(Base):
    """The fields of one form of one person, sealed. `place` is the address that the form is sent to, `form` tells two that are open at once apart."""

    __tablename__ = "unsent_form"

    user: Mapped[str] = mapped_column("user_name", String(60), primary_key=True)
    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    case_number: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UTCDateTime())
    fields_sealed: Mapped[bytes] = mapped_column(LargeBinary, info={"personal": True})
    form: Mapped[str] = mapped_column(String(40), primary_key=True, server_default="0")

    __table_args__ = (Index("ix_unsent_form_at", "at"), Index("ix_unsent_form_case_number", "case_number"))
