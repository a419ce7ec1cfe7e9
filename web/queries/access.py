"""Who may look at what: cases and customers, from departments and roles. Verbs check again for themselves."""

from __future__ import annotations

from sqlalchemy import Exists, exists, or_, select

import engine
from models.base import session
from models.complaint import Complaint
from models.instance import ProcessInstance
from models.user_task import UserTask
from office import intake
from web.auth import Person

SEE_EVERYTHING = ("supervisor", "auditor")


class NotYourCase(engine.NotPermitted):
    """The case has never been with a department of this person."""


class RoleMissing(engine.NotPermitted):
    """This page belongs to another role."""


def check_case(person: Person, instance_id: int) -> None:
    """Errors: NotYourCase."""
    if not person.has(*SEE_EVERYTHING) and not session().scalar(select(_touches(person, instance_id))):
        raise NotYourCase(instance=instance_id)


def _touches(person: Person, instance_id: int) -> Exists:
    return exists().where(
        ProcessInstance.id == instance_id,
        or_(
            exists().where(UserTask.instance_id == instance_id, UserTask.group.in_(person.departments)),
            exists().where(Complaint.instance_id == instance_id, Complaint.accepted_by == person.name),
        ),
    )


def at_a_counter(person: Person) -> bool:
    """Whether the person may take complaints in and see customers."""
    return bool(person.departments & intake.COUNTERS)


def check_counter(person: Person) -> None:
    """Errors: NotAtACounter."""
    if not at_a_counter(person) and not person.has(*SEE_EVERYTHING):
        raise intake.NotAtACounter


def check_role(person: Person, *roles: str) -> None:
    """Errors: RoleMissing."""
    if not person.has(*roles):
        raise RoleMissing(roles=roles)
