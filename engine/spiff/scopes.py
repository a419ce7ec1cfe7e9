"""Variables, kept outside SpiffWorkflow: one scope per process or called process; an embedded sub-process shares its process's scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.language import values


@dataclass
class Scope:
    """The variables of one process or call; `process` is its key, `element` the call activity, `due_groups` the deadlines shared by groups of steps."""

    number: int
    process: str
    parent: int
    element: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    due_groups: dict[str, Any] = field(default_factory=dict)


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
            [s.number, s.process, s.parent, s.element, values.pack(s.variables), values.pack(s.due_groups)]
            for s in self._scopes.values()
        ]

    @classmethod
    def unpack(cls, packed: list[Any]) -> Scopes:
        """The inverse of `pack`."""
        read = [
            Scope(number, key, parent, element, values.unpack(held), values.unpack(due))
            for number, key, parent, element, held, due in packed
        ]
        scopes = cls(read[0])
        scopes._scopes = {scope.number: scope for scope in read}
        return scopes
