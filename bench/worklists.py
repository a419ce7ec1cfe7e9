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
from models.base import end_session, session, transaction
from models.definition import ProcessDefinition
from models.identity import Department
from models.instance import ProcessInstance
from models.user_task import UserTask
from web.edge.auth import Person
from web.queries import worklist

AT_ONCE, PER_CASE = 20_000, 10
HOUSEKEEPING = ("vacuum analyze", "checkpoint")
# Of what bench.program publishes; the worklist asks the version of every task it shows who may do it.
ELEMENT = "r0_judge"
CLERK = Person("cleo", "陈可", "zh", frozenset({"service_hall"}), frozenset({"clerk"}))
PROCESSES = ("BENCH", "BENCH-4", "BENCH-10")


def fill(place: Place, upto: int, seed: int = 7) -> None:
    """Open tasks until there are `upto`, spread over all departments with limits around now; PostgreSQL's housekeeping is done before anybody looks."""
    chance, now = random.Random(seed), engine.now()
    groups = list(session().scalars(select(Department.code)))
    there = session().scalar(select(func.count()).where(UserTask.business_key.startswith("W"))) or 0
    while there < upto:
        count = min(AT_ONCE, upto - there)
        with transaction():
            cases = _cases(chance, count // PER_CASE + 1, now)
            session().execute(insert(UserTask), [_task(chance, cases, n, groups, now) for n in range(count)])
        there += count
    if place.kind != SQLITE:
        for statement in HOUSEKEEPING:
            session().execute(text(statement))
    end_session()


def _cases(chance: random.Random, count: int, now: Any) -> list[tuple[int, str]]:
    """So many more cases, each with its process."""
    definitions = select(ProcessDefinition.key, func.max(ProcessDefinition.id)).group_by(ProcessDefinition.key)
    versions = {key: id for key, id in session().execute(definitions) if key in PROCESSES}
    row = {"state": "active", "started_at": now, "head": bytes(32), "state_blob": b""}
    keys = [chance.choice(PROCESSES) for _ in range(count)]
    rows = [
        {**row, "definition_id": versions[key], "key": key, "business_key": f"W{now:%f}{number:08d}"}
        for number, key in enumerate(keys)
    ]
    ids = session().scalars(insert(ProcessInstance).returning(ProcessInstance.id, sort_by_parameter_order=True), rows)
    return list(zip(ids, keys, strict=True))


def _task(
    chance: random.Random, cases: list[tuple[int, str]], number: int, groups: list[str], now: Any
) -> dict[str, Any]:
    case, process = cases[number // PER_CASE]
    return {
        "instance_id": case,
        "token": number % PER_CASE + 1,
        "business_key": f"W{case:09d}",
        "process_key": process,
        "element_id": ELEMENT,
        "name": "判断投诉原因",
        "form": "bench",
        "group": chance.choice(groups),
        "state": "open",
        "created_at": now,
        "due_at": now + timedelta(minutes=chance.randrange(-2_000, 6_000)),
        "overdue": False,
    }


def pages(times: int) -> tuple[Samples, Samples]:
    """The first page of a clerk's departments, and one filtered by process."""
    return _page(worklist.Wanted(), times), _page(worklist.Wanted(process=PROCESSES[1]), times)


def _page(selection: worklist.Wanted, times: int) -> Samples:
    def look() -> None:
        assert worklist.page(CLERK, selection).rows
        end_session()

    with current_app.test_request_context("/tasks"):
        return sample(look, times)
