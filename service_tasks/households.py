"""Whose numbers are an employee's own: those listed for their household, and the others of the same holders. Nobody works on them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, or_, select

from engine.runtime import BpmnError
from models.base import session
from models.complaint import Complaint
from models.customer import Subscription
from models.identity import HouseholdNumber, User


def owns(login: str, msisdn: str) -> bool:
    """Tell whether a number is that of the person's household."""
    holders = select(Subscription.customer_id).where(Subscription.msisdn == msisdn)
    own = select(HouseholdNumber.msisdn).where(
        _of(login), or_(HouseholdNumber.msisdn == msisdn, _numbers_held_by(holders))
    )
    return session().scalar(own.limit(1)) is not None


def refuse_own(login: str, msisdn: str | None) -> None:
    """Refuse a number of the person's own household. Errors: BpmnError own_household."""
    if msisdn and owns(login, msisdn):
        raise BpmnError("own_household")


def cases(instances: Collection[int], login: str) -> set[int]:
    """Return which of these cases are about a number of the person's household."""
    numbers = select(HouseholdNumber.msisdn).where(_of(login))
    holders = select(Subscription.customer_id).where(Subscription.msisdn.in_(numbers))
    of_household = or_(Complaint.msisdn.in_(numbers), Complaint.customer_id.in_(holders))
    query = select(Complaint.instance_id).where(Complaint.instance_id.in_(instances), of_household)
    return {instance for instance in session().scalars(query) if instance is not None}


def _of(login: str) -> ColumnElement[bool]:
    number: Select[str | None] = select(User.employee_number).where(User.name == login)
    return HouseholdNumber.employee_number == number.scalar_subquery()


def _numbers_held_by(customers: Select[int]) -> ColumnElement[bool]:
    return HouseholdNumber.msisdn.in_(select(Subscription.msisdn).where(Subscription.customer_id.in_(customers)))
