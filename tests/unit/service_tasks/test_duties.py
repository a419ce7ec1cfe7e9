"""Collecting rows for the periodic duties."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.base import session
from models.duty import DutyItem
from service_tasks.duties import UnknownDuty, period


def test_a_case_is_listed_once(desk: Any) -> None:
    """DUE.2: a refund that stood twice on the list would be settled twice."""
    desk.given()
    answer = desk.twice("duties/collect", duty="DUE.2", amount=5000, subject="AJ-2026-000001")
    item = session().scalars(select(DutyItem)).one()
    assert answer == {"row": item.id, "period": "2026-11"}
    assert (item.duty, item.amount, item.subject, item.case_number) == ("DUE.2", 5000, *["AJ-2026-000001"] * 2)


def test_a_register_has_a_row_for_each_line(desk: Any) -> None:
    """DUE.5: the provincial company answers charge by charge."""
    desk.given()
    lines = [{"line": "information-fee:1", "amount": 1000}, {"line": "information-fee:2", "amount": 500}]
    desk.twice("duties/collect", duty="DUE.5", amount=1500, subject="AJ-1", lines=lines)
    items = session().scalars(select(DutyItem).order_by(DutyItem.id)).all()
    assert [(item.subject, item.amount) for item in items] == [
        ("AJ-1 information-fee:1", 1000),
        ("AJ-1 information-fee:2", 500),
    ]


@pytest.mark.parametrize(
    "duty, after_days, expected, due_day",
    [
        ("DUE.2", 0, "2026-11", 26),
        ("DUE.2", 4, "2026-12", 25),
        ("DUE.3", 0, "2026-11-26", 26),
        ("DUE.5", 0, "2026-11", 24),
        ("DUE.5", 2, "2026-12", 24),
        ("DUE.10", 0, "2026-11", 1),
    ],
)
def test_the_period_follows_the_duty_s_rule(
    desk: Any, at: datetime, duty: str, after_days: int, expected: str, due_day: int
) -> None:
    """What misses this month's day goes into the next one (a weekend: the Friday before); DUE.10 reports on the month gone by."""
    desk.given()
    answer = desk.run("duties/collect", duty=duty, subject="AJ-1", at=at + timedelta(days=after_days))
    assert answer["period"] == expected
    assert session().scalars(select(DutyItem)).one().due_at.day == due_day


def test_a_given_limit_wins(desk: Any) -> None:
    """A diagram may say itself when its row is due."""
    desk.given()
    answer = desk.run("duties/collect", duty="DUE.3", subject="AJ-1", due_at="2026-12-03T18:00:00+08:00")
    assert answer["period"] == "2026-12-03"


def test_daily_duties_are_named_by_day(at: datetime) -> None:
    """The office's day, not UTC's."""
    assert period("same_day(at)", at, at + timedelta(hours=16)) == "2026-11-24"


def test_a_duty_the_manual_lacks_is_an_incident(desk: Any) -> None:
    """A row under a duty nobody confirms would be lost."""
    desk.given()
    with pytest.raises(UnknownDuty):
        desk.run("duties/collect", duty="DUE.99", subject="AJ-1")


def test_a_row_goes_on_the_list_of_the_day_it_is_settled(desk: Any) -> None:
    """DUE.3: what is on hold until the next Thursday but one stands on that Thursday's list, not on the coming one's."""
    desk.given()
    assert desk.run("duties/collect", call_key="1:1", duty="DUE.3", subject="AJ-1")["period"] == "2026-11-26"
    later = desk.run("duties/collect", call_key="1:2", duty="DUE.3", subject="AJ-1", on="2026-12-03")
    assert later["period"] == "2026-12-03"
