"""On what grounds an act is done: whose it is, the case that it is about, what is wrong with it, and telling the customer what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

import engine
from engine import Actor, cases, language, running
from engine.language import Reason
from engine.record.case_steps import EntryAct, Told
from models.base import session
from models.complaint import Complaint
from models.identity import User
from office import correspondence, free_text, households, intake, replies
from office.supervision import SUPERVISOR
from service_tasks import notification
from service_tasks.gateway import Effect, Refused, gateway

ACCOUNTING = frozenset({"accounting_office", "accounting_team"})
TELLING = (correspondence.SMS, *correspondence.OTHERWISE)
MOST_REASON = 300
LIFTED = "withdrawn"  # nobody has rejected the lines of a hold that an act lifts
Reasons = dict[str, list[Reason]]


class NotDone(language.InvalidForm):
    """An act that cannot be done as it was asked for; `reasons` by field, those of the case itself under `case`."""


class SamePerson(engine.NotPermitted):
    """Who asks for something does not grant it, under this log-in or another."""


class NotGranting(engine.NotPermitted):
    """Extensions are granted by supervisors, reversals by supervisors and accounting."""


def may_act(person: Actor) -> bool:
    """Tell whether the person withdraws cases, tries customers, asks for extensions and reversals: who answers customers, and accounting."""
    return replies.may(person) or bool(person.groups & ACCOUNTING)


def may_agree(person: Actor, *, money: bool = True) -> bool:
    """Tell whether the person grants what others ask for; where money comes back, accounting does as well."""
    return SUPERVISOR in person.roles or (money and bool(person.groups & ACCOUNTING))


def taken(case_number: str, by: Actor, *, closed: bool = False) -> Complaint:
    """Return the complaint of a case, the case held, for somebody who may work on it.

    Errors: NotAtACounter, NoComplaint, OwnHousehold, InstanceEnded unless a closed one will do as well.
    """
    if not may_act(by):
        raise intake.NotAtACounter
    complaint = session().scalars(select(Complaint).where(Complaint.case_number == case_number)).first()
    if complaint is None or complaint.instance_id is None or complaint.msisdn is None:
        raise replies.NoComplaint(case=case_number)
    is_open = cases.hold_case(complaint.instance_id)
    session().refresh(complaint)
    if not is_open and not closed:
        raise running.InstanceEnded(case=case_number)
    households.check(complaint.instance_id, by)
    return complaint


def other_person(by: Actor, *before: str | None) -> None:
    """Check that the person is none of these, by employee number. Errors: SamePerson."""
    logins = [login for login in before if login]
    number = select(User.employee_number).where(User.name == by.user).scalar_subquery()
    same = select(User.name).where(User.name.in_(logins), User.employee_number == number)
    if by.user in logins or session().scalar(same.limit(1)) is not None:
        raise SamePerson


def wrong(**choices: tuple[str, Sequence[str]]) -> Reasons:
    """Return what is not among what can be chosen, by field."""
    return {
        name: [Reason("not_an_option" if choice else "required")]
        for name, (choice, options) in choices.items()
        if choice not in options
    }


def wrong_reason(reason: str) -> Reasons:
    """Return why a reason cannot be kept."""
    reasons = free_text.wrong(reason.strip(), MOST_REASON, required=True)
    return {"reason": reasons} if reasons else {}


def check(reasons: Mapping[str, list[Reason]]) -> None:
    """Refuse what has reasons against it. Errors: NotDone, when anything is wrong."""
    if reasons:
        raise NotDone(reasons=dict(reasons))


def wrong_telling(complaint: Complaint, tell: str) -> Reasons:
    """Return why the customer cannot be told in this way: no text arrives at a number that is cancelled."""
    reasons = wrong(tell=(tell, TELLING))
    if not reasons and tell == correspondence.SMS and not correspondence.reachable(complaint.msisdn or ""):
        return {"tell": [correspondence.UNREACHED]}
    return reasons


def told(
    key: str, complaint: Complaint, template: str, values: Mapping[str, Any], *, tell: str, by: Actor, at: datetime
) -> Told:
    """Tell the customer, once per key; what a step says of it."""
    text = notification.body(template, {**notification.known(complaint.case_number, at), **values})
    if tell == correspondence.SMS:
        notification.queue(key, complaint.case_number, complaint.msisdn or "", template, text, at, by=by.user)
    else:
        notification.told(key, complaint.case_number, tell, text, by.user, at, template=template)
    return {"told": text, "template": template, "tell": tell}


def message_key(kind: str, instance_id: int, number: int = 1) -> str:
    """Return the key of the message that an act sends: of which step of which case, the how manieth."""
    return f"{kind}:{instance_id}:{number}"


def lift_holds(case_number: str, instance_id: int, at: datetime) -> tuple[list[EntryAct], int]:
    """Make due again what the case has on hold, and take its corrections off the list of the run; the steps that say so, and fen that were on hold.

    Errors: NotDone where the run has begun.
    """
    steps: list[EntryAct] = []
    total = 0
    for hold in gateway().holds(case_number):
        key = f"{instance_id}:lifted:{hold.id}"
        gateway().settle_hold(hold.id, LIFTED, Effect(key=key, at=at, case=case_number))
        steps.append({"type": "hold_lifted", "hold": hold.id, "amount": hold.amount, "key": key, "outcome": LIFTED})
        total += hold.amount
    try:
        corrections = gateway().withdraw_corrections(case_number)
    except Refused as error:
        raise NotDone(reasons={"case": [Reason(error.reason, dict(error.values))]}) from error
    steps += [
        {"type": "correction_withdrawn", "item": correction.id, "amount": correction.amount}
        for correction in corrections
    ]
    return steps, total
