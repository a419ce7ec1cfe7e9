"""Who somebody is beside their log-ins: the employee number, and the numbers of their household."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

import engine
from engine import record
from engine.record.person_steps import PersonIdentified
from models.base import session, transaction
from models.identity import HouseholdNumber, User
from office.tokens import UnknownUser


class NoEmployeeNumber(engine.Invalid):
    """Numbers of a household are kept under an employee number, and this person has none."""


def identify(
    user: str, *, at: datetime, employee: str = "", added: Collection[str] = (), removed: Collection[str] = ()
) -> tuple[str, list[str]]:
    """Give a log-in its employee number, change the numbers of the household; the number and the household as they are then.

    Errors: UnknownUser, NoEmployeeNumber.
    """
    with transaction():
        person = session().get(User, user)
        if person is None:
            raise UnknownUser(user=user)
        person.employee_number = employee.strip() or person.employee_number
        number = person.employee_number
        if number is None:
            raise NoEmployeeNumber(user=user)
        for msisdn in added:
            session().merge(HouseholdNumber(employee_number=number, msisdn=msisdn))
        of_theirs = HouseholdNumber.employee_number == number
        session().execute(delete(HouseholdNumber).where(of_theirs, HouseholdNumber.msisdn.in_(removed)))
        if employee or added or removed:
            act: PersonIdentified = {
                "type": "person_identified",
                "employee": number,
                "added": len(added),
                "removed": len(removed),
            }
            record.record_act(act, by=engine.Actor(user), at=at)
        household = select(HouseholdNumber.msisdn).where(of_theirs).order_by(HouseholdNumber.msisdn)
        return number, list(session().scalars(household))
