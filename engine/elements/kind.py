"""What a module says of its kind of element, and what holds where it says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.definitions.package import Package
from engine.diagrams.diagram import Diagram, Element
from engine.elements.running import Running
from engine.elements.token import Notes, Token
from engine.elements.work import settle, take_away
from engine.ground.errors import Corrupt, Problem
from engine.record.case import Wait
from engine.record.scopes import Scope
from engine.record.steps import WorkOutcome

Happening = Callable[[Running, Token], None]
PASSED = "passed"
# What may be recorded at an element of any kind: a token that came to it was passed on, or is stuck there until a person has seen to it, who may say
# what its work came to, or should have come to.
ANYWHERE = frozenset(
    {
        *(PASSED, "incident_opened", "incident_retried", "incident_resolved", "incident_cancelled"),
        *("job_completed", "job_refused"),
    }
)


def problem(element: Element, rule: str, **values: object) -> Problem:
    """Return something that is wrong with an element."""
    return Problem(element.line, element.id, rule, {"name": element.name, **values})


def no_problems(_element: Element, _diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Find nothing wrong: what is drawn so needs nothing else."""
    return iter(())


def once(_run: Running, _token: Token) -> Notes | None:
    """Return nothing: what has happened does not happen again."""
    return None


def no_scope(_run: Running, scope: Scope) -> None:
    """Refuse a scope, as most kinds open none. Errors: Corrupt."""
    raise Corrupt(element=scope.element, scope=scope.number)


def nothing(_run: Running, _token: Token) -> None:
    """Do nothing, as most kinds do at most moments."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of element in a diagram and while a case runs.

    `problems` is what keeps a package with it from being published. `arrive` when a token reaches it; `carry_out` while it stands there, for what the
    engine does by itself; `leave` when what goes on inside is over; `again` when it has happened beside an activity that goes on: what is noted on the
    token that waits for the next time, None when there is none; `retry` when a person lets it be tried once more; `settle` when it is settled what
    its work came to, or should have come to. `take_away` when what waits there under a number is taken away by what ended around it, and `close` when
    a scope that it opened is.

    `properties` are those of our own that a diagram may have there. `steps` are the types of what it records beside `ANYWHERE`; `done` is the one that says that it was passed.
    """

    properties: frozenset[str] = frozenset()
    problems: Callable[[Element, Diagram, Package], Iterator[Problem]] = no_problems
    arrive: Happening = nothing
    carry_out: Happening = nothing
    leave: Happening = nothing
    retry: Happening = nothing
    settle: Callable[[Running, Token, WorkOutcome], None] = settle
    again: Callable[[Running, Token], Notes | None] = once
    take_away: Callable[[Running, int, Wait], None] = take_away
    close: Callable[[Running, Scope], None] = no_scope
    steps: frozenset[str] = frozenset()
    done: str = PASSED
