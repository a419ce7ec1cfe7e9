"""Messages that are waited for: by events in the flow, at activities and at gateways, and by receive tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definitions.package import Package
from engine.diagrams.diagram import Diagram, Element
from engine.elements import work
from engine.elements.kind import Kind, problem
from engine.elements.running import Running
from engine.elements.token import Notes, Token
from engine.ground.errors import Problem
from engine.record.case import Kind as WaitKind
from engine.record.steps import Failed, WorkOutcome


def arrive(run: Running, token: Token) -> None:
    """Wait for the message, unless the token has come because it is there already."""
    if run.position.is_waiting(token.task):
        wait(run, token)


def wait(run: Running, token: Token) -> None:
    """Wait under a key, written as FEEL writes it; without one the message of another case could be taken, so a person is told."""
    _, number, element, scope = token
    text = element.properties.get("correlationKey", "null")
    value = run.evaluate(text, scope)
    key = run.evaluate("string(key)", scope, key=value) or ""
    key = run.as_told("message_awaited", number, "key", key, before="" if value is None else str(value))
    if not key and not waits_for_any(run, number):
        run.open_incident(number, element, scope, Failed("KeyNotReckoned", text), after="arrival")
        return
    run.add(
        {
            "type": "message_awaited",
            "scope": scope.number,
            "token": number,
            "element": element.id,
            "message": element.message,
            "key": key,
        }
    )


def waits_for_any(run: Running, number: int) -> bool:
    """Tell whether the entry that is done again comes from a version that waited without a key."""
    return any(s["type"] == "message_awaited" and s["token"] == number for s in run.recorded or ())


def settle(run: Running, token: Token, _outcome: WorkOutcome) -> None:
    """Go on as if a message without variables had come, because a person lets it be so."""
    receive(run, token, "", {})


def receive(run: Running, token: Token, key: str, variables: Mapping[str, object]) -> None:
    """Take in the message that has come."""
    run.add(
        {
            "type": "message_received",
            "scope": token.scope.number,
            "token": token.number,
            "element": token.element.id,
            "message": token.element.message,
            "key": key,
            "variables": variables,
        }
    )
    run.happen(token)


def again(run: Running, _token: Token) -> Notes | None:
    """Return the notes for one time more: what leaves its activity going on catches as many messages as come while that is open; once, under the first rules."""
    return {} if run.counts_all else None


def problems(element: Element, _diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Check that it is said which message is meant, and under which key it finds the case."""
    if not element.message:
        yield problem(element, "no_message")
    if not element.properties.get("correlationKey"):
        yield problem(element, "no_correlation_key")


STEPS = frozenset({"message_awaited", "message_received", "message_cancelled"})
KIND = Kind(
    properties=frozenset({"correlationKey"}),
    problems=problems,
    arrive=arrive,
    again=again,
    retry=wait,
    settle=settle,
    take_away=work.taking_away(WaitKind.MESSAGE),
    steps=STEPS,
)
