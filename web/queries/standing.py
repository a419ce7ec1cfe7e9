"""Where a case stands after a step: whose it is, what its next step for this person is, what it waits for, and what did not work on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, and_, bindparam, cast, literal, null, select, union_all

import engine
from models.base import UTCDateTime, session
from models.complaint import Complaint
from models.customer import Customer
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from web import refusals
from web.queries import names


@dataclass(frozen=True)
class Whose:
    """The customer of a case, name and number, and the process chosen for it; each None where there is none."""

    name: str | None
    msisdn: str | None
    process: str | None


_WHOSE: Any = (
    select(Customer.name, Complaint.msisdn, Complaint.process_key)
    .select_from(Complaint)
    .outerjoin(Customer, Customer.id == Complaint.customer_id)
    .where(Complaint.instance_id == bindparam("instance"))
)


def whose(instance_id: int) -> Whose:
    """Who the case is about; nobody for a batch."""
    found = session().execute(_WHOSE, {"instance": instance_id}).first()
    return Whose(*found) if found is not None else Whose(None, None, None)


@dataclass(frozen=True)
class TakenIn:
    """A case that has just been taken in: its instance, whose it is, the departments at which it waits, the elements at which it is stuck."""

    instance_id: int
    customer: str | None
    groups: frozenset[str]
    stuck: frozenset[str]


_TAKEN_IN: Any = (
    select(Complaint.instance_id, Customer.name, UserTask.group, Incident.element_id)
    .select_from(Complaint)
    .outerjoin(Customer, Customer.id == Complaint.customer_id)
    .outerjoin(UserTask, and_(UserTask.instance_id == Complaint.instance_id, UserTask.state == "open"))
    .outerjoin(Incident, and_(Incident.instance_id == Complaint.instance_id, Incident.state == "open"))
    .where(Complaint.case_number == bindparam("number"))
)


def taken_in(number: str) -> TakenIn:
    """What to say of a complaint that is a case now."""
    found = session().execute(_TAKEN_IN, {"number": number}).all()
    groups, stuck = (frozenset(row[place] for row in found if row[place]) for place in (2, 3))
    return TakenIn(found[0][0], found[0][1], groups, stuck)


def stuck_at(taken: TakenIn) -> list[str]:
    """What the steps are called at which a case that was just taken in is stuck."""
    if not taken.stuck:
        return []
    definition = engine.definition_of(taken.instance_id)
    return [names.drawn_in(definition, element) for element in sorted(taken.stuck)]


@dataclass(frozen=True)
class Wait:
    """One thing a case waits for: a step at a department or with a person, a message, an instant, or the operator."""

    what: str
    who: str
    until: datetime | None
    task_id: int | None = None
    stuck: bool = False


def waits(instance: ProcessInstance, tasks: Sequence[UserTask], definition: engine.Definition) -> list[Wait]:
    """What an active case waits for; the steps of people first."""
    return [*_tasks(tasks), *_events(instance, definition)]


def _tasks(tasks: Sequence[UserTask]) -> Iterator[Wait]:
    groups = names.departments()
    for task in tasks:
        name = names.of_item(
            names.element_name(task.process_key, task.element_id, task.name), task.item_index, task.item_count
        )
        who = names.person_name(task.assignee) if task.assignee else groups.get(task.group, task.group)
        yield Wait(name, who, task.due_at, task.id)


def _part(kind: int, element: Any, due: Any, instance: Any, *more: Any) -> Select[Any]:
    columns: tuple[Any, ...] = (literal(kind).label("kind"), element.label("element"), due.label("due"))
    return select(*columns).where(instance == bindparam("instance"), *more)


_TIMER, _MESSAGE, _INCIDENT = range(3)
_NO_LIMIT = cast(null(), UTCDateTime())
_WAITS: Any = union_all(
    _part(_TIMER, Timer.element_id, Timer.due_at, Timer.instance_id),
    _part(_MESSAGE, MessageSubscription.element_id, _NO_LIMIT, MessageSubscription.instance_id),
    _part(_INCIDENT, Incident.element_id, _NO_LIMIT, Incident.instance_id, Incident.state == "open"),
)


def _events(instance: ProcessInstance, definition: engine.Definition) -> Iterator[Wait]:
    for kind, element, due in sorted(session().execute(_WAITS, {"instance": instance.id}), key=itemgetter(0)):
        stuck = kind == _INCIDENT
        who = gettext("the operator of the system") if stuck else ""
        yield Wait(names.drawn_in(definition, element), who, due, stuck=stuck)


def said(step: str, number: str, who: Whose, advanced: engine.Advanced, *, waits: bool = False) -> tuple[str, str]:
    """What a completion came to, with the case it was done in: (kind, sentence).

    The kind is `ok`, `warn` when something did not work, and `note` when what the customer is told `waits` to be sent.
    """
    customer = gettext(", %(customer)s", customer=who.name) if who.name else ""
    done = gettext("Done: “%(step)s” in case %(case)s%(customer)s.", step=step, case=number, customer=customer)
    troubles = told(advanced)
    if troubles:
        entered = gettext(
            "“%(step)s” in case %(case)s%(customer)s is recorded, but:", step=step, case=number, customer=customer
        )
        return "warn", " ".join([entered, *troubles])
    closed = gettext(" The case is closed.") if advanced.ended else ""
    if waits:
        written = gettext(
            "“%(step)s” in case %(case)s%(customer)s is recorded; the text message waits to be sent.",
            step=step,
            case=number,
            customer=customer,
        )
        return "note", written + closed
    return "ok", done + closed


def told(advanced: engine.Advanced) -> list[str]:
    """What did not work on the way, in sentences."""
    if not advanced.troubles:
        return []
    definition = engine.definition_of(advanced.instance_id)
    return [trouble(step, definition) for step in advanced.troubles if step.get("kind") != "UncaughtBpmnError"]


def trouble(step: Mapping[str, Any], definition: engine.Definition) -> str:
    """A refusal or an incident in a sentence."""
    element = names.drawn_in(definition, step["element"])
    if step["type"] == "incident_opened":
        return gettext("“%(step)s” could not be carried out; the operator of the system has been told.", step=element)
    return gettext("“%(step)s” was refused: %(why)s", step=element, why=why(step))


def why(step: Mapping[str, Any], caught: Mapping[str, str] | None = None) -> str:
    """Why something was refused; what has no sentence is called what the diagram calls it (`caught`, by code)."""
    code = str(step["code"])
    if code in refusals.SENTENCES:
        return refusals.sentence({**step["values"], "code": code})
    return (caught or {}).get(code, code)


def refused_before(entries: list[engine.Entry], token: int) -> Mapping[str, Any] | None:
    """The refusal that led to the step of a token, if one did: the last in the entry that opened it."""
    for entry in entries:
        refused: Mapping[str, Any] | None = None
        for step in entry.steps:
            if step["type"] == "job_refused":
                refused = step
            elif step["type"] == "user_task_created" and step["token"] == token:
                return refused
    return None
