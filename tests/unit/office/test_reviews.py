"""What was paid is looked at again the next day: drawn so that it can be drawn once more, by somebody else, and asked back where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import make_transient

import engine
from engine import cases, running
from models.base import session, transaction
from models.complaint import Complaint
from models.identity import User
from models.review import Review, ReviewDraw
from models.user_task import UserTask
from office import acts, fixtures, intake, reviews, staff, verification
from service_tasks.gateway import Effect, LinePart, gateway
from service_tasks.gateway.adjustments import Given
from tests.support.actors import CLEO, SAM

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
MORNING = datetime(2026, 11, 24, 2, tzinfo=UTC)  # 10:00 the next day
SUE = engine.Actor("sue", SAM.groups, SAM.roles)
ITEMS = [{"kind": "function_fee", "text": "彩铃", "amount": 100000}]


@pytest.fixture(scope="module")
def day_after_the_demo(sqlite_office: Flask) -> Flask:
    """An office in which the demo's own payments are another day's."""
    with sqlite_office.app_context():
        reviews.begin_due(AT)
    return sqlite_office


@pytest.fixture(autouse=True)
def inside(day_after_the_demo: Flask) -> Iterator[None]:
    """A context of the office."""
    with day_after_the_demo.app_context():
        yield


def paid(msisdn: str, fen: int, at: datetime, *, cash: bool = False) -> str:
    """A case of Cleo's that gave so much, on the bill or in cash; its number."""
    with transaction():
        receipt = {"number": f"SJ-{msisdn}", "kind": "charge", "amount": 100000}
        bill = {"period": "2026-10", "items": ITEMS, "paid": cash}
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "bill": bill, "receipts": [receipt]}]}, at=at)
    intake_form = intake.Intake(
        msisdn=msisdn, text="多收了钱", process="TS-002", channel="counter", disputed_amount=fen, overrule_reason="要求"
    )
    number = intake.accept(intake_form, by=CLEO, at=at)
    subscription, effect = gateway().subscription(msisdn).id, Effect(key=f"{number}:paid", at=at, case=number)
    part = [LinePart("bill-item:2026-10:1", fen, reason="一部分")]
    with transaction():
        if cash:
            gateway().refund_cash(f"SJ-{msisdn}", fen, effect, lines=part)
        else:
            gateway().credit(subscription, fen, "charge", effect, lines=part)
    return number


def begun(day: str) -> dict[str, tuple[str, int]]:
    """What was drawn on a day: cause and task of the review, by case."""
    query = select(Review.case_number, Review.cause, UserTask.id).join(
        UserTask, UserTask.instance_id == Review.instance_id
    )
    return {row[0]: (row[1], row[2]) for row in session().execute(query.where(Review.day == day))}


def made(number: int, fen: int = 100, cash: int = 0) -> Given:
    return Given(number, f"{number}:1", "charge_credit", AT + timedelta(seconds=number), fen, cash, f"A-{number}")


