"""Many at once through the real verbs on a real database: one effect each, a plain answer for the others, never a lock error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields
from sqlalchemy import func, select

import engine
from engine import cases, proof, published, running, runtime
from engine.cases.incidents import IncidentResolved
from engine.running.execution import StaleInstance
from engine.runtime import Call, handler
from engine.runtime.permissions import ClaimedByAnother
from engine.spiff import commands
from engine.spiff.run import Run
from models.base import session
from models.incident import Incident
from models.instance import ProcessInstance
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import boundary, catch_message, end, package, path, process, service, start, user
from tests.support.worlds import shared_office

THREADS = 16
LOST = (runtime.AlreadyCompleted, StaleInstance, running.InstanceEnded, ClaimedByAnother)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def threaded_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An office over a database that several threads can reach, with its processes published."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_tables")
    with shared_office(tmp_path, url) as app:
        engine.runtime.current().serve(_count)
        for key, text in DRAWN.items():
            published.publish(package(key, text), by=SAM, note="", at=engine.now())
        yield app


class _Paid(Schema):
    amount = fields.Integer(allow_none=True)


paid: list[int] = []


@handler("test/count", parameters=_Paid, result=_Paid, title_zh="数", title_en="Count")
def _count(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    paid.append(call.instance_id)
    if parameters["amount"] == 900:
        raise RuntimeError
    return parameters


DRAWN = {
    "LATE": process(
        "LATE",
        *(
            start(),
            user("ask"),
            boundary("late", "ask", timer='duration("PT1H")'),
            service("pay", "test/count", amount="amount"),
        ),
        *(user("after"), user("pressed"), end()),
        path("begun", "ask", "pay", "after", "finished"),
        path("late", "pressed", "finished"),
    ),
    "WAIT": process(
        "WAIT",
        *(start(), catch_message("told", "told", '"k"'), user("after"), end()),
        path("begun", "told", "after", "finished"),
        messages=("told",),
    ),
}


def together(app: Flask, acts: list[Callable[[], Any]]) -> list[Any]:
    """What each of the acts, begun at the same instant in a thread of its own, came to: its value or the error it raised."""
    session().rollback()
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            barrier.wait()
            try:
                return act()
            except Exception as error:  # noqa: BLE001
                return error
            finally:
                session().rollback()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [task.result() for task in [pool.submit(run, act) for act in acts]]


def begin(key: str, at: datetime, number: int = 1) -> running.Advanced:
    return cases.start(key, business_key=f"AJ-{number}", variables={"amount": 0}, by=CLEO, at=at)


def entry_count(instance_id: int) -> int:
    session().rollback()
    return len(proof.entries(instance_id))


def test_one_task_completed_by_many_is_completed_once(threaded_office: Flask, at: datetime) -> None:
    """Sixteen clicks on the same task: one goes on, the service is called once, the others hear that it is done."""
    case = begin("LATE", at)
    paid.clear()
    complete = partial(cases.complete, case.user_task_ids[0], form={"amount": "1"}, by=CLEO, at=at)
    came = together(threaded_office, [complete] * THREADS)
    assert sum(isinstance(outcome, running.Advanced) for outcome in came) == 1
    assert [type(outcome) for outcome in came if not isinstance(outcome, (running.Advanced, *LOST))] == []
    assert len(paid) == 1
    assert entry_count(case.instance_id) == 2
    assert proof.verify(case.instance_id) == []


def test_one_request_sent_many_times_is_answered_alike(threaded_office: Flask, at: datetime) -> None:
    """The same submission under the same key: one effect, and everybody is told the same."""
    case = begin("LATE", at)
    paid.clear()
    task_id, form = case.user_task_ids[0], {"amount": "1"}
    came = together(threaded_office, [partial(cases.complete, task_id, form=form, by=CLEO, at=at, key="k")] * THREADS)
    assert [outcome for outcome in came if outcome != came[0]] == []
    assert len(came[0].user_task_ids) == 1
    assert (len(paid), entry_count(case.instance_id)) == (1, 2)


def test_one_task_is_claimed_by_one(threaded_office: Flask, at: datetime) -> None:
    """Two clerks take the same task: one has it, the other hears who; nobody takes it from anybody."""
    case = begin("LATE", at)
    people = [engine.Actor(f"clerk{n}", CLEO.groups, CLEO.roles) for n in range(THREADS)]
    came = together(
        threaded_office, [partial(cases.claim, case.user_task_ids[0], by=person, at=at) for person in people]
    )
    refusals = [outcome for outcome in came if not isinstance(outcome, running.Advanced)]
    assert {type(refusal) for refusal in refusals} == {ClaimedByAnother}
    assert len(refusals) == THREADS - 1
    assert proof.verify(case.instance_id) == []


def test_a_timer_and_a_clerk_at_the_same_instant(threaded_office: Flask, at: datetime) -> None:
    """Either the limit passed or the task was done; the other finds nothing left to do."""
    late = at + timedelta(hours=1)
    for number in range(6):
        case = begin("LATE", at, number)
        complete = partial(cases.complete, case.user_task_ids[0], form={"amount": "1"}, by=CLEO, at=late)
        completion, *fired = together(threaded_office, [complete, *[partial(running.run_due, late)] * 3])
        assert isinstance(completion, (running.Advanced, *LOST)), repr(completion)
        assert all(isinstance(outcome, int) for outcome in fired), fired
        session().rollback()
        tasks = session().scalars(select(UserTask.element_id).where(UserTask.instance_id == case.instance_id))
        assert sorted(tasks) == (["after", "ask"] if isinstance(completion, running.Advanced) else ["ask", "pressed"])
        assert proof.verify(case.instance_id) == []


def test_a_message_and_a_cancellation_at_the_same_instant(threaded_office: Flask, at: datetime) -> None:
    """Two releases and two cancellations: the message arrives at most once, the case is cancelled once."""
    for number in range(4):
        case = begin("WAIT", at, number)
        tell = partial(cases.correlate, "told", "k", variables={}, by=SAM, at=at)
        stop = partial(cases.cancel, case.instance_id, reason="entered twice", by=SAM, at=at)
        first_count, second_count, stopped, stopped_too = together(threaded_office, [tell, tell, stop, stop])
        assert first_count + second_count in (0, 1), (first_count, second_count)
        assert Counter(map(type, (stopped, stopped_too))) == {running.Advanced: 1, running.InstanceEnded: 1}
        session().rollback()
        assert (
            session().scalar(select(ProcessInstance.state).where(ProcessInstance.id == case.instance_id)) == "cancelled"
        )
        assert proof.verify(case.instance_id) == []


def test_an_incident_is_settled_once(threaded_office: Flask, at: datetime) -> None:
    """Two operators settle one incident by hand: the case goes on once."""
    case = begin("LATE", at)
    cases.complete(case.user_task_ids[0], form={"amount": "9"}, by=CLEO, at=at)
    incident = session().scalars(select(Incident.id)).one()
    session().rollback()
    settle = partial(cases.resolve, incident, reason="by hand", result={"amount": 1}, by=SAM, at=at)
    came = together(threaded_office, [settle] * 4)
    assert Counter(map(type, came)) == {running.Advanced: 1, IncidentResolved: 3}
    assert proof.verify(case.instance_id) == []


def test_an_incident_is_retried_once(threaded_office: Flask, at: datetime) -> None:
    """Two operators try again what fails again: one try, and the others are not led to the incident that it leaves behind."""
    case = begin("LATE", at)
    cases.complete(case.user_task_ids[0], form={"amount": "9"}, by=CLEO, at=at)
    incident = session().scalars(select(Incident.id)).one()
    paid.clear()
    came = together(threaded_office, [partial(cases.retry, incident, by=SAM, at=at)] * 4)
    assert Counter(map(type, came)) == {running.Advanced: 1, IncidentResolved: 3}
    assert len(paid) == 1
    assert proof.verify(case.instance_id) == []


def test_the_incident_of_a_timer_is_settled_once(
    threaded_office: Flask, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two operators see to a timer that could not fire: it fires once, and the others hear that it is settled."""
    case = begin("LATE", at)
    with monkeypatch.context() as broken:
        broken.setattr(commands, "fire_timer", _break)
        for hours in range(1, 12):
            running.run_clock(at + timedelta(hours=hours))
    incident = session().scalars(select(Incident.id)).one()
    settle = partial(cases.resolve, incident, reason="by hand", by=SAM, at=at + timedelta(hours=12))
    came = together(threaded_office, [settle] * 4)
    assert Counter(map(type, came)) == {running.Advanced: 1, IncidentResolved: 3}
    assert proof.verify(case.instance_id) == []


