"""A crowd at the same few cases: every thread does a random script of verbs, and what is left can be explained as if they had come one by one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

import engine
from engine import cases, proof, published, running
from engine.runtime import handlers
from models.base import session
from models.entry import HistoryEntry
from models.incident import Incident
from models.instance import ProcessInstance
from models.job import Job
from models.user_task import UserTask
from tests.integration.engine.running.test_concurrency import together
from tests.properties.drawings import KEYS, drawn, services
from tests.support.actors import CARL, CLEO, NORA, OLU, SAM
from tests.support.worlds import shared_office
from web.edge import errors
from web.telling import error_catalogue

THREADS, LENGTH, CASES = 8, 12, 2
CROWDS = (3, pytest.param(20, marks=pytest.mark.long))
HOUR = timedelta(hours=1)
sent: list[str] = []


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def crowded_office(request: pytest.FixtureRequest, tmp_path: Path, at: datetime) -> Iterator[Flask]:
    """An office over a database that several threads can reach, with a few cases of four processes."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_tables")
    with shared_office(tmp_path, url) as app, services(_send):
        for key in ("called", "outer", "pay", "wait", "send"):
            published.publish(drawn(key, 0), by=OLU, note="", at=at)
        for key in KEYS[:4] * CASES:
            cases.start(key, business_key="AJ-1", variables={"word": "k", "amount": 0}, by=CLEO, at=at)
        yield app


def _send(_parameters: dict[str, Any], call: handlers.Call) -> dict[str, Any]:
    sent.append(call.key)
    if len(sent) % 3:
        raise RuntimeError
    return {}


class Script:
    """What one of the crowd does: verbs by chance, at things that are or were there."""

    def __init__(self, seed: int, at: datetime) -> None:
        self.chance, self.at = random.Random(seed), at

    def one(self) -> Any:
        """A verb and what it came to."""
        act = self.chance.choice(VERBS)
        try:
            return act.__name__, act(self, self.at + self.chance.choice([0, 0, 0, 1, 2]) * HOUR)
        except engine.EngineError as error:
            return act.__name__, error

    def all(self) -> list[Any]:
        return [self.one() for _number in range(LENGTH)]

    def some(self, column: Any, *conditions: Any) -> int:
        return self.chance.choice(list(session().scalars(select(column).where(*conditions))) or [10**6])

    def person(self) -> engine.Actor:
        return self.chance.choice([CLEO, CARL, SAM, NORA])

    def complete(self, at: datetime) -> Any:
        task = self.some(UserTask.id, UserTask.state == "open")
        form, key = {"amount": self.chance.choice("1145")}, self.chance.choice(["", "k"])
        cases.complete(task, form=form, by=self.person(), at=at, key=key)
        return task

    def hand_on(self, at: datetime) -> Any:
        task = self.some(UserTask.id)
        act = self.chance.choice([cases.claim, cases.release, partial(cases.assign, to=self.person().user)])
        return act(task, by=self.person(), at=at)

    def tell(self, at: datetime) -> Any:
        return cases.correlate("told", "k", variables={"amount": 0}, by=SAM, at=at)

    def run_due(self, at: datetime) -> Any:
        return running.run_due(at)

    def carry_out(self, at: datetime) -> Any:
        return running.carry_out(self.some(Job.id), lambda: at)

    def see_to(self, at: datetime) -> Any:
        act = self.chance.choice([cases.retry, partial(cases.resolve, reason="by hand", result={})])
        return act(self.some(Incident.id), by=SAM, at=at)

    def cancel(self, at: datetime) -> Any:
        return cases.cancel(self.some(ProcessInstance.id), reason="entered twice", by=SAM, at=at)

    def publish(self, at: datetime) -> Any:
        return published.publish(drawn(self.chance.choice(KEYS), self.chance.choice([0, 1])), by=OLU, note="", at=at)

    def start(self, at: datetime) -> Any:
        values = {"word": "k", "amount": 0}
        return cases.start(self.chance.choice(KEYS[:4]), business_key="AJ-1", variables=values, by=CLEO, at=at)


VERBS: list[Callable[[Script, datetime], Any]] = [
    *[Script.complete] * 5,
    *[Script.hand_on] * 2,
    *[Script.see_to] * 3,
    *(Script.tell, Script.run_due, Script.run_due, Script.carry_out, Script.cancel, Script.publish, Script.start),
]


def let_them_in(crowded_office: Flask, at: datetime, seed: int) -> set[int]:
    """A crowd with scripts of its own, and what must be so when it has gone; the tasks that somebody was told to have completed."""
    came = together(crowded_office, [Script(seed * THREADS + number, at).all for number in range(THREADS)])
    broken = [repr(script) for script in came if isinstance(script, Exception)]
    assert broken == []
    refusals = [error for script in came for _verb, error in script if isinstance(error, engine.EngineError)]
    with crowded_office.test_request_context():
        assert {error.code for error in refusals} <= error_catalogue.texts().keys()
    assert [
        error.values for error in refusals if error.code == "NotAllReleased" or errors.status_of(error) >= 500
    ] == []
    session().rollback()
    assert_whole()
    return {task for script in came for verb, task in script if verb == "complete" and isinstance(task, int)}


def assert_each_once(confirmed: set[int]) -> None:
    """Every completion that was confirmed is in the record once, and every one in the record was confirmed."""
    completed = Counter(
        (case, step["token"])
        for case in proof.every_instance()
        for entry in proof.entries(case)
        for step in entry.steps
        if step["type"] == "user_task_completed"
    )
    rows = (
        session()
        .execute(select(UserTask.id, UserTask.instance_id, UserTask.token).where(UserTask.state == "completed"))
        .all()
    )
    assert completed == Counter((row.instance_id, row.token) for row in rows)
    assert confirmed == {row.id for row in rows}


def assert_whole() -> None:
    """No history has a gap, and nothing contradicts it."""
    extent = func.count(), func.min(HistoryEntry.sequence), func.max(HistoryEntry.sequence)
    streams = session().execute(select(*extent).group_by(HistoryEntry.stream, HistoryEntry.stream_id))
    assert [row for row in streams if (row[1], row[2]) != (1, row[0])] == []
    assert [deviation for case in proof.every_instance() for deviation in proof.verify(case)] == []
    assert proof.verify_definitions() + proof.verify_streams() + proof.verify_registers() == []


def test_a_crowd_leaves_what_can_be_explained(crowded_office: Flask, at: datetime) -> None:
    """Clerks, the clock, workers, operators and owners at once: one effect each, named refusals, never a lock error."""
    assert_each_once(let_them_in(crowded_office, at, 1))


@pytest.mark.slow
@pytest.mark.parametrize("crowds", CROWDS)
def test_many_crowds_leave_what_can_be_explained(crowded_office: Flask, at: datetime, crowds: int) -> None:
    """The same again and again in one office."""
    assert_each_once({task for seed in range(2, 2 + crowds) for task in let_them_in(crowded_office, at, seed)})