@given(st.integers(0, 200), st.integers(0, 30))
def test_all_cash_above_50_and_one_in_twenty_of_the_rest(rest: int, cash: int) -> None:
    """At least one as soon as anything was paid; 50.00 in cash itself is one of the rest; drawn anew it is the same, in whatever order it is listed."""
    payments = [made(number) for number in range(rest)]
    payments += [made(1000 + number, 5001, 5001) for number in range(cash)] + [made(2000, 5000, 5000)]
    picks = reviews.draw(payments, "2026-11-24")
    assert sum(cause == "cash" for _, cause in picks) == cash
    assert sum(cause == "sample" for _, cause in picks) == -(-(rest + 1) // 20)
    again = reviews.draw(payments[::-1], "2026-11-24")
    assert {payment.id for payment, _ in again} == {payment.id for payment, _ in picks}


def test_another_day_draws_others() -> None:
    """The day is part of the draw, so that nobody knows today what is looked at tomorrow."""
    payments = [made(number) for number in range(100)]
    samples = [{payment.id for payment, _ in reviews.draw(payments, f"2026-11-{day}")} for day in range(10, 20)]
    assert len({frozenset(sample) for sample in samples}) > 1


def test_the_day_after_it_is_drawn_once_and_by_somebody_else(day_after_the_demo: Flask) -> None:
    """At ten, once, days that were missed included; whoever had a hand in the case neither takes nor does it, under no log-in."""
    cash, credit = paid("13912340001", 5800, AT, cash=True), paid("13912340002", 900, AT + timedelta(hours=1))
    assert reviews.begin_due(MORNING - timedelta(minutes=1 + 60)) == 0
    assert reviews.begin_due(MORNING) == 2
    assert reviews.begin_due(MORNING + timedelta(minutes=1)) == 0
    by_number = begun("2026-11-24")
    assert {number: cause for number, (cause, _) in by_number.items()} == {cash: "cash", credit: "sample"}
    row = session().get_one(ReviewDraw, "2026-11-24")
    assert (row.paid, row.drawn) == (2, 2)
    task = by_number[cash][1]
    with transaction():
        session().get_one(User, "sue").employee_number = session().get_one(User, "cleo").employee_number
    with pytest.raises(reviews.OwnPayment):
        cases.claim(task, by=SUE, at=MORNING)
    with pytest.raises(reviews.OwnPayment):
        cases.complete(task, form={"finding": "right"}, by=SUE, at=MORNING)
    cases.complete(task, form={"finding": "right"}, by=SAM, at=MORNING)
    session().expire_all()
    review = session().scalars(select(Review).where(Review.case_number == cash)).one()
    assert (review.finding, review.reviewed_by) == ("right", "sam")
    missed = paid("13912340003", 700, MORNING)
    assert reviews.begin_due(MORNING + timedelta(days=3)) == 1
    assert set(begun("2026-11-27")) == {missed}


def test_what_is_wrong_is_asked_back_by_whoever_found_it(day_after_the_demo: Flask) -> None:
    """The request stands in the case, somebody else has to agree, and it is asked for once."""
    later = MORNING + timedelta(days=6)
    number = paid("13912340004", 6000, later, cash=True)
    reviews.begin_due(later + timedelta(days=1))
    ((_, task),) = begun("2026-12-01").values()
    cases.complete(task, form={"finding": "wrong", "what_is_wrong": "票据不是本人的"}, by=SAM, at=later)
    for _ in range(3):
        running.run_jobs(later + timedelta(days=1))
    (request,) = acts.requests_of(number)
    assert (request.verb, request.amount, request.asked_by, request.state) == ("reverse", 6000, "sam", "asked")
    with pytest.raises(engine.NotPermitted):
        acts.agree_reversal(number, request.number, tell="letter", by=SAM, at=later)
    parameters: dict[str, Any] = {"case": number, "entry": request.entry_key, "by": "sam", "review": 1}
    reviews.take_back(parameters, later)
    assert len(acts.requests_of(number)) == 1


def drawn_wrongly() -> list[str]:
    """What verification finds about draws."""
    return [deviation.what for deviation in verification.verify_office() if deviation.kind == "reviews"]


def test_an_auditor_draws_it_once_more(day_after_the_demo: Flask) -> None:
    """Verification draws every day anew; a payment that was left out, or put in for another, is found. What is taken back later was drawn all the same."""
    assert drawn_wrongly() == []
    review = session().scalars(select(Review).where(Review.day == "2026-11-24", Review.cause == "cash")).one()
    with transaction():
        gateway().reverse(review.entry_id, Effect(key="later", at=MORNING + timedelta(days=30)))
    assert drawn_wrongly() == []
    with transaction():
        session().execute(delete(Review).where(Review.id == review.id))
    (deviation,) = drawn_wrongly()
    assert "2026-11-24" in deviation
    with transaction():
        make_transient(review)
        session().add(review)


def test_nobody_looks_again_at_a_payment_of_their_own_household(day_after_the_demo: Flask) -> None:
    """The case is another's, the number is theirs."""
    later = MORNING + timedelta(days=8)
    number = paid("13912340005", 800, later)
    reviews.begin_due(later + timedelta(days=1))
    ((_, task),) = begun("2026-12-03").values()
    staff.identify("sam", at=later, added=["13912340005"])
    with pytest.raises(engine.NotPermitted) as raised:
        cases.claim(task, by=SAM, at=later)
    assert raised.value.code == "OwnHousehold"
    assert session().scalar(select(Complaint.state).where(Complaint.case_number == number)) == "open"
