"""The worklist's first page and a filtered one, in an office with a thousand, a hundred thousand and a million open tasks."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, insert, select, text

import engine
from bench.databases import SQLITE, Place
from bench.figures import Samples, sample
from models.base import db, session, transaction
from models.definition import ProcessDefinition
from models.identity import Department
from models.instance import ProcessInstance
from models.user_task import UserTask
from web.auth import Person
from web.queries import worklist

AT_ONCE, PER_CASE = 20_000, 10
HOUSEKEEPING = ("vacuum analyze", "checkpoint")
ELEMENT = "judge_cause"
CLERK = Person("cleo", "陈可", "zh", frozenset({"service_hall"}), frozenset({"clerk"}))
PROCESSES = ("TS-001", "TS-002", "TS-003", "TS-004")


def fill(place: Place, upto: int, seed: int = 7) -> None:
    """Open tasks until there are `upto`, spread over all departments with limits around now; PostgreSQL's housekeeping is done before anybody looks."""
    chance, now = random.Random(seed), engine.now()
    groups = list(session().scalars(select(Department.code)))
    definition = session().scalar(select(func.min(ProcessDefinition.id)))
    there = session().scalar(select(func.count()).where(UserTask.element_id == ELEMENT)) or 0
    while there < upto:
        wanted = min(AT_ONCE, upto - there)
        with transaction():
            cases = _cases(wanted // PER_CASE + 1, definition, now)
            session().execute(insert(UserTask), [_task(chance, cases, n, groups, now) for n in range(wanted)])
        there += wanted
    if place.kind != SQLITE:
        for statement in HOUSEKEEPING:
            session().execute(text(statement))
    db.session.remove()


def _cases(count: int, definition: int | None, now: Any) -> list[int]:
    row = {"definition_id": definition, "key": "TS-002", "state": "active", "started_at": now}
    row |= {"head": bytes(32), "state_blob": b""}
    rows = [{**row, "business_key": f"W{now:%f}{number:08d}"} for number in range(count)]
    return list(session().scalars(insert(ProcessInstance).returning(ProcessInstance.id), rows))


def _task(chance: random.Random, cases: list[int], number: int, groups: list[str], now: Any) -> dict[str, Any]:
    case = number // PER_CASE
    return {
        "instance_id": cases[case],
        "token": number % PER_CASE + 1,
        "business_key": f"W{cases[case]:09d}",
        "process_key": chance.choice(PROCESSES),
        "element_id": ELEMENT,
        "name": "判断投诉原因",
        "form": "ts002_judge",
        "group": chance.choice(groups),
        "state": "open",
        "created_at": now,
        "due_at": now + timedelta(minutes=chance.randrange(-2_000, 6_000)),
        "overdue": False,
    }


def pages(times: int) -> tuple[Samples, Samples]:
    """The first page of a clerk's departments, and one filtered by process."""
    return _page(worklist.Wanted(), times), _page(worklist.Wanted(process="TS-003"), times)


def _page(wanted: worklist.Wanted, times: int) -> Samples:
    def look() -> None:
        assert worklist.page(CLERK, wanted).rows
        db.session.remove()

    with current_app.test_request_context("/tasks"):
        return sample(look, times)
