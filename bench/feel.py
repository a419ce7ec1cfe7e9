"""What a gateway condition, a table cell and a whole decision cost once compiled: `.venv/bin/python -m bench.feel` prints microseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from timeit import Timer

from engine.definitions import dmn
from engine.language import feel
from engine.language.calendar import Calendar

SCOPE = feel.Scope(datetime(2026, 11, 23, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
VARIABLES = {"established": True, "amount": 12850, "way": "cash", "bill": {"total": 9900}, "finding": "fraud"}
CONDITIONS = (
    "established",
    "established = true",
    'way = "cash"',
    "amount > bill.total and established",
    'way in ("cash", "prepayment") and amount <= 20000',
    "count([1, 2, 3][item > 1]) = 2",
)
CAUSE = Path(__file__).parents[1] / "processes" / "decisions" / "cause.dmn"


def microseconds(statement: Timer) -> float:
    """The best of five rounds, for one call."""
    count, _ = statement.autorange()
    return min(statement.repeat(5, count)) / count * 1_000_000


def main() -> None:
    """Print a line for each condition, and one for a decision."""
    for text in CONDITIONS:
        expression = feel.compile(text)
        print(f"{microseconds(Timer(lambda e=expression: e.evaluate(VARIABLES, scope=SCOPE))):8.2f} µs  {text}")  # type: ignore[misc]
    model = dmn.parse(CAUSE.read_bytes())
    print(
        f"{microseconds(Timer(lambda: model.evaluate('cause', VARIABLES, scope=SCOPE))):8.2f} µs  decision cause, 7 rules"
    )


if __name__ == "__main__":
    main()
