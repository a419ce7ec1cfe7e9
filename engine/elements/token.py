"""A token where it stands, and what is noted on it beside the state of the case."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from engine.diagrams.diagram import Element
from engine.record.scopes import Scope

TOKEN = "n"
SCOPE = "scope"
ITEM = "item"
ITEMS = "items"
SKIPPED = "skipped"
WAITS = "waits"


class Task(Protocol):
    """What moves along the diagram, as far as it is known outside `engine.spiff`."""

    internal_data: dict[str, Any]
    task_spec: Any
    workflow: Any
    parent: Any
    children: Any

    def run(self) -> None: ...
    def complete(self) -> None: ...


class Token(NamedTuple):
    """A token with its number, the element it is about, and the scope that the element's expressions see.

    At a gateway that waits for events every event has a token of its own, and `task` is that of the gateway.
    """

    task: Task
    number: int
    element: Element
    scope: Scope
