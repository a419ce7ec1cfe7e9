"""Taking back what was wrongly given: one asks and says why, another agrees, above the table's figure a supervisor and accounting; the entry goes the other way.

What has left the office, in cash or spent by the number that got it, is owed from then on, unless the customer hands the cash back at the counter, against a
receipt. What staff paid out of their own pocket is taken back only so: nobody owes it to us. Closed cases too: what was wrong is found out later. The step then stands after the end of the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Required, TypedDict

from engine import Actor, cases, published
from engine.language import Reason
from engine.record.case_steps import CreditReversed, RequestAct, ReversalAsked
from models.acts import CaseRequest, RequestState
from models.base import transaction
from office.acts import grounds, requests, taken_back
from office.acts.grounds import ACCOUNTING, NotDone
from office.supervision import SUPERVISOR
from service_tasks import liabilities
from service_tasks.gateway import Effect, Refused, gateway, next_number
from service_tasks.gateway.adjustments import BY_STAFF, Given

TABLE, DECISION, GROUNDS = "SUB-005", "authority", "write_off"
TWO, ACCOUNTANT = "two", "accounting"
HANDED_BACK = "HK"  # the series of receipts for cash that came back: nothing is paid against them


def credits_of(case_number: str) -> list[Given]:
    """Return what of what a case gave can be taken back."""
    return gateway().given(case_number)


def ask_reversal(case_number: str, *, entry: str, reason: str, by: Actor, at: datetime) -> int:
    """Ask that a credit be taken back, by the key of its journal entry; the number of the request.

    Errors: NotAtACounter, NoComplaint, OwnHousehold, AlreadyErased, NotDone.
    """
    with transaction():
        complaint = grounds.taken(case_number, by, closed=True)
        wrong = grounds.wrong_reason(reason)
        credit = _credit(case_number, entry)
        if not entry or credit is None:
            wrong |= {"entry": [Reason("no_such_credit" if entry else "required")]}
        elif any(
            request.entry_key == entry and request.state in requests.STANDING
            for request in requests.requests_of(case_number)
        ):
            wrong |= {"entry": [Reason("asked_already")]}
        grounds.check(wrong)
        assert credit is not None  # noqa: S101 — `wrong` says so
        instance = complaint.instance_id or 0
        number = requests.next_number(instance)
        step: ReversalAsked = {
            "type": "reversal_asked",
            "request": number,
            "entry": entry,
            "amount": credit.amount,
            "reason": reason.strip(),
        }
        cases.note(instance, [step], by=by, at=at)
        return number


def agree_reversal(
    case_number: str, number: int, *, tell: str, by: Actor, at: datetime, handed_back: bool = False
) -> bool:
    """Say yes to a request; whether the credit is taken back by that, or somebody of the other office has still to agree.

    `handed_back`: the customer has brought the cash back to the counter. It counts with the yes that takes the credit back.
    Errors: NotGranting, SamePerson, UnknownRequest, NotDone, and as `ask`.
    """
    with transaction():
        complaint = grounds.taken(case_number, by, closed=True)
        request = requests.standing(case_number, number, "reverse")
        grounds.other_person(by, request.asked_by, request.agreed_by)
        office = _office(by, request, _level(_in_case(request), at))
        if office is None:
            instance = complaint.instance_id or 0
            step: RequestAct = {"type": "reversal_agreed", "request": number, "as": _as(by, request)}
            cases.note(instance, [step], by=by, at=at)
            return False
        grounds.check(grounds.wrong_telling(complaint, tell))
        _take_back(complaint, request, tell, by, at, handed_back)
        return True


def is_asked(request: CaseRequest, by: Actor, at: datetime) -> bool:
    """Tell whether a yes of this person counts for a request that waits: only who may give it is asked for it."""
    if request.state not in requests.STANDING:
        return False
    if request.verb == "extend":
        return grounds.may_agree(by, money=False)
    if request.agreed_as != SUPERVISOR and SUPERVISOR in by.roles:
        return True
    is_accountant = bool(by.groups & ACCOUNTING) and request.agreed_as != ACCOUNTANT
    return is_accountant and _level(_in_case(request), at) == TWO


def asked_of(by: Actor, at: datetime) -> list[CaseRequest]:
    """Return what waits for a yes of this person in all cases, the oldest first."""
    waiting = requests.open_requests() if grounds.may_agree(by) else []
    return [request for request in waiting if is_asked(request, by, at)]


def _credit(case_number: str, key: str) -> Given | None:
    return next((credit for credit in credits_of(case_number) if credit.key == key), None)


def _in_case(request: CaseRequest) -> int:
    """Return what is taken back in the case with this request, so that nobody agrees to a large sum in small pieces; in fen."""
    granted = [
        earlier
        for earlier in requests.requests_of(request.case_number)
        if earlier.verb == "reverse" and earlier.state == RequestState.GRANTED
    ]
    return (request.amount or 0) + sum(earlier.amount or 0 for earlier in granted)


def _level(amount: int, at: datetime) -> str:
    """Return who has to agree, by the authority table."""
    weighed = {"basis": GROUNDS, "in_case": amount, "customer_90_days": 0, "clerk_today": 0, "clerk_cash_today": 0}
    value: Any = published.decide(TABLE, DECISION, {"weighed": weighed}, at=at).value
    return str(value.get("level") if isinstance(value, dict) else value)


def _as(by: Actor, request: CaseRequest) -> str:
    return SUPERVISOR if SUPERVISOR in by.roles and request.agreed_as != SUPERVISOR else ACCOUNTANT


def _office(by: Actor, request: CaseRequest, level: str) -> str | None:
    """Say as what this person's yes is the last one; None where another is needed. Errors: NotGranting."""
    supervisor, accountant = SUPERVISOR in by.roles, bool(by.groups & ACCOUNTING)
    entitled = {None: (supervisor, accountant), SUPERVISOR: (False, accountant), ACCOUNTANT: (supervisor, False)}
    if level != TWO:
        entitled = {None: (supervisor, False)}
    if not any(entitled[request.agreed_as if level == TWO else None]):
        raise grounds.NotGranting
    return None if level == TWO and request.agreed_by is None else _as(by, request)


