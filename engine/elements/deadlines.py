"""Limits: of a step, of steps that share one, and of the whole case; reckoned, missed, standing while the customer is waited for, and met."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Unpack

from engine.diagrams.diagram import Element
from engine.elements.running import Running
from engine.elements.token import Token
from engine.language import instants
from engine.record.case import NO_LIMIT, Kind
from engine.record.case_steps import ClockResumed, LimitMetBy
from engine.record.scopes import Scope
from engine.record.steps import Failed

SECOND = timedelta(seconds=1)
OF_THE_CASE = "accepted_at"  # a limit that is reckoned from it is one of the case, whenever the step begins


def has_own(element: Element) -> bool:
    """Tell whether a step has a limit of its own, or shares one; otherwise that of the case is its."""
    return bool(element.properties.get("due") or element.properties.get("dueGroup"))


def reckoned(run: Running, element: Element, scope: Scope) -> datetime | None:
    """Return the limit that an element asks for, as its variables are now; None when it gives none, or asks for none."""
    text = element.properties.get("due", "")
    return instants.of(run.evaluate(text, scope), run.at) if text else None


def due(run: Running, number: int, element: Element, scope: Scope) -> datetime | None:
    """Return when a user task is due."""
    if not has_own(element):
        return run.case.due
    group = element.properties.get("dueGroup", "")
    if group and group in scope.due_groups:
        return scope.due_groups[group]
    limit = reckoned(run, element, scope)
    later = limit + moved(run) if limit is not None and OF_THE_CASE in element.properties.get("due", "") else limit
    now = run.as_told("user_task_created", number, "due", later, before=limit)  # earlier versions moved open steps only
    return run.as_told("user_task_created", number, "due", now, before=None)


def moved(run: Running) -> timedelta:
    """Return by how much the limit of the case falls later than when it began: it was extended, or stood still; nothing where it is met, or asks for more than when the case was taken in."""
    diagram = run.definition.processes[run.definition.key].diagram
    texts = [element.properties.get("due", "") for element in diagram.elements.values() if element.type == "startEvent"]
    text = next(filter(None, texts), "")
    if run.case.due is None or not text or not run.definition.expression(text).names <= {OF_THE_CASE}:
        return timedelta()
    first = instants.of(run.evaluate(text, run.case.scopes[0], run.accepted_at), run.accepted_at)
    return run.case.due - first if first is not None else timedelta()


def miss(run: Running, number: int, element: Element, scope: Scope) -> None:
    """Tell a person of a limit that cannot be reckoned: it is not none, and the step is open. Earlier versions said nothing."""
    told = run.recorded is None or any(
        s["type"] == "incident_opened" and s["token"] == number and s["kind"] == NO_LIMIT for s in run.recorded
    )
    if told:
        failed = Failed(NO_LIMIT, element.properties.get("due", ""))
        run.open_incident(number, element, scope, failed, after="limit")


def done(run: Running, token: Token) -> None:
    """Note that an activity is done; when the customer has thereby been answered, the case has kept its limit."""
    properties = token.element.properties
    if properties.get("caseLimit") != "met":
        return
    condition = properties.get("caseLimitWhen", "")
    if condition and run.evaluate(condition, token.scope) is not True:
        return
    run.answering.add(token.number)
    if run.case.due is not None:
        meet(run, token.scope.number, token=token.number, element=token.element.id)


def meet(run: Running, scope: int = 0, **fields: Unpack[LimitMetBy]) -> None:
    """Meet the limit of the case, since what it asked for has been done: it ends, and with it that of the steps that have none of their own."""
    tokens = [
        token
        for token, wait in run.case.open.items()
        if wait.kind is Kind.USER_TASK
        and wait.scope in run.case.scopes
        and not has_own(run.definition.processes[run.case.scopes[wait.scope].process].element(wait.element))
    ]
    run.add({"type": "case_limit_met", "scope": scope, "tokens": tokens, **fields})


def resume(run: Running, number: int, element_id: str) -> None:
    """Resume the clock, since the customer has answered: when nobody else is waited for, every open limit moves by the time that passed."""
    if number not in run.case.paused:
        return
    earliest = min(run.case.paused.values())
    instants = [since for waiting, since in run.case.paused.items() if waiting != number]
    passed = timedelta() if instants else run.at - earliest
    seconds = run.as_told(
        "clock_resumed", number, "paused_seconds", passed // SECOND, before=int(passed.total_seconds())
    )
    step: ClockResumed = {
        "type": "clock_resumed",
        "token": number,
        "element": element_id,
        "paused_seconds": seconds,
        "still_paused": bool(instants),
    }
    if earliest != min(instants, default=earliest) and not is_omitted(run, number, "since"):
        # Whoever is still waited for keeps it standing since it stopped; earlier versions forgot the time before they were asked.
        step["since"] = earliest
    if passed.microseconds and not is_omitted(run, number, "microseconds"):
        step["microseconds"] = passed.microseconds
    run.add(step)


def is_omitted(run: Running, number: int, field: str) -> bool:
    """Tell whether the entry that is done again comes from a version that did not say this when the clock went on."""
    steps = (s for s in run.recorded or () if s["type"] == "clock_resumed" and s["token"] == number)
    return run.recorded is not None and not any(field in s for s in steps)
