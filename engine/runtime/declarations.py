"""What a service task declares of itself: how its topic is called, what it takes, returns and may refuse; and background work by its topic.

A declaration is written at the function and stays there. Which of them an office serves stands in its `Runtime`, made from the modules that
declare them; the engine looks them up by topic and never imports them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import FunctionType, ModuleType
from typing import Any

from marshmallow import Schema


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
    """The business said no: taken by an error boundary event with this code; `also` is what else it would say no to."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code, self.values = code, values
        self.also: tuple[BpmnError, ...] = ()
        super().__init__(code)


def together(first: BpmnError, *siblings: BpmnError) -> BpmnError:
    """Return one no for several that are told at once; the first is the one that is recorded."""
    first.also = siblings
    return first


class JobFailed(Exception):
    """The world said no for now: tried again later, in the end an incident."""


Function = Callable[[dict[str, Any], Call], dict[str, Any]]
Refusals = Mapping[str, tuple[str, ...]] | tuple[str, ...]
Fills = Callable[[Mapping[str, str]], Mapping[str, Mapping[str, bool]]]


@dataclass(frozen=True, kw_only=True)
class Handler:
    """One registered service task. `outside` marks an effect beyond our database, run as a durable job.

    `about` says of every refusal which parameters it is about, the likeliest first: whoever has just entered one of them is told before
    anything is completed. None: what was entered is right, and the refusal is a finding that the diagram goes on with.
    `fills` says which names a wording asks for: from the parameters that are written out in a diagram (name → text) to those that hand
    over its values (name → what may be in them, and whether it must). `begins` is the process that is begun beside the case.
    """

    topic: str
    function: Function
    parameters: type[Schema]
    result: type[Schema]
    about: Mapping[str, tuple[str, ...]]
    manual_ref: str
    title_zh: str
    title_en: str
    outside: bool
    fills: Fills | None = None
    begins: str = ""

    @property
    def errors(self) -> tuple[str, ...]:
        """The codes it may refuse with."""
        return tuple(self.about)

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
    return frozenset(name for schema in schemas for name, field in schema.fields.items() if field.metadata.get(mark))


_DECLARED = "declared"


def handler(
    topic: str,
    *,
    parameters: type[Schema],
    result: type[Schema],
    title_zh: str,
    title_en: str,
    manual_ref: str = "",
    errors: Refusals = (),
    outside: bool = False,
    fills: Fills | None = None,
    begins: str = "",
) -> Callable[[Function], Function]:
    """Declare the decorated function under `topic`.

    Shape: `errors` maps each code it may refuse with to the parameters that refusal is about (see `Handler.about`); a mere list of
           codes is about none.
    """

    def declare(function: Function) -> Function:
        function.__dict__[_DECLARED] = Handler(
            topic=topic,
            function=function,
            parameters=parameters,
            result=result,
            about=_about(topic, errors, parameters),
            manual_ref=manual_ref,
            title_zh=title_zh,
            title_en=title_en,
            outside=outside,
            fills=fills,
            begins=begins,
        )
        return function

    return declare


def _about(topic: str, errors: Refusals, parameters: type[Schema]) -> Mapping[str, tuple[str, ...]]:
    about = errors if isinstance(errors, Mapping) else dict.fromkeys(errors, ())
    unknown = {name for names in about.values() for name in names} - parameters._declared_fields.keys()
    if unknown:
        raise ValueError(f"topic {topic} has no parameters {sorted(unknown)}")
    return about


Work = Callable[[dict[str, Any], datetime], None]


@dataclass(frozen=True)
class Background:
    """Work of the office that the queue runs: `function(parameters, at)`; it must be resumable."""

    topic: str
    function: Work


def background(topic: str) -> Callable[[Work], Work]:
    """Declare the decorated function as work of the office that the queue runs."""

    def declare(function: Work) -> Work:
        function.__dict__[_DECLARED] = Background(topic, function)
        return function

    return declare


Declaration = Handler | Background


def declared(*places: ModuleType | Function | Work) -> Iterator[Declaration]:
    """Yield what these functions declare, and the functions of these modules and of the modules inside them."""
    for place in places:
        if isinstance(place, ModuleType):
            yield from _in_module(place)
        elif _DECLARED in vars(place):
            yield vars(place)[_DECLARED]


def _in_module(module: ModuleType) -> Iterator[Declaration]:
    for value in vars(module).values():
        if isinstance(value, ModuleType) and value.__name__.startswith(f"{module.__name__}."):
            yield from _in_module(value)
        elif isinstance(value, FunctionType) and value.__module__ == module.__name__ and _DECLARED in vars(value):
            yield vars(value)[_DECLARED]
