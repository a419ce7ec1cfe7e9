"""The streams of people: what somebody did that is no step of a case and belongs in the record, chained like everything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine import history
from engine.permissions import Actor
from engine.steps import step
from models.base import session, transaction
from models.identity import User

USER = "user"


def record(type: str, *, by: Actor, at: datetime, **fields: Any) -> None:
    """Add a step to the history of the person who does it."""
    with transaction():
        session().get(User, by.user, with_for_update=True)  # two requests of one person come one after the other
        history.append(USER, by.user, history.head(USER, by.user), [step(type, **fields)], by=by.user, at=at)
