"""Grants as they are kept: what was granted and carried out, by case, customer and employee; who may is decided by the table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select, update

from engine.handlers import BpmnError, Call
from models.authority import Grant
from models.base import bind, session
from models.customer import Customer
from models.identity import User
from models.instance import ProcessInstance
from service_tasks import dates
from service_tasks.authority import approvals
from service_tasks.gateway.ledger import upsert
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


def _employee(call: Call) -> Any:
    """Who asks, in SQL: the employee number, or the log-in where there is none."""
    number = select(User.employee_number).where(User.name == call.actor).scalar_subquery()
    return func.coalesce(number, call.actor)


def _lock(call: Call, customer_id: int | None) -> None:
    """Whoever asks at the same moment for the same person or customer waits; on SQLite everybody who writes does."""
    if bind().dialect.name == "postgresql":
        session().scalar(select(User.name).where(User.name == call.actor).with_for_update())
        session().scalar(select(Customer.id).where(Customer.id == customer_id).with_for_update())


def sums(call: Call, *, customer_id: int | None, basis: str, way: str, under: str | None) -> Sums:
    """What was given before."""
    _lock(call, customer_id)
    this, given = Grant.case_number == call.business_key, func.coalesce(Grant.carried_out, Grant.amount)
    carried = and_(this, Grant.carried_out.is_not(None))
    alone = and_(Grant.level == CLERK, or_(Grant.carried_out.is_not(None), and_(~this, _still_open())))
    of_day = and_(Grant.employee == _employee(call), Grant.at >= _morning(call.at))
    today, of_customer = and_(alone, of_day), and_(Grant.customer_id == customer_id, Grant.at > call.at - LOOKED_BACK)
    theirs = and_(alone, of_customer, Grant.basis != OWN_MONEY)
    found = session().execute(
        select(
            _sum(and_(carried, Grant.basis == basis), given),
            _sum(theirs, given),
            _sum(today, given),
            _sum(and_(today, Grant.way == "cash"), given),
            _sum(and_(carried, Grant.under == under, (Grant.way == "late_fee") == (way == "late_fee")), given),
        ).where(or_(this, of_customer, of_day))
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
    kept = {"key": call.key, "employee": _employee(call), "at": call.at, **columns}
    written = upsert(Grant).values(case_number=call.business_key, **kept)
    unused = {"index_elements": ["case_number", "way"], "index_where": Grant.carried_out.is_(None)}
    return int(session().scalar(written.on_conflict_do_update(set_=kept, **unused).returning(Grant.id)) or 0)


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
