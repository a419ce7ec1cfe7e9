"""The list of a Thursday: each hold on one list, until it is settled, and nothing left behind in silence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.runtime import BpmnError
from models.base import session, transaction
from models.billing import ChargeHold
from models.definition import ProcessDefinition
from models.instance import ProcessInstance
from models.timer import MessageSubscription
from service_tasks import thursday
from service_tasks.charge_hold import RELEASED
from service_tasks.gateway import Effect, gateway

DAY, NEXT = "2026-11-26", "2026-12-03"
BILL = {"items": [{"kind": "call", "text": "通话费", "amount": 5000}]}


def case(number: str, at: datetime, *, state: str = "active", waits_for: str = "") -> None:
    """A case of this number, and the Thursday it waits for."""
    if session().get(ProcessDefinition, 1) is None:
        definition = {"id": 1, "key": "SUB-001", "version": 1, "name": "", "sha256": "", "package": b""}
        session().execute(insert(ProcessDefinition).values(**definition, published_at=at, published_by="olu"))
    row = {"definition_id": 1, "key": "SUB-001", "head": b"", "state_blob": b"", "started_at": at}
    own = session().scalar(
        insert(ProcessInstance).values(business_key=number, state=state, **row).returning(ProcessInstance.id)
    )
    if waits_for:
        wait = {"instance_id": own, "token": 4, "element_id": "hold_released", "message": RELEASED}
        session().execute(insert(MessageSubscription).values(**wait, correlation_key=waits_for))


def hold(msisdn: str, amount: int, number: str | None, at: datetime, day: str = DAY) -> None:
    """So much of a number on hold until a day, for a case or none."""
    effect = Effect(key=f"{number}:{msisdn}", at=at, case=number)
    gateway().place_hold(gateway().subscription(msisdn).id, amount, date.fromisoformat(day), effect)


def figures(day: str) -> tuple[int, int, int, list[int]]:
    """Cases, forms, total, and what is on hold without a case."""
    now = thursday.waiting(day)
    return now.cases, now.forms, now.total, [line.amount for line in now.without_case]


def test_cases_and_holds_without_one_are_on_one_list(desk: Any, at: datetime) -> None:
    """The total is of both; what a case whose batch is over has still to be decided is not listed again, and an ended case decides nothing."""
    desk.given({"msisdn": "13900000001", "bill": BILL}, {"msisdn": "13900000002", "bill": BILL})
    with transaction():
        case("AJ-1", at, waits_for=DAY)
        case("AJ-2", at)  # released, and still to be decided in its own case
        case("AJ-3", at, state="cancelled")
        for number, amount in (("AJ-1", 100), ("AJ-2", 200), ("AJ-3", 400), (None, 800)):
            hold("13900000001", amount, number, at)
        hold("13900000002", 1600, None, at, NEXT)
    assert figures(DAY) == (1, 3, 1300, [400, 800])
    answer = desk.run("charge_hold/list", settle_on=DAY)
    assert (answer["forms"], answer["total"]) == (3, sum(line["amount"] for line in answer["lines"]))
    assert [hold["amount"] for hold in answer["without_case"]] == [400, 800]


def test_a_hold_left_behind_goes_with_the_next_thursday(desk: Any, at: datetime) -> None:
    """What a batch that is over did not decide comes again; while it is being decided, no other batch has it."""
    desk.given({"msisdn": "13900000001", "bill": BILL})
    with transaction():
        hold("13900000001", 800, None, at)
        case(f"GZ-{DAY}", at)
    assert figures(NEXT) == (0, 0, 0, [])
    with transaction():
        session().execute(update(ProcessInstance).values(state="completed"))
    assert figures(NEXT) == (0, 1, 800, [800])


def test_what_was_lifted_is_on_no_list(desk: Any, at: datetime) -> None:
    """A hold that the customer withdrew is neither counted nor summed."""
    desk.given({"msisdn": "13900000001", "bill": BILL})
    with transaction():
        case("AJ-1", at, waits_for=DAY)
        hold("13900000001", 800, "AJ-1", at)
    number = session().scalars(select(ChargeHold.id)).one()
    desk.run("charge_hold/lift", call_key="7:2", hold_id=number, msisdn="13900000001")
    assert figures(DAY) == (0, 0, 0, [])


def test_a_hold_without_a_case_is_posted_once(desk: Any) -> None:
    """However often the decision is carried out, the amount is credited once."""
    desk.given({"msisdn": "13900000001", "bill": BILL, "held": 2000})
    number = session().scalars(select(ChargeHold.id)).one()
    decision = {"hold_id": number, "msisdn": "13900000001", "decision": "credited"}
    assert desk.twice("charge_hold/decide", call_key="9:1", **decision) == {"amount": 2000, "outcome": "credited"}
    assert desk.moved()["13900000001.hold"] == -2000


def test_what_another_batch_has_decided_is_skipped(desk: Any) -> None:
    """Two batches under way may list the same old hold: the second is told which one decided, and nothing moves again."""
    desk.given({"msisdn": "13900000001", "bill": BILL, "held": 2000})
    number = session().scalars(select(ChargeHold.id)).one()
    decision = {"hold_id": number, "msisdn": "13900000001"}
    desk.run("charge_hold/decide", call_key="9:1", case=f"GZ-{DAY}", decision="credited", **decision)
    with pytest.raises(BpmnError) as refusal:
        desk.run("charge_hold/decide", call_key="10:1", case=f"GZ-{NEXT}", decision="rejected", **decision)
    assert (refusal.value.code, refusal.value.values["case"]) == ("hold_settled", f"GZ-{DAY}")
    assert desk.moved()["13900000001.hold"] == -2000
