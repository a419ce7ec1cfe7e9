"""Call activities: a called process begins over a scope of its own, and brings back what the activity names."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.package import Package
from engine.diagrams.diagram import Diagram, Element
from engine.elements.kind import Kind, problem
from engine.elements.running import Running
from engine.elements.token import SCOPE, Token
from engine.ground.errors import Problem
from engine.record.scopes import Scope


def arrive(run: Running, token: Token) -> None:
    """Begin the called process with what it is handed."""
    number, element, scope = token.number, token.element, token.scope
    variables = {name: run.evaluate(text, scope) for name, text in element.mapping("in.")}
    token.task.internal_data[SCOPE] = number
    run.entered.enter(number, scope.number, run.mapped(element.mapping("in.")))
    run.add(
        {
            "type": "call_entered",
            "scope": scope.number,
            "called": number,
            "token": number,
            "element": element.id,
            "process": element.called,
            "variables": variables,
        }
    )


def leave(run: Running, token: Token) -> None:
    """Leave a called process that has ended."""
    element, outer, number = token.element, token.scope, token.task.internal_data[SCOPE]
    inner = run.case.scopes[number]
    variables = {name: run.evaluate(text, inner) for name, text in element.mapping("out.")}
    run.entered.leave(number, outer.number, run.mapped(element.mapping("out.")))
    with_items = any(scope.index for scope in run.case.scopes.inside(number))
    scopes = run.position.gone(but=number) if with_items else []
    run.add(
        {
            "type": "call_left",
            "scope": outer.number,
            "called": number,
            "token": number,
            "element": element.id,
            "variables": variables,
        }
    )
    if with_items:
        run.reconcile(scopes)


def close(run: Running, scope: Scope) -> None:
    """Say that a called process was taken away before it ended."""
    run.add(
        {
            "type": "call_cancelled",
            "scope": scope.parent,
            "called": scope.number,
            "token": scope.number,
            "element": scope.element,
        }
    )


def problems(element: Element, _diagram: Diagram, content: Package) -> Iterator[Problem]:
    """Check that the called process is in the package."""
    if f"{element.called}.bpmn" not in content.files:
        yield problem(element, "unknown_called_process", called=element.called)


STEPS = frozenset({"call_entered", "call_left", "call_cancelled"})
KIND = Kind(problems=problems, arrive=arrive, leave=leave, close=close, steps=STEPS, done="call_left")
