"""Grants as they are kept: what was granted and carried out, by case, customer and employee; who may is decided by the table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, update

from engine.runtime import BpmnError, Call
from models.authority import Grant
from models.base import bind, session
from models.complaint import VOIDED, Complaint
from models.customer import Customer
from models.identity import User
from models.instance import ProcessInstance
from models.states import CaseState
from service_tasks import dates
from service_tasks.authority import approvals
from service_tasks.gateway import reversals
from service_tasks.gateway.ledger import upsert
from service_tasks.zone import ZONE

LOOKED_BACK = timedelta(days=90)
OWN_MONEY = "own_money"
CLERK = "clerk"


class Sums(NamedTuple):
    """Fen given so far: to the customer by anybody on whatever authority, their own money apart; today by the clerk alone; under one approval.

    `given_today` is what the clerk handled on whosever authority, which whoever approves has to know beside what the clerk's own is measured by.
    """

    in_case: int
    customer: int
    own_money: int
    today: int
    cash_today: int
    under: int
    given_today: int


def _employee(call: Call) -> ColumnElement[str]:
    """Return who asks, in SQL: the employee number, or the log-in where there is none."""
    number = select(User.employee_number).where(User.name == call.actor).scalar_subquery()
    return func.coalesce(number, call.actor)


def _lock(call: Call, customer_id: int | None) -> None:
    """Have whoever asks at the same moment for the same person or customer wait; on SQLite everybody who writes does."""
    if bind().dialect.name == "postgresql":
        session().scalar(select(User.name).where(User.name == call.actor).with_for_update())
        session().scalar(select(Customer.id).where(Customer.id == customer_id).with_for_update())


def sums(call: Call, *, customer_id: int | None, basis: str, way: str, under: str | None) -> Sums:
    """Return what was given before; what was taken back since, and what a withdrawn case was to give, counts for neither clerk nor customer."""
    _lock(call, customer_id)
    values = {"case": call.business_key, "actor": call.actor, "morning": _morning(call.at), "basis": basis}
    values |= {"customer": customer_id, "since": call.at - LOOKED_BACK, "under": under}
    of_late_fee = way == "late_fee"
    query = _summing(of_late_fee, customer_id is not None, under is not None)
    totals = session().execute(query, {name: value for name, value in values.items() if value is not None})
    return Sums(*map(int, totals.one()))


@cache
def _summing(of_late_fee: bool, has_customer: bool, has_approval: bool) -> Select[int, int, int, int, int, int, int]:
    """Return the statement, made once for each kind of question."""
    of_case, amount = Grant.case_number == bindparam("case"), func.coalesce(Grant.carried_out, Grant.amount)
    carried = and_(of_case, Grant.carried_out.is_not(None))
    stands = ~or_(reversals.is_taken_back(Grant.carried_key, Grant.case_number), _dropped())
    counts = or_(
        and_(Grant.carried_out.is_not(None), stands), and_(Grant.carried_out.is_(None), ~of_case, _still_open())
    )
    alone = and_(Grant.level == CLERK, counts)
    number = select(User.employee_number).where(User.name == bindparam("actor")).scalar_subquery()
    of_day = and_(Grant.employee == func.coalesce(number, bindparam("actor")), Grant.at >= bindparam("morning"))
    customer = Grant.customer_id == (bindparam("customer") if has_customer else None)
    today, of_customer = and_(alone, of_day), and_(customer, Grant.at > bindparam("since"))
    given_customer = and_(counts, of_customer)
    approved = Grant.under == (bindparam("under") if has_approval else None)
    same_way = Grant.way == "late_fee" if of_late_fee else Grant.way != "late_fee"
    return select(
        _sum(and_(carried, Grant.basis == bindparam("basis")), amount),
        _sum(and_(given_customer, Grant.basis != OWN_MONEY), amount),
        _sum(and_(given_customer, Grant.basis == OWN_MONEY), amount),
        _sum(today, amount),
        _sum(and_(today, Grant.cash), amount),
        _sum(and_(carried, approved, same_way), amount),
        _sum(and_(counts, of_day), amount),
    ).where(or_(of_case, of_customer, of_day))


def _sum(condition: ColumnElement[bool], amount: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, amount), else_=0)), 0)


def _still_open() -> ColumnElement[bool]:
    of_case = ProcessInstance.business_key == Grant.case_number
    return select(ProcessInstance.id).where(of_case, ProcessInstance.state == CaseState.ACTIVE).exists()


def _dropped() -> ColumnElement[bool]:
    """Return the condition that the case of a grant is withdrawn or voided, which it can be only where it has given nothing."""
    of_case = Complaint.case_number == Grant.case_number
    return select(Complaint.case_number).where(of_case, Complaint.outcome.in_(("withdrawn", VOIDED))).exists()


def _morning(at: datetime) -> datetime:
    return datetime.combine(dates.day_of(at), time.min, ZONE)


def keep(call: Call, **columns: Any) -> int:
    """Keep a grant in the place of one of the same case and way of which nothing was carried out; its number."""
    values = {"key": call.key, "employee": _employee(call), "at": call.at, **columns}
    insertion = upsert(Grant).values(case_number=call.business_key, **values)
    upsertion = insertion.on_conflict_do_update(
        index_elements=["case_number", "way"], index_where=Grant.carried_out.is_(None), set_=values
    )
    return int(session().scalar(upsertion.returning(Grant.id)) or 0)


def basis_of(carried_key: str) -> str | None:
    """Say on what grounds something was given, by the key of the call that carried it out."""
    return session().scalar(select(Grant.basis).where(Grant.carried_key == carried_key))


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
    change = update(Grant).where(
        Grant.id == approval.get("number"),
        Grant.case_number == call.business_key,
        Grant.amount >= amount,
        or_(Grant.carried_out.is_(None), Grant.carried_key == call.key),
    )
    row = session().execute(change.values(carried_out=amount, carried_key=call.key).returning(Grant.id)).first()
    if row is None:
        raise BpmnError("approval_used", amount=amount)
