"""A customer who cannot be reached: three tries on two different days, then a text message, and the case is closed where only their answer is waited for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from engine import Actor, cases
from engine.language import Reason
from engine.record.case_steps import CaseStep, NotReached
from models.acts import CustomerTry
from models.base import session, transaction
from models.instance import ProcessInstance
from models.states import TaskState
from models.user_task import UserTask
from office.acts import grounds, requests
from service_tasks import dates

TRIES, DAYS = 3, 2
APART = timedelta(hours=1)  # ours: what follows sooner is the same try
CHANNELS = ("phone", "sms", "visit", "letter")
NOT_REACHED = "not_reached"


def try_customer(case_number: str, *, channel: str, by: Actor, at: datetime) -> int:
    """Write down that the customer was tried just now and not reached; the how manieth try it is.

    Errors: NotAtACounter, NoComplaint, OwnHousehold, InstanceEnded, NotDone.
    """
    with transaction():
        complaint = grounds.taken(case_number, by)
        tries = requests.tries_of(case_number)
        wrong = grounds.wrong(channel=(channel, CHANNELS))
        if tries and at - tries[-1].at < APART:
            wrong |= {
                "case": [Reason("tried_just_now", {"minutes": -((at - tries[-1].at - APART) // timedelta(minutes=1))})]
            }
        grounds.check(wrong)
        step: CaseStep = {"type": "customer_tried", "attempt": len(tries) + 1, "channel": channel}
        cases.note(complaint.instance_id or 0, [step], by=by, at=at)
        return len(tries) + 1


def close_unreached(case_number: str, *, tell: str, by: Actor, at: datetime) -> None:
    """Tell the customer and close the case. Errors: as `try_customer`; NotDone with what is missing."""
    with transaction():
        complaint = grounds.taken(case_number, by)
        instance, tries = complaint.instance_id or 0, requests.tries_of(case_number)
        wrong = grounds.wrong_telling(complaint, tell)
        lacking = missing(tries, is_awaited=_customer_awaited(instance))
        grounds.check(wrong | ({"case": lacking} if lacking else {}))
        after, _held = grounds.lift_holds(case_number, instance, at)
        key = grounds.message_key("case_not_reached", instance)
        message = grounds.told(key, complaint, NOT_REACHED, {}, tell=tell, by=by, at=at)
        step: NotReached = {"type": "case_not_reached", "tries": len(tries), **message}
        cases.end(instance, NOT_REACHED, [step, *after], reason="", by=by, at=at)


def missing(tries: Sequence[CustomerTry], *, is_awaited: bool) -> list[Reason]:
    """Return what is missing before a case may be closed because its customer cannot be reached; empty when nothing is.

    `is_awaited`: nothing but the customer's answer is waited for, the clock rests at every open step.
    """
    reasons = []
    if not is_awaited:
        reasons.append(Reason("customer_not_awaited"))
    if len(tries) < TRIES:
        reasons.append(Reason("tries_missing", {"left": TRIES - len(tries), "of": TRIES}))
    if len({dates.day_of(attempt.at) for attempt in tries}) < DAYS:
        reasons.append(Reason("another_day_missing"))
    return reasons


def _customer_awaited(instance_id: int) -> bool:
    """Tell whether nothing but the customer's answer is waited for: every open step is one at which the clock rests for it."""
    if session().get_one(ProcessInstance, instance_id).paused_at is None:
        return False
    running_steps = select(func.count()).where(
        UserTask.instance_id == instance_id, UserTask.state == TaskState.OPEN, UserTask.paused_at.is_(None)
    )
    return not session().scalar(running_steps)
