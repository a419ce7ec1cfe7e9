"""Random well-formed processes: whatever is drawn, the checks of names and types raise no alarm."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from engine.definitions import names
from tests.properties.processes import Plan, clocks, drawn, lists, nested, plans

A_FEW, MANY = 40, int(os.environ.get("DESK_EXAMPLES", "60"))
QUIETLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
ANY = st.one_of(plans(), lists(), nested(), clocks())

pytestmark = pytest.mark.usefixtures("working", "world")


def alarms(plan: Plan) -> list[tuple[str, str]]:
    """What is told of a plan, but for the timer that is drawn so as never to be reckoned."""
    found = names.check(drawn(plan), (), {"amount": "number"})
    return [(one.rule, one.element_id) for one in found if one.values.get("variable") != "nowhere"]


@settings(max_examples=A_FEW, deadline=None, suppress_health_check=QUIETLY)
@given(plan=ANY)
def test_no_false_alarm(plan: Plan) -> None:
    """Loops, branches, sub-processes, calls, lists and guards: everything that is asked for may have been set."""
    note(f"alarms({plan!r})")
    assert alarms(plan) == []


@pytest.mark.slow
@settings(max_examples=MANY, deadline=None, suppress_health_check=QUIETLY)
@given(plan=ANY)
def test_no_false_alarm_over_many(plan: Plan) -> None:
    """The same with more of them; DESK_EXAMPLES says how many."""
    note(f"alarms({plan!r})")
    assert alarms(plan) == []
