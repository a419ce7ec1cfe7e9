"""What is done to a case: by a person, when a timer is due, when a message comes, when work is done. Each goes on to the next wait states."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Unpack

from engine.diagrams.diagram import Element
from engine.elements import deadlines, kind_of, message, refusals, timer, user_task
from engine.elements.deadlines import SECOND
from engine.elements.entered import Entered
from engine.elements.token import WAITS, Token
from engine.language.forms import Reason
from engine.record.case import Kind
from engine.record.case_steps import CaseStep, Ended, ExtensionSaid, IncidentClosed, LimitMetBy, Started
from engine.record.steps import Failed, WorkOutcome
from engine.spiff.position import CASE, OPEN, UnknownToken
from engine.spiff.run import Run


def begin(run: Run, variables: dict[str, Any], number: str = "", software: str = "") -> None:
    """Start the process with its first variables; `number` is that of the case and `software` what begins it, as far as they are said."""
    step: Started = {
        "type": "instance_started",
        "process": run.definition.key,
        "version": run.definition.version,
        "sha256": run.definition.sha256,
        "variables": variables,
        "due": _case_due(run, variables),
    }
    if run.rules > 1:
        step["rules"] = run.rules
    if number:
        step["number"] = number
    if software:
        step["software"] = software
    run.add(step)
    limit = _limiting(run)
    if limit is not None and run.case.due is None:
        deadlines.miss(run, CASE, limit, run.case.scopes[0])
    run.forward()


def _case_due(run: Run, variables: dict[str, Any]) -> datetime | None:
    """Return the limit of the whole case that begins with these variables."""
    limit, beginning = _limiting(run), replace(run.case.scopes[0], variables=variables)
    due = deadlines.reckoned(run, limit, beginning) if limit is not None else None
    return run.as_told("instance_started", CASE, "due", due, before=None)


def _limiting(run: Run) -> Element | None:
    """Return the start event that says when the case is due."""
    starts = (e for e in run.definition.elements.values() if e.type == "startEvent")
    return next((e for e in starts if e.properties.get("due")), None)


def enter(
    run: Run, token: int, form: dict[str, Any], by: str, despite: Collection[str] = (), aside: Collection[str] = ()
) -> None:
    """Complete an open user task for the person who is entering these values, and can still be told what they lead to.

    `aside` are the doubts that they have set aside.

    Errors: UnknownToken, EntryRefused unless the code is one of `despite`.
    """
    standing = run.position.token_at(run.position.task(token))
    run.entered = Entered(standing.scope.number, form, despite)
    refusals.try_out(run, standing, form)
    complete_user_task(run, token, form, by, aside)


def foreseen(run: Run, token: int, form: dict[str, Any]) -> dict[str, list[Reason]]:
    """Return what would be refused, by field, of a form that cannot be taken as it is; null stands for what is wrong by itself."""
    standing = run.position.token_at(run.position.task(token))
    run.entered = Entered(standing.scope.number, form, ())
    reasons = [refusal.reasons for refusal in refusals.tried(run, standing, form)]
    return {field: of_field for by_field in reasons for field, of_field in by_field.items()}


def complete_user_task(run: Run, token: int, form: Mapping[str, Any], by: str, aside: Collection[str] = ()) -> None:
    """Complete an open user task with validated values, whatever doubts were set `aside`. Errors: UnknownToken."""
    standing = run.position.token_at(run.position.task(token))
    user_task.complete(run, standing, form, by, aside)
    run.form_id = standing.element.properties.get("form", "")
    standing.task.run()
    run.forward()


def meet_limit(run: Run, by: str, text: str, aside: Collection[str] = ()) -> None:
    """Meet the case's limit, since a person has done what it asks for, such as telling the customer how things stand, outside every step."""
    fields: LimitMetBy = {"by": by, "told": text}
    if aside:
        fields["despite"] = list(aside)
    deadlines.meet(run, **fields)


def fire_timer(run: Run, token: int) -> None:
    """Fire a timer that is due. Errors: UnknownToken."""
    timer.fire(run, _waiting(run, token))
    run.forward()


def receive_message(run: Run, token: int, variables: Mapping[str, Any]) -> None:
    """Take in the message that this token waits for. Errors: UnknownToken."""
    message.receive(run, _waiting(run, token), run.case.open[token].key, variables)
    run.forward()


