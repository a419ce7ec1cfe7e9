"""Where a case stands after a step: whose it is, what its next step for this person is, what it waits for, and what did not work on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

import engine
from models.base import session
from models.complaint import Complaint
from models.customer import Customer
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from web import refusals
from web.queries import casefile, names


@dataclass(frozen=True)
class Whose:
    """The customer of a case, name and number, and the process chosen for it; each None where there is none."""

    name: str | None
    msisdn: str | None
    process: str | None


def whose(instance_id: int) -> Whose:
    """Who the case is about; nobody for a batch."""
    query = (
        select(Customer.name, Complaint.msisdn, Complaint.process_key)
        .select_from(Complaint)
        .outerjoin(Customer, Customer.id == Complaint.customer_id)
        .where(Complaint.instance_id == instance_id)
    )
    found = session().execute(query).first()
    return Whose(*found) if found is not None else Whose(None, None, None)


@dataclass(frozen=True)
class Wait:
    """One thing a case waits for: a step at a department or with a person, a message, an instant, or the operator."""

    what: str
    who: str
    until: datetime | None
    task_id: int | None = None
    stuck: bool = False


def waits(instance: ProcessInstance) -> list[Wait]:
    """What an active case waits for; the steps of people first."""
    return [*_tasks(instance), *_events(instance)]


def _tasks(instance: ProcessInstance) -> Iterator[Wait]:
    groups = names.departments()
    for task in casefile.open_tasks(instance.id):
        name = names.of_item(
            names.element_name(task.process_key, task.element_id, task.name), task.item_index, task.item_count
        )
        who = names.person_name(task.assignee) if task.assignee else groups.get(task.group, task.group)
        yield Wait(name, who, task.due_at, task.id)


def _events(instance: ProcessInstance) -> Iterator[Wait]:
    timers = session().execute(select(Timer.element_id, Timer.due_at).where(Timer.instance_id == instance.id)).all()
    messages = (
        session()
        .scalars(select(MessageSubscription.element_id).where(MessageSubscription.instance_id == instance.id))
        .all()
    )
    incidents = (
        session()
        .scalars(select(Incident.element_id).where(Incident.instance_id == instance.id, Incident.state == "open"))
        .all()
    )
    if not (timers or messages or incidents):
        return
    definition = engine.definition_of(instance.id)
    for element, due in timers:
        yield Wait(names.drawn_in(definition, element), "", due)
    for element in messages:
        yield Wait(names.drawn_in(definition, element), "", None)
    for element in incidents:
        yield Wait(names.drawn_in(definition, element), gettext("the operator of the system"), None, stuck=True)


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
