"""The list of cases: by number, customer, clerk, process, version, period and state, a page at a time by keyset. Every filter stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, exists, or_, select, tuple_

from engine import cases
from models.base import session
from models.complaint import Complaint
from models.customer import Customer
from models.definition import ProcessDefinition
from models.instance import CaseKey, ProcessInstance
from models.user_task import UserTask
from service_tasks.zone import ZONE
from web.edge import access
from web.edge.auth import Person
from web.telling import names

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for, as it stands in the address; empty means everything. `after` is where the page before ended."""

    text: str = ""
    customer: str = ""
    clerk: str = ""
    process: str = ""
    version: int = 0
    since: str = ""
    until: str = ""
    state: str = ""
    after: str = ""

    @property
    def address(self) -> dict[str, str | int]:
        """The filters for the address of another page."""
        filters: dict[str, str | int] = {
            "version": self.version,
            "from": self.since,
            "to": self.until,
            "text": self.text,
            "customer": self.customer,
        }
        filters |= {"clerk": self.clerk, "process": self.process, "state": self.state}
        return {name: value for name, value in filters.items() if value}


@dataclass(frozen=True)
class Page:
    """Some cases, newest first, and where the next ones begin; empty at the end. By instance, `told` are those whose result is shown, and `gone` those

    whose key is gone: when it was erased, None where nobody recorded that. Of these nothing personal is shown, whatever the row holds.
    """

    rows: list[Complaint]
    next: str
    told: set[int]
    gone: dict[int, datetime | None]


def wanted(arguments: Mapping[str, Any]) -> Wanted:
    """Return what an address asks for."""
    filters = {name: arguments[name] for name in ("text", "customer", "clerk", "process", "version", "state", "after")}
    since, until = (arguments[name].isoformat() if arguments[name] else "" for name in ("from", "to"))
    return Wanted(**filters, since=since, until=until)


def page(person: Person, filters: Wanted) -> Page:
    """Return one page of the cases the person may see."""
    columns: Any = select(Complaint, CaseKey.instance_id)
    query = _filtered(columns, filters)
    query = query.outerjoin(CaseKey, CaseKey.instance_id == Complaint.instance_id)
    if not person.has(*access.SEE_EVERYTHING):
        touched = exists().where(UserTask.instance_id == Complaint.instance_id, UserTask.group.in_(person.departments))
        query = query.where(or_(touched, Complaint.accepted_by == person.name))
    at, _, number = filters.after.partition("|")
    begin = _instant(at)
    if begin is not None:
        query = query.where(tuple_(Complaint.accepted_at, Complaint.case_number) < (begin, number))
    query = query.order_by(Complaint.accepted_at.desc(), Complaint.case_number.desc()).limit(PAGE + 1)
    pairs = session().execute(query).all()
    rows = [row for row, _key in pairs]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    erasures = cases.erased([row.instance_id for row, key in pairs if key is None and row.instance_id is not None])
    readable = (
        access.told_of(person, [row.instance_id for row in rows if row.instance_id is not None]) - erasures.keys()
    )
    return Page(rows[:PAGE], f"{last.accepted_at.isoformat()}|{last.case_number}" if last else "", readable, erasures)


def _filtered(query: Select[Any], filters: Wanted) -> Select[Any]:
    if filters.text:
        number = Complaint.case_number.contains(filters.text, autoescape=True)
        query = query.where(or_(number, Complaint.msisdn == filters.text))
    if filters.customer:
        of_name = select(Customer.id).where(Customer.name.contains(filters.customer, autoescape=True))
        query = query.where(Complaint.customer_id.in_(of_name))
    if filters.clerk:
        worked = exists().where(UserTask.instance_id == Complaint.instance_id, UserTask.completed_by == filters.clerk)
        query = query.where(or_(worked, Complaint.accepted_by == filters.clerk))
    if filters.state:
        query = query.where(or_(Complaint.state == filters.state, Complaint.outcome == filters.state))
    return _of_process(_in_period(query, filters), filters)


def _of_process(query: Select[Any], filters: Wanted) -> Select[Any]:
    """Return cases classified as a process or that went through it, as in the event log; a version is the one of the process that the case runs on."""
    if filters.process:
        of_key = select(ProcessInstance.id).where(ProcessInstance.key == filters.process)
        stood = select(UserTask.instance_id).where(UserTask.process_key == filters.process)
        case = Complaint.instance_id
        query = query.where(or_(Complaint.process_key == filters.process, case.in_(of_key), case.in_(stood)))
    if filters.version:
        running = select(ProcessInstance.id).join(
            ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id
        )
        query = query.where(Complaint.instance_id.in_(running.where(ProcessDefinition.version == filters.version)))
    return query


def _in_period(query: Select[Any], filters: Wanted) -> Select[Any]:
    begin, end = _midnight(filters.since), _midnight(filters.until, timedelta(days=1))
    if begin is not None:
        query = query.where(Complaint.accepted_at >= begin)
    if end is not None:
        query = query.where(Complaint.accepted_at < end)
    return query


def _midnight(text: str, more: timedelta = timedelta()) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text) + more, time(), ZONE)
    except (ValueError, OverflowError):
        return None


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def named(text: str) -> list[str]:
    """Return the published processes that whoever looks for a case may have meant: by key, or by a part of the name."""
    keys = session().scalars(select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)) if text else ()
    return [key for key in keys if names.answers_to(text, key)]


def processes() -> list[str]:
    """Return the processes that cases may have gone through, and what is answered at once."""
    keys = session().scalars(select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key))
    return [*keys, names.ON_THE_SPOT]
