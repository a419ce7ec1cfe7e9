"""DMN files as decisions: tables, literal and boxed expressions, the decisions these require. Versions 1.2 to 1.5; `dmn_reader` walks the XML.

Boxed contexts, invocations, lists and functions are refused by name, not skipped; so is a decision that requires itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.definitions.dmn_parts import NO_HEADS, Heads
from engine.definitions.dmn_reader import Found, read
from engine.ground import xml
from engine.ground.errors import InvalidDefinition, NotFound, Problem
from engine.language.decisions import DecisionTable, Outcome
from engine.language.feel import ANY, Expression, Function, Scope, Shape


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
    heads: Heads = NO_HEADS
    shape: Shape = ANY


@dataclass(frozen=True)
class Model:
    """A DMN file. `decisions` finds each by its id; evaluation finds them by name as well. `refused` says by id why a decision cannot be executed.

    `names` and `functions` are what its expressions know beside the variables, `unbound` what these functions name in vain; `inputs` are those whose type is said.
    """

    decisions: dict[str, Decision]
    refused: dict[str, list[Problem]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    functions: tuple[Function, ...] = ()
    unbound: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    inputs: tuple[tuple[str, Shape], ...] = ()

    def find(self, decision: str) -> Decision:
        """Return a decision by id or name. Errors: UnknownDecision; InvalidDefinition when it cannot be executed."""
        if decision in self.refused:
            raise InvalidDefinition(problems=self.refused[decision])
        if decision in self.decisions:
            return self.decisions[decision]
        for candidate in self.decisions.values():
            if candidate.name == decision:
                return candidate
        raise UnknownDecision(decision=decision)

    @property
    def problems(self) -> list[Problem]:
        """Why some of its decisions cannot be executed, each reason once."""
        problems = [problem for reasons in self.refused.values() for problem in reasons]
        return [problem for number, problem in enumerate(problems) if problem not in problems[:number]]

    def evaluate(self, decision: str, variables: Mapping[str, Any], *, scope: Scope) -> Outcome:
        """Evaluate a decision and, once each, those it requires; what they give is known under their names.

        Errors: UnknownDecision, UnexpectedInput, SeveralRulesMatch, RulesDisagree, FeelLimit.
        """
        target = self.find(decision)
        outcomes: dict[str, Outcome] = {}
        variables = self._fitted(variables)
        for required in self._required(target):
            outcome = self._outcome(required, variables, scope, outcomes)
            outcomes[required.id] = (
                outcome if required.shape == ANY else replace(outcome, value=required.shape.fitted(outcome.value))
            )
        return outcomes[target.id]

    def _fitted(self, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the variables, a list of one where an input is said to be one value, and the other way round; what does not fit stays as it is."""
        if not self.inputs:
            return variables
        fitted = {name: shape.fitted(variables.get(name)) for name, shape in self.inputs}
        return {**variables, **{name: value for name, value in fitted.items() if value is not None}}

    def _required(self, decision: Decision) -> list[Decision]:
        """Return the decisions that one rests on, each after those it rests on itself, and the one last; a chain may be long."""
        order: dict[str, Decision] = {}
        pending = [decision]
        while pending:
            waiting = [id for id in pending[-1].requires if id not in order]
            if waiting:
                pending += [self.decisions[id] for id in reversed(waiting)]
            else:
                last = pending.pop()
                order[last.id] = last
        return list(order.values())

    def _outcome(
        self, decision: Decision, variables: Mapping[str, Any], scope: Scope, outcomes: Mapping[str, Outcome]
    ) -> Outcome:
        visible = dict(variables)
        for required in decision.requires:
            visible[self.decisions[required].name] = outcomes[required].value
        if isinstance(decision.logic, DecisionTable):
            return decision.logic.evaluate(visible, scope)
        inputs = {name: visible.get(name) for name in sorted(decision.logic.names)}
        return Outcome(decision.logic.evaluate(visible, scope=scope), (), inputs)


def parse(content: bytes) -> Model:
    """Read a DMN file; every expression is compiled now. A decision that cannot be executed does not keep the others from being read.

    Errors: MalformedXml; InvalidDefinition when the file as a whole is too large.
    """
    read_now = read(xml.tree(content))
    decisions = {reading.id: _decision(reading) for reading in read_now.found}
    reasons = dict(read_now.refused)
    while resting := [decision for decision in decisions.values() if not reasons.keys().isdisjoint(decision.requires)]:
        for decision in resting:
            reasons[decision.id] = [problem for id in decision.requires for problem in reasons.get(id, ())]
            del decisions[decision.id]
    return Model(decisions, reasons, read_now.names, read_now.functions, read_now.unbound, read_now.inputs)


def read_decisions(content: bytes) -> Model:
    """Return a DMN file as another tool left it, in the encoding that its mark or its declaration names. Errors: as `parse`."""
    return parse(xml.decoded_file(content).encode())


def _decision(reading: Found) -> Decision:
    return Decision(
        reading.id, reading.name, reading.logic, reading.requires, reading.manual_refs, reading.heads, reading.shape
    )
