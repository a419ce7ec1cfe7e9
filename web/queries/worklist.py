"""The worklist: open user tasks of a person's departments, the most urgent first, a page at a time by keyset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from models.base import session
from models.complaint import Complaint
from models.instance import ProcessInstance
from models.user_task import UserTask
from web.auth import Person
from web.queries.names import element_name

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for, as it stands in the address."""

    scope: str = "group"
    process: str = ""
    group: str = ""
    late: bool = False
    text: str = ""
    after: str = ""
    due_by: datetime | None = None


@dataclass(frozen=True)
class Row:
    """One open task as the list shows it."""

    id: int
    name: str
    case: str
    process: str
    group: str
    assignee: str | None
    due_at: datetime | None
    paused: bool
    msisdn: str | None
    created_at: datetime


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next ones begin; empty at the end."""

    rows: list[Row]
    next: str


def page(person: Person, wanted: Wanted) -> Page:
    """One page of open tasks the person may see."""
    query = _filtered(_select(), person, wanted)
    if wanted.after:
        query = query.where(_beyond(wanted.after))
    query = query.order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id).limit(PAGE + 1)
    found = session().execute(query).all()
    rows = [_row(row) for row in found[:PAGE]]
    return Page(rows, _key(rows[-1]) if len(found) > PAGE else "")


def _select() -> Any:
    return (
        select(UserTask, ProcessInstance.paused_at, Complaint.msisdn)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .outerjoin(Complaint, Complaint.instance_id == UserTask.instance_id)
        .where(UserTask.state == "open")
    )


def _filtered(query: Select[Any], person: Person, wanted: Wanted) -> Select[Any]:
    if wanted.scope == "mine":
        query = query.where(UserTask.assignee == person.name)
    elif wanted.scope == "all" and person.has("supervisor", "auditor"):
        pass
    else:
        query = query.where(_of_departments(person))
    if wanted.process:
        query = query.where(UserTask.process_key == wanted.process)
    if wanted.group:
        query = query.where(UserTask.group == wanted.group)
    if wanted.late:
        query = query.where(UserTask.overdue.is_(True))
    if wanted.due_by:
        query = query.where(UserTask.due_at <= wanted.due_by, UserTask.overdue.is_(False))
    if wanted.text:
        like = f"%{wanted.text.strip()}%"
        query = query.where(
            or_(UserTask.business_key.like(like), UserTask.name.like(like), Complaint.msisdn.like(like))
        )
    return query


def _of_departments(person: Person) -> ColumnElement[bool]:
    return or_(UserTask.group.in_(person.departments), UserTask.assignee == person.name)


def _key(row: Row) -> str:
    return f"{row.due_at.isoformat() if row.due_at else ''}|{row.id}"


def _beyond(after: str) -> ColumnElement[bool]:
    due, _, number = after.rpartition("|")
    last = int(number) if number.isdigit() else 0
    if not due:
        return and_(UserTask.due_at.is_(None), UserTask.id > last)
    try:
        at = datetime.fromisoformat(due)
    except ValueError:
        return UserTask.id > last
    return or_(UserTask.due_at > at, and_(UserTask.due_at == at, UserTask.id > last), UserTask.due_at.is_(None))


def _row(found: Any) -> Row:
    task, paused_at, msisdn = found
    name = element_name(task.process_key, task.element_id, task.name)
    return Row(
        task.id,
        name,
        task.business_key,
        task.process_key,
        task.group,
        task.assignee,
        task.due_at,
        paused_at is not None,
        msisdn,
        task.created_at,
    )


def counts(person: Person) -> dict[str, int]:
    """The figures beside the navigation: mine, my departments', late."""
    theirs = _of_departments(person)
    query = select(
        func.count().filter(UserTask.assignee == person.name),
        func.count().filter(theirs),
        func.count().filter(and_(theirs, UserTask.overdue.is_(True))),
    ).where(UserTask.state == "open")
    mine, group, late = session().execute(query).one()
    return {"mine": mine, "group": group, "late": late}


def next_task(person: Person) -> int | None:
    """The most urgent open task of the person's departments that nobody else has taken."""
    query = (
        select(UserTask.id)
        .where(
            UserTask.state == "open",
            or_(
                UserTask.assignee == person.name,
                and_(UserTask.assignee.is_(None), UserTask.group.in_(person.departments)),
            ),
        )
        .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)
    )
    return session().scalar(query.limit(1))
