"""The service tasks of this office by topic."""

from __future__ import annotations

from collections.abc import Mapping

from engine.ground.errors import NotFound
from engine.runtime import runtime
from engine.runtime.declarations import BpmnError, Call, Handler, JobFailed, handler, together

__all__ = [
    "BpmnError",
    "Call",
    "Handler",
    "JobFailed",
    "UnknownTopic",
    "find",
    "handler",
    "handlers_by_topic",
    "together",
]


class UnknownTopic(NotFound):
    """No service task handler has this topic."""


def find(topic: str) -> Handler:
    """Return the handler of `topic`. Errors: UnknownTopic."""
    try:
        return handlers_by_topic()[topic]
    except KeyError:
        raise UnknownTopic(topic=topic) from None


def handlers_by_topic() -> Mapping[str, Handler]:
    """Return every handler by topic."""
    return runtime.current().handlers
