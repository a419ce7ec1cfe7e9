"""Published process definitions: immutable versions of everything a process consists of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime


class ProcessDefinition(Base):
    """One version of a process: `package` holds the diagram, called processes, decisions and forms as one canonical JSON document."""

    __tablename__ = "definition"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    package: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime())
    published_by: Mapped[str] = mapped_column(String(60))
    approved_by: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (UniqueConstraint("key", "version"), Index("ix_definition_key_sha256", "key", "sha256"))


class DefinitionDraft(Base):
    """What an owner is drawing and has not published: one package per process key, saved as it is edited."""

    __tablename__ = "definition_draft"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    package: Mapped[bytes] = mapped_column(LargeBinary)
    base_version: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime())
    saved_by: Mapped[str] = mapped_column(String(60))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    submitted_by: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")


class DraftPlay(Base):
    """How a scenario came out on a draft: `sha256` is the fingerprint of what was played, `differences` as office.scenarios writes them."""

    __tablename__ = "draft_play"

    key: Mapped[str] = mapped_column(ForeignKey("definition_draft.key"), primary_key=True)
    process: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    ok: Mapped[bool]
    differences: Mapped[str] = mapped_column(Text)
    played_at: Mapped[datetime] = mapped_column(UTCDateTime())
