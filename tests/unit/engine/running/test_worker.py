"""Queued jobs: done at least once, recorded once, and never lost with the worker that had them in hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
import engine.runtime
from engine import cases, proof, published, running
from engine.record.steps import Done
from engine.running import worker
from engine.running.worker import UnknownJob
from engine.runtime import BpmnError, Call, handler
from engine.runtime.handlers import JobFailed
from models.incident import Incident
from models.job import Job
from tests.support.actors import CLEO, SAM
from tests.support.drawing import boundary, end, error_end, package, path, process, send_task, service, start, user

MINUTE = timedelta(minutes=1)


class _Number(Schema):
    msisdn = fields.String(required=True)


class _Receipt(Schema):
    receipt = fields.String()


class Bank:
    """A house beyond our database: counts what it is asked, under which keys, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Exception | None = None

    def pay(self, parameters: dict[str, str], call: Call) -> dict[str, str]:
        self.asked.append(call.key)
        if self.answer is not None:
            raise self.answer
        return {"receipt": f"R-{parameters['msisdn'][-4:]}"}


@pytest.fixture
def bank(runtime: engine.runtime.Runtime) -> Bank:
    """The bank behind the topic test/outside."""
    house = Bank()

    @handler(
        "test/outside", parameters=_Number, result=_Receipt, errors=("no",), outside=True, title_zh="外", title_en="Out"
    )
    def pay(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
        return house.pay(parameters, call)

    runtime.serve(pay)
    return house


DRAWN = process(
    "OUT",
    start(),
    service("pay", "test/outside", msisdn="msisdn"),
    boundary("refused", "pay", error="no"),
    user("after"),
    end(),
    end("sorry"),
    path("begun", "pay", "after", "finished"),
    path("refused", "sorry"),
    errors=("no",),
)


@pytest.fixture
def waiting(bank: Bank, database: Session, at: datetime) -> int:
    """A case that waits for the bank."""
    published.publish(package("OUT", DRAWN), by=SAM, note="", at=at)
    return cases.start("OUT", business_key="AJ-1", variables={"msisdn": "13900000001"}, by=CLEO, at=at).instance_id


def test_the_case_goes_on_when_the_answer_is_there(waiting: int, bank: Bank, at: datetime) -> None:
    """The bank is asked after the commit and not in it, its answer becomes a variable, and the record replays."""
    assert bank.asked == []
    assert running.run_jobs(at) == 1
    assert proof.marking(waiting).active == {"after": 1}
    assert proof.marking(waiting).variables["result"] == {"receipt": "R-0001"}
    assert proof.verify(waiting) == []
    assert running.run_jobs(at + 60 * MINUTE) == 0


def test_what_a_job_is_called_with_is_sealed(waiting: int, database: Session) -> None:
    """The queue is a copy of personal data and must go with the key of the case."""
    assert b"13900000001" not in database.scalars(select(Job.parameters)).one()


def test_a_business_no_takes_the_other_way(waiting: int, bank: Bank, at: datetime) -> None:
    """An error boundary event catches the refusal of an outside service too; it is not tried again."""
    bank.answer = BpmnError("no")
    running.run_jobs(at)
    assert "sorry" in proof.marking(waiting).done
    assert proof.verify(waiting) == []
    assert running.run_jobs(at + 60 * MINUTE) == 0


def test_the_world_is_asked_again_and_at_last_a_person(
    waiting: int, bank: Bank, database: Session, at: datetime
) -> None:
    """Five attempts with growing delay under one key, then an incident; retrying it keeps the key."""
    bank.answer = JobFailed("no connection")
    for minutes in (0, 1, 2, 5, 6, 13, 14, 29, 30, 600):
        running.run_jobs(at + minutes * MINUTE)
    assert bank.asked == [bank.asked[0]] * 5
    found = database.scalars(select(Incident)).one()
    assert (found.kind, found.message) == ("JobFailed", "no connection")
    assert proof.verify(waiting) == []
    bank.answer = None
    cases.retry(found.id, by=SAM, at=at + 700 * MINUTE)
    assert running.run_jobs(at + 700 * MINUTE) == 1
    assert len(set(bank.asked)) == 1
    assert proof.marking(waiting).active == {"after": 1}
    assert proof.verify(waiting) == []


def test_a_handler_that_breaks_is_not_tried_again(waiting: int, bank: Bank, database: Session, at: datetime) -> None:
    """We were wrong, not the world: a person is asked at once."""
    bank.answer = RuntimeError("13900000001")
    running.run_jobs(at)
    found = database.scalars(select(Incident)).one()
    assert (found.kind, "13900000001" in found.trace + found.message) == ("RuntimeError", False)
    assert database.scalars(select(Job.state)).one() == "failed"


def test_the_job_of_a_dead_worker_is_taken_over_within_a_minute(waiting: int, bank: Bank, at: datetime) -> None:
    """Whoever took the job and died did not finish it: nobody else has it meanwhile, and then somebody does."""
    assert worker.take(1, at) is not None
    assert running.run_jobs(at + timedelta(seconds=15)) == 0
    assert running.run_jobs(at + MINUTE) == 1
    assert proof.marking(waiting).active == {"after": 1}


def test_a_worker_wrongly_believed_dead_does_no_harm(waiting: int, database: Session, at: datetime) -> None:
    """The slow one comes back after another has finished the job: its outcome is dropped, the case has moved once."""
    slow = worker.take(1, at)
    assert slow is not None
    running.run_jobs(at + MINUTE)
    entries = len(proof.entries(waiting))
    with worker.transaction():
        worker.record(slow, Done({"receipt": "late"}), at + 2 * MINUTE)
    assert len(proof.entries(waiting)) == entries
    assert proof.marking(waiting).variables["result"] == {"receipt": "R-0001"}


def test_a_renewed_lease_keeps_a_long_job_in_one_hand(
    waiting: int, bank: Bank, runtime: engine.runtime.Runtime, at: datetime
) -> None:
    """A job may take longer than its lease as long as its worker lives."""
    worker.take(1, at)
    runtime.in_hand.add(1)
    running.renew_leases(at + timedelta(seconds=45))
    assert running.run_jobs(at + MINUTE) == 0
    assert running.run_jobs(at + 2 * MINUTE) == 1


def test_an_answer_for_a_closed_case_is_kept_out_of_it(waiting: int, database: Session, at: datetime) -> None:
    """The case was cancelled while the bank was asked: the job ends, the case stays as it is."""
    taken = worker.take(1, at)
    cases.cancel(waiting, reason="entered twice", by=SAM, at=at)
    assert taken is not None
    with worker.transaction():
        worker.record(taken, Done({"receipt": "R"}), at)
    assert database.scalars(select(Job.state)).one() == "done"
    assert proof.verify(waiting) == []


def test_what_was_cancelled_is_not_carried_out(bank: Bank, database: Session, at: datetime) -> None:
    """The process went another way while the job was queued, and the case is still open: the bank is not asked any more."""
    late = boundary("late", "pay", timer='duration("PT1H")')
    nodes = (start(), service("pay", "test/outside", msisdn="msisdn"), late, user("after"), end())
    drawn = process("LATE", *nodes, path("begun", "pay", "after", "finished"), path("late", "after"))
    published.publish(package("LATE", drawn), by=SAM, note="", at=at)
    cases.start("LATE", business_key="AJ-1", variables={"msisdn": "1390"}, by=CLEO, at=at)
    running.run_clock(at + 60 * MINUTE)
    assert proof.marking(1).active == {"after": 1}
    running.run_jobs(at + 60 * MINUTE)
    assert (bank.asked, database.scalars(select(Job.state)).one()) == ([], "failed")
    assert proof.verify(1) == []


def test_what_breaks_after_a_job_becomes_an_incident(bank: Bank, database: Session, at: datetime) -> None:
    """The bank has paid, and what follows cannot be done: the bank is not asked again and again."""
    drawn = process(
        "BAD",
        start(),
        service("pay", "test/outside", msisdn="msisdn"),
        error_end("boom", "x"),
        path("begun", "pay", "boom"),
        errors=("x",),
    )
    published.publish(package("BAD", drawn), by=SAM, note="", at=at)
    with pytest.MonkeyPatch.context() as patch:
        cases.start("BAD", business_key="AJ-1", variables={"msisdn": "1390"}, by=CLEO, at=at)
        patch.setattr("engine.elements.error.throw", _broken)
        running.run_jobs(at)
    assert database.scalars(select(Incident.kind)).one() == "ZeroDivisionError"
    assert running.run_jobs(at + 60 * MINUTE) == 0
    assert len(bank.asked) == 1


def _broken(*_arguments: object) -> bool:
    return bool(1 / 0)


def test_work_of_the_office_is_tried_again(database: Session, at: datetime) -> None:
    """Background work that fails has five attempts and is then left as failed for a person to see, who may begin it again."""
    tried: list[datetime] = []

    @engine.runtime.background("test/sweep")
    def sweep(parameters: dict[str, object], at: datetime) -> None:
        tried.append(at)
        raise RuntimeError

    engine.runtime.current().serve(sweep)
    with worker.transaction():
        running.enqueue("test/sweep", {}, key="sweep", at=at)
    for minutes in (0, 2, 6, 14, 30, 600):
        running.run_jobs(at + minutes * MINUTE)
    assert len(tried) == 5
    assert database.scalars(select(Job.state)).one() == "failed"
    (given_up,) = running.failed_background()
    running.begin_again(given_up.id, at + 700 * MINUTE)
    assert running.failed_background() == []
    assert running.run_jobs(at + 700 * MINUTE) == 1
    assert len(tried) == 6
    with pytest.raises(UnknownJob):
        running.begin_again(given_up.id, at)


def _throw_event() -> str:
    thrown = service("pay", "test/outside", msisdn="msisdn").replace("bpmn:serviceTask", "bpmn:intermediateThrowEvent")
    event = '<bpmn:messageEventDefinition messageRef="message_told"/></bpmn:intermediateThrowEvent>'
    return thrown.replace("</bpmn:intermediateThrowEvent>", event)


THROWING = {
    "event": _throw_event(),
    "task": send_task("pay", "test/outside", "told", msisdn="msisdn"),
}


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("drawn_as", THROWING)
def test_a_thrown_message_is_retried_as_the_work_it_is(
    bank: Bank, database: Session, at: datetime, settled: bool, drawn_as: str
) -> None:
    """The service task that brings a message is stuck: a person has it done again or settles it, and nobody begins to wait for a message."""
    drawn = process(
        "OUT",
        *(start(), THROWING[drawn_as], user("after"), end()),
        path("begun", "pay", "after", "finished"),
        messages=("told",),
    )
    published.publish(package("OUT", drawn), by=SAM, note="", at=at)
    bank.answer = RuntimeError()
    case = cases.start("OUT", business_key="AJ-1", variables={"msisdn": "1390"}, by=CLEO, at=at).instance_id
    running.run_jobs(at)
    incident = database.scalars(select(Incident.id)).one()
    bank.answer = None
    if settled:
        cases.resolve(incident, by=SAM, at=at + MINUTE, reason="brought by hand", result={"receipt": "R"})
    else:
        cases.retry(incident, by=SAM, at=at + MINUTE)
        assert running.run_jobs(at + MINUTE) == 1
    assert proof.marking(case).active == {"after": 1}
    assert proof.verify(case) == []
