"""Cases under way in a test office, so that there is something to open, to take, to repair and to be refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from sqlalchemy import select

import engine
from engine import cases, runtime
from models.base import session
from models.incident import Incident
from models.instance import ProcessInstance
from models.user_task import UserTask
from office import acts, intake, notices
from office.demo.month import Month
from service_tasks import dates
from tests.support.actors import CLEO, SAM

STAFF = {
    "finding": "staff",
    "error_kind": "wrong_order",
    "responsible_person": "李某",
    "finding_note": "底单与录入不符",
}
JUDGED = {**STAFF, "disputed_amount": "88.00"}
EXPLAINED = {"finding": "charge_right", "finding_note": "客户自己开通", "disputed_amount": "10.00"}
LINE = f"bill-item:{Month(engine.now()).period}:2 88.00"
CASH = {
    "disputed_lines": LINE,
    "right_delivered": "no",
    "refund_kind": "charge",
    "receipt_held": "yes",
    "repayment_method": "cash",
}
PAID = {"receipt_number": "SJ-0201", "refund_amount": "88.00", "receipt_taken_back": "yes", "customer_signed": "yes"}
REFUND = "refunds/cash"


@dataclass(frozen=True)
class Furnished:
    """What is there: numbers and ids, by what they are."""

    case: str
    instance: int
    task: int
    closed_task: int
    incident: int
    notice: int


def furnish(app: Flask) -> Furnished:
    """A case at its first task, one further on, one stuck at its refund, and a notice that clerks have read."""
    with app.app_context():
        case = begin("13900000202")
        (task,) = open_tasks(case)
        (closed,) = open_tasks(begin("13900000203"))
        complete(closed, EXPLAINED)
        stuck = begin("13900000201")
        with broken(runtime.current(), REFUND):
            for form in (JUDGED, CASH, PAID):
                complete(open_tasks(stuck)[0], form)
        incident = session().scalars(select(Incident.id)).one()
        notice = notices.publish("交换机故障，统一口径如下", by=SAM, at=engine.now())
        for name in ("cleo", "sam", "nora"):
            notices.confirm(notice, by=engine.Actor(name), at=engine.now())
        return Furnished(case, instance_of(case), task, closed, incident, notice)


def ask_for_time(number: str, reason: str, by: engine.Actor = SAM) -> None:
    """Ask for one working day more than a case has."""
    row = session().scalars(select(ProcessInstance).where(ProcessInstance.business_key == number)).one()
    assert row.due_at is not None
    until = dates.day_of(runtime.calendar().working_days(row.due_at, 1))
    acts.ask_extension(number, until=until, reason=reason, by=by, at=engine.now())


def begin(msisdn: str, process: str = "TS-002", by: engine.Actor = CLEO) -> str:
    """A complaint that goes through TS-002 or another process, taken in by Cleo or somebody else; its number."""
    taken = intake.Intake(
        msisdn=msisdn,
        text="多收了彩铃功能费，要求退费",
        channel="counter",
        demand="退还多收的费用",
        disputed_amount=8800,
        process=process,
        overrule_reason="客户要求",
    )
    return intake.accept(taken, by=by, at=engine.now())


def complete(task: int, form: dict[str, Any], by: engine.Actor = CLEO) -> None:
    """Cleo, or somebody else, completes a task."""
    cases.complete(task, form=form, by=by, at=engine.now())


def instance_of(case: str) -> int:
    """The instance of a case."""
    return session().scalars(select(ProcessInstance.id).where(ProcessInstance.business_key == case)).one()


def open_tasks(case: str) -> list[int]:
    """The open tasks of a case."""
    query = select(UserTask.id).where(UserTask.business_key == case, UserTask.state == "open").order_by(UserTask.id)
    return list(session().scalars(query))


@contextmanager
def broken(office: runtime.Runtime, topic: str) -> Iterator[None]:
    """Inside the block, a service task of an office does half of its work and then throws."""
    working = office.handlers[topic]

    def fail(parameters: dict[str, Any], call: Any) -> Any:
        working.function(parameters, call)
        raise ZeroDivisionError

    office.handlers[topic] = replace(working, function=fail)
    try:
        yield
    finally:
        office.handlers[topic] = working
