"""Process instances: starting one and cancelling one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from engine.ground.errors import Invalid
from engine.language import values
from engine.published import versions
from engine.running import execution
from engine.running.execution import Advanced
from engine.runtime.permissions import Actor
from engine.spiff import commands
from models.base import transaction


class InvalidVariables(Invalid):
    """The variables to start with cannot be stored."""


def start(key: str, *, business_key: str, variables: dict[str, Any], by: Actor, at: datetime) -> Advanced:
    """Start the newest version of a process and run it to its first wait states.

    Errors: UnknownProcess, InvalidVariables, UnusableKey, and EndlessLoop or FeelLimit where it would never come to wait.
    """
    _check(variables)
    with transaction():
        return execution.create(versions.current(key), business_key, dict(variables), by=by.user, at=at)


def _check(variables: dict[str, Any]) -> None:
    try:
        values.canonical(variables)
    except values.NotStorable as error:
        raise InvalidVariables(why=error.message) from error


def meet_limit(instance_id: int, *, text: str, by: Actor, at: datetime, aside: Collection[str] = ()) -> Advanced:
    """Record that what the case's limit asks for has been done outside its steps; `text` is what the customer was told, `aside` the doubts set aside.

    Errors: UnknownInstance, InstanceEnded.
    """
    return execution.advance(instance_id, lambda run: commands.meet_limit(run, by.user, text, aside), by=by.user, at=at)


def cancel(instance_id: int, *, reason: str, by: Actor, at: datetime) -> Advanced:
    """Close a case without finishing it; its open tasks, timers and messages go. Errors: UnknownInstance, InstanceEnded."""
    return execution.advance(instance_id, lambda run: commands.cancel(run, reason), by=by.user, at=at)
