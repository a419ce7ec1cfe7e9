"""BPMN errors: thrown by an end event or by what a service task refuses, caught by the innermost boundary event that names them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.package import Package
from engine.diagrams.diagram import Diagram, Element
from engine.elements.kind import Kind, problem
from engine.elements.running import Running
from engine.elements.token import Token
from engine.elements.work import stick, throw
from engine.ground.errors import Problem
from engine.record.steps import Failed


def carry_out(run: Running, token: Token) -> None:
    """Throw the error: where nobody around catches it the process ends with it; inside, or in what is called, a person decides (under the first rules it was lost)."""
    task, element = token.task, token.element
    code, inside = element.error_code or "", run.position.is_inside(task)
    if inside and run.counts_all and run.position.catcher(task, code) is None:
        stick(run, token, Failed("UncaughtBpmnError", code), after="arrival")
        return
    run.add({"type": "passed", "scope": token.scope.number, "element": element.id})
    if not throw(run, task, code):
        if not inside:
            run.ended_with = element.id
        task.complete()


def problems_of_thrown(element: Element, _diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Check that it is said which refusal is meant."""
    if not element.error_code:
        yield problem(element, "no_error_code")


def problems_of_caught(element: Element, _diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Check that it is said which refusal is meant, or that none is, and that a refusal ends what it is caught at."""
    if not element.error_code and (element.error_code is not None or element.error_named):
        yield problem(element, "no_error_code")
    if not element.interrupting:
        yield problem(element, "error_must_interrupt")


THROWN = Kind(problems=problems_of_thrown, carry_out=carry_out)
CAUGHT = Kind(problems=problems_of_caught, steps=frozenset({"error_caught"}))