def retry(run: Run, token: int) -> None:
    """Carry out a stuck service task or decision once more, or reckon a timer, a key or a limit again. Errors: UnknownToken."""
    if is_unreckoned(run, token):
        _reckon_again(run, token)
        return
    if token == CASE:
        incident = run.case.stuck[CASE]
        run.add(
            {
                "type": "incident_resolved",
                "scope": incident.scope,
                "token": CASE,
                "element": incident.element,
                "reason": "retried",
            }
        )
        run.forward()
        return
    standing = _waiting(run, token)
    element = standing.element
    if token in run.case.open:
        run.add(
            {
                "type": "incident_resolved",
                "scope": standing.scope.number,
                "token": token,
                "element": element.id,
                "reason": "retried",
            }
        )
        if standing.element.type == "userTask":
            user_task.tell_dead_end(run, standing)
        return
    run.add({"type": "incident_retried", "scope": standing.scope.number, "token": token, "element": element.id})
    kind_of(standing).retry(run, standing)
    run.forward()


def is_unreckoned(run: Run, token: int) -> bool:
    """Tell whether a person was told that the limit of a step, or of the case, could not be reckoned."""
    return token in run.case.stuck and run.case.stuck[token].kind is Kind.UNRECKONED


def _reckon_again(run: Run, token: int) -> None:
    """Reckon the limit of an open step, or of the case, once more."""
    incident = run.case.stuck[token]
    scope = run.case.scopes[incident.scope]
    element = run.definition.processes[scope.process].element(incident.element)
    due = deadlines.reckoned(run, element, scope)
    step: IncidentClosed = {
        "type": "incident_resolved",
        "scope": scope.number,
        "token": token,
        "element": element.id,
        "reason": "retried",
    }
    if due is not None:
        step["due"] = due
    run.add(step)
    if due is None:
        deadlines.miss(run, token, element, scope)


def report(run: Run, token: int, kind: str, message: str = "", trace: str = "") -> None:
    """Report what was begun at an open token, broke and was undone: the token stays open, and a person is told. Errors: UnknownToken."""
    _, number, element, scope = _waiting(run, token)
    run.open_incident(number, element, scope, Failed(kind, message or element.id, trace), after="limit")


def finish_work(run: Run, token: int, outcome: WorkOutcome) -> None:
    """Finish queued or stuck work that has been done or refused elsewhere. Errors: UnknownToken."""
    standing = run.position.token_at(run.position.task(token))
    kind_of(standing).settle(run, standing, outcome)
    run.forward()


def resolve(run: Run, token: int, outcome: WorkOutcome, reason: str) -> None:
    """Resolve an incident as a person settles it, with what the work should have come to; what is awaited happens. Errors: UnknownToken."""
    if token == CASE:
        incident = run.case.stuck[CASE]
        run.add(
            {
                "type": "incident_resolved",
                "scope": incident.scope,
                "token": CASE,
                "element": incident.element,
                "reason": reason,
            }
        )
        return
    standing = _waiting(run, token)
    element = standing.element
    run.add(
        {
            "type": "incident_resolved",
            "scope": standing.scope.number,
            "token": token,
            "element": element.id,
            "reason": reason,
        }
    )
    if token not in run.case.open:
        kind_of(standing).settle(run, standing, outcome)
        run.forward()


def note(run: Run, steps: Sequence[CaseStep]) -> None:
    """Record what somebody did outside every step; nothing moves."""
    for step in steps:
        run.record(step)


def extend(run: Run, shift: timedelta, **fields: Unpack[ExtensionSaid]) -> None:
    """Let every open limit fall later."""
    run.add({"type": "limit_extended", "moved_seconds": shift // SECOND, "microseconds": shift.microseconds, **fields})


def cancel(run: Run, reason: str, outcome: str = "", acts: Sequence[CaseStep] = ()) -> None:
    """End the instance where it stands; `acts` are what brought it to this end."""
    note(run, acts)
    for inner in list(run.position.workflow.subprocesses.values()):
        inner.cancel()
    run.position.workflow.cancel()
    run.reconcile()
    step: Ended = {"type": "instance_cancelled", "reason": reason}
    if outcome:
        step["outcome"] = outcome
    run.add(step)


def _waiting(run: Run, token: int) -> Token:
    """Return what waits under a number, and the event that is about. Errors: UnknownToken."""
    if token not in run.case.open and token not in run.case.stuck:
        raise UnknownToken(token=token)
    for workflow in run.position.workflows():
        for task in workflow.tasks.values():
            waits = task.internal_data.get(WAITS, {})
            if str(token) in waits and task._state & OPEN:
                event = run.position.process_of(task.workflow).element(waits[str(token)])
                return Token(task, token, event, run.position.scope_at(task))
    return run.position.token_at(run.position.task(token))