def _take_back(complaint: Any, request: CaseRequest, tell: str, by: Actor, at: datetime, handed_back: bool) -> None:
    credit = _credit(complaint.case_number, request.entry_key or "")
    if credit is None:
        raise NotDone(reasons={"case": [Reason("no_such_credit")]})
    if handed_back and not credit.cash:
        raise NotDone(reasons={"handed_back": [Reason("no_cash_given")]})
    key = f"{complaint.instance_id}:reversed:{request.number}"
    effect = Effect(key=key, at=at, case=complaint.case_number)
    owed_before = gateway().owed_by_bill(credit.id)
    try:
        entry = gateway().reverse(credit.id, effect, handed_back=handed_back)
    except Refused as error:
        field = "handed_back" if error.reason == "cash_not_back" else "case"
        raise NotDone(reasons={field: [Reason(error.reason, dict(error.values))]}) from error
    liabilities.relieve(complaint.case_number, credit.key, credit.amount, by_staff=credit.kind == BY_STAFF)
    result: _Amounts = {"amount": credit.amount, **_came_back(credit, entry.id, at, handed_back)}
    due = gateway().due_again(entry.id, owed_before)
    papers = taken_back.Papers(gateway().papers_voided_by(entry.id), gateway().exchange_of(entry.id))
    account = taken_back.told(result, credit, due, complaint.subscription_id, papers)
    template, values = _template(result), {"amount": credit.amount, "what": account}
    of_message = grounds.message_key("credit_reversed", complaint.instance_id, request.number)
    message = grounds.told(of_message, complaint, template, values, tell=tell, by=by, at=at)
    step: CreditReversed = {
        "type": "credit_reversed",
        "request": request.number,
        "entry": credit.key,
        "key": key,
        **result,
        **message,
    }
    cases.note(complaint.instance_id, [step], by=by, at=at)


class _CameBack(TypedDict, total=False):
    owed: int
    handed_back: int
    receipt: str


class _Amounts(_CameBack):
    amount: Required[int]


def _came_back(credit: Given, reversal_id: int, at: datetime, handed_back: bool) -> _CameBack:
    """Return what the customer owes since then, or has handed back, with the number of the receipt they get for it."""
    debt = gateway().owed_anew(reversal_id)
    amounts: _CameBack = {"owed": debt} if debt else {}
    if handed_back:
        amounts |= {"handed_back": credit.cash, "receipt": next_number(HANDED_BACK, at)}
    return amounts


def _template(result: Mapping[str, Any]) -> str:
    """Return the template in which the customer is told."""
    kinds = [kind for name, kind in (("handed_back", "cash"), ("owed", "owed")) if name in result]
    return "_".join(["taken_back", *kinds])
