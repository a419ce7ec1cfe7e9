"""What a graded complaint is worth."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_tasks.rewards import FEN, reward


@pytest.mark.parametrize(
    "severity, repeated, fen",
    [
        ("minor", False, 600),
        ("minor", True, 1200),
        ("moderate", False, 1200),
        ("moderate", True, 1800),
        ("serious", False, 1800),
        ("serious", True, 5000),
        ("major", False, 5000),
        ("major", True, 10000),
    ],
)
def test_the_grade_gives_the_figure(severity: str, repeated: bool, fen: int) -> None:
    """REW.2: by severity, first or repeated."""
    assert reward(severity, cause="front_desk", repeated=repeated) == (fen, None, True)


@pytest.mark.parametrize(
    "given_, reason",
    [
        ({"cause": "system"}, "cause_excluded"),
        ({"cause": "network"}, "cause_excluded"),
        ({"cause": "front_desk", "justified": False}, "unjustified"),
        ({"cause": "billing", "first_complaint_only": True, "first_of_incident": False}, "not_first"),
        ({"cause": "system", "first_complaint_only": True, "first_of_incident": False}, "cause_excluded"),
    ],
)
def test_no_reward_says_why_and_costs_nobody_points(given_: dict[str, Any], reason: str) -> None:
    """REW.5, REW.9: nobody's fault, unjustified, or a second complaint of one incident: 0 with its reason, counted without points."""
    assert reward("major", **given_) == (0, reason, False)


def test_the_first_of_an_incident_and_a_code_without_the_mark_count() -> None:
    """A code that counts once counts the first time; another code counts every time."""
    assert reward("serious", cause="billing", first_complaint_only=True).amount == 1800
    assert reward("serious", cause="billing", first_of_incident=False).amount == 1800


@given(st.sampled_from(sorted(FEN)), st.booleans(), st.booleans(), st.sampled_from(["front_desk", "system", "network"]))
def test_no_reward_is_ever_above_a_hundred_yuan(severity: str, repeated: bool, justified: bool, cause: str) -> None:
    """Nobody can make it thirty thousand."""
    found = reward(severity, cause=cause, repeated=repeated, justified=justified)
    assert 0 <= found.amount <= 10000
    assert (found.amount == 0) is (found.reason is not None)
