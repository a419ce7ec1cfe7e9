"""A customer who cannot be reached: three tries on two different days, then a text message, and the case is closed where only their answer is waited for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from engine import Actor, cases, proof
from engine.definitions import Definition
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
        lacking = missing(tries, *_standing(instance))
        grounds.check(wrong | ({"case": lacking} if lacking else {}))
        after, _held = grounds.lift_holds(case_number, instance, at)
        key = grounds.message_key("case_not_reached", instance)
        message = grounds.told(key, complaint, NOT_REACHED, {}, tell=tell, by=by, at=at)
        step: NotReached = {"type": "case_not_reached", "tries": len(tries), **message}
        cases.end(instance, NOT_REACHED, [step, *after], reason="", by=by, at=at)


def missing(tries: Sequence[CustomerTry], definition: Definition, tasks: Sequence[UserTask]) -> list[Reason]:
    """Return what is missing before a case with these open steps may be closed because its customer cannot be reached; empty when nothing is."""
    reasons = []
    if not tasks or (steps := waits_otherwise(definition, tasks)):
        reasons.append(Reason("customer_not_awaited", {"steps": steps if tasks else []}))
    if len(tries) < TRIES:
        reasons.append(Reason("tries_missing", {"left": TRIES - len(tries), "of": TRIES}))
    if len({dates.day_of(attempt.at) for attempt in tries}) < DAYS:
        reasons.append(Reason("another_day_missing"))
    return reasons


def waits_otherwise(definition: Definition, tasks: Sequence[UserTask]) -> list[tuple[str, str, str]]:
    """Return the open steps that wait for somebody else than the customer: process, element and name of each.

    Diagrams that say it of no step are of an earlier edition; there the steps at which the clock rests count as waiting for the customer.
    """
    marked = definition.steps_awaiting_outside
    return [
        (task.process_key, task.element_id, task.name)
        for task in tasks
        if ((task.process_key, task.element_id) not in marked if marked else task.paused_at is None)
    ]


def awaited_otherwise(case_number: str) -> list[Reason]:
    """Return what a case waits for as long as that is not its customer alone; empty where it is."""
    query = select(ProcessInstance.id).where(ProcessInstance.business_key == case_number)
    reasons = missing([], *_standing(session().scalars(query).one()))
    return [reason for reason in reasons if reason.code == "customer_not_awaited"]


def _standing(instance_id: int) -> tuple[Definition, Sequence[UserTask]]:
    """Return the version that a case runs on, and its open steps."""
    query = select(UserTask).where(UserTask.instance_id == instance_id, UserTask.state == TaskState.OPEN)
    return proof.definition_of(instance_id), session().scalars(query).all()
