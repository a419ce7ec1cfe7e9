"""What a person has just entered, followed into the scopes it reaches: which field of their form a service task's parameter comes from.

Lives as long as one run. Whatever is done again from the record, or begun by a timer, a message or an operator, was entered by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from engine.language.feel import Expression
from engine.language.forms import InvalidForm


class EntryRefused(InvalidForm):
    """What was entered would be refused by what it leads to.

    Beside the reasons by field: `code` of the refusal, `process` and `element` of what refuses, and `caught_by`, the event that would take
    the refusal on, with its process `caught_in`; both empty when there is none. Ids are unique only within a process.
    """


class Entered:
    """Fields by scope and variable; `despite` are the codes of refusals that the person has been told of and records all the same."""

    def __init__(self, scope: int, form: Mapping[str, Any], despite: Collection[str]) -> None:
        self.despite = despite
        self._fields = {scope: {name: name for name, value in form.items() if value is not None}}

    def field_of(self, expression: Expression, scope: int) -> str | None:
        """Return the first field that an expression names in a scope."""
        fields = self._fields.get(scope, {})
        names = sorted(expression.names & fields.keys(), key=lambda name: _place(name, expression.text))
        return fields[names[0]] if names else None

    def enter(self, scope: int, outer: int, mapping: Iterable[tuple[str, Expression]] = ()) -> None:
        """Open a scope with what stands around it, and on top the variables that `mapping` makes by expressions."""
        self._fields[scope] = dict(self._fields.get(outer, {}))
        self._carry(mapping, outer, scope)

    def leave(self, scope: int, outer: int, mapping: Iterable[tuple[str, Expression]]) -> None:
        """Take over the variables that a called process brings back."""
        self._fields.setdefault(outer, {})
        self._carry(mapping, scope, outer)

    def _carry(self, mapping: Iterable[tuple[str, Expression]], source: int, target: int) -> None:
        fields = {name: self.field_of(expression, source) for name, expression in mapping}
        for name, field in fields.items():
            self._fields[target].pop(name, None)
            if field is not None:
                self._fields[target][name] = field

    def overwritten(self, variable: str, scope: int) -> None:
        """Forget who entered a variable, which now holds what no person has entered."""
        self._fields.get(scope, {}).pop(variable, None)


def _place(name: str, text: str) -> int:
    """Return where a name stands in an expression; not where it begins a longer one."""
    match = re.search(rf"\b{re.escape(name)}\b", text)
    return match.start() if match else len(text)
