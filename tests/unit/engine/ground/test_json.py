"""A key that stands twice in one object of a JSON text is seen, with the line of the second."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ground.json import KeyTwice, key_twice

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('{"a": 1, "a": 2}', "a", 1),
        ('{"b": [{"a": 1},\n{"a": 1, "c": {"x": 1,\n\n"x"\n: 2}}]}', "x", 4),
        ('{"\\u0061": 1,\n"a": 2}', "a", 2),
        ('{"a": "\\"a\\": {[,",\n"b": 1,\n"a": 2}', "a", 3),
    ],
    ids=["flat", "inside", "escaped", "strings"],
)
def test_a_key_that_stands_twice_is_seen(text: str, key: str, line: int) -> None:
    """However deep it lies, however it is spelt, and whatever texts look like."""
    assert key_twice(text) == KeyTwice(key, line)


@pytest.mark.parametrize(
    "text", ["", "{", '{"a": 1,}', "[" * 100_000, '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}', '"a"']
)
def test_what_is_no_json_or_repeats_nothing_is_left_to_others(text: str) -> None:
    """One key in several objects is none twice."""
    assert key_twice(text) is None


@given(value=VALUES)
def test_what_was_written_as_json_repeats_nothing(value: object) -> None:
    """No text of a value is taken for a key."""
    assert key_twice(json.dumps(value, indent=1)) is None


@given(value=VALUES, key=st.text(max_size=6))
def test_a_key_given_twice_is_found_around_any_value(value: object, key: str) -> None:
    """In the object in which it was written, in its line."""
    name = json.dumps(key)
    text = f"[{json.dumps(value)},\n{{{name}: {json.dumps(value)},\n{name}: 1}}]"
    assert key_twice(text) == KeyTwice(key, 3)
