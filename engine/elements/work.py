"""Machine work: what a handler is called with, and what comes of it: done, refused, queued, or a person is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from engine.diagrams.diagram import Element
from engine.elements import deadlines
from engine.elements.running import Running
from engine.elements.token import Task, Token
from engine.record.case import Kind, Wait
from engine.record.case_steps import AtToken, Cancelled, Stuck
from engine.record.scopes import Scope
from engine.record.steps import Done, Failed, Queued, Refused, Work, WorkOutcome


def called_with(run: Running, element: Element, scope: Scope) -> dict[str, Any]:
    """Return what a service task is called with, by name. Errors: those of FEEL."""
    return {p.name: run.evaluate(p.expression, scope) for p in element.parameters}


def work(token: Token, parameters: dict[str, Any], *, undone: bool = False) -> Work:
    """Return a service task as it is handed to its handler."""
    return Work(
        token=token.number,
        element_id=token.element.id,
        process_key=token.scope.process,
        topic=token.element.topic,
        parameters=parameters,
        undone=undone,
    )


def settle(run: Running, token: Token, outcome: WorkOutcome) -> None:
    """Record the outcome, and let the token go where it leads."""
    task, _, element, scope = token
    if isinstance(outcome, Done):
        if element.result_variable:
            run.entered.overwritten(element.result_variable, scope.number)
        run.add(
            {
                "type": "job_completed",
                "scope": scope.number,
                **token.at,
                "topic": element.topic,
                "variable": element.result_variable,
                "result": outcome.result,
            }
        )
        deadlines.done(run, token)
        task.complete()
    else:
        settle_otherwise(run, token, outcome)


def settle_otherwise(run: Running, token: Token, outcome: Refused | Queued | Failed) -> None:
    """Do the same for what has not been done."""
    element, scope = token.element, token.scope
    if isinstance(outcome, Refused):
        run.add(
            {
                "type": "job_refused",
                "scope": scope.number,
                **token.at,
                "topic": element.topic,
                "code": outcome.code,
                "values": outcome.values,
            }
        )
        if not throw(run, token.task, outcome.code):
            stick(run, token, Failed("UncaughtBpmnError", outcome.code), after="refusal")
    elif isinstance(outcome, Queued):
        run.add({"type": "job_queued", "scope": scope.number, **token.at, "topic": element.topic})
    else:
        stick(run, token, outcome, after="job")


def throw(run: Running, task: Task, code: str) -> bool:
    """Take a BPMN error to the innermost boundary event that catches it; False when none does."""
    event = run.position.catcher(task, code)
    if event is None:
        return False
    run.add({"type": "error_caught", "scope": event.scope.number, "element": event.element.id, "code": code})
    run.catch(event)
    return True


def take_away(run: Running, number: int, wait: Wait) -> None:
    """Say that what was stuck is taken away; where only a person was told of a limit, there is nothing left to settle."""
    if wait.kind.is_of_limit:
        run.add(
            {
                "type": "incident_resolved",
                "scope": wait.scope,
                "token": number,
                "element": wait.element,
                "reason": "passed",
            }
        )
    else:
        run.add({"type": "incident_cancelled", "scope": wait.scope, "token": number, "element": wait.element})


def taking_away(kind: Kind) -> Callable[[Running, int, Wait], None]:
    """Return what takes away a token that waits in this way, or is stuck, for a kind of element at which it waits in no other."""

    def take(run: Running, number: int, wait: Wait) -> None:
        if wait.kind is kind:
            at: AtToken = {"token": number, "element": wait.element}
            run.add(cast(Cancelled, {"type": f"{kind}_cancelled", "scope": wait.scope, **at}))
        else:
            take_away(run, number, wait)

    return take


def stick(run: Running, token: Token, failed: Failed, *, after: Stuck) -> None:
    """Keep the token where it is until a person has seen to it."""
    run.open_incident(token.number, token.element, token.scope, failed, after=after)
