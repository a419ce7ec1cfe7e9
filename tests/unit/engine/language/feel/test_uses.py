"""What an expression does with its variables is read from its parts, not from its text: it decides what is personal and which results are asked for."""

from __future__ import annotations

import pytest

from engine.definitions.compiled import Definition
from engine.language import feel


def told(text: str) -> set[tuple[str, str]]:
    return {(use.path, use.how) for use in feel.uses_of(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b = null", {("a.b", "whether")}),
        ("null != a", {("a", "whether")}),
        ("(lines) = []", {("lines", "whether")}),
        ("sum(lines.amount) + 1", {("lines.amount", "total")}),
        ("sum(lines.note)", {("lines.note", "value")}),
        ("sum(lines.amount)= null or lines = x", {("lines.amount", "total"), ("lines", "value"), ("x", "value")}),
        ('way = "cash" and way != "credit"', {("way", "one of")}),
        ('way in ("cash", "credit")', {("way", "one of")}),
        ('list contains(["cash"], way)', {("way", "one of")}),
        ("n between 1 and -2 or n < 5 or (3) > n", {("n", "ordered")}),
        ("n < m", {("n", "value"), ("m", "value")}),
        ('"told = null" + told', {("told", "value")}),
        ("lines[amount > 1].note", {("lines", "value"), ("amount", "ordered"), ("note", "value")}),
        ("for l in lines return l.note", {("lines", "value"), ("l.note", "value")}),
        ("{told: a}", {("told", "value"), ("a", "value")}),
    ],
)
def test_how_a_variable_is_used(text: str, expected: set[tuple[str, str]]) -> None:
    """Whether there is one, what its amounts come to, which of some literals it is, or its value."""
    assert told(text) == expected


def test_the_literals_that_a_value_is_held_against_are_known() -> None:
    """A cell's tests are of the value that the column tests."""
    assert {use.literals for use in feel.uses_of('way in ("cash", "credit")')} == {("cash", "credit")}
    assert {(use.path, use.literals) for use in feel.uses_of_tests('"a", "b"')} == {("?", ("a",)), ("?", ("b",))}
    assert {use.how for use in feel.uses_of_tests('contains(?, "a")')} == {"value"}


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("told", True),
        ("told = null", False),
        ("(told) != null", False),
        ("null = told", False),
        ("told = null and length", False),
        ('if told = null then "" else told', True),
        ("sum(told.amount)", False),
        ("x.told", True),
        ('"told"', False),
        ("told +", True),
    ],
)
def test_what_is_reckoned_from_what_is_personal(text: str, personal: bool) -> None:
    """Whether there is something is not personal however it is written; of what cannot be read every word counts."""
    assert Definition.tells_of(text, {"told"}) is personal
