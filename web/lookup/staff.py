"""The people of the office: what they are called, each asked for once in a request, and who works where by login and name."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g
from sqlalchemy import Select, bindparam, select

from models.base import connection, session
from models.identity import Membership, User

_PEOPLE = select(User.name, User.display_name).where(User.name.in_(bindparam("logins", expanding=True)))


def by_department() -> dict[str, list[tuple[str, str]]]:
    """Return (login, name) of everybody who may log in, by department."""
    members: dict[str, list[tuple[str, str]]] = {}
    for department, login, display_name in session().execute(_members()):
        members.setdefault(department, []).append((login, display_name))
    return members


def of_department(code: str) -> list[tuple[str, str]]:
    """Return (login, name) of those of one department."""
    rows = session().execute(_members().where(Membership.department == code))
    return [(login, display_name) for _department, login, display_name in rows]


def everybody() -> list[tuple[str, str]]:
    """Return (login, name) of everybody, whoever has left included, by name."""
    rows = session().execute(select(User.name, User.display_name).order_by(User.display_name, User.name))
    return [(login, display_name) for login, display_name in rows]


def _members() -> Select[str, str, str]:
    return (
        select(Membership.department, User.name, User.display_name)
        .join(User, User.name == Membership.user)
        .where(User.active)
    )


def display_name(login: str) -> str:
    """Return what a person is called; the login itself when nobody has it."""
    people = _people()
    if login not in people:
        know_people({login})
    return people[login]


def know_people(logins: Iterable[str | None]) -> None:
    """Ask for the names of several people at once, before a page names one after the other."""
    people = _people()
    missing = sorted({login for login in logins if login} - people.keys())
    if missing:
        names = dict(connection().execute(_PEOPLE, {"logins": missing}).all())
        people.update({login: names.get(login, login) for login in missing})


def _people() -> dict[str, str]:
    people: dict[str, str] = g.setdefault("people", {})
    return people
