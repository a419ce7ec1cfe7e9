"""Requests in a case that somebody else grants, and tries to reach its customer, as rows beside the record; kept in step with it in the same commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

import engine
from engine import Actor, cases
from engine.record.case_steps import CaseStep, ExtensionAsked, RequestAct, ReversalAsked
from engine.running import Change
from models.acts import CaseRequest, CustomerTry, RequestState
from models.base import forget, session, transaction
from models.complaint import Complaint
from models.notice import DepartmentNotice
from office.acts import grounds
from office.supervision import SUPERVISOR

STANDING = (RequestState.ASKED, RequestState.AGREED)
ASKS = {"extension_asked": "extend", "reversal_asked": "reverse"}
Asking = ExtensionAsked | ReversalAsked

# What of a case's requests lapses with what: no time is given to a case that is over, and of an erased one nothing is taken back.
LAPSES = {
    "instance_completed": ("extend",),
    "instance_cancelled": ("extend",),
    "personal_data_erased": ("extend", "reverse"),
}


class UnknownRequest(engine.NotFound):
    """There is no such request that waits for an answer."""


def requests_of(case_number: str) -> list[CaseRequest]:
    """Return what was asked for in a case, the oldest first."""
    query = select(CaseRequest).where(CaseRequest.case_number == case_number)
    return list(session().scalars(query.order_by(CaseRequest.number)))


def tries_of(case_number: str) -> list[CustomerTry]:
    """Return when the customer of a case was tried, the first first."""
    query = select(CustomerTry).where(CustomerTry.case_number == case_number)
    return list(session().scalars(query.order_by(CustomerTry.attempt)))


def requests_and_tries(case_number: str) -> tuple[list[CaseRequest], list[CustomerTry]]:
    """Return both of a case in one statement, as `requests_of` and `tries_of`; a case has few of either."""
    query = select(CaseRequest, CustomerTry).select_from(Complaint)
    query = query.outerjoin(CaseRequest, CaseRequest.case_number == Complaint.case_number)
    query = query.outerjoin(CustomerTry, CustomerTry.case_number == Complaint.case_number)
    rows = session().execute(query.where(Complaint.case_number == case_number)).all()
    requests: dict[int, CaseRequest] = {request.number: request for request, _ in rows if request}
    tries: dict[int, CustomerTry] = {attempt.attempt: attempt for _, attempt in rows if attempt}
    return [requests[number] for number in sorted(requests)], [tries[number] for number in sorted(tries)]


def open_requests(limit: int = 50) -> list[CaseRequest]:
    """Return what waits for an answer in all cases, the oldest first."""
    query = select(CaseRequest).where(CaseRequest.state.in_(STANDING))
    return list(session().scalars(query.order_by(CaseRequest.asked_at, CaseRequest.id).limit(limit)))


def next_number(instance_id: int) -> int:
    """Return the number of the next request of a case, which is held."""
    last = select(func.max(CaseRequest.number)).where(CaseRequest.instance_id == instance_id)
    return (session().scalar(last) or 0) + 1


def standing(case_number: str, number: int, verb: str) -> CaseRequest:
    """Return a request that waits for an answer. Errors: UnknownRequest."""
    query = select(CaseRequest).where(CaseRequest.case_number == case_number, CaseRequest.number == number)
    request = session().scalars(query.execution_options(populate_existing=True)).first()
    if request is None or request.state not in STANDING or (verb and request.verb != verb):
        raise UnknownRequest(case=case_number, request=number)
    return request


def refuse(case_number: str, number: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Say no to a request; whoever asked may take it back so themselves.

    Errors: NotAtACounter, NoComplaint, OwnHousehold, UnknownRequest, NotGranting, NotDone.
    """
    with transaction():
        complaint = grounds.taken(case_number, by, closed=True)
        request = standing(case_number, number, "")
        if request.asked_by != by.user and not grounds.may_agree(by, money=request.verb == "reverse"):
            raise grounds.NotGranting
        grounds.check(grounds.wrong_reason(reason))
        step: RequestAct = {"type": "request_refused", "request": number, "reason": reason.strip()}
        cases.note(complaint.instance_id or 0, [step], by=by, at=at)


def follow(change: Change) -> None:
    """Carry what was asked, granted, refused and tried over to the rows, and tell the supervisor of what was asked."""
    for step in change.steps:
        if step["type"] in LAPSES:
            _lapsed(change, step["type"])
        elif step["type"] == "extension_asked" or step["type"] == "reversal_asked":
            _asked(change, step)
        elif step["type"] == "reversal_agreed":
            number = step["request"]
            _changed(change, number, state=RequestState.AGREED, agreed_by=change.by, agreed_as=step["as"])
        elif (decided := decided_by(step)) is not None:
            number, state = decided
            _changed(change, number, state=state, decided_by=change.by, decided_at=change.at)
        elif step["type"] == "customer_tried":
            row = {"instance_id": change.instance_id, "case_number": change.business_key, "attempt": step["attempt"]}
            session().execute(insert(CustomerTry).values(**row, channel=step["channel"], by=change.by, at=change.at))
        if step["type"] == "limit_extended":
            of_case = update(Complaint).where(Complaint.case_number == change.business_key)
            session().execute(of_case.values(extended_to=step["until"]))


def decided_by(step: CaseStep) -> tuple[int, RequestState] | None:
    """Return which request a step decides, and how; None where it decides none."""
    if step["type"] == "limit_extended" or step["type"] == "credit_reversed":
        return step["request"], RequestState.GRANTED
    return (step["request"], RequestState.REFUSED) if step["type"] == "request_refused" else None


def columns(step: Asking) -> dict[str, Any]:
    """Return what a row holds of a step that asks for something."""
    return {
        "number": step["request"],
        "verb": ASKS[step["type"]],
        "reason": step["reason"],
        "until": step["until"] if step["type"] == "extension_asked" else None,
        "entry_key": step["entry"] if step["type"] == "reversal_asked" else None,
        "amount": step["amount"] if step["type"] == "reversal_asked" else None,
    }


def _asked(change: Change, step: Asking) -> None:
    row = {"instance_id": change.instance_id, "case_number": change.business_key, "state": RequestState.ASKED}
    row |= {"asked_by": change.by, "asked_at": change.at, **columns(step)}
    session().execute(insert(CaseRequest).values(**row))
    notice = {"key": f"{step['type']}:{change.instance_id}:{step['request']}", "department": SUPERVISOR}
    notice |= {"case_number": change.business_key, "subject": step["type"], "text": ""}
    session().execute(insert(DepartmentNotice).values(**notice, at=change.at))


def _lapsed(change: Change, kind: str) -> None:
    of_it = CaseRequest.instance_id == change.instance_id, CaseRequest.state.in_(STANDING)
    lapsing = update(CaseRequest).where(*of_it, CaseRequest.verb.in_(LAPSES[kind]))
    session().execute(lapsing.values(state=RequestState.LAPSED, decided_by=change.by, decided_at=change.at))
    forget(CaseRequest)


def _changed(change: Change, number: int, **values: Any) -> None:
    of_it = CaseRequest.instance_id == change.instance_id, CaseRequest.number == number
    session().execute(update(CaseRequest).where(*of_it).values(**values))
    forget(CaseRequest)
