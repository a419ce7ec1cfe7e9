"""The kinds of error that verbs raise; concrete classes stand beside what raises them.

An error takes values, not a sentence: the message for logs is built from its own fields, the one people read is looked up by class in the
catalogue of their language. `web.edge.errors` maps kinds to HTTP statuses.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


class EngineError(Exception):
    """Something was asked that cannot be done."""

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """The class name: what catalogues and API clients key on."""
        return type(self).__name__

    @property
    def message(self) -> str:
        """English, from the docstring and the values."""
        text = inspect.getdoc(type(self)) or self.code
        pairs = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{text.splitlines()[0]} ({pairs})" if pairs else text.splitlines()[0]


class NotFound(EngineError):
    """There is no such thing."""


class NotPermitted(EngineError):
    """This person may not do that."""


class Conflict(EngineError):
    """It has changed since it was read."""


class Invalid(EngineError):
    """What was entered cannot be accepted."""


class Corrupt(EngineError):
    """The record contradicts itself."""


MOST_FINDINGS = 200


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where (line, element id; 0 and empty when it concerns the whole), which rule, its particulars, and the file of the package.

    A `warning` keeps nothing from being published: it is told to whoever edits and to whoever approves.
    """

    line: int
    element_id: str
    rule: str
    values: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    warning: bool = False


def first_findings(problems: Iterable[Problem]) -> list[Problem]:
    """Return at most MOST_FINDINGS of them, and when there are more a last one that says so: nobody reads the rest, and a page of them cannot be opened."""
    findings = list(problems)
    if len(findings) <= MOST_FINDINGS or findings[-1].rule == "more_findings":
        return findings
    more = Problem(0, "", "more_findings", {"limit": MOST_FINDINGS, "count": len(findings)})
    return [*findings[:MOST_FINDINGS], more]


class InvalidDefinition(Invalid):
    """The definition cannot be published as it is."""

    @property
    def problems(self) -> list[Problem]:
        """Every problem found, in document order."""
        return first_findings(self.values["problems"])
