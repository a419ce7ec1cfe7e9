"""History entries: append-only, chained by hash; one per commit of a stream."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, LargeBinary, String, event
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UTCDateTime


class HistoryEntry(Base):
    """The ordered steps of one commit as canonical bytes, the hash of the entry before it, and its own hash and MAC."""

    __tablename__ = "entry"

    stream: Mapped[str] = mapped_column(String(12), primary_key=True)
    stream_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)
    actor: Mapped[str] = mapped_column(String(60))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    mac: Mapped[bytes] = mapped_column(LargeBinary(32))

    __table_args__ = (
        CheckConstraint("stream in ('instance', 'user', 'definition')", name="stream"),
        Index("ix_entry_actor", "actor", "stream", "stream_id"),
    )


class RefusalsNotKept(Base):
    """How many refused entries of one person for one task have not been kept, because so many were within the hour; until the history says it."""

    __tablename__ = "refusals_not_kept"

    user: Mapped[str] = mapped_column(String(60), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("user_task.id"), primary_key=True)
    number: Mapped[int]
    since: Mapped[datetime] = mapped_column(UTCDateTime())
    until: Mapped[datetime] = mapped_column(UTCDateTime(), index=True)


def append_only(table_name: str) -> tuple[list[str], list[str]]:
    """Return the statements that make a table refuse UPDATE and DELETE: (for SQLite, for PostgreSQL)."""
    sqlite = [
        f"CREATE TRIGGER {table_name}_no_{verb.lower()} BEFORE {verb} ON {table_name} "
        f"BEGIN SELECT RAISE(ABORT, '{table_name} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]
    postgresql = [
        f"CREATE OR REPLACE FUNCTION {table_name}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table_name} is append-only'; END $$",
        f"CREATE TRIGGER {table_name}_append_only BEFORE UPDATE OR DELETE ON {table_name} "
        f"FOR EACH ROW EXECUTE FUNCTION {table_name}_append_only()",
    ]
    return sqlite, postgresql


def guard(table: object, table_name: str) -> None:
    """Attach the append-only triggers to the creation of `table`."""
    for dialect, statements in zip(("sqlite", "postgresql"), append_only(table_name), strict=True):
        for statement in statements:
            escaped = statement.replace("%", "%%")
            event.listen(table, "after_create", DDL(escaped).execute_if(dialect=dialect))


guard(HistoryEntry.__table__, "entry")
