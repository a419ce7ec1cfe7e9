"""Voiding a case that the office itself entered in error: as a withdrawal, but in the office's own name, told so or to nobody, and no complaint to repeat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select

from engine import Actor, cases
from engine.language import Reason
from engine.record.case_steps import Told, Voided
from models.base import session, transaction
from models.complaint import VOIDED, Complaint
from models.notice import DepartmentNotice, MessageState, OutboxMessage
from office.acts import grounds
from office.acts.withdrawal import check_nothing_given
from office.supervision import SUPERVISOR

NOBODY = "nobody"
TELLING = (NOBODY, *grounds.TELLING)
_NOT_HEARD = (MessageState.FAILED, MessageState.RECALLED)


def void(case_number: str, *, reason: str, tell: str, by: Actor, at: datetime) -> None:
    """End a case that is there by mistake of the office; the supervisor hears of it, and the customer where they have heard of the case.

    Refused in words where the case has given money; that is taken back first.
    Errors: NotAtACounter, NoComplaint, OwnHousehold, InstanceEnded, NotDone.
    """
    with transaction():
        complaint = grounds.taken(case_number, by)
        untold = {} if tell == NOBODY else grounds.wrong_telling(complaint, tell)
        grounds.check(grounds.wrong_reason(reason) | untold)
        check_nothing_given(case_number)
        instance = complaint.instance_id or 0
        after, amount_held = grounds.lift_holds(case_number, instance, at)
        if tell == NOBODY and (amount_held or _has_heard(complaint)):
            raise grounds.NotDone(reasons={"tell": [Reason("told_before")]})
        message = _told(complaint, amount_held, tell, by, at)
        step: Voided = {"type": "case_voided", "reason": reason.strip(), **message}
        _report(complaint, at)
        cases.end(instance, VOIDED, [step, *after], reason=reason.strip(), by=by, at=at)


def _has_heard(complaint: Complaint) -> bool:
    """Tell whether the customer was told anything in the case, or will be."""
    of_case = OutboxMessage.case_number == complaint.case_number, OutboxMessage.state.not_in(_NOT_HEARD)
    return bool(complaint.resolution) or session().scalar(select(OutboxMessage.id).where(*of_case).limit(1)) is not None


def _told(complaint: Complaint, amount_held: int, tell: str, by: Actor, at: datetime) -> Told:
    if tell == NOBODY:
        return {}
    key = grounds.message_key("case_voided", complaint.instance_id or 0)
    template = "voided_due" if amount_held else "voided"
    return grounds.told(key, complaint, template, {"amount": amount_held}, tell=tell, by=by, at=at)


def _report(complaint: Complaint, at: datetime) -> None:
    """Tell the supervisor, since nobody else has agreed."""
    notice = {"key": grounds.message_key("case_voided", complaint.instance_id or 0), "department": SUPERVISOR}
    notice |= {"case_number": complaint.case_number, "subject": "case_voided", "text": ""}
    session().execute(insert(DepartmentNotice).values(**notice, at=at))
