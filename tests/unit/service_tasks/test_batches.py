"""Releasing the cases that wait for a batch."""

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from models.base import session, transaction
from models.batch import Batch
from models.definition import ProcessDefinition
from models.instance import ProcessInstance
from models.job import Job
from models.timer import MessageSubscription
from service_tasks import batches

ASKED = {"message": "secondary_pricing_released", "key": "2026-11", "batch": "secondary_pricing"}


@pytest.fixture
def waiting(desk: Any, at: datetime) -> None:
    """Three cases that wait for November, one for December, and one for something else."""
    waits = [("secondary_pricing_released", "2026-11")] * 3
    waits += [("secondary_pricing_released", "2026-12"), ("charge_hold_settled", "2026-11")]
    with transaction():
        definition = {"id": 1, "key": "TS-003", "version": 1, "name": "", "sha256": "", "package": b""}
        session().execute(insert(ProcessDefinition).values(**definition, published_at=at, published_by="olu"))
        instance = {"definition_id": 1, "key": "TS-003", "state": "active", "head": b"", "state_blob": b""}
        for number, (message, key) in enumerate(waits, start=1):
            case = {"id": number, "business_key": f"AJ-{number}", "started_at": at, **instance}
            session().execute(insert(ProcessInstance).values(**case))
            wait = {"instance_id": number, "token": 4, "element_id": "batch_released"}
            session().execute(insert(MessageSubscription).values(**wait, message=message, correlation_key=key))


def test_the_waiting_cases_are_counted_and_one_job_is_queued(desk: Any, waiting: Any) -> None:
    """Releasing is a job that goes on after an interruption; the step itself only queues it, once."""
    assert desk.twice("batches/release", **ASKED) == {"queued": 3}
    job = session().scalars(select(Job)).one()
    assert (job.topic, job.total, job.state) == ("batches/release_cases", 3, "queued")
    assert b'"period":"2026-11"' in job.parameters
    assert b'"kind":"secondary_pricing"' in job.parameters


def test_a_batch_nobody_closed_is_closed_with_its_release(desk: Any, waiting: Any) -> None:
    """Nothing may be collected for a Thursday that has been settled."""
    desk.run("batches/release", message="charge_hold_settled", key="2026-11-26", batch="charge_hold")
    batch = session().scalars(select(Batch)).one()
    assert (batch.kind, batch.period, batch.state, batch.closed_by) == ("charge_hold", "2026-11-26", "closed", "cleo")


def test_a_closed_batch_keeps_what_it_was_closed_with(desk: Any, waiting: Any) -> None:
    """The figures handed in are those of the hand-in, not of the release."""
    desk.run("secondary_pricing/close_batch", call_key="9:1", instance=9, period="2026-11")
    desk.run("batches/release", call_key="9:2", instance=9, **ASKED)
    batch = session().scalars(select(Batch)).one()
    assert (batch.instance_id, batch.count, batch.cases) == (9, 0, 3)


def test_the_first_open_period_collects(desk: Any, at: datetime) -> None:
    """Closed periods are passed over however many there are."""
    with transaction():
        for period in ("2026-11", "2026-12"):
            session().execute(
                insert(Batch).values(kind="charge_hold", period=period, state="closed", opened_at=at, closed_at=at)
            )
        assert batches.collecting("charge_hold", ["2026-11", "2026-12", "2027-01"], at) == "2027-01"
        assert batches.collecting("secondary_pricing", ["2026-11"], at) == "2026-11"


def test_whoever_waits_for_a_run_that_does_not_come_is_released_by_the_next(desk: Any, at: datetime) -> None:
    """Nobody waits in silence under a period that is over; whose own run is still under way waits for it."""
    runs = [("PC-2026-10", "active"), ("PC-2026-09", "completed"), ("PC-2026-08", "cancelled")]
    months = [("2026-08", "closed", 103), ("2026-09", "open", None), ("2026-10", "open", None)]
    with transaction():
        definition = {"id": 1, "key": "TS-003", "version": 1, "name": "", "sha256": "", "package": b""}
        session().execute(insert(ProcessDefinition).values(**definition, published_at=at, published_by="olu"))
        instance = {"definition_id": 1, "key": "TS-003", "started_at": at, "head": b"", "state_blob": b""}
        for number, (case, state) in enumerate(runs, start=101):
            session().execute(insert(ProcessInstance).values(id=number, business_key=case, state=state, **instance))
        for number, (period, state, closer) in enumerate(months, start=1):
            closing = {"state": state, "instance_id": closer, "closed_at": at if state == "closed" else None}
            batch = {"kind": "secondary_pricing", "period": period, "opened_at": at, **closing}
            session().execute(insert(Batch).values(**batch))
            session().execute(
                insert(ProcessInstance).values(id=number, business_key=f"AJ-{number}", state="active", **instance)
            )
            wait = {"instance_id": number, "token": 4, "element_id": "batch_released", "message": ASKED["message"]}
            session().execute(insert(MessageSubscription).values(**wait, correlation_key=period))
    assert batches.lapsed("secondary_pricing", "2026-11") == ["2026-08", "2026-09"]
    assert desk.twice("batches/release", **ASKED, case="PC-2026-11") == {"queued": 2}
    periods = [json.loads(job.parameters)["period"] for job in session().scalars(select(Job).order_by(Job.id))]
    assert periods == ["2026-11", "2026-08", "2026-09"]


@pytest.mark.parametrize(
    ("state", "period"), [("active", "2026-11"), ("cancelled", "2026-12"), ("completed", "2026-12")]
)
def test_a_run_that_ended_takes_nothing_more(desk: Any, at: datetime, state: str, period: str) -> None:
    """What is entered after the run of a month is the next month's, and its customer is told that month, even if nobody closed the batch."""
    with transaction():
        definition = {"id": 1, "key": "BATCH-001", "version": 1, "name": "", "sha256": "", "package": b""}
        session().execute(insert(ProcessDefinition).values(**definition, published_at=at, published_by="olu"))
        run = {"definition_id": 1, "key": "BATCH-001", "started_at": at, "head": b"", "state_blob": b""}
        session().execute(insert(ProcessInstance).values(id=9, business_key="PC-2026-11", state=state, **run))
        assert batches.collecting("secondary_pricing", ["2026-11", "2026-12"], at) == period
        assert batches.first_open("secondary_pricing", ["2026-11", "2026-12"]) == period


def test_a_released_day_is_not_told_as_the_next(desk: Any, at: datetime) -> None:
    """The page names the day that the hold will get."""
    with transaction():
        batch = {"kind": "charge_hold", "period": "2026-11-26", "state": "released", "opened_at": at, "closed_at": at}
        session().execute(insert(Batch).values(**batch))
        assert batches.first_open("charge_hold", ["2026-11-26", "2026-12-03"]) == "2026-12-03"
