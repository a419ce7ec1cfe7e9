"""The states that rows of the engine's tables are in; a column holds the text of one. No table lives here."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Of a case: one that is not active is over, and its row keeps no state of the engine."""

    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """Of a user task."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class IncidentState(StrEnum):
    """Of what is stuck."""

    OPEN = "open"
    RESOLVED = "resolved"


class JobState(StrEnum):
    """Of queued work: done or given up it is not taken any more."""

    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"


def check(states: type[StrEnum], column: str = "state") -> str:
    """Return the condition that a column holds one of these."""
    return f"{column} in ({', '.join(repr(str(state)) for state in states)})"
