"""Variables, kept outside SpiffWorkflow: one scope per process, called process or item; an embedded sub-process shares that of what it stands in.

A called process begins with a copy of its caller's variables. An item of a multi-instance activity sees those around it as they are and writes only its own.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from engine.language import values
from engine.record.case_steps import CallEntered, CaseStep, is_of_scopes


@dataclass
class Scope:
    """The variables of one process, call or item; `process` is its key, `element` the activity, `due_groups` the deadlines shared by groups of steps.

    `index` is the place of an item among `count`, from 1; 0 for a process or a call.
    """

    number: int
    process: str
    parent: int
    element: str = ""
    variables: MutableMapping[str, Any] = field(default_factory=dict)
    due_groups: dict[str, Any] = field(default_factory=dict)
    index: int = 0
    count: int = 0

    @property
    def own(self) -> dict[str, Any]:
        """The variables written here."""
        return dict(self.variables.maps[0]) if isinstance(self.variables, ChainMap) else dict(self.variables)


class Scopes:
    """The scopes of one case by number, 0 being the process itself: the one follower of which scope lies where.

    Those that are closed are known as long as this lives, for whoever tells of them; what is packed are the open ones.
    """

    def __init__(self, process: str) -> None:
        self._open = {0: Scope(0, process, 0)}
        self._closed: dict[int, Scope] = {}

    def __getitem__(self, number: int) -> Scope:
        return self._open[number]

    def __contains__(self, number: int) -> bool:
        return number in self._open

    def known(self, number: int) -> Scope | None:
        """Return a scope that is open or was; None for one of which nothing was told."""
        return self._open.get(number) or self._closed.get(number)

    def process(self, number: int) -> str:
        """Return the process that a scope belongs to; the main one where nothing was told of the scope."""
        scope = self.known(number)
        return scope.process if scope is not None else self._open[0].process

    def follow(self, step: CaseStep) -> list[Scope]:
        """Open or close what a step tells of, without its variables. Returns: the scopes that it closes, the outermost first."""
        if not is_of_scopes(step):
            return []
        match step["type"]:
            case "call_entered":
                self.open(step["called"], step["process"], step.get("scope", 0), step["element"])
            case "item_entered":
                self.open_item(step["item"], step.get("scope", 0), step["element"], (step["index"], step["count"]))
            case "call_left" | "call_cancelled":
                return self.close(step["called"])
            case "item_left" | "item_cancelled":
                return self.close(step.get("item", 0))
            case "items_left" | "approval_given":
                pass  # variables of a scope that stays
            case _:
                assert_never(step)
        return []

    def hand_over(self, step: CallEntered) -> None:
        """Give a call that was just entered what its step hands to it, for whoever reads a record without the case."""
        self._open[step["called"]].variables.update(step["variables"])

    def open(self, number: int, process: str, parent: int, element: str) -> Scope:
        """Open a scope for a call: a copy of the caller's variables."""
        self._open[number] = Scope(number, process, parent, element, dict(self._around(parent).variables))
        return self._open[number]

    def open_item(self, number: int, parent: int, element: str, place: tuple[int, int]) -> Scope:
        """Open a scope for an item at a `place` (index, count): over the variables around it, and with their deadlines as they are now."""
        outer = self._around(parent)
        variables = _over({}, outer.variables)
        self._open[number] = Scope(number, outer.process, parent, element, variables, dict(outer.due_groups), *place)
        return self._open[number]

    def _around(self, number: int) -> Scope:
        """Return the scope around; where the beginning of a record was not read it may not have been told of."""
        return self.known(number) or self._open[0]

    def drawn(self, number: int) -> int:
        """Return the process or call on whose diagram a scope is seen: an item stands on that of its activity."""
        scope = self.known(number)
        while scope is not None and scope.index:
            number = scope.parent
            scope = self.known(number)
        return number

    def item_around(self, number: int) -> Scope | None:
        """Return the innermost item that a scope is, or was called in."""
        scope = self.known(number)
        while scope is not None and not scope.index and scope.number:
            scope = self.known(scope.parent)
        return scope if scope is not None and scope.index else None

    def inside(self, number: int) -> list[Scope]:
        """Return the open scopes that were opened somewhere in one, the outermost first."""
        children = [scope for scope in self._open.values() if scope.parent == number != scope.number]
        return [nested for scope in children for nested in (scope, *self.inside(scope.number))]

    def close(self, number: int) -> list[Scope]:
        """Close a scope and those opened from it, unless it is closed. Returns: what was open of them."""
        if not number or number not in self._open:
            return []
        closed = [self._open[number], *self.inside(number)]
        for scope in closed:
            self._closed[scope.number] = self._open.pop(scope.number)
        return closed

    def calls(self) -> dict[int, str]:
        """Return the processes called so far, by the number of the scope they were called into."""
        scopes = {**self._closed, **self._open}
        return {number: scope.process for number, scope in sorted(scopes.items()) if number and not scope.index}

    def called(self) -> set[str]:
        """Return the processes that were called and are not left yet."""
        return {scope.process for scope in self._open.values() if scope.number and not scope.index}

    def numbers(self) -> list[int]:
        """Return the open scopes."""
        return list(self._open)

    def pack(self) -> list[Any]:
        """Return a JSON-able form."""
        return [
            [
                *(s.number, s.process, s.parent, s.element, values.pack(s.own), values.pack(s.due_groups)),
                *((s.index, s.count) if s.index else ()),
            ]
            for s in self._open.values()
        ]

    @classmethod
    def unpack(cls, packed: list[Any]) -> Scopes:
        """Undo `pack`: return the scopes that it made this of."""
        members = [
            Scope(number, key, parent, element, values.unpack(variables), values.unpack(due), *place)
            for number, key, parent, element, variables, due, *place in packed
        ]
        scopes = cls(members[0].process)
        scopes._open = {scope.number: scope for scope in members}
        for scope in members:  # what is around an item was opened before it
            if scope.index:
                scope.variables = _over(scope.own, scopes[scope.parent].variables)
        return scopes


def _over(own: dict[str, Any], outer: MutableMapping[str, Any]) -> ChainMap[str, Any]:
    return ChainMap(own, *outer.maps) if isinstance(outer, ChainMap) else ChainMap(own, outer)
