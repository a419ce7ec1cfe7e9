"""Conditions that are the same in every case, and flows that an earlier one of their gateway always takes from; what cannot be decided is silent."""

from __future__ import annotations

import pytest

from engine.definitions import satisfiability
from engine.language.feel import Names
from engine.language.feel.inferred import BOOLEAN, CONTEXT, LIST, NUMBER, TEXT, Type, context_of, one_of

NAMES = Names(
    {
        "n": NUMBER,
        "fen": Type(frozenset({"number"}), unit="fen", unsigned=True),
        "b": BOOLEAN,
        "t": TEXT,
        "way": one_of(("cash", "credit", "none")),
        "r": context_of({"ok": BOOLEAN, "amount": NUMBER}),
        "c": CONTEXT,
        "lines": LIST,
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", "always_holds"),
        ("false", "never_holds"),
        ("null", "never_holds"),
        ("1 < 2", "always_holds"),
        ("n > 5 and n < 3", "never_holds"),
        ('t = "a" and t = "b"', "never_holds"),
        ("t = null or t != null", "always_holds"),
        ("lines = null and lines != null", "never_holds"),
        ("b and not(b)", "never_holds"),
        ("fen < 0", "never_holds"),
        ("fen <= -5 or fen = -1", "never_holds"),
        ('way = "cash" and way != "cash"', "never_holds"),
        ("r.ok = true and r.ok = false", "never_holds"),
        ("b = true", ""),
        ("b = true or b = false", ""),  # not for null
        ("n < 0", ""),
        ("fen <= 0", ""),
        ("fen >= 0", ""),  # not for null
        ("n > 5 or n < 3", ""),
        ("n > 5 and n < 7", ""),
        ('way in ("cash", "credit")', ""),
        ("lines != null and lines != []", ""),
        ("c.whatever = 1 and c.whatever = 2", ""),  # nobody knows what it is
        ("r != null and r.ok", ""),
        ("n > fen and n < fen", ""),
        ("today() > n", ""),
        ("n +", ""),
    ],
)
def test_conditions_that_are_so_in_every_case(text: str, expected: str) -> None:
    """Null is a value, too: it may always be missing."""
    assert satisfiability.fixed(text, NAMES) == expected


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (["n > 100", "n > 200"], [(1, 0)]),
        (["n > 200", "n > 100"], []),
        (['way = "cash"', 'way = "credit"', 'way = "cash"'], [(2, 0)]),
        (["n < 10", "n >= 10", "n = 5 or n = 15"], [(2, -1)]),
        (["b = true", "b = true and n > 5"], [(1, 0)]),
        (["b = true and n > 5", "b = true"], []),
        (['t = "a"', 't = "b"', "t != null"], []),
        (["t != null", 't = "a"'], [(1, 0)]),
        (["fen >= 0", "fen > 5"], [(1, 0)]),
        (["c.x = 1", "c.x = 1"], []),
        (["n > 5 and n < 3", "n > 5"], []),
    ],
)
def test_what_an_earlier_condition_has_answered(conditions: list[str], expected: list[tuple[int, int]]) -> None:
    """One that holds whenever it does, or several together; the order is that in which they are asked."""
    assert list(satisfiability.answered_before(conditions, NAMES)) == expected


def test_too_many_cases_are_not_tried() -> None:
    """An editor asks at every key."""
    many = {f"v{number}": BOOLEAN for number in range(12)}
    text = " and ".join([*many, "not(v0)"])
    assert satisfiability.fixed(text, Names(many)) == ""
