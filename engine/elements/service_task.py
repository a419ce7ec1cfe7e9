"""Service tasks, and messages that are thrown: a handler is called with what the diagram says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from marshmallow import Schema

from engine.definitions.package import Package
from engine.diagrams.diagram import THROWING, Diagram, Element
from engine.elements import refusals
from engine.elements.kind import Kind, problem
from engine.elements.running import Running
from engine.elements.token import Token
from engine.elements.work import called_with, settle, stick, taking_away, work
from engine.ground.errors import EngineError, Problem
from engine.record.case import Kind as WaitKind
from engine.record.steps import Failed
from engine.runtime import handlers


def carry_out(run: Running, token: Token) -> None:
    """Call the handler; what it refuses is told to whoever has just entered what it is about."""
    task, number, element, scope = token
    try:
        parameters = called_with(run, element, scope)
    except EngineError as error:
        stick(run, token, Failed(error.code, error.message), after="arrival")
        return
    run.add(
        {
            "type": "job_created",
            "scope": scope.number,
            "token": number,
            "element": element.id,
            "topic": element.topic,
            "parameters": parameters,
        }
    )
    outcome = run.perform(work(token, parameters))
    refusals.tell(run, element, scope, outcome, task)
    settle(run, token, outcome)


def problems(element: Element, _diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Check that there is a handler, and that it is given what it takes; a message is thrown by the service task that brings it to those who wait."""
    if element.type in THROWING and not element.topic:
        return  # told as what is not executed
    if element.trigger == "message" and not element.message:
        yield problem(element, "no_message")
    yield from _topic(element)


def _topic(element: Element) -> Iterator[Problem]:
    try:
        handler = handlers.find(element.topic)
    except handlers.UnknownTopic:
        yield problem(element, "unknown_topic", topic=element.topic)
        return
    parameters = fields(handler.parameters)
    entered = {
        parameter.name
        for parameter in element.parameters
        if parameter.expression.strip() or not parameters.get(parameter.name)
    }
    for name in sorted(entered - parameters.keys()):
        yield problem(element, "unknown_parameter", topic=element.topic, parameter=name)
    for name in sorted(name for name, required in parameters.items() if required and name not in entered):
        yield problem(element, "missing_parameter", topic=element.topic, parameter=name)


def fields(schema: type[Schema]) -> dict[str, bool]:
    """Return the parameters of a handler, each with whether it is needed."""
    return {name: field.required for name, field in schema().fields.items()}


STEPS = frozenset({"job_created", "job_queued", "job_completed", "job_refused", "job_cancelled", "case_limit_met"})
RESULT = frozenset({"resultVariable"})
KIND = Kind(
    properties=RESULT | {"caseLimit", "caseLimitWhen"},
    problems=problems,
    carry_out=carry_out,
    take_away=taking_away(WaitKind.JOB),
    steps=STEPS,
    done="job_completed",
)
THROWN = replace(KIND, properties=RESULT)
