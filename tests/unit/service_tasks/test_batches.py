"""Releasing the cases that wait for a batch."""

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
