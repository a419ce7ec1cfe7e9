"""Repeated complaints."""

from datetime import UTC, datetime, timedelta

import pytest

from service_tasks.classification.repetition import Earlier, judge

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


def case(
    hours_ago: float, *, replied_after: float | None = None, is_open: bool = True, number: str = "AJ-1"
) -> Earlier:
    """A case taken in so many hours ago, replied to so many hours later."""
    accepted = AT - timedelta(hours=hours_ago)
    replied = None if replied_after is None else accepted + timedelta(hours=replied_after)
    return Earlier(number, accepted, replied, is_open)


@pytest.mark.parametrize(
    "earlier, repeated, reason",
    [
        ([], False, "none"),
        ([case(30)], True, "not_answered_in_time"),
        ([case(100, replied_after=30, is_open=False)], True, "not_answered_in_time"),
        ([case(100, replied_after=5, is_open=False)], True, "dissatisfied"),
        ([case(100, replied_after=24, is_open=False)], True, "dissatisfied"),
        ([case(3)], True, "in_progress"),
        ([case(24)], True, "in_progress"),
        ([case(3), case(200, replied_after=2, is_open=False)], True, "dissatisfied"),
        ([case(24 * 91, replied_after=1, is_open=False)], False, "none"),
        ([case(24 * 90, replied_after=1, is_open=False)], True, "dissatisfied"),
        ([case(24 * 200)], True, "not_answered_in_time"),
    ],
)
def test_earlier_cases_make_a_repetition(earlier: list[Earlier], repeated: bool, reason: str) -> None:
    """REW.6: late, or dissatisfied; an old closed case counts no more, an open one always."""
    repetition = judge(earlier, AT)
    assert (repetition.repeated, repetition.reason) == (repeated, reason)


def test_every_counted_case_is_named() -> None:
    """The clerk opens them to see what was promised."""
    repetition = judge([case(3, number="AJ-3"), case(24 * 91, is_open=False, number="AJ-1")], AT)
    assert repetition.earlier == ("AJ-3",)
