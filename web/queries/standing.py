"""Where a case stands after a step: whose it is, what its next step for this person is, what it waits for, and what did not work on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Label,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)

import engine
import engine.definitions
from engine import proof, record, running
from engine.record.case_steps import IncidentOpened, JobRefused
from models.base import UTCDateTime, connection, session
from models.complaint import Complaint
from models.customer import Customer
from models.definition import ProcessDefinition
from models.incident import Incident
from models.instance import ProcessInstance
from models.states import IncidentState, TaskState
from models.timer import MessageSubscription, Timer
from models.user_task import NamedTask, TaskColumns, UserTask
from models.work_order import WorkOrder, WorkOrderCase
from office import masking
from web.lookup import definitions
from web.telling import names, refusals
from web.telling.i18n import gettext

MOST_PLACES = 3


@dataclass(frozen=True)
class Whose:
    """The customer of a case, name and number, and the process chosen for it; each None where there is none."""

    name: str | None
    msisdn: str | None
    process: str | None


_WHOSE = (
    select(Customer.name, Complaint.msisdn, Complaint.process_key)
    .select_from(Complaint)
    .outerjoin(Customer, Customer.id == Complaint.customer_id)
    .where(Complaint.instance_id == bindparam("instance"))
)


def whose(instance_id: int) -> Whose:
    """Return who the case is about; nobody for a batch."""
    row = session().execute(_WHOSE, {"instance": instance_id}).first()
    return Whose(*row) if row is not None else Whose(None, None, None)


_AT_TASK = (
    select(
        *(getattr(UserTask, column.key).label(column.key) for column in UserTask.__mapper__.column_attrs),
        Customer.name.label("customer"),
        Complaint.msisdn,
        Complaint.process_key.label("chosen"),
    )
    .outerjoin(Complaint, Complaint.instance_id == UserTask.instance_id)
    .outerjoin(Customer, Customer.id == Complaint.customer_id)
    .where(UserTask.id == bindparam("task"))
)


class AskedTask(TaskColumns, Protocol):
    """A task with whose case it is, and the process chosen for that."""

    @property
    def customer(self) -> str | None: ...
    @property
    def msisdn(self) -> str | None: ...
    @property
    def chosen(self) -> str | None: ...


class DoneTask(NamedTask, Protocol):
    """A task that was done, with its case."""

    @property
    def business_key(self) -> str: ...
    @property
    def instance_id(self) -> int: ...
    @property
    def group(self) -> str: ...


class _Step(DoneTask, Protocol):
    @property
    def definition_id(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def customer(self) -> str | None: ...
    @property
    def msisdn(self) -> str | None: ...
    @property
    def chosen(self) -> str | None: ...


def at_task(task_id: int) -> AskedTask | None:
    """Return the columns of a task by the names of UserTask, with `customer`, `msisdn` and `chosen` of its case; None when there is none."""
    row: AskedTask | None = connection().execute(_AT_TASK, {"task": task_id}).first()
    return row


_STEP = (
    select(
        UserTask.process_key,
        UserTask.element_id,
        UserTask.name,
        UserTask.item_index,
        UserTask.item_count,
        UserTask.business_key,
        UserTask.instance_id,
        UserTask.group.label("group"),
        ProcessInstance.definition_id,
        ProcessDefinition.sha256,
        Customer.name.label("customer"),
        Complaint.msisdn,
        Complaint.process_key.label("chosen"),
    )
    .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    .outerjoin(Complaint, Complaint.instance_id == UserTask.instance_id)
    .outerjoin(Customer, Customer.id == Complaint.customer_id)
    .where(UserTask.id == bindparam("task"))
)


def step(task_id: int, opened: Connection | None = None) -> tuple[DoneTask, Whose, engine.definitions.Definition]:
    """Return what is said of a step that was done, asked on a connection where that is all there is to ask: columns of its task, whose case it is, and the version that the case runs on."""
    row: _Step = (opened or connection()).execute(_STEP, {"task": task_id}).one()
    definition = definitions.version(row.definition_id, row.sha256)
    return row, Whose(row.customer, row.msisdn, row.chosen), definition


def named(customer: Whose) -> str:
    """Return the customer by name; somebody who is none of ours by the number, masked."""
    return customer.name or f"{gettext('not a customer of ours')} {masking.number(customer.msisdn)}"


@dataclass(frozen=True)
class TakenIn:
    """A case that has just been taken in: its instance, whose it is by name or number, the departments at which it waits, the elements at which it is stuck."""

    instance_id: int
    customer: str
    groups: frozenset[str]
    stuck: frozenset[str]


_TAKEN_IN = (
    select(Complaint.instance_id, Customer.name, UserTask.group, Incident.element_id, Complaint.msisdn)
    .select_from(Complaint)
    .outerjoin(Customer, Customer.id == Complaint.customer_id)
    .outerjoin(UserTask, and_(UserTask.instance_id == Complaint.instance_id, UserTask.state == TaskState.OPEN))
    .outerjoin(Incident, and_(Incident.instance_id == Complaint.instance_id, Incident.state == IncidentState.OPEN))
    .where(Complaint.case_number == bindparam("number"))
)


def taken_in(number: str) -> TakenIn:
    """Return what to say of a complaint that is a case now."""
    rows = session().execute(_TAKEN_IN, {"number": number}).all()
    instance_id, name, _, _, msisdn = rows[0]
    groups, stuck_steps = (
        frozenset(filter(None, (row[2] for row in rows))),
        frozenset(filter(None, (row[3] for row in rows))),
    )
    return TakenIn(instance_id or 0, named(Whose(name, msisdn, None)), groups, stuck_steps)


def stuck_at(case: TakenIn) -> list[str]:
    """Return what the steps are called at which a case that was just taken in is stuck."""
    if not case.stuck:
        return []
    definition = proof.definition_of(case.instance_id)
    return [names.drawn_in(definition, element) for element in sorted(case.stuck)]


@dataclass(frozen=True)
class Wait:
    """One thing a case waits for: a step at a department or with a person, a message, an instant, or the operator."""

    what: str
    who: str
    until: datetime | None
    task_id: int | None = None
    stuck: bool = False


def waits(
    instance: ProcessInstance, tasks: Sequence[UserTask], definition: engine.definitions.Definition
) -> list[Wait]:
    """Return what an active case waits for; the steps of people first."""
    return [*_tasks(tasks), *_events(instance, definition)]


def _tasks(tasks: Sequence[UserTask]) -> Iterator[Wait]:
    groups = names.departments()
    for task in tasks:
        name = names.of_item(
            names.element_name(task.process_key, task.element_id, task.name), task.item_index, task.item_count
        )
        holder = names.person_name(task.assignee) if task.assignee else groups.get(task.group, task.group)
        yield Wait(name, holder, task.due_at, task.id)


def _part(
    kind: int,
    element: SQLColumnExpression[str],
    due: SQLColumnExpression[datetime | None],
    instance: SQLColumnExpression[int],
    *more: ColumnElement[bool],
) -> Select[int, str, datetime | None]:
    columns: tuple[Label[int], Label[str], Label[datetime | None]]
    columns = literal(kind).label("kind"), element.label("element"), due.label("due")
    return select(*columns).where(instance == bindparam("instance"), *more)


_TIMER, _MESSAGE, _INCIDENT = range(3)
_NO_LIMIT = cast(null(), UTCDateTime())
_WAITS = union_all(
    _part(_TIMER, Timer.element_id, Timer.due_at, Timer.instance_id),
    _part(_MESSAGE, MessageSubscription.element_id, _NO_LIMIT, MessageSubscription.instance_id),
    _part(_INCIDENT, Incident.element_id, _NO_LIMIT, Incident.instance_id, Incident.state == IncidentState.OPEN),
)


def _events(instance: ProcessInstance, definition: engine.definitions.Definition) -> Iterator[Wait]:
    for kind, element, due in sorted(session().execute(_WAITS, {"instance": instance.id}), key=itemgetter(0)):
        stuck = kind == _INCIDENT
        holder = gettext("the operator of the system") if stuck else ""
        name = names.drawn_in(definition, element)
        if kind == _TIMER and names.is_limit(definition, element):
            name = gettext("If not done: %(task)s", task=name)
        yield Wait(name, holder, due, stuck=stuck)


class _Placed(NamedTask, Protocol):
    @property
    def assignee(self) -> str | None: ...
    @property
    def group(self) -> str: ...


_PLACES = (
    select(
        UserTask.process_key,
        UserTask.element_id,
        UserTask.name,
        UserTask.item_index,
        UserTask.item_count,
        UserTask.assignee,
        UserTask.group.label("group"),
    )
    .where(UserTask.instance_id == bindparam("instance"), UserTask.state == TaskState.OPEN)
    .order_by(UserTask.id)
    .limit(MOST_PLACES + 1)
)


def now_at(instance_id: int, definition: engine.definitions.Definition) -> str:
    """Say with whom a case is, department or person and the step; else what it waits for. Empty when neither can be named."""
    rows = connection().execute(_PLACES, {"instance": instance_id}).all()
    places = [_place(row, definition) for row in rows[:MOST_PLACES]]
    if not rows:
        waiting = connection().execute(_WAITS, {"instance": instance_id}).all()
        orders = connection().execute(_ORDERED, {"instance": instance_id}).all()
        places = [
            gettext("%(who)s (work order %(number)s)", who=names.department(row.department), number=row.number)
            for row in orders
        ] or [gettext("waits for “%(what)s”", what=names.drawn_in(definition, row[1])) for row in waiting]
    more = gettext(" and others") if len(rows) > MOST_PLACES else ""
    return gettext(" It is now at: %(places)s.", places=gettext("; ").join(places) + more) if places else ""


def _place(row: _Placed, definition: engine.definitions.Definition) -> str:
    name = names.element_name(row.process_key, row.element_id, row.name, definition)
    step = names.of_item(name, row.item_index, row.item_count)
    worker = names.person_name(row.assignee) if row.assignee else names.department(row.group)
    return gettext("%(who)s, “%(step)s”", who=worker, step=step)


_ORDERED = (
    select(WorkOrder.number, WorkOrder.department)
    .join(WorkOrderCase, WorkOrderCase.order_id == WorkOrder.id)
    .where(WorkOrderCase.instance_id == bindparam("instance"), WorkOrderCase.left_at.is_(None))
    .order_by(WorkOrder.id)
)


def said(
    step: str,
    number: str,
    complainant: Whose,
    advanced: running.Advanced,
    *,
    place: str = "",
    waits: str = "",
    instead: str = "",
) -> tuple[str, str]:
    """Return what a completion came to, with the case it was done in, and `place`: the answer that was chosen there and where the case is now, in sentences: (kind, sentence).

    A step that was not done, because the process goes back, is said with the words of the box that was ticked `instead`.
    The kind is `ok`, `warn` when something did not work, and `note` when what the customer is told `waits` to be sent, by text (sms) or letter.
    """
    customer = gettext(", %(customer)s", customer=named(complainant)) if complainant.msisdn or complainant.name else ""
    addressed = {"step": step, "case": number, "customer": customer}
    troubles = told(advanced)
    if troubles:
        entered = gettext("“%(step)s” in case %(case)s%(customer)s is recorded, but:", **addressed)
        return "warn", " ".join([entered, *troubles]) + place
    closed = place + (gettext(" The case is closed.") if advanced.ended else "")
    if waits:
        return "note", _waiting(waits, addressed) + closed
    return "ok", _done(addressed, instead) + closed


def _waiting(waits: str, addressed: Mapping[str, str]) -> str:
    if waits == "letter":
        return gettext(
            "“%(step)s” in case %(case)s%(customer)s is recorded; the letter waits to be posted.", **addressed
        )
    return gettext(
        "“%(step)s” in case %(case)s%(customer)s is recorded; the text message waits to be sent.", **addressed
    )


def _done(addressed: Mapping[str, str], instead: str) -> str:
    if not instead:
        return gettext("Done: “%(step)s” in case %(case)s%(customer)s.", **addressed)
    told_instead = {**addressed, "instead": instead}
    return gettext(
        "“%(step)s” in case %(case)s%(customer)s was not done; the case goes back: “%(instead)s”.", **told_instead
    )


def told(advanced: running.Advanced) -> list[str]:
    """Return what did not work on the way, in sentences."""
    if not advanced.troubles:
        return []
    definition = proof.definition_of(advanced.instance_id)
    return [trouble(step, definition) for step in advanced.troubles if not _is_of_refusal(step)]


def _is_of_refusal(step: JobRefused | IncidentOpened) -> bool:
    """Tell whether a step only says that nothing drawn takes a refusal, which stands before it."""
    return step["type"] == "incident_opened" and step["kind"] == "UncaughtBpmnError"


def trouble(step: JobRefused | IncidentOpened, definition: engine.definitions.Definition) -> str:
    """Return a refusal or an incident in a sentence."""
    element = names.drawn_in(definition, step["element"])
    if step["type"] == "incident_opened":
        return gettext("“%(step)s” could not be carried out; the operator of the system has been told.", step=element)
    return gettext("“%(step)s” was refused: %(why)s", step=element, why=why(step))


def why(step: JobRefused, error_names: Mapping[str, str] | None = None) -> str:
    """Return why something was refused; what has no sentence is called what the diagram calls it (`error_names`, by code)."""
    code = str(step["code"])
    if code in refusals.SENTENCES:
        return refusals.sentence({**step["values"], "code": code})
    return refusals.called(code, error_names or {})


def refused_before(entries: list[record.CaseEntry], token: int) -> JobRefused | None:
    """Return the refusal that led to the step of a token, if one did: the last in the entry that opened it."""
    for entry in entries:
        refusal: JobRefused | None = None
        for step in entry.steps:
            if step["type"] == "job_refused":
                refusal = step
            elif step["type"] == "user_task_created" and step["token"] == token:
                return refusal
    return None
