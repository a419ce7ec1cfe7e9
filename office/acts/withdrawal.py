"""Withdrawing a case at the customer's wish: it ends where it stands, its lines are free, what was on hold is due again without a late fee for the time."""

from __future__ import annotations

from datetime import datetime

from engine import Actor, cases
from engine.language import Reason
from engine.record.case_steps import Withdrawn
from models.base import transaction
from office.acts import grounds
from office.acts.grounds import NotDone
from service_tasks.gateway import gateway

CHANNELS = ("counter", "phone", "letter")
SAID_BY = ("customer", "holder", "agent")
WITHDRAWN = "withdrawn"


def withdraw(case_number: str, *, reason: str, said_by: str, channel: str, tell: str, by: Actor, at: datetime) -> None:
    """End a case because its customer takes it back: who of them said so, by which channel, and how they are told what follows.

    Refused in words where the case has given money; that is taken back first.
    Errors: NotAtACounter, NoComplaint, OwnHousehold, InstanceEnded, NotDone.
    """
    with transaction():
        complaint = grounds.taken(case_number, by)
        wrong = grounds.wrong(said_by=(said_by, SAID_BY), channel=(channel, CHANNELS)) | grounds.wrong_reason(reason)
        grounds.check(wrong | grounds.wrong_telling(complaint, tell))
        check_nothing_given(case_number)
        instance = complaint.instance_id or 0
        after, amount_held = grounds.lift_holds(case_number, instance, at)
        template = "withdrawn_due" if amount_held else "withdrawn"
        key = grounds.message_key("case_withdrawn", instance)
        message = grounds.told(key, complaint, template, {"amount": amount_held}, tell=tell, by=by, at=at)
        step: Withdrawn = {
            "type": "case_withdrawn",
            "reason": reason.strip(),
            "said_by": said_by,
            "channel": channel,
            **message,
        }
        cases.end(instance, WITHDRAWN, [step, *after], reason=reason.strip(), by=by, at=at)


def check_nothing_given(case_number: str) -> None:
    """Check that the case has given nothing. Errors: NotDone with what it has given and nobody has taken back."""
    payments = gateway().given(case_number)
    if payments:
        amount, cash = sum(payment.amount for payment in payments), sum(payment.cash for payment in payments)
        ways = {payment.way for payment in payments}
        way = ways.pop() if len(ways) == 1 else "mixed"
        values = {"amount": amount, "count": len(payments), "cash": cash, "way": way}
        raise NotDone(reasons={"case": [Reason("money_given", values)]})
