"""The list of cases: by number, customer, clerk, process, version, period and state, a page at a time by keyset. Every filter stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, exists, or_, select, tuple_

from models.base import session
from models.complaint import Complaint
from models.customer import Customer
from models.definition import ProcessDefinition
from models.instance import ProcessInstance
from models.user_task import UserTask
from web.auth import Person
from web.i18n import ZONE
from web.queries import access

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
        named: dict[str, str | int] = {
            "version": self.version,
            "from": self.since,
            "to": self.until,
            "text": self.text,
            "customer": self.customer,
        }
        named |= {"clerk": self.clerk, "process": self.process, "state": self.state}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Page:
    """Some cases, newest first, and where the next ones begin; empty at the end. `told` are those whose result is shown, by instance."""

    rows: list[Complaint]
    next: str
    told: set[int]


def wanted(given: Mapping[str, Any]) -> Wanted:
    """What an address asks for."""
    others = {name: given[name] for name in ("text", "customer", "clerk", "process", "version", "state", "after")}
    since, until = (given[name].isoformat() if given[name] else "" for name in ("from", "to"))
    return Wanted(**others, since=since, until=until)


def page(person: Person, asked: Wanted) -> Page:
    """One page of the cases the person may see."""
    query = _filtered(select(Complaint), asked)
    if not person.has(*access.SEE_EVERYTHING):
        touched = exists().where(UserTask.instance_id == Complaint.instance_id, UserTask.group.in_(person.departments))
        query = query.where(or_(touched, Complaint.accepted_by == person.name))
    at, _, number = asked.after.partition("|")
    begin = _instant(at)
    if begin is not None:
        query = query.where(tuple_(Complaint.accepted_at, Complaint.case_number) < (begin, number))
    query = query.order_by(Complaint.accepted_at.desc(), Complaint.case_number.desc()).limit(PAGE + 1)
    rows = list(session().scalars(query))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    told = access.told_of(person, [row.instance_id for row in rows if row.instance_id is not None])
    return Page(rows[:PAGE], f"{last.accepted_at.isoformat()}|{last.case_number}" if last else "", told)


def _filtered(query: Select[Any], asked: Wanted) -> Select[Any]:
    if asked.text:
        number = Complaint.case_number.contains(asked.text, autoescape=True)
        query = query.where(or_(number, Complaint.msisdn == asked.text))
    if asked.customer:
        named = select(Customer.id).where(Customer.name.contains(asked.customer, autoescape=True))
        query = query.where(Complaint.customer_id.in_(named))
    if asked.clerk:
        worked = exists().where(UserTask.instance_id == Complaint.instance_id, UserTask.completed_by == asked.clerk)
        query = query.where(or_(worked, Complaint.accepted_by == asked.clerk))
    if asked.state:
        query = query.where(or_(Complaint.state == asked.state, Complaint.outcome == asked.state))
    return _of_process(_in_period(query, asked), asked)


def _of_process(query: Select[Any], asked: Wanted) -> Select[Any]:
    """A version is the one of the process that the case runs on, which may have called the one it was classified as."""
    if asked.process:
        query = query.where(Complaint.process_key == asked.process)
    if asked.version:
        running = select(ProcessInstance.id).join(
            ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id
        )
        query = query.where(Complaint.instance_id.in_(running.where(ProcessDefinition.version == asked.version)))
    return query


def _in_period(query: Select[Any], asked: Wanted) -> Select[Any]:
    begin, end = _midnight(asked.since), _midnight(asked.until, timedelta(days=1))
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
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def processes() -> list[str]:
    """The processes that cases are classified as."""
    return list(session().scalars(select(Complaint.process_key).distinct().order_by(Complaint.process_key)))
