"""Variables, kept outside SpiffWorkflow: one scope per process, called process or item; an embedded sub-process shares that of what it stands in.

A called process begins with a copy of its caller's variables. An item of a multi-instance activity sees those around it as they are and writes only its own.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from engine.language import values


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
    """The scopes of one instance by number; 0 is the process itself."""

    def __init__(self, main: Scope) -> None:
        self._scopes = {main.number: main}

    def __getitem__(self, number: int) -> Scope:
        return self._scopes[number]

    def __contains__(self, number: int) -> bool:
        return number in self._scopes

    def open(self, number: int, process: str, parent: int, element: str, given: dict[str, Any]) -> Scope:
        """A scope for a call: a copy of the caller's variables with `given` on top."""
        scope = Scope(number, process, parent, element, {**self._scopes[parent].variables, **given})
        self._scopes[number] = scope
        return scope

    def open_item(self, number: int, parent: int, element: str, place: tuple[int, int], given: dict[str, Any]) -> Scope:
        """A scope for an item at a `place` (index, count): over the variables around it, and with their deadlines as they are now."""
        outer = self._scopes[parent]
        variables = _over(given, outer.variables)
        scope = Scope(number, outer.process, parent, element, variables, dict(outer.due_groups), *place)
        self._scopes[number] = scope
        return scope

    def item_around(self, number: int) -> Scope | None:
        """The innermost item that a scope is, or was called in."""
        scope = self._scopes[number]
        while not scope.index and scope.number:
            scope = self._scopes[scope.parent]
        return scope if scope.index else None

    def items_in(self, number: int) -> bool:
        """Whether an item was entered somewhere inside a scope and is not forgotten yet."""
        inner = [s for s in self._scopes.values() if s.parent == number and s.number != number]
        return any(s.index or self.items_in(s.number) for s in inner)

    def close(self, number: int) -> None:
        """Forget a scope and those opened from it."""
        for inner in [s.number for s in self._scopes.values() if s.parent == number and s.number != number]:
            self.close(inner)
        self._scopes.pop(number, None)

    def numbers(self) -> list[int]:
        """The open scopes."""
        return list(self._scopes)

    def pack(self) -> list[Any]:
        """JSON-able form."""
        return [
            [
                *(s.number, s.process, s.parent, s.element, values.pack(s.own), values.pack(s.due_groups)),
                *((s.index, s.count) if s.index else ()),
            ]
            for s in self._scopes.values()
        ]

    @classmethod
    def unpack(cls, packed: list[Any]) -> Scopes:
        """The inverse of `pack`."""
        read = [
            Scope(number, key, parent, element, values.unpack(held), values.unpack(due), *place)
            for number, key, parent, element, held, due, *place in packed
        ]
        scopes = cls(read[0])
        scopes._scopes = {scope.number: scope for scope in read}
        for scope in read:  # what is around an item was opened before it
            if scope.index:
                scope.variables = _over(scope.own, scopes[scope.parent].variables)
        return scopes


def _over(own: dict[str, Any], outer: MutableMapping[str, Any]) -> ChainMap[str, Any]:
    return ChainMap(own, *outer.maps) if isinstance(outer, ChainMap) else ChainMap(own, outer)
