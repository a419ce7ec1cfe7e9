"""Regular expressions: what they find, what is refused, and that their cost is told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.language import patterns
from engine.language.pattern_syntax import MalformedPattern


def free(_amount: int) -> None:
    """Spends nothing."""


@pytest.mark.parametrize(
    "pattern",
    [
        "a+b",
        "^a|b$",
        "(a|ab)(c|bcd)",
        "[a-c]*?c",
        "a{2,3}",
        "[^a]b",
        r"\ba",
        r"\d\w\s?",
        "(?:ab)+",
        "a.c",
        "(a)|b",
        "x*",
    ],
)
@given(text=st.text("abc d1\n", max_size=12))
def test_it_finds_what_python_finds(pattern: str, text: str) -> None:
    """The same leftmost match with the same groups, by another method."""
    match, expected = patterns.compile(pattern).search(text, free), re.search(pattern.replace("$", r"\Z"), text)
    assert (match is None) == (expected is None)
    if match and expected:
        assert (match.begin, match.end) == expected.span()
        assert match.group(1) == ((expected.group(1) or "") if expected.re.groups else "")


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=a)",
        "(?<a>b)",
        r"\1",
        "a**",
        "a{3,1}",
        "a{1001}",
        "(",
        ")",
        "[",
        "[]",
        "*a",
        "\\",
        "(" * 30 + ")" * 30,
        "(a{0,999}){0,999}",
        "a" * 501,
    ],
)
def test_what_is_not_supported_is_refused(pattern: str) -> None:
    """Look-around, back-references and what would grow beyond bounds."""
    with pytest.raises(MalformedPattern):
        patterns.compile(pattern)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "()" * 150 + "x", "(a?)" * 60 + "x", "(((a*)*)*)*b"])
def test_the_cost_grows_with_the_text_only(pattern: str) -> None:
    """Ten times the text costs ten times as much, and following instructions that read nothing is not free."""
    compiled, costs = patterns.compile(pattern), [0, 0]
    for index, length in enumerate((100, 1_000)):

        def spend(amount: int, index: int = index) -> None:
            costs[index] += amount

        compiled.search("a" * length + "!", spend)
    assert costs[1] < 12 * costs[0]
    assert costs[0] > 100 * len(compiled.program) // 64


@pytest.mark.parametrize(
    "pattern, flags, accepted",
    [
        ("[^Q]", "i", "a1-"),
        ("[^q]", "i", "a1-"),
        ("[^Qa]", "", "q1-"),
        ("[A-Z-[OI]]", "", "Q"),
        ("[A-Z-[OI]]", "i", "Qqa"),
        ("[^a-z-[1]]", "i", "-"),
        (r"[\w-[a-z-[q]]]", "", "Qq1"),
        ("[a-]", "", "a-"),
    ],
)
def test_a_class(pattern: str, flags: str, accepted: str) -> None:
    """Letters of either case are meant before a class is turned round, and a class may be taken from another, as XPath has it."""
    compiled = patterns.compile(f"^{pattern}$", flags)
    assert [character for character in "Qqa1-" if compiled.search(character, free)] == list(accepted)


@pytest.mark.parametrize(
    "pattern, letter, is_accepted",
    [
        ("[A-Z]", "ß", False),
        ("ß", "ẞ", True),
        ("[a-z]", "ſ", True),
        ("S", "ſ", True),
        ("[A-Z]", "K", True),
        ("I", "ı", True),
    ],
)
def test_a_letter_of_either_case(pattern: str, letter: str, is_accepted: bool) -> None:
    """One letter stands for one: SS lies between A and Z as a word does, and ß does not; s, S and the long s are one letter, as XPath has it."""
    assert (patterns.compile(f"^{pattern}$", "i").search(letter, free) is not None) is is_accepted


def test_nothing_follows_what_is_taken_away() -> None:
    """A class ends with the one that is taken from it."""
    with pytest.raises(MalformedPattern):
        patterns.compile("[a-c-[b]d]")
