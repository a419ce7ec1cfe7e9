"""First or repeated is what is on record: the complaints of the number, and what was paid for the same cause."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.base import session, transaction
from models.complaint import Complaint
from models.liability import Liability
from service_tasks.classification.repetition import Earlier
from service_tasks.reward_history import judge
from tests.unit.service_tasks.conftest import AT

MSISDN, CASE, BEFORE = "13900000001", "AJ-2026-000001", "AJ-2025-000009"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("accepted", "replied", "verdict"),
    [
        (20, 19.5, (True, "dissatisfied")),
        (40, 39.5, (False, "none")),
        (40, 29, (True, "not_answered_in_time")),
        (3, None, (True, "not_answered_in_time")),
        (0.5, None, (True, "in_progress")),
    ],
)
def test_what_an_earlier_case_makes_of_a_complaint(
    accepted: float, replied: float | None, verdict: tuple[bool, str]
) -> None:
    """It counts while it is open, and for thirty days after its reply (days before the new one)."""
    replied_at = AT - replied * DAY if replied is not None else None
    history = judge([Earlier("A", AT - accepted * DAY, replied_at, replied is None)], AT)
    assert (history.repeated, history.reason) == verdict


def complain(number: str, days: float, process: str = "TS-003", **more: Any) -> None:
    """A complaint so many days ago, answered at once."""
    at = AT - days * DAY
    values = {
        "msisdn": MSISDN,
        "channel": "counter",
        "accepted_by": "cleo",
        "replied_at": at,
        "state": "replied",
        **more,
    }
    with transaction():
        session().add(Complaint(case_number=number, process_key=process, accepted_at=at, **values))


@pytest.mark.parametrize(
    ("process", "cause", "more", "repeated"),
    [
        ("TS-003", None, {}, True),
        ("TS-002", None, {}, False),
        ("TS-002", "staff", {}, True),
        ("TS-002", "equipment", {}, False),
        ("TS-003", None, {"msisdn": "13900000002"}, False),
        ("TS-003", None, {"outcome": "withdrawn", "state": "closed"}, False),
    ],
)
def test_the_number_and_the_cause_decide(
    desk: Any, process: str, cause: str | None, more: dict[str, Any], repeated: bool
) -> None:
    """The same process, or the same cause for which the books name a liability; another number and a withdrawn complaint do not count."""
    complain(CASE, 0)
    complain(BEFORE, 5, process, **more)
    if cause:
        with transaction():
            session().add(Liability(case_number=BEFORE, cause=cause, amount=100, state="to_name", opened_at=AT))
    answer = desk.run("rewards/repeated", msisdn=MSISDN, cause="staff")
    assert (answer["repeated"], answer["earlier"]) == (repeated, [BEFORE] if repeated else [])
