"""The list of cases: by number, customer, clerk, process, version, period and state, a page at a time by keyset. Every filter stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select, tuple_

from engine import cases
from models.base import session
from models.complaint import Complaint, ComplaintState
from models.customer import Customer
from models.definition import ProcessDefinition
from models.instance import CaseKey, ProcessInstance
from models.states import CaseState
from models.user_task import UserTask
from office import passing
from service_tasks.zone import ZONE
from web.edge import access
from web.edge.auth import Person
from web.lookup import staff
from web.telling import names

PAGE = 50
BESIDE = frozenset({ComplaintState.OPEN, ComplaintState.CLOSED})  # states of a case that is no complaint


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

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self.address)


@dataclass(frozen=True)
class Beside:
    """A case that is no complaint, such as a batch or a work order, in the columns of the list."""

    case_number: str
    instance_id: int
    process_key: str
    accepted_at: datetime
    state: str
    outcome: str = ""
    msisdn: str = ""
    resolution: str = ""


Row = Complaint | Beside


@dataclass(frozen=True)
class Page:
    """Some cases, newest first, and where the next ones begin; empty at the end. By instance, `told` are those whose result is shown, and `gone` those

    whose key is gone: when it was erased, None where nobody recorded that. Of these nothing personal is shown, whatever the row holds.
    """

    rows: Sequence[Row]
    next: str
    told: set[int]
    gone: dict[int, datetime | None]


def wanted(arguments: Mapping[str, Any]) -> Wanted:
    """Return what an address asks for."""
    filters = {name: arguments[name] for name in ("text", "customer", "clerk", "process", "version", "state", "after")}
    since, until = (arguments[name].isoformat() if arguments[name] else "" for name in ("from", "to"))
    return Wanted(**filters, since=since, until=until)


def page(person: Person, filters: Wanted) -> Page:
    """Return one page of the cases the person may see; batches and work orders among them as soon as something is looked for."""
    pairs = session().execute(_complaints(person, filters)).all()
    beside = _beside(person, filters) if filters.is_narrowed else []
    rows: list[Row] = sorted([*(row for row, _key in pairs), *beside], key=_place, reverse=True)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    erasures = cases.erased([row.instance_id for row, key in pairs if key is None and row.instance_id is not None])
    ids = [row.instance_id for row in rows if row.instance_id is not None]
    readable = access.told_of(person, ids) - erasures.keys()
    return Page(rows[:PAGE], f"{last.accepted_at.isoformat()}|{last.case_number}" if last else "", readable, erasures)


def _place(row: Row) -> tuple[datetime, str]:
    return row.accepted_at, row.case_number


def _complaints(person: Person, filters: Wanted) -> Select[Any]:
    columns: Any = select(Complaint, CaseKey.instance_id)
    query = _filtered(columns, filters)
    query = query.outerjoin(CaseKey, CaseKey.instance_id == Complaint.instance_id)
    if not person.has(*access.SEE_EVERYTHING):
        touched = exists().where(UserTask.instance_id == Complaint.instance_id, UserTask.group.in_(person.departments))
        query = query.where(or_(touched, Complaint.accepted_by == person.name))
    query = _in_period(query, filters, Complaint.accepted_at)
    return _one_page(query, filters, Complaint.accepted_at, Complaint.case_number)


def _beside(person: Person, filters: Wanted) -> list[Beside]:
    """Return the cases without a complaint that the person may see, at most a page and one."""
    if filters.customer or (filters.state and filters.state not in BESIDE):
        return []
    instance = ProcessInstance
    columns = (instance.business_key, instance.id, instance.key, instance.started_at, instance.state)
    query: Any = select(*columns).where(~exists().where(Complaint.instance_id == instance.id))
    query = query.where(*_conditions(filters))
    if filters.text:
        query = query.where(instance.business_key.contains(filters.text, autoescape=True))
    if filters.state:
        query = query.where((instance.state == CaseState.ACTIVE) == (filters.state == ComplaintState.OPEN))
    if not person.has(*access.SEE_EVERYTHING):
        query = query.where(exists().where(UserTask.instance_id == instance.id, UserTask.group.in_(person.departments)))
    query = _in_period(query, filters, instance.started_at)
    rows = session().execute(_one_page(query, filters, instance.started_at, instance.business_key))
    return [Beside(number, id, key, at, _of(state)) for number, id, key, at, state in rows]


def _of(state: str) -> str:
    return ComplaintState.OPEN if state == CaseState.ACTIVE else ComplaintState.CLOSED


def _one_page(query: Select[Any], filters: Wanted, at: Any, number: Any) -> Select[Any]:
    """Return what follows the page before, newest first, with one more than fits."""
    instant, _, last = filters.after.partition("|")
    begin = _instant(instant)
    if begin is not None:
        query = query.where(tuple_(at, number) < (begin, last))
    return query.order_by(at.desc(), number.desc()).limit(PAGE + 1)


def _filtered(query: Select[Any], filters: Wanted) -> Select[Any]:
    if filters.text:
        number = Complaint.case_number.contains(filters.text, autoescape=True)
        query = query.where(or_(number, Complaint.msisdn == filters.text))
    if filters.customer:
        of_name = select(Customer.id).where(Customer.name.contains(filters.customer, autoescape=True))
        query = query.where(Complaint.customer_id.in_(of_name))
    if filters.state == ComplaintState.OPEN:  # whoever was replied to is still being handled
        query = query.where(Complaint.state.in_((ComplaintState.OPEN, ComplaintState.REPLIED)))
    elif filters.state:
        query = query.where(or_(Complaint.state == filters.state, Complaint.outcome == filters.state))
    conditions = _conditions(filters)
    if conditions:
        ids = select(ProcessInstance.id).where(*conditions)
        query = query.where(or_(Complaint.instance_id.in_(ids), and_(*_at_once(filters))))
    return query


def _at_once(filters: Wanted) -> list[ColumnElement[bool]]:
    """Return what is asked of a complaint that was answered at once and runs through nothing."""
    conditions = [Complaint.instance_id.is_(None), literal(not filters.version)]
    if filters.process:
        conditions.append(Complaint.process_key == filters.process)
    if filters.clerk:
        conditions.append(Complaint.accepted_by.in_(passing.logins(filters.clerk)))
    return conditions


def _conditions(filters: Wanted) -> list[ColumnElement[bool]]:
    """Return what is asked of the instance of a case; a version is the one of the process that the case runs on."""
    conditions = [passing.touched_by(filters.clerk)] if filters.clerk else []
    if filters.process:
        conditions.append(passing.ran_through(filters.process))
    if filters.version:
        versions = select(ProcessDefinition.id).where(ProcessDefinition.version == filters.version)
        conditions.append(ProcessInstance.definition_id.in_(versions))
    return conditions


def _in_period(query: Select[Any], filters: Wanted, at: Any) -> Select[Any]:
    begin, end = _midnight(filters.since), _midnight(filters.until, timedelta(days=1))
    if begin is not None:
        query = query.where(at >= begin)
    if end is not None:
        query = query.where(at < end)
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


def people(person: Person) -> list[tuple[str, str]]:
    """Return (login, name) of everybody whose cases may be looked for, to choose from; nobody for whoever sees not everything, who types a name."""
    return staff.everybody() if person.has(*access.SEE_EVERYTHING) else []


def named(text: str) -> list[str]:
    """Return the published processes that whoever looks for a case may have meant: by key, or by a part of the name."""
    keys = session().scalars(select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key)) if text else ()
    return [key for key in keys if names.answers_to(text, key)]


def processes() -> list[str]:
    """Return the processes that cases may have gone through, and what is answered at once."""
    keys = session().scalars(select(ProcessDefinition.key).distinct().order_by(ProcessDefinition.key))
    return [*keys, names.ON_THE_SPOT]
