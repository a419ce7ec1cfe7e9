"""Who works where: the people of a department by login and name."""

from __future__ import annotations

from sqlalchemy import Select, select

from models.base import session
from models.identity import Membership, User


def by_department() -> dict[str, list[tuple[str, str]]]:
    """(login, name) of everybody who may log in, by department."""
    found: dict[str, list[tuple[str, str]]] = {}
    for department, login, shown in session().execute(_members()):
        found.setdefault(department, []).append((login, shown))
    return found


def of_department(code: str) -> list[tuple[str, str]]:
    """(login, name) of those of one department."""
    rows = session().execute(_members().where(Membership.department == code))
    return [(login, shown) for _department, login, shown in rows]


def _members() -> Select[str, str, str]:
    return (
        select(Membership.department, User.name, User.display_name)
        .join(User, User.name == Membership.user)
        .where(User.active)
    )
