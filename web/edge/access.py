"""Who may look at what, and what they are shown of it: cases and customers, from departments and roles. Verbs check again for themselves.

The rule, deny by default: docs/explanation/who-sees-what.md.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, func, or_, select

import engine
from models.acts import CaseRequest, RequestState
from models.base import connection
from models.complaint import Complaint
from models.instance import CaseKey, ProcessInstance
from models.states import TaskState
from models.user_task import TaskColumns, UserTask
from office import acts, intake
from office.masking import Sight
from web.edge.auth import Person

SEE_EVERYTHING = ("supervisor", "auditor")
JUST_NOW = timedelta(hours=1)


class NotYourCase(engine.NotPermitted):
    """The case has never been with a department of this person."""


class RoleMissing(engine.NotPermitted):
    """This page belongs to another role."""


_ME: BindParameter[str] = bindparam("me")
_OPEN = UserTask.state == TaskState.OPEN
_THEIRS = UserTask.group.in_(bindparam("departments", expanding=True))
_TAKEN_IN = select(Complaint.accepted_at).where(
    Complaint.instance_id == bindparam("instance"), Complaint.accepted_by == _ME
)

_KEY = select(CaseKey.instance_id).where(CaseKey.instance_id == bindparam("instance"))

_OF_NUMBER = select(ProcessInstance.id).where(ProcessInstance.business_key == bindparam("number")).limit(1)

_ASKED = (
    select(CaseRequest.id)
    .where(
        CaseRequest.instance_id == bindparam("instance"),
        CaseRequest.verb == "reverse",
        CaseRequest.state.in_((RequestState.ASKED, RequestState.AGREED)),
    )
    .limit(1)
)


def _any(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.max(case((condition, 1), else_=0)), 0)


_STANDING = select(
    _any(_THEIRS).label("handled"),
    _any(and_(_OPEN, _THEIRS)).label("waits_here"),
    _any(and_(_OPEN, UserTask.assignee == _ME)).label("holds"),
    _any(or_(UserTask.completed_by == _ME, and_(_OPEN, UserTask.assignee == _ME))).label("worked"),
    _any(and_(UserTask.completed_by == _ME, UserTask.completed_at > bindparam("just_now"))).label("worked_just_now"),
    _TAKEN_IN.limit(1).scalar_subquery().label("taken_in"),
    _ASKED.scalar_subquery().label("asked_of_accounting"),
    _KEY.scalar_subquery().label("key"),
).where(UserTask.instance_id == bindparam("instance"))


def may_open_case(person: Person, number: str) -> bool:
    """Tell whether a case of this number is there and the person may open it."""
    instance_id = connection().execute(_OF_NUMBER, {"number": number}).scalar()
    if instance_id is None:
        return False
    try:
        check_case(person, instance_id)
    except NotYourCase:
        return False
    return True


def check_case(person: Person, instance_id: int) -> Sight:
    """Return what the person is shown of a case. Errors: NotYourCase."""
    just_now = engine.now() - JUST_NOW
    parameters = {"instance": instance_id, "departments": sorted(person.departments), "me": person.name}
    standing = connection().execute(_STANDING, {**parameters, "just_now": just_now}).one()
    asked = standing.asked_of_accounting is not None and bool(person.departments & acts.ACCOUNTING)
    sees_everything = person.has(*SEE_EVERYTHING) or asked
    if not (sees_everything or standing.handled or standing.worked or standing.taken_in):
        raise NotYourCase(instance=instance_id)
    return Sight(
        personal=standing.key is not None
        and bool(sees_everything or standing.waits_here or standing.worked or standing.taken_in),
        numbers=bool(standing.holds),
        is_work=bool(standing.holds or standing.worked_just_now or _since(standing.taken_in, just_now)),
    )


def told_of(person: Person, instance_ids: Collection[int]) -> set[int]:
    """Say of which of these cases the person is shown what is personal: the rule of `check_case` for a list of them."""
    if person.has(*SEE_EVERYTHING):
        return set(instance_ids)
    worked = or_(UserTask.completed_by == person.name, and_(_OPEN, UserTask.assignee == person.name))
    waits = and_(_OPEN, UserTask.group.in_(sorted(person.departments)))
    tasks = select(UserTask.instance_id).where(UserTask.instance_id.in_(instance_ids), or_(worked, waits))
    taken_in = select(Complaint.instance_id).where(
        Complaint.instance_id.in_(instance_ids), Complaint.accepted_by == person.name
    )
    return set(connection().scalars(tasks.union(taken_in)))


def at_task(sight: Sight, person: Person, task: TaskColumns) -> Sight:
    """Return the same at an open task: whoever may work on it needs what lies beside it as it is, numbers too, and opens it to work on it."""
    is_mine = task.assignee == person.name or (task.assignee is None and task.group in person.departments)
    is_theirs_to_do = is_mine and task.state == TaskState.OPEN
    return replace(sight, numbers=sight.numbers or is_theirs_to_do, is_work=sight.is_work or is_theirs_to_do)


def _since(at: datetime | None, begin: datetime) -> bool:
    return at is not None and at > begin


def at_a_counter(person: Person) -> bool:
    """Tell whether the person may take complaints in and see customers."""
    return bool(person.departments & intake.COUNTERS)


def check_counter(person: Person) -> None:
    """Check that the person is at a counter. Errors: NotAtACounter."""
    if not at_a_counter(person) and not person.has(*SEE_EVERYTHING):
        raise intake.NotAtACounter


def check_role(person: Person, *roles: str) -> None:
    """Check that the person holds the role. Errors: RoleMissing."""
    if not person.has(*roles):
        raise RoleMissing(roles=roles)
