"""What became of what the supervisor was told: whether a request has been answered, and whether what was late is still to be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_

from models.acts import CaseRequest
from models.base import session
from models.instance import ProcessInstance
from models.notice import DepartmentNotice
from models.states import CaseState, TaskState
from models.user_task import UserTask
from office.acts.requests import ASKS, STANDING

OPEN, DONE = "open", "done"
LATE_STEP, LATE_ORDER = "deadline_missed", "work_order_late"


@dataclass(frozen=True)
class Standing:
    """The state of a request, or OPEN or DONE of what was late; empty where nothing is waited for. Whether something is still to be done about it."""

    state: str = ""
    is_open: bool = False


def of(notices: Iterable[DepartmentNotice]) -> dict[str, Standing]:
    """Return how each of these stands now, by its key; at most three statements."""
    rows = list(notices)
    requests = {row.key: _place(row.key) for row in rows if row.subject in ASKS}
    steps = {row.key: _place(row.key) for row in rows if row.subject == LATE_STEP}
    orders = {row.key: row.text for row in rows if row.subject == LATE_ORDER}
    states = _states(requests.values())
    tasks, numbers = _open_steps(steps.values()), {row.case_number or "" for row in rows if row.subject == LATE_STEP}
    running = _running({*orders.values(), *numbers})
    cases = {row.key: row.case_number or "" for row in rows}
    standings = {key: Standing(states.get(place, ""), states.get(place) in STANDING) for key, place in requests.items()}
    for key, place in steps.items():
        standings[key] = _late(place in tasks if place[1] else cases[key] in running)
    return standings | {key: _late(number in running) for key, number in orders.items()}


def _late(is_open: bool) -> Standing:
    return Standing(OPEN if is_open else DONE, is_open)


def _place(key: str) -> tuple[int, int]:
    """Return the instance, and the number of a request or the token of a step (none of a whole case), that a key names."""
    _, instance, number = (*key.split(":"), "", "")[:3]
    return int(instance) if instance.isdecimal() else 0, int(number) if number.isdecimal() else 0


def _states(places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    request: Any = CaseRequest
    query = select(request.instance_id, request.number, request.state)
    rows = session().execute(query.where(tuple_(request.instance_id, request.number).in_(list(places))))
    return {(instance, number): state for instance, number, state in rows}


def _open_steps(places: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    task: Any = UserTask
    query = select(task.instance_id, task.token).where(task.state == TaskState.OPEN)
    rows = session().execute(query.where(tuple_(task.instance_id, task.token).in_(list(places))))
    return {(instance, token) for instance, token in rows}


def _running(numbers: Iterable[str]) -> set[str]:
    case = ProcessInstance
    query = select(case.business_key).where(case.business_key.in_(list(numbers)), case.state == CaseState.ACTIVE)
    return set(session().scalars(query))
