"""Timers that are waited for: by events in the flow, at activities and at gateways. The instant is kept in a row; `engine.running.timers` fires it.

One that repeats stands at an activity that goes on meanwhile. Each time is reckoned from the instant at which the one before was due, however late
that fired; the token of each carries its number and that instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from engine.definitions import times
from engine.definitions.package import Package
from engine.diagrams.diagram import Diagram, Element
from engine.elements import work
from engine.elements.kind import Kind, problem
from engine.elements.running import Running
from engine.elements.token import Notes, Token
from engine.ground.errors import Problem
from engine.language import instants
from engine.record.case import Kind as WaitKind
from engine.record.case_steps import Occurrence
from engine.record.steps import Failed, WorkOutcome

# what the token of a timer that repeats carries: its number, when it is due, and when the one before was
INDEX: Final = "index"
DUE: Final = "due"
FORMER: Final = "former"


def arrive(run: Running, token: Token) -> None:
    """Wait for the time, unless the token has come because it is there already."""
    if run.position.is_waiting(token.task):
        wait(run, token)


def wait(run: Running, token: Token) -> None:
    """Set a timer; one that cannot be reckoned neither fires at once nor is waited for in silence."""
    task, number, element, scope = token
    since = _since(run, token)
    due = instants.of(run.evaluate(element.timer_expression, scope, since), since)
    if due is None or (element.cycle is not None and due <= since):
        run.open_incident(number, element, scope, Failed("TimerNotReckoned", element.timer), after="arrival")
        return
    if element.cycle is not None:
        task.internal_data[DUE] = due.isoformat()
    run.add(
        {
            "type": "timer_set",
            "scope": scope.number,
            "token": number,
            "element": element.id,
            "due": due,
            **_occurrence(token),
        }
    )


def _since(run: Running, token: Token) -> datetime:
    """Return from when a timer counts: from now, or from when it was due the time before."""
    former = token.task.internal_data.get(FORMER)
    return datetime.fromisoformat(former) if former is not None else run.at


def _occurrence(token: Token) -> Occurrence:
    """Return which time of how many it is; nothing for what is due once, and no number of times where it has none."""
    cycle = token.element.cycle
    if cycle is None:
        return {}
    index = token.task.internal_data.get(INDEX, 1)
    return {"index": index} if cycle.count is None else {"index": index, "count": cycle.count}


def settle(run: Running, token: Token, _outcome: WorkOutcome) -> None:
    """Go on as if the time had come, because a person lets it be so."""
    fire(run, token)


def fire(run: Running, token: Token) -> None:
    """Fire the timer, whose time has come."""
    run.add(
        {
            "type": "timer_fired",
            "scope": token.scope.number,
            "token": token.number,
            "element": token.element.id,
            **_occurrence(token),
        }
    )
    run.happen(token)


def again(run: Running, token: Token) -> Notes | None:
    """Return the notes of the next time, which begins when this one was due; when a person let it happen that could not be reckoned, now."""
    notes, cycle = token.task.internal_data, token.element.cycle
    index = notes.get(INDEX, 1) + 1
    if cycle is None or not cycle.has(index):
        return None
    return {INDEX: index, FORMER: notes.get(DUE) or run.at.isoformat()}


def problems(element: Element, _diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Check that a timer is due once, at an instant that can come; or again and again beside a step that goes on."""
    if not element.timer:
        yield problem(element, "timer_without_time")
    elif element.timer_kind == "timeCycle":
        yield from _of_cycle(element)
    else:
        yield from times.of_instant(element, element.timer)


def _of_cycle(element: Element) -> Iterator[Problem]:
    if element.type != "boundaryEvent" or element.interrupting:
        yield problem(element, "timer_repeats", text=element.timer)
    elif element.cycle is None:
        yield problem(element, "repetition_unreadable", text=element.timer)
    elif not element.cycle.has(1):
        yield problem(element, "repetition_without_count", text=element.timer)
    elif instants.over(element.cycle.interval):
        yield problem(element, "repetition_without_interval", text=element.timer)
    else:
        yield from times.of_instant(element, element.cycle.interval)


START = Kind(properties=frozenset({"due"}), problems=problems)
STEPS = frozenset({"timer_set", "timer_fired", "timer_cancelled"})
KIND = Kind(
    problems=problems,
    arrive=arrive,
    again=again,
    retry=wait,
    settle=settle,
    take_away=work.taking_away(WaitKind.TIMER),
    steps=STEPS,
)
