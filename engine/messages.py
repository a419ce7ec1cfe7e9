"""Messages: bringing one to every instance that waits for it under a correlation key."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from engine import execution
from engine.errors import EngineError
from engine.permissions import Actor
from engine.spiff.run import Run
from models.base import session
from models.timer import MessageSubscription


def correlate(message: str, key: str, *, variables: dict[str, Any], by: Actor, at: datetime) -> int:
    """Release the instances waiting for `message` under `key`, one commit each; how many went on.

    An instance that has gone away meanwhile is passed over, so that the call can be repeated after an interruption.
    """
    released = 0
    for instance_id, token in waiting(message, key):
        try:
            command = partial(Run.receive_message, token=token, variables=variables)
            execution.advance(instance_id, command, by=by.user, at=at)
            released += 1
        except EngineError as error:
            if error.code not in ("UnknownToken", "InstanceEnded", "UnknownInstance"):
                raise
    return released


def waiting(message: str, key: str) -> list[tuple[int, int]]:
    """(instance id, token) of everyone waiting for a message under a key, oldest first."""
    rows = session().execute(
        select(MessageSubscription.instance_id, MessageSubscription.token)
        .where(MessageSubscription.message == message, MessageSubscription.correlation_key == key)
        .order_by(MessageSubscription.instance_id, MessageSubscription.token)
    )
    return [(row.instance_id, row.token) for row in rows]
