"""Cases that an operator has begun: only of processes that nothing else begins, each under a number of its own."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import cases, published
from models.user_task import UserTask
from office import standalone
from tests.support import population
from tests.support.actors import CLEO, OLU
from tests.support.drawing import end, package, path, process, start, user

KEY = "CALLBACK"
BY = engine.Actor("installation")


def test_a_process_of_its_own_is_begun_and_done(database: Session, at: datetime) -> None:
    """Two cases have two numbers, and each is worked on as any other."""
    diagram = process(KEY, start(), user("ask"), end(), path("begun", "ask", "finished"))
    published.publish(package(KEY, diagram), by=OLU, note="", at=at)
    assert [standalone.begin(KEY, by=BY, at=at) for _ in range(2)] == [f"{KEY}-1", f"{KEY}-2"]
    tasks = database.scalars(select(UserTask.id).where(UserTask.business_key == f"{KEY}-2")).all()
    assert [cases.complete(task, form={"amount": "1", "note": ""}, by=CLEO, at=at).ended for task in tasks] == [True]


@pytest.mark.slow
def test_what_something_else_begins_is_refused(database: Session, at: datetime) -> None:
    """Every process of the office has somebody who begins it, and none is begun beside them."""
    population.publish()
    keys = [content.key for content in published.in_force()]
    beginners = {key: standalone.begun_by(key) for key in keys}
    assert [key for key, beginner in beginners.items() if not beginner] == []
    assert [beginners[key] for key in ("CH-002", "TS-001", "BATCH-001", "SUB-009", "SUB-001", "SUB-008")] == [
        "complaint",
        "complaint",
        "date",
        "date",
        "process",
        "service_task",
    ]
    with pytest.raises(standalone.BegunElsewhere) as raised:
        standalone.begin("SUB-008", by=BY, at=at)
    assert raised.value.values["by"] == "service_task"


def test_numbers_fit_and_are_given_once(database: Session, at: datetime) -> None:
    """Two keys of sixty characters that begin alike: every case has a number of its own, which a column holds."""
    keys = [f"{'LONG' * 14}_{ending}" for ending in ("ONE", "TWO")]
    for key in keys:
        diagram = process(key, start(), user("ask"), end(), path("begun", "ask", "finished"))
        published.publish(package(key, diagram), by=OLU, note="", at=at)
    numbers = [standalone.begin(key, by=BY, at=at) for key in (*keys, *keys)]
    assert len(set(numbers)) == len(numbers)
    assert max(map(len, numbers)) <= 60
