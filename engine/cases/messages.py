"""Messages: bringing one to every instance that waits for it under a correlation key."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from engine.ground.errors import Conflict
from engine.record.steps import Failed
from engine.running import execution, jobs
from engine.runtime.permissions import Actor
from engine.spiff import commands
from models.base import savepoint, session, transaction
from models.timer import MessageSubscription

GONE = ("UnknownToken", "InstanceEnded", "UnknownInstance")


class NotAllReleased(Conflict):
    """Some of the waiting cases could not go on; the others have."""


def correlate(message: str, key: str, *, variables: dict[str, Any], by: Actor, at: datetime) -> int:
    """Release the instances waiting for `message` under `key`, one commit each; how many went on.

    A case that reaches a limit becomes an incident. An instance that has gone away meanwhile is passed over, so that the call can be repeated after an interruption.
    Errors: NotAllReleased, after every instance has had its turn.
    """
    released, broken = 0, []
    for instance_id, token in waiting_for(message, key):
        command = partial(commands.receive_message, token=token, variables=variables)
        outcome = jobs.survive(message, partial(_go_on, instance_id, command, by, at))
        if not isinstance(outcome, Failed):
            released += 1
        elif outcome.kind not in GONE:
            broken.append(outcome.kind)
    if broken:
        raise NotAllReleased(message=message, key=key, released=released, kinds=sorted(set(broken)))
    return released


def _go_on(instance_id: int, command: execution.Command, by: Actor, at: datetime) -> None:
    """Go on with one case, undone as a whole when it breaks; one that reached a limit is put before the operator."""
    with execution.limits_become_incidents(by=by.user, at=at), transaction(), savepoint():
        execution.advance(instance_id, command, by=by.user, at=at)


def waiting_for(message: str, key: str) -> list[tuple[int, int]]:
    """Return (instance id, token) of everyone waiting for a message under a key, oldest first."""
    rows = session().execute(
        select(MessageSubscription.instance_id, MessageSubscription.token)
        .where(MessageSubscription.message == message, MessageSubscription.correlation_key == key)
        .order_by(MessageSubscription.instance_id, MessageSubscription.token)
    )
    return [(row.instance_id, row.token) for row in rows]


def keys_waited_under(message: str) -> list[str]:
    """Return the correlation keys under which anyone waits for a message, in order."""
    key = MessageSubscription.correlation_key
    return list(session().scalars(select(key).where(MessageSubscription.message == message).distinct().order_by(key)))
