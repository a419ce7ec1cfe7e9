"""A token where it stands, and what is noted on it beside the state of the case."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Protocol, TypedDict

from engine.diagrams.diagram import Element
from engine.record.case_steps import AtToken
from engine.record.scopes import Scope

TOKEN: Final = "n"
SCOPE: Final = "scope"
ITEM: Final = "item"
ITEMS: Final = "items"
SKIPPED: Final = "skipped"
WAITS: Final = "waits"


class Items(TypedDict):
    """How far a multi-instance activity is: how many items there are and are left, those still to be entered, and (index, result) of each."""

    count: int
    left: int
    waiting: list[Any]
    results: list[list[Any]]


class Notes(TypedDict, total=False):
    """What is noted on a token: its number, the scope it opened, the item it is or the items it has, what it waits for.

    A timer that repeats notes which time it is and when it is due and was; `engine.spiff` how the token came and whether it may go on.
    """

    n: int
    scope: int
    item: int
    items: Items
    skipped: bool
    waits: dict[str, str]
    index: int
    due: str
    former: str
    arrived: str
    chosen: str
    event_fired: bool
    released: bool


class Task(Protocol):
    """What moves along the diagram, as far as it is known outside `engine.spiff`."""

    internal_data: Notes

    @property
    def before(self) -> Task:
        """What it came from."""

    def run(self) -> bool | None: ...
    def complete(self) -> None: ...


class Token(NamedTuple):
    """A token with its number, the element it is about, and the scope that the element's expressions see.

    At a gateway that waits for events every event has a token of its own, and `task` is that of the gateway.
    """

    task: Task
    number: int
    element: Element
    scope: Scope

    @property
    def at(self) -> AtToken:
        """What a step says that is about this token."""
        return {"token": self.number, "element": self.element.id}
