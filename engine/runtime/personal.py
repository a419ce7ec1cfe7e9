"""Which values of a step are personal, told by their place in it; pure, no database.

A step is an envelope (type, token, element, who) and what people and services said. Only the latter can be personal: a field of the envelope
that happens to be called like a personal variable is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import is_
from typing import Any

CALLED_WITH = ("parameters", "values")
READ = "inputs"  # of a decision, by the expression that it asks
SAID = ("variables", "form", "result", READ, *CALLED_WITH)
NAME = re.compile(r"[^\W\d]\w*")
ANSWER = ("result", "value")
WORDS = ("told",)
# The steps in which a reason is somebody's own words about the customer.
REASONED = frozenset(
    {"instance_cancelled", "case_withdrawn", "case_voided", "extension_asked", "reversal_asked", "request_refused"}
)
MOST_EXPRESSIONS = 512
LEAVES = frozenset({str, int, bool, type(None), datetime})

Replace = Callable[[Any], Any]


@dataclass(frozen=True)
class Personal:
    """`names` are personal wherever people or services said them, at any depth; `calls` names more in what an element's service is asked.

    `secret` are those of them that nobody needs to see again, whoever asks.
    """

    names: frozenset[str]
    calls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()

    def only_secret(self) -> Personal:
        """Return the same with nothing but what is secret."""
        return Personal(self.secret, {}, self.secret)

    def covers(self, expression: str) -> bool:
        """Tell whether an expression, such as the name of a variable, reads something personal."""
        return not self.names.isdisjoint(_names_of(expression))

    def replaced(self, step: Mapping[str, Any], by: Replace) -> Mapping[str, Any]:
        """Return the step with `by` of every personal value in its place; what holds none is not copied."""
        changed = {}
        for place, value in step.items():
            if place in WORDS or (place == "reason" and step["type"] in REASONED):
                changed[place] = by(value) if isinstance(value, str) and self.names != self.secret else value
            elif place in ANSWER and step.get("variable") in self.names and value is not None:
                changed[place] = by(value)
            elif place == READ:
                changed[place] = self._read(value, by)
            elif place in SAID or place in ANSWER:
                changed[place] = within(value, self._names_in(place, step), by)
        return {**step, **changed} if any(changed[place] is not step[place] for place in changed) else step

    def _read(self, inputs: Mapping[str, Any], by: Replace) -> Mapping[str, Any]:
        """Return what a decision asked, with what an expression over a personal variable came to replaced as the variable itself would be."""
        replacement: Mapping[str, Any] = within(inputs, self.names.union(filter(self.covers, inputs)), by)
        return replacement

    def _names_in(self, place: str, step: Mapping[str, Any]) -> frozenset[str]:
        more = self.calls.get(step.get("element", ""), frozenset()) if place in CALLED_WITH else frozenset()
        return self.names | more if more else self.names


@lru_cache(maxsize=MOST_EXPRESSIONS)
def _names_of(expression: str) -> frozenset[str]:
    return frozenset(NAME.findall(expression))


def within(value: Any, names: frozenset[str], by: Replace) -> Any:
    """Return the same JSON with `by` of what stands under `names`, at any depth; what holds none of them is not copied."""
    if isinstance(value, Mapping):
        changed = {}
        for name, inner in value.items():
            if name in names and inner is not None:
                changed[name] = by(inner)
            elif type(inner) not in LEAVES and (copy := within(inner, names, by)) is not inner:
                changed[name] = copy
        return {**value, **changed} if changed else value
    if isinstance(value, list | tuple):
        items = [inner if type(inner) in LEAVES else within(inner, names, by) for inner in value]
        return value if all(map(is_, items, value)) else items
    return value
