"""Who may look at what: cases and customers, from departments and roles. Verbs check again for themselves."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, or_, select

import engine
from models.base import connection
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


_HANDLED = exists().where(
    UserTask.instance_id == bindparam("instance"), UserTask.group.in_(bindparam("departments", expanding=True))
)
_TAKEN_IN = exists().where(Complaint.instance_id == bindparam("instance"), Complaint.accepted_by == bindparam("me"))
_TOUCHES = select(exists().where(ProcessInstance.id == bindparam("instance"), or_(_HANDLED, _TAKEN_IN)))


def check_case(person: Person, instance_id: int) -> None:
    """Errors: NotYourCase."""
    if person.has(*SEE_EVERYTHING):
        return
    given = {"instance": instance_id, "departments": sorted(person.departments), "me": person.name}
    if not connection().scalar(_TOUCHES, given):
        raise NotYourCase(instance=instance_id)


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
