"""Who works here, as people write each other down: by log-in, by name or by employee number, and how the numbers of this office are written."""

from __future__ import annotations

import re

from sqlalchemy import select

from engine import language
from models.base import session
from models.identity import User, UserRole

MOST_SHAPES, _DIGIT = 3, re.compile("[0-9]")


def has_accounts() -> bool:
    """Tell whether anybody works here by name; where cases are only played nobody does, and whoever is written down is taken."""
    return session().scalar(select(User.name).limit(1)) is not None


def known_as(text: str) -> User | None:
    """Return who works here under this log-in, employee number or name; nobody where a name is that of several people."""
    login, name, number = text.strip().lower(), language.written.name(text), language.written.paper(text)
    accounts = session().scalars(select(User).where(User.active).order_by(User.name)).all()
    users = [user for user in accounts if login == user.name or number == _number_of(user)]
    users = users or [user for user in accounts if name == language.written.name(user.display_name)]
    people = {user.employee_number or user.name for user in users}
    return users[0] if len(people) == 1 else None


def _number_of(user: User) -> str | None:
    return language.written.paper(user.employee_number) if user.employee_number else None


def is_supervisor(actor: str) -> bool:
    """Tell whether a log-in is a supervisor's; whoever has no account only plays a case, and is taken for one."""
    role = select(UserRole.user).where(UserRole.user == actor, UserRole.role == "supervisor")
    return session().get(User, actor) is None or session().scalar(role) is not None


def is_person(actor: str, name: str, employee: str) -> bool:
    """Tell whether a log-in is the person of that name or employee number."""
    user, plain_name = session().get(User, actor), language.written.name(name)
    if user is None:
        return plain_name == language.written.name(actor)
    own, number = language.written.paper(user.employee_number or ""), language.written.paper(employee)
    if number and (number == own or language.written.name(employee) == language.written.name(user.name)):
        return True
    return plain_name in map(language.written.name, (user.name, user.display_name))


def is_of_another(name: str, employee: str) -> bool:
    """Tell whether an employee number, or a log-in written for one, is known to be that of somebody of another name."""
    number, login = language.written.paper(employee), language.written.name(employee)
    if not number:
        return False
    numbered = session().execute(
        select(User.name, User.display_name, User.employee_number).where(
            User.employee_number.is_not(None) | (User.name == employee.strip().lower())
        )
    )
    owners = [
        (user_name, display_name)
        for user_name, display_name, own in numbered
        if language.written.paper(own or "") == number or language.written.name(user_name) == login
    ]
    return bool(owners) and not any(
        language.written.name(name) in map(language.written.name, names) for names in owners
    )


def other_shapes(employee: str) -> str:
    """Return how the employee numbers of this office are written, a zero for every digit, where this one is written otherwise and is no log-in; else empty."""
    number, login = language.written.paper(employee), language.written.name(employee)
    if not number or session().get(User, login) is not None:
        return ""
    numbers = session().scalars(select(User.employee_number).where(User.active, User.employee_number.is_not(None)))
    shapes = {_shape(language.written.paper(own or "")) for own in numbers}
    return "" if _shape(number) in shapes else " / ".join(sorted(shapes)[:MOST_SHAPES])


def _shape(number: str) -> str:
    return _DIGIT.sub("0", number)
