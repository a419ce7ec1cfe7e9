"""DMN files as decisions: tables, literal expressions, the decisions these require. Versions 1.2 to 1.5; `dmn_reader` walks the XML.

Boxed contexts, invocations, lists and functions are refused by name, not skipped; so is a decision that requires itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import xml
from engine.definitions.dmn_reader import Found, read
from engine.errors import NotFound
from engine.language.decisions import DecisionTable, Outcome
from engine.language.feel import Expression, Scope


class UnknownDecision(NotFound):
    """The file holds no such decision."""


@dataclass(frozen=True)
class Decision:
    """One decision: its logic, the ids of the decisions it requires, and the ids of the manual it names."""

    id: str
    name: str
    logic: DecisionTable | Expression
    requires: tuple[str, ...] = ()
    manual_refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """A DMN file. `decisions` finds each by its id; evaluation finds them by name as well."""

    decisions: dict[str, Decision]

    def find(self, decision: str) -> Decision:
        """A decision by id or name. Errors: UnknownDecision."""
        if decision in self.decisions:
            return self.decisions[decision]
        for known in self.decisions.values():
            if known.name == decision:
                return known
        raise UnknownDecision(decision=decision)

    def evaluate(self, decision: str, variables: Mapping[str, Any], *, scope: Scope) -> Outcome:
        """Evaluate a decision and, once each, those it requires; what they give is known under their names.

        Errors: UnknownDecision, UnexpectedInput, SeveralRulesMatch, RulesDisagree, FeelLimit.
        """
        return self._evaluate(self.find(decision), variables, scope, {})

    def _evaluate(
        self, decision: Decision, variables: Mapping[str, Any], scope: Scope, known: dict[str, Outcome]
    ) -> Outcome:
        if decision.id in known:
            return known[decision.id]
        seen = dict(variables)
        for required in decision.requires:
            inner = self.decisions[required]
            seen[inner.name] = self._evaluate(inner, variables, scope, known).value
        if isinstance(decision.logic, DecisionTable):
            outcome = decision.logic.evaluate(seen, scope)
        else:
            shown = {name: seen.get(name) for name in sorted(decision.logic.names)}
            outcome = Outcome(decision.logic.evaluate(seen, scope=scope), (), shown)
        known[decision.id] = outcome
        return outcome


def parse(content: bytes) -> Model:
    """Read a DMN file; every expression is compiled now. Errors: MalformedXml, InvalidDefinition with every problem."""
    return Model({found.id: _decision(found) for found in read(xml.parse(content))})


def _decision(found: Found) -> Decision:
    return Decision(found.id, found.name, found.logic, found.requires, found.manual_refs)
