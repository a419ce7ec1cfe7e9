"""A promised credit that another case takes over: its cause is that of the case that promised it, and somebody bears it once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import engine.cases
from engine import running
from models.authority import Grant
from models.base import session, transaction
from models.billing import JournalEntry, SecondaryPricingItem
from models.liability import Liability, LiabilityPart
from models.user_task import UserTask
from office import fixtures, intake
from service_tasks import liabilities
from tests.support.actors import CLEO
from tests.support.furnishing import instance_of

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
RELEASED = "secondary_pricing_released"
SETTLED = {"action": "monthly_fee", "disputed_lines": "bill-item:2026-10:1 30.00 半月多收"}
SUMMARY = {"reply_channel": "counter", "resolution": "随本月二次批价冲减"}
_numbers = count(1)


@pytest.fixture(autouse=True)
def inside(office: Flask) -> Iterator[None]:
    """A context of the office."""
    with office.app_context():
        yield


def number() -> str:
    """A number whose last bill charges a monthly fee."""
    msisdn = f"138{next(_numbers):08d}"
    items = [{"kind": "monthly_fee", "text": "月租费", "amount": 5000}]
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "bill": {"period": "2026-10", "items": items}}]}, at=AT)
    return msisdn


def taken_in(msisdn: str, *forms: dict[str, str], at: datetime = AT) -> str:
    """A complaint of a number that goes through TS-003, and these forms of it."""
    details = {"channel": "counter", "demand": "冲减", "disputed_amount": 3000, "process": "TS-003"}
    intake_form = intake.Intake(msisdn=msisdn, text="多收月租费", overrule_reason="客户坚持", **details)
    case = intake.accept(intake_form, by=CLEO, at=at)
    for form in forms:
        session().expire_all()
        query = select(UserTask.id).where(UserTask.instance_id == instance_of(case), UserTask.state == "open")
        engine.cases.complete(session().scalars(query).one(), form=form, by=CLEO, at=at)
        settle(at)
    return case


def promised_by(msisdn: str, judgement: dict[str, str]) -> str:
    """A case that found this and promised a credit."""
    return taken_in(msisdn, {**judgement, "finding_note": "核对业务记录"}, SETTLED, SUMMARY)


def taken_over(msisdn: str, case: str) -> str:
    """Another case, a day later, of the credit that a case promised."""
    item = session().scalars(select(SecondaryPricingItem).where(SecondaryPricingItem.case_number == case)).one()
    choice = {"finding": "promised_credit", "disputed_lines": f"promised-credit:{item.id} 30.00"}
    return taken_in(msisdn, {**choice, "finding_note": "没有来"}, at=AT + timedelta(days=1))


def settle(at: datetime) -> None:
    """Let everything happen that is due."""
    for _ in range(20):
        if not running.run_due(at):
            return


def run_of_the_month() -> None:
    """The month's run reaches every case that waits for it."""
    at = AT + timedelta(days=7)
    engine.cases.correlate(RELEASED, "2026-11", variables={}, by=CLEO, at=at)
    settle(at)


def borne(*cases: str) -> list[tuple[str, int, str, int]]:
    """Cause, amount, state and parts of each liability of these cases."""
    session().expire_all()
    rows = session().scalars(select(Liability).where(Liability.case_number.in_(cases)).order_by(Liability.id))
    parts = select(LiabilityPart.liability_id)
    liability_ids = list(session().scalars(parts))
    return [(row.cause, row.amount, row.state, liability_ids.count(row.id)) for row in rows]


@pytest.mark.parametrize(
    ("judgement", "cause", "state"),
    [
        ({"finding": "staff", "error_kind": "unrequested_order", "responsible_person": "李某"}, "staff", "to_name"),
        ({"finding": "technology"}, "technology", "stands"),
    ],
)
def test_a_promise_taken_over_is_borne_once_for_its_own_cause(judgement: Any, cause: str, state: str) -> None:
    """Both cases wait for the run that credits it: whichever comes first, one liability of the old case's cause."""
    msisdn = number()
    old = promised_by(msisdn, judgement)
    new = taken_over(msisdn, old)
    run_of_the_month()
    assert borne(old, new) == [(cause, 3000, state, 1)]


def promised_of_old(**grant: Any) -> tuple[str, str]:
    """A number and the case of which nothing is left but the credit it promised, and what was granted for it."""
    msisdn, case = f"137{next(_numbers):08d}", f"AJ-2019-{next(_numbers):06d}"
    promised = {"case_number": case, "period": "2026-10", "amount": 3000, "item": "monthly_fee"}
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "promised": [promised]}]}, at=AT)
        if grant:
            item = session().scalars(select(SecondaryPricingItem).where(SecondaryPricingItem.case_number == case)).one()
            about = {"key": f"{case}:1", "case_number": case, "employee": "cleo", "at": AT, "way": "credit"}
            carried = {"amount": 3000, "level": "supervisor", "carried_out": 3000, "carried_key": item.key}
            session().add(Grant(**about, **carried, **grant))
    return msisdn, case


@pytest.mark.parametrize(
    ("grant", "borne_by"),
    [
        ({}, [("promised_credit", 3000, "to_name", 1)]),
        ({"basis": "judged_credit"}, [("promised_credit", 3000, "to_name", 1)]),
        ({"basis": "proved_credit"}, [("system", 3000, "stands", 1)]),
        ({"basis": "not_our_fault"}, []),
    ],
)
def test_a_promise_whose_case_is_gone_goes_by_what_was_granted(grant: Any, borne_by: Any) -> None:
    """A kindness is nobody's and what was proved the company's; a cause that no record tells waits for the supervisor's word."""
    msisdn, old = promised_of_old(**grant)
    new = taken_over(msisdn, old)
    run_of_the_month()
    assert borne(old, new) == borne_by


def test_what_is_taken_back_is_borne_by_nobody_whichever_case_brought_it() -> None:
    """The entry is the old case's, the liability stands in the new one: it goes by the entry's key."""
    msisdn, old = promised_of_old()
    new = taken_over(msisdn, old)
    run_of_the_month()
    entry = session().scalars(select(JournalEntry).where(JournalEntry.case_number == old)).one()
    with transaction():
        liabilities.relieve(old, entry.key, 3000)
    assert borne(new) == [("promised_credit", 0, "to_name", 0)]
