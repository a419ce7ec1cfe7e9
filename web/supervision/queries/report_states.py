"""What became of what the supervisor was told: whether a request has been answered, and whether what was late is still to be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, select, tuple_, union_all

from models.acts import CaseRequest
from models.base import session
from models.instance import ProcessInstance
from models.notice import DepartmentNotice
from models.states import CaseState, TaskState
from models.user_task import UserTask
from office.acts.requests import ASKS, STANDING

OPEN, DONE = "open", "done"
LATE_STEP, LATE_ORDER = "deadline_missed", "work_order_late"
REQUEST, STEP, CASE = "request", "step", "case"
Place = tuple[int, int]


@dataclass(frozen=True)
class Standing:
    """The state of a request, or OPEN or DONE of what was late; empty where nothing is waited for. Whether something is still to be done about it."""

    state: str = ""
    is_open: bool = False


def of(notices: Iterable[DepartmentNotice]) -> dict[str, Standing]:
    """Return how each of these stands now, by its key; by one statement."""
    rows = list(notices)
    requests = {row.key: _place(row.key) for row in rows if row.subject in ASKS}
    steps = {row.key: _place(row.key) for row in rows if row.subject == LATE_STEP}
    orders = {row.key: row.text for row in rows if row.subject == LATE_ORDER}
    cases = {row.key: row.case_number or "" for row in rows if row.subject == LATE_STEP}
    states, tasks, running = _now(requests.values(), steps.values(), {*orders.values(), *cases.values()})
    standings = {key: Standing(states.get(place, ""), states.get(place) in STANDING) for key, place in requests.items()}
    for key, place in steps.items():
        standings[key] = _late(place in tasks if place[1] else cases[key] in running)
    return standings | {key: _late(number in running) for key, number in orders.items()}


def _late(is_open: bool) -> Standing:
    return Standing(OPEN if is_open else DONE, is_open)


def _place(key: str) -> Place:
    """Return the instance, and the number of a request or the token of a step (none of a whole case), that a key names."""
    _, instance, number = (*key.split(":"), "", "")[:3]
    return int(instance) if instance.isdecimal() else 0, int(number) if number.isdecimal() else 0


def _now(
    requests: Iterable[Place], steps: Iterable[Place], numbers: Iterable[str]
) -> tuple[dict[Place, str], set[Place], set[str]]:
    """Return the states of these requests, which of these steps are open, and which of these cases are running."""
    parts = [
        part
        for part in (_states(list(requests)), _open_steps(list(steps)), _running(list(numbers)))
        if part is not None
    ]
    rows = session().execute(union_all(*parts)).all() if parts else []
    states = {(row.instance, row.number): row.text for row in rows if row.kind == REQUEST}
    tasks = {(row.instance, row.number) for row in rows if row.kind == STEP}
    return states, tasks, {row.text for row in rows if row.kind == CASE}


def _states(places: list[Place]) -> Select[Any] | None:
    request: Any = CaseRequest
    query = _row(REQUEST, request.instance_id, request.number, request.state)
    return query.where(tuple_(request.instance_id, request.number).in_(places)) if places else None


def _open_steps(places: list[Place]) -> Select[Any] | None:
    task: Any = UserTask
    query = _row(STEP, task.instance_id, task.token, literal("")).where(task.state == TaskState.OPEN)
    return query.where(tuple_(task.instance_id, task.token).in_(places)) if places else None


def _running(numbers: list[str]) -> Select[Any] | None:
    case: Any = ProcessInstance
    query = _row(CASE, literal(0), literal(0), case.business_key).where(case.state == CaseState.ACTIVE)
    return query.where(case.business_key.in_(numbers)) if numbers else None


def _row(kind: str, instance: Any, number: Any, text: Any) -> Select[Any]:
    columns = {"kind": literal(kind), "instance": instance, "number": number, "text": text}
    return select(*(column.label(name) for name, column in columns.items()))
