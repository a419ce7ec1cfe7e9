"""The worklist's first page and a filtered one, in an office with a thousand, a hundred thousand and a million open tasks."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

import engine
from bench.databases import SQLITE, Place
from bench.figures import Samples, sample
from bench.serving import Browser
from models.base import end_session, session, transaction
from models.definition import ProcessDefinition
from models.identity import Department
from models.instance import ProcessInstance
from models.states import CaseState, TaskState
from models.user_task import UserTask

AT_ONCE, PER_CASE = 20_000, 10
HOUSEKEEPING = ("vacuum analyze", "checkpoint")
# Of what bench.program publishes; the worklist asks the version of every task it shows who may do it.
ELEMENT = "r0_judge"
PROCESSES = ("BENCH", "BENCH-4", "BENCH-10")
# Minutes from now: nothing falls due while the clockwork of the served office looks on.
ROW = re.compile(r'href="/tasks/\d+"')
LATE, IN_TIME = range(-2_000, -1), range(600, 6_600)


def fill(place: Place, upto: int, seed: int = 7) -> None:
    """Open tasks until there are `upto`, spread over all departments with limits around now; PostgreSQL's housekeeping is done before anybody looks."""
    chance, now = random.Random(seed), engine.now()
    groups = list(session().scalars(select(Department.code)))
    there = session().scalar(select(func.count()).where(UserTask.business_key.startswith("W"))) or 0
    while there < upto:
        count = min(AT_ONCE, upto - there)
        with transaction():
            cases = _cases(chance, -(-count // PER_CASE), now)
            session().execute(insert(UserTask), [_task(chance, cases, n, groups, now) for n in range(count)])
        there += count
    if place.kind != SQLITE:
        for statement in HOUSEKEEPING:
            session().execute(text(statement))
    end_session()


def _cases(chance: random.Random, count: int, now: Any) -> list[tuple[int, str]]:
    """Begin so many more cases, each with its process."""
    definitions = select(ProcessDefinition.key, func.max(ProcessDefinition.id)).group_by(ProcessDefinition.key)
    versions = {key: id for key, id in session().execute(definitions) if key in PROCESSES}
    row = {"state": CaseState.ACTIVE, "started_at": now, "head": bytes(32), "state_blob": b""}
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
    is_late = chance.random() < len(LATE) / (len(LATE) + len(IN_TIME))
    return {
        "instance_id": case,
        "token": number % PER_CASE + 1,
        "business_key": f"W{case:09d}",
        "process_key": process,
        "element_id": ELEMENT,
        "name": "判断投诉原因",
        "form": "bench",
        "group": chance.choice(groups),
        "state": TaskState.OPEN,
        "created_at": now,
        "due_at": now + timedelta(minutes=chance.choice(LATE if is_late else IN_TIME)),
        "overdue": is_late,
    }


def pages(browser: Browser, times: int) -> tuple[Samples, Samples]:
    """Return the first page of a clerk's departments, and one filtered by process, as the clerk's browser gets them. Errors: RuntimeError for one without a task."""
    return _page(browser, "/tasks", times), _page(browser, f"/tasks?process={PROCESSES[1]}", times)


def _page(browser: Browser, address: str, times: int) -> Samples:
    if not ROW.search(browser.get(address)):
        raise RuntimeError(f"{address} shows no task")
    return sample(lambda: browser.get(address), times)
