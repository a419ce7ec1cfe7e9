"""What a gateway condition of the published processes and a whole decision cost once compiled, in microseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from timeit import Timer

from bench.figures import Figure
from engine.definitions import dmn
from engine.ground import xml
from engine.language import feel
from engine.language.calendar import Calendar
from engine.runtime import entered
from office import composition

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
VARIABLES = {"established": True, "amount": 12850, "way": "cash", "bill": {"total": 9900}, "finding": "fraud"}
PROCESSES = Path(__file__).parents[1] / "processes"
MOST_OF_A_CONDITION = 5.0
ROUGHLY = 200  # calls of each condition, to see which are the dear ones
DEAREST = 8


def figures() -> list[Figure]:
    """Return the dearest gateway condition of all diagrams, and a decision of seven rules."""
    with entered(composition.bare()):
        return _figures(feel.Scope(AT, Calendar(frozenset(), frozenset())))


def _figures(scope: feel.Scope) -> list[Figure]:
    timers = [_timer(text, scope) for text in conditions()]
    name = f"the dearest of {len(timers)} gateway conditions"
    dear = sorted(timers, key=lambda timer: min(timer.repeat(3, ROUGHLY)))[-DEAREST:]
    model = dmn.parse((PROCESSES / "decisions" / "cause.dmn").read_bytes())
    decision = _microseconds(Timer(lambda: model.evaluate("cause", VARIABLES, scope=scope)))
    return [
        Figure(name, "", max(map(_microseconds, dear)), "µs", goal=MOST_OF_A_CONDITION),
        Figure("a decision of seven rules", "", decision, "µs"),
    ]


def conditions() -> set[str]:
    """Return what is written on the flows of the diagrams in processes/."""
    roots = [xml.parse(file.read_bytes()) for file in sorted(PROCESSES.rglob("*.bpmn"))]
    texts = [flow.text or "" for root in roots for flow in root.iter("{*}conditionExpression")]
    return {text.strip().removeprefix("=").strip() for text in texts}


def _timer(text: str, scope: feel.Scope) -> Timer:
    expression = feel.compile(text)
    return Timer(lambda: expression.evaluate(VARIABLES, scope=scope))


def _microseconds(statement: Timer) -> float:
    """Return the best of five rounds, for one call."""
    count, _ = statement.autorange()
    return min(statement.repeat(5, count)) / count * 1_000_000
