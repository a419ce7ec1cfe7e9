"""Taking a wrong credit back: one asks and says why, another agrees, above the table's figure a supervisor and accounting; the entry goes the other way.

Closed cases too: what was wrong is found out later. The step then stands after the end of the case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import engine
from engine import Actor, Reason
from models.acts import CaseRequest
from models.base import transaction
from office.acts import grounds, requests
from office.acts.grounds import ACCOUNTING, NotDone
from office.supervision import SUPERVISOR
from service_tasks.gateway import Effect, Given, Refused, gateway

TABLE, DECISION, GROUNDS = "SUB-005", "authority", "write_off"
TWO, ACCOUNTANT = "two", "accounting"


def credits_of(case_number: str) -> list[Given]:
    """What of a case's credits can be taken back."""
    return [one for one in gateway().given(case_number) if one.is_credit]


def ask(case_number: str, *, entry: str, reason: str, by: Actor, at: datetime) -> int:
    """Ask that a credit be taken back, by the key of its journal entry; the number of the request.

    Errors: NotAtACounter, NoComplaint, OwnHousehold, AlreadyErased, NotDone.
    """
    with transaction():
        complaint = grounds.taken(case_number, by, closed=True)
        wrong = grounds.wrong_reason(reason)
        chosen = _credit(case_number, entry)
        if not entry or chosen is None:
            wrong |= {"entry": [Reason("no_such_credit" if entry else "required")]}
        elif any(
            one.entry_key == entry and one.state in requests.STANDING for one in requests.requests_of(case_number)
        ):
            wrong |= {"entry": [Reason("asked_already")]}
        grounds.check(wrong)
        assert chosen is not None  # noqa: S101 — `wrong` says so
        instance = complaint.instance_id or 0
        number = requests.next_number(instance)
        said = {"type": "reversal_asked", "request": number, "entry": entry, "amount": chosen.amount}
        engine.note(instance, [{**said, "reason": reason.strip()}], by=by, at=at)
        return number


def agree(case_number: str, number: int, *, tell: str, by: Actor, at: datetime) -> bool:
    """Say yes to a request; whether the credit is taken back by that, or somebody of the other office has still to agree.

    Errors: NotGranting, SamePerson, UnknownRequest, NotDone, and as `ask`.
    """
    with transaction():
        complaint = grounds.taken(case_number, by, closed=True)
        found = requests.standing(case_number, number, "reverse")
        grounds.other_person(by, found.asked_by, found.agreed_by)
        office = _office(by, found, _level(found.amount or 0, at))
        if office is None:
            instance = complaint.instance_id or 0
            said = {"type": "reversal_agreed", "request": number, "as": _as(by, found)}
            engine.note(instance, [said], by=by, at=at)
            return False
        grounds.check(grounds.wrong_telling(complaint, tell))
        _take_back(complaint, found, tell, by, at)
        return True


def _credit(case_number: str, key: str) -> Given | None:
    return next((one for one in credits_of(case_number) if one.key == key), None)


def _level(amount: int, at: datetime) -> str:
    """Who has to agree, by the authority table."""
    weighed = {"basis": GROUNDS, "in_case": amount, "customer_90_days": 0, "clerk_today": 0, "clerk_cash_today": 0}
    value: Any = engine.decide(TABLE, DECISION, {"weighed": weighed}, at=at).value
    return str(value.get("level") if isinstance(value, dict) else value)


def _as(by: Actor, found: CaseRequest) -> str:
    return SUPERVISOR if SUPERVISOR in by.roles and found.agreed_as != SUPERVISOR else ACCOUNTANT


def _office(by: Actor, found: CaseRequest, level: str) -> str | None:
    """As what this person's yes is the last one; None where another is needed. Errors: NotGranting."""
    supervisor, accountant = SUPERVISOR in by.roles, bool(by.groups & ACCOUNTING)
    needed = {None: (supervisor, accountant), SUPERVISOR: (False, accountant), ACCOUNTANT: (supervisor, False)}
    if level != TWO:
        needed = {None: (supervisor, False)}
    if not any(needed[found.agreed_as if level == TWO else None]):
        raise grounds.NotGranting
    return None if level == TWO and found.agreed_by is None else _as(by, found)


def _take_back(complaint: Any, found: CaseRequest, tell: str, by: Actor, at: datetime) -> None:
    chosen = _credit(complaint.case_number, found.entry_key or "")
    if chosen is None:
        raise NotDone(reasons={"case": [Reason("no_such_credit")]})
    key = f"{complaint.instance_id}:reversed:{found.number}"
    try:
        gateway().reverse(chosen.id, Effect(key=key, at=at, case=complaint.case_number))
    except Refused as error:
        raise NotDone(reasons={"case": [Reason(error.reason, dict(error.values))]}) from error
    of_message = grounds.message_key("credit_reversed", complaint.instance_id, found.number)
    message = grounds.told(of_message, complaint, "taken_back", {"amount": chosen.amount}, tell=tell, by=by, at=at)
    said = {"type": "credit_reversed", "request": found.number, "entry": chosen.key, "key": key}
    engine.note(complaint.instance_id, [{**said, "amount": chosen.amount, **message}], by=by, at=at)
