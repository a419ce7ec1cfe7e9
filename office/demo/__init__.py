"""The demo office: staff for every department, and a customer for every path of the processes. Everything in it is invented.

Numbers are 1390000PPNN, PP being the process (01: TS-001 … 08: TS-008, 09: the processes they call); none is in use by anybody we know of.
Dates lie around the instant it is seeded at: bills are of the month before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from models.base import session, transaction
from models.customer import Customer, Subscription
from models.identity import HouseholdNumber, Membership, User, UserRole
from office import departments_and_duties, fixtures
from office.demo import accounts, usage
from office.demo.month import Case, Month
from office.demo.staff import HOUSEHOLDS, PEOPLE, employee_number

__all__ = ["Case", "Login", "cases", "is_here", "seed"]
FIRST = "13900000101"


class Login(NamedTuple):
    """What to print for one demo person."""

    name: str
    password: str
    display_name: str
    departments: tuple[str, ...]
    roles: tuple[str, ...]


def seed(at: datetime, *, hash_password: Callable[[str], str]) -> list[Login]:
    """Fill an empty office; an office that has people already is left as it is, and the list is empty.

    Shape: `hash_password` turns a password into what `User.password_hash` keeps.
    """
    with transaction():
        if session().scalar(select(User.name).limit(1)) is not None:
            return []
        departments_and_duties.ensure()
        logins = [_add_person(*person, hash_password) for person in PEOPLE]
        fixtures.build(_given(at), at=at)
        return logins


def cases(at: datetime) -> list[Case]:
    """Return the demo customers by number: process, and the path that a complaint of theirs takes."""
    month = Month(at)
    return sorted([*accounts.cases(month), *usage.cases(month)], key=lambda case: case.msisdn)


def is_here() -> bool:
    """Tell whether this office is the demo, told by the first of its invented customers."""
    first = select(Customer.name).join(Subscription).where(Subscription.msisdn == FIRST)
    return session().scalar(first) == _called(FIRST)


def _called(msisdn: str) -> str:
    return f"虚构客户{msisdn[-4:]}"


def _add_person(
    name: str,
    display_name: str,
    departments: tuple[str, ...],
    roles: tuple[str, ...],
    hash_password: Callable[[str], str],
) -> Login:
    password = f"{name}-reception-desk"
    identity = {"display_name": display_name, "employee_number": employee_number(name)}
    session().add(User(name=name, password_hash=hash_password(password), **identity))
    session().flush()
    numbers = HOUSEHOLDS.get(name, ())
    session().add_all(HouseholdNumber(employee_number=employee_number(name), msisdn=msisdn) for msisdn in numbers)
    session().add_all(Membership(user=name, department=department) for department in departments)
    session().add_all(UserRole(user=name, role=role) for role in roles)
    return Login(name, password, display_name, departments, roles)


def _given(at: datetime) -> dict[str, object]:
    month = Month(at)
    subscriptions = [
        {"msisdn": case.msisdn, "customer": {"name": _called(case.msisdn)}, **case.subscription}
        for case in cases(at)
        if case.subscription is not None
    ]
    return {
        "subscriptions": subscriptions,
        "cells": usage.CELLS,
        "cdrs": usage.cdrs(month),
        "cards": usage.cards(month),
        "bank_payments": accounts.bank_payments(),
    }
