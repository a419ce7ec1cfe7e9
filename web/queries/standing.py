"""Where a case stands after a step: whose it is, what its next step for this person is, what it waits for, and what did not work on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import cast, func, literal, null, select, union_all

import engine
from models.base import UTCDateTime, session
from models.complaint import Complaint
from models.customer import Customer
from models.definition import ProcessDefinition
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from web import refusals
from web.queries import names

_STUCK = (Incident.instance_id == Complaint.instance_id, Incident.state == "open")


@dataclass(frozen=True)
class Whose:
    """The customer of a case, name and number, and the process chosen for it; each None where there is none. `stuck` counts
    its steps that could not be carried out."""

    instance_id: int
    stuck: int
    name: str | None
    msisdn: str | None
    process: str | None


def whose(instance_id: int) -> Whose:
    """Who a case is about; nobody for a batch."""
    stuck = select(func.count()).select_from(Incident).where(*_STUCK)
    query = (
        select(Complaint.instance_id, stuck.scalar_subquery(), Customer.name, Complaint.msisdn, Complaint.process_key)
        .select_from(Complaint)
        .outerjoin(Customer, Customer.id == Complaint.customer_id)
        .where(Complaint.instance_id == instance_id)
    )
    found = session().execute(query).first()
    return Whose(*found) if found is not None else Whose(instance_id, 0, None, None, None)


def taken_in(number: str, person: engine.Actor) -> tuple[Whose, list[tuple[UserTask, bool]]]:
    """A case just taken in: whose it is, and its open tasks, each with whether the person may complete it; one statement."""
    stuck = select(func.count()).select_from(Incident).where(*_STUCK)
    query = (
        select(Complaint.instance_id, stuck.scalar_subquery(), Customer.name, Complaint.msisdn, Complaint.process_key)
        .add_columns(UserTask, ProcessDefinition.id, ProcessDefinition.sha256)
        .select_from(Complaint)
        .join(ProcessInstance, ProcessInstance.id == Complaint.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .outerjoin(Customer, Customer.id == Complaint.customer_id)
        .outerjoin(UserTask, (UserTask.instance_id == ProcessInstance.id) & (UserTask.state == "open"))
        .where(Complaint.case_number == number)
        .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)
    )
    rows = session().execute(query).all()
    open_ones = [row[5:] for row in rows if row[5] is not None]
    tasks = [(task, engine.may_complete(task, version, sha256, person)) for task, version, sha256 in open_ones]
    return Whose(*rows[0][:5]), tasks


@dataclass(frozen=True)
class Wait:
    """One thing a case waits for: a step at a department or with a person, a message, an instant, or the operator."""

    what: str
    who: str
    until: datetime | None
    task_id: int | None = None
    stuck: bool = False
    workable: bool = False


def waits(
    instance: ProcessInstance, definition: engine.Definition, person: engine.Actor, *, briefly: bool
) -> list[Wait]:
    """What an active case waits for, the steps of people first; `briefly` only those, where there are any."""
    if instance.state != "active":
        return []
    found = list(_tasks(instance, person, names.departments()))
    return found if found and briefly else [*found, *_events(instance, definition)]


def _tasks(instance: ProcessInstance, person: engine.Actor, groups: Mapping[str, str]) -> Iterator[Wait]:
    for task, workable in engine.open_tasks(instance.id, person):
        name = names.of_item(
            names.element_name(task.process_key, task.element_id, task.name), task.item_index, task.item_count
        )
        who = names.person_name(task.assignee) if task.assignee else groups.get(task.group, task.group)
        yield Wait(name, who, task.due_at, task.id, workable=workable)


def _events(instance: ProcessInstance, definition: engine.Definition) -> Iterator[Wait]:
    none = cast(null(), UTCDateTime())
    found = (
        session()
        .execute(
            union_all(
                select(Timer.element_id, Timer.due_at, literal(False)).where(Timer.instance_id == instance.id),
                select(MessageSubscription.element_id, none, literal(False)).where(
                    MessageSubscription.instance_id == instance.id
                ),
                select(Incident.element_id, none, literal(True)).where(
                    Incident.instance_id == instance.id, Incident.state == "open"
                ),
            )
        )
        .all()
    )
    for element, due, stuck in found:
        yield Wait(
            names.drawn_in(definition, element),
            gettext("the operator of the system") if stuck else "",
            due,
            stuck=bool(stuck),
        )


def stuck(instance_id: int) -> list[str]:
    """The steps of a case that could not be carried out, by name."""
    found = (
        session()
        .scalars(select(Incident.element_id).where(Incident.instance_id == instance_id, Incident.state == "open"))
        .all()
    )
    return [names.drawn_in(engine.definition_of(instance_id), element) for element in found]


def said(step: str, number: str, who: Whose, advanced: engine.Advanced) -> tuple[str, str]:
    """What a completion came to, with the case it was done in: (kind, sentence), the kind `ok`, or `warn` when something did not work."""
    customer = gettext(", %(customer)s", customer=who.name) if who.name else ""
    done = gettext("Done: “%(step)s” in case %(case)s%(customer)s.", step=step, case=number, customer=customer)
    troubles = told(advanced)
    if troubles:
        entered = gettext(
            "“%(step)s” in case %(case)s%(customer)s is recorded, but:", step=step, case=number, customer=customer
        )
        return "warn", " ".join([entered, *troubles])
    return "ok", done + (gettext(" The case is closed.") if advanced.ended else "")


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
