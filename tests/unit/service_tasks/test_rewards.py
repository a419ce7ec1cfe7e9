"""What a graded complaint is worth."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import definitions
from engine.definitions.compiled import Definition
from engine.language import feel
from engine.language.calendar import Calendar
from service_tasks.rewards import FEN, reward

PROCESSES = Path(__file__).parents[3] / "processes"
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


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
    outcome = reward(severity, cause=cause, repeated=repeated, justified=justified)
    assert 0 <= outcome.amount <= 10000
    assert (outcome.amount == 0) is (outcome.reason is not None)


@cache
def table() -> Any:
    """The reward table as it ships."""
    return Definition(definitions.read_package(PROCESSES, "TS-003")).decision("reward")


def offered(severity: str, *, repeated: bool = False, finding: str | None = "staff", basis: str | None = None) -> int:
    """What the table gives, in fen."""
    facts = {"reward_severity": severity, "reward_repeated": repeated, "finding": finding, "credit_basis": basis}
    outcome = table().evaluate(facts, feel.Scope(at=AT, calendar=Calendar(frozenset(), frozenset()))).value
    return int(outcome["amount"] if isinstance(outcome, dict) else outcome)


@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("severity", ["minor", "moderate", "serious"])
def test_the_table_gives_the_grades_figure_for_a_human_cause(severity: str, repeated: bool) -> None:
    """The same figures as the rules of the manual; a cause that the caller has settled already counts like one of staff."""
    for finding in ("staff", "management", None):
        assert offered(severity, repeated=repeated, finding=finding) == FEN[severity][repeated]


@pytest.mark.parametrize(
    "excluded",
    [
        *({"finding": one} for one in ("charge_right", "nothing_found", "fraud", "debit_failed")),
        *({"finding": one} for one in ("technology", "equipment", "engineering", "debit_program")),
        {"basis": "not_our_fault"},
        {"severity": "major"},
    ],
)
def test_what_is_excluded_gets_no_reward(excluded: dict[str, str]) -> None:
    """REW.5: not justified, nobody's cause; and major, whose codes all have system causes, until an owner lifts it."""
    for repeated in (False, True):
        assert offered(**{"severity": "serious", **excluded}, repeated=repeated) == 0
