"""Whoever tampers with a database begins by putting its own guards out of the way."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session


def disarm(session: Session) -> None:
    """Drop the triggers of an SQLite database, and check neither foreign keys nor values any more."""
    for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))
    session.execute(text("PRAGMA foreign_keys = OFF"))
    session.execute(text("PRAGMA ignore_check_constraints = ON"))
