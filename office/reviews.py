"""Payments looked at again the next day: all cash above a figure and a sample of the rest, drawn so that an auditor can draw it once more; each by somebody else.

A draw takes in what was given since the last one, so that a day on which the desk did not run is missed by nobody. What is wrong is asked back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

import engine
from engine import cases, published, runtime
from models.base import session, transaction
from models.complaint import Complaint
from models.identity import User
from models.review import Review, ReviewDraw
from models.user_task import UserTask
from office import acts, households, intake, replies
from service_tasks import dates, sampling
from service_tasks.gateway import gateway
from service_tasks.gateway.adjustments import Given
from service_tasks.reviews import TAKE_BACK
from service_tasks.zone import ZONE

PROCESS = "SUB-009"
SHARE = 5  # of a hundred payments
CASH_ABOVE = 5000  # fen
TOLD = {
    "reviewed_case": "string",
    "reviewed_kind": "string",
    "reviewed_amount": "fen",
    "reviewed_cash": "fen",
    "reviewed_on": "string",
    "review_cause": "string",
}
REASON = "desk:found_wrong"


class OwnPayment(engine.NotPermitted):
    """Whoever had a hand in the case does not look at its payment again."""


def draw(payments: Sequence[Given], day: str) -> list[tuple[Given, str]]:
    """Return what is looked at of these, and why: `cash` above the figure, and of the others the share rounded up, in the order of their marks.

    A mark is made of the day and of the key and instant of the entry, so that nobody knows it before the payment and everybody can make it afterwards.
    """
    cash = [payment for payment in payments if payment.cash > CASH_ABOVE]
    rest = sorted(
        (payment for payment in payments if payment.cash <= CASH_ABOVE), key=lambda payment: mark(payment, day)
    )
    sample = rest[: -(-len(rest) * SHARE // 100)]
    return [*((payment, "cash") for payment in cash), *((payment, "sample") for payment in sample)]


def mark(payment: Given, day: str) -> str:
    """Return by what a payment is drawn."""
    return sampling.mark(day, payment.key, payment.at.isoformat())


def begin_due(at: datetime) -> int:
    """Draw what was given before today, once a day, when the timer of the process says so; how many are looked at. Anybody may call this at any time."""
    day, timer = dates.day_of(at), published.start_timer(PROCESS)
    if not timer or session().get(ReviewDraw, f"{day}") is not None or dates.due(timer, at) > at:
        return 0
    try:
        return _draw(f"{day}", datetime.combine(day, time.min, ZONE), at)
    except IntegrityError:  # somebody else has drawn meanwhile
        return 0


def _draw(day: str, upto: datetime, at: datetime) -> int:
    with transaction():
        last = session().scalar(select(func.max(ReviewDraw.upto)))
        since = last or upto - timedelta(days=1)
        payments = gateway().given_between(since, upto)
        picks = draw(payments, day)
        row = {"day": day, "since": since, "upto": upto, "paid": len(payments), "drawn": len(picks), "at": at}
        session().execute(insert(ReviewDraw).values(**row))
        for number, (payment, cause) in enumerate(picks, start=1):
            _begin(payment, cause, day, number, at)
    return len(picks)


def _begin(payment: Given, cause: str, day: str, number: int, at: datetime) -> None:
    facts = {
        "reviewed_case": payment.case,
        "reviewed_kind": payment.kind,
        "reviewed_amount": payment.amount,
        "reviewed_cash": payment.cash,
        "reviewed_on": f"{dates.day_of(payment.at)}",
        "review_cause": cause,
    }
    key = f"FC-{day}-{number:03d}"
    advanced = cases.start(PROCESS, business_key=key, variables={"case_number": key, **facts}, by=engine.SYSTEM, at=at)
    row = {"day": day, "entry_id": payment.id, "instance_id": advanced.instance_id, "case_number": payment.case}
    session().execute(insert(Review).values(cause=cause, **row))


def barred(instances: Collection[int], user: str) -> dict[int, engine.NotPermitted]:
    """Return the reviews of these that a person may not do: of a case in which they did a step, under whatever log-in, or of their own household."""
    me, twin = aliased(User), aliased(User)
    log_ins = select(twin.name).join(me, me.employee_number == twin.employee_number).where(me.name == user)
    case = (Review.instance_id.in_(instances),)
    hands = or_(UserTask.completed_by == user, UserTask.completed_by.in_(log_ins))
    worked = select(Review.instance_id).join(UserTask, UserTask.business_key == Review.case_number).where(*case, hands)
    accepted = or_(Complaint.accepted_by == user, Complaint.accepted_by.in_(log_ins))
    began = (
        select(Review.instance_id).join(Complaint, Complaint.case_number == Review.case_number).where(*case, accepted)
    )
    refusals: dict[int, engine.NotPermitted] = {
        instance: OwnPayment(instance=instance) for instance in session().scalars(worked.union(began))
    }
    query = select(Complaint.instance_id, Review.instance_id).join(Review, Review.case_number == Complaint.case_number)
    reviews = {row[0]: row[1] for row in session().execute(query.where(*case)) if row[0] is not None}
    own = households.barred(reviews, user) if reviews else {}
    return refusals | {reviews[instance]: refusal for instance, refusal in own.items()}


@runtime.background(TAKE_BACK)
def take_back(parameters: dict[str, Any], at: datetime) -> None:
    """Ask that what was found wrong be taken back, in the name of whoever found it; somebody else agrees. Nothing where it is asked for or back already."""
    by = engine.Actor(parameters["by"], frozenset(), frozenset({"supervisor"}))
    try:
        acts.ask_reversal(parameters["case"], entry=parameters["entry"], reason=REASON, by=by, at=at)
    except (acts.NotDone, cases.AlreadyErased, intake.NotAtACounter, replies.NoComplaint):
        return
