"""Decisions: a business rule task evaluates a table over the variables around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.definitions import dmn, pattern_lint, tables
from engine.definitions.package import MissingFile, Package
from engine.diagrams.diagram import Diagram, Element
from engine.elements import refusals
from engine.elements.kind import Kind, problem
from engine.elements.running import Running
from engine.elements.token import Token
from engine.elements.work import stick
from engine.ground.errors import EngineError, InvalidDefinition, Problem
from engine.language import feel
from engine.record.steps import Failed


def carry_out(run: Running, token: Token) -> None:
    """Evaluate the decision; one that refuses what was entered is told."""
    _, number, element, scope = token
    context = {"accepted_at": run.accepted_at, "entered_at": run.at, **scope.variables}
    try:
        outcome = run.definition.decision(element.decision).evaluate(
            context, feel.Scope(at=run.at, calendar=run.calendar)
        )
    except EngineError as error:
        stick(run, token, Failed(error.code, error.message), after="arrival")
        return
    run.entered.overwritten(element.result_variable, scope.number)
    run.add(
        {
            "type": "decision_evaluated",
            "scope": scope.number,
            "token": number,
            "element": element.id,
            "decision": element.decision,
            "variable": element.result_variable,
            "inputs": outcome.inputs,
            "matched": list(outcome.matched),
            "value": outcome.value,
        }
    )
    refusals.tell_decided(run, element, scope)
    token.task.complete()


def problems(element: Element, _diagram: Diagram, content: Package) -> Iterator[Problem]:
    """Check that the package has the decision, that it can be evaluated, and that its result has a name."""
    if not element.result_variable:
        yield problem(element, "no_result_variable")
    try:
        model = dmn.parse(content.decision(element.decision))
        decision = model.find(element.decision)
    except (MissingFile, dmn.UnknownDecision):
        yield problem(element, "unknown_decision", decision=element.decision)
        return
    except InvalidDefinition as error:
        for inner in error.problems:
            values = {"decision": element.decision, **inner.values}
            yield Problem(inner.line, element.id, inner.rule, values, f"decisions/{element.decision}.dmn")
        return
    except EngineError as error:
        yield problem(element, "malformed_decision", decision=element.decision, why=error.code)
        return
    file = f"decisions/{element.decision}.dmn"
    yield from (replace(inner, element_id=element.id, file=file) for inner in tables.problems(decision))
    for doubt in pattern_lint.of_decision(model, decision):
        yield Problem(0, element.id, doubt.rule, doubt.values, file)


KIND = Kind(
    properties=frozenset({"resultVariable", "refuses", "refusesWhen", "about"}),
    problems=problems,
    carry_out=carry_out,
    steps=frozenset({"decision_evaluated"}),
    done="decision_evaluated",
)
