"""The registry of service task handlers: what a topic is called, takes, returns and may refuse.

Handlers register themselves when their module is imported (the composition root does that); the engine looks them up by topic and
never imports them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from marshmallow import Schema

from engine.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a handler is told beside its parameters. `key` is the same however often the job is attempted."""

    key: str
    instance_id: int
    business_key: str
    process_key: str
    element_id: str
    at: datetime
    actor: str


class BpmnError(Exception):
    """The business said no: taken by an error boundary event with this code."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code, self.values = code, values
        super().__init__(code)


class JobFailed(Exception):
    """The world said no for now: tried again later, in the end an incident."""


class UnknownTopic(NotFound):
    """No service task handler has this topic."""


Function = Callable[[dict[str, Any], Call], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Handler:
    """One registered service task. `outside` marks an effect beyond our database, run as a durable job."""

    topic: str
    function: Function
    parameters: type[Schema]
    result: type[Schema]
    errors: tuple[str, ...]
    manual_ref: str
    title_zh: str
    title_en: str
    outside: bool

    @cached_property
    def takes(self) -> Schema:
        """What loads the parameters."""
        return self.parameters()

    @cached_property
    def gives(self) -> Schema:
        """What dumps the result."""
        return self.result()

    @property
    def asks(self) -> frozenset[str]:
        """Names of the parameters that are marked personal."""
        return _marked("personal", self.takes)

    @property
    def answers(self) -> frozenset[str]:
        """Names in the result that are marked personal."""
        return _marked("personal", self.gives)

    @property
    def secret(self) -> frozenset[str]:
        """Names of parameters and results that nobody needs to see again."""
        return _marked("secret", self.takes, self.gives)


def _marked(mark: str, *schemas: Schema) -> frozenset[str]:
    return frozenset(name for one in schemas for name, field in one.fields.items() if field.metadata.get(mark))


_registry: dict[str, Handler] = {}


def handler(
    topic: str,
    *,
    parameters: type[Schema],
    result: type[Schema],
    title_zh: str,
    title_en: str,
    manual_ref: str = "",
    errors: tuple[str, ...] = (),
    outside: bool = False,
) -> Callable[[Function], Function]:
    """Register the decorated function under `topic`; a second one under the same topic is a programming error."""

    def register(function: Function) -> Function:
        known = _registry.get(topic)
        if known is not None and known.function.__module__ != function.__module__:
            raise ValueError(f"topic {topic} is registered twice")
        _registry[topic] = Handler(
            topic=topic,
            function=function,
            parameters=parameters,
            result=result,
            errors=errors,
            manual_ref=manual_ref,
            title_zh=title_zh,
            title_en=title_en,
            outside=outside,
        )
        return function

    return register


def find(topic: str) -> Handler:
    """The handler of `topic`. Errors: UnknownTopic."""
    try:
        return _registry[topic]
    except KeyError:
        raise UnknownTopic(topic=topic) from None


def registered() -> Mapping[str, Handler]:
    """Every handler by topic."""
    return dict(_registry)