def _break(_run: Run, token: int) -> None:
    raise RuntimeError(token)


def test_a_process_published_by_many_gets_every_version(threaded_office: Flask, at: datetime) -> None:
    """Owners publish at the same instant: each gets a version of its own, one after the other, and the record of it is whole."""
    packages = [package("WAIT", DRAWN["WAIT"].replace('name="after"', f'name="after {n}"')) for n in range(8)]
    came = together(
        threaded_office, [partial(published.publish, content, by=SAM, note="", at=at) for content in packages]
    )
    assert sorted(getattr(outcome, "version", repr(outcome)) for outcome in came) == list(range(2, 10))
    assert proof.verify_definitions() == []


def test_a_new_process_published_by_two_is_published(threaded_office: Flask, at: datetime) -> None:
    """There is no version yet that the second could wait for: it waits all the same."""
    packages = [
        package("NEW", process("NEW", start(), user(f"ask{n}"), end(), path("begun", f"ask{n}", "finished")))
        for n in range(8)
    ]
    came = together(
        threaded_office, [partial(published.publish, content, by=SAM, note="", at=at) for content in packages]
    )
    assert sorted(getattr(outcome, "version", repr(outcome)) for outcome in came) == list(range(1, 9))
    assert proof.verify_definitions() == []


@pytest.mark.slow
def test_sixteen_threads_never_meet_a_locked_database(threaded_office: Flask, at: datetime) -> None:
    """Everybody starts and works on cases of their own, and reads meanwhile: nothing is refused, nothing is lost."""

    def work(number: int) -> None:
        for turn in range(2):
            case = begin("LATE", at, number * 10 + turn)
            advanced = cases.complete(case.user_task_ids[0], form={"amount": "1"}, by=CLEO, at=at)
            proof.marking(case.instance_id)
            assert cases.complete(advanced.user_task_ids[0], form={}, by=CLEO, at=at).ended

    assert together(threaded_office, [partial(work, number) for number in range(THREADS)]) == [None] * THREADS
    ended = select(func.count()).select_from(ProcessInstance).where(ProcessInstance.state == "completed")
    assert session().scalar(ended) == THREADS * 2
