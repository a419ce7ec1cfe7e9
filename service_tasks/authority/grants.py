"""Grants as they are kept: what was granted and carried out, by case, customer and employee; who may is decided by the table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, case, delete, func, insert, or_, select, update

from engine.handlers import BpmnError, Call
from models.authority import Grant
from models.base import session
from models.customer import Customer
from models.identity import User
from models.instance import ProcessInstance
from service_tasks import dates
from service_tasks.authority import approvals
from service_tasks.schemas import ZONE

LOOKED_BACK = timedelta(days=90)
OWN_MONEY = "own_money"
CLERK = "clerk"


class Sums(NamedTuple):
    """Fen given on clerks' own authority so far, and under one approval; own money of the customer does not count for the customer."""

    in_case: int
    customer: int
    today: int
    cash_today: int
    under: int


def employee(call: Call) -> str:
    """Who asks: the employee number, or the log-in where there is none."""
    number = session().scalar(select(User.employee_number).where(User.name == call.actor).with_for_update())
    return number or call.actor


def sums(call: Call, *, customer_id: int | None, basis: str, way: str, under: str | None) -> Sums:
    """What was given before; whoever asks at the same moment for the same person or customer waits."""
    who = employee(call)
    if customer_id is not None:
        session().scalar(select(Customer.id).where(Customer.id == customer_id).with_for_update())
    this, given = Grant.case_number == call.business_key, func.coalesce(Grant.carried_out, Grant.amount)
    carried = and_(this, Grant.carried_out.is_not(None))
    alone = and_(Grant.level == CLERK, or_(Grant.carried_out.is_not(None), and_(~this, _still_open())))
    today = and_(alone, Grant.employee == who, Grant.at >= _morning(call.at))
    theirs = and_(alone, Grant.customer_id == customer_id, Grant.at > call.at - LOOKED_BACK, Grant.basis != OWN_MONEY)
    found = session().execute(
        select(
            _sum(and_(carried, Grant.basis == basis), given),
            _sum(theirs, given),
            _sum(today, given),
            _sum(and_(today, Grant.way == "cash"), given),
            _sum(and_(carried, Grant.under == under, (Grant.way == "late_fee") == (way == "late_fee")), given),
        ).where(or_(this, Grant.customer_id == customer_id, and_(Grant.employee == who, Grant.at >= _morning(call.at))))
    )
    return Sums(*map(int, found.one()))


def _sum(condition: Any, amount: Any) -> Any:
    return func.coalesce(func.sum(case((condition, amount), else_=0)), 0)


def _still_open() -> Any:
    of_case = ProcessInstance.business_key == Grant.case_number
    return select(ProcessInstance.id).where(of_case, ProcessInstance.state == "active").exists()


def _morning(at: datetime) -> datetime:
    return datetime.combine(dates.day_of(at), time.min, ZONE)


def keep(call: Call, **columns: Any) -> int:
    """Keep a grant in the place of one of the same case and way of which nothing was carried out; its number."""
    known = session().scalar(select(Grant.id).where(Grant.key == call.key))
    if known is not None:
        return known
    unused = (Grant.case_number == call.business_key, Grant.way == columns["way"], Grant.carried_out.is_(None))
    session().execute(delete(Grant).where(*unused))
    kept = {"key": call.key, "case_number": call.business_key, "employee": employee(call), "at": call.at, **columns}
    return int(session().scalar(insert(Grant).returning(Grant.id), kept) or 0)


def carry_out(
    approval: Mapping[str, Any] | None, call: Call, *, way: str, amount: int, payee: str | None, lines: Any = ()
) -> None:
    """Use a grant for this payment, once; nothing to use in a case that began before there were any.

    Units:  fen.
    Errors: BpmnError, one of approvals.CODES, or approval_used.
    """
    if approval is None:
        return
    approvals.check(approval, way=way, amount=amount, payee=payee, lines=lines or ())
    used = update(Grant).where(
        Grant.id == approval.get("number"),
        Grant.case_number == call.business_key,
        Grant.amount >= amount,
        or_(Grant.carried_out.is_(None), Grant.carried_key == call.key),
    )
    done = session().execute(used.values(carried_out=amount, carried_key=call.key).returning(Grant.id)).first()
    if done is None:
        raise BpmnError("approval_used", amount=amount)
