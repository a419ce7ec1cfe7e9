"""Queued jobs: taken from the queue, carried out in no transaction, and their outcome recorded in one commit.

The row is the truth. Taking a job is a compare-and-set that puts it off by a lease; whoever carries it out renews the lease, and a job whose
worker died is simply due again. A worker wrongly believed dead does no harm: only the first outcome is recorded, and the key by which the outside
knows the job is the same.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update

from engine.ground.errors import NotFound
from engine.language import values
from engine.record import sealing
from engine.record.columns import CaseRow
from engine.record.steps import Failed, WorkOutcome
from engine.running import execution, jobs, locking
from engine.runtime import runtime
from engine.runtime.handlers import Call
from engine.runtime.permissions import SYSTEM
from engine.runtime.runtime import now
from engine.spiff import commands
from models.base import session, transaction
from models.job import Job
from models.states import CaseState, JobState

BATCH = 500
LOOKED_AT = 20  # that other processes may be taking at the same instant
LEASE = timedelta(seconds=20)
FIRST_DELAY = timedelta(minutes=2)
NO_LONGER_AWAITED = ("UnknownToken", "InstanceEnded", "UnknownInstance")
_log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Taken:
    """A job in hand. Without an instance it is work of the office."""

    id: int
    key: str
    topic: str
    instance_id: int | None
    token: int | None
    element_id: str | None
    parameters: bytes = field(repr=False)
    retries: int


_COLUMNS = (Job.id, Job.key, Job.topic, Job.instance_id, Job.token, Job.element_id, Job.parameters, Job.retries)


def run_jobs(at: datetime) -> int:
    """Carry out the queued jobs that are due at `at`, one after another; how many were taken in hand."""
    return sum(carry_out(job_id, lambda: at) for job_id in _due(at, BATCH))


def take_job(at: datetime) -> Taken | None:
    """Take the most urgent job that is due and that nobody has in hand, for `do_job`; None when there is none."""
    jobs_taken = filter(None, (take(job_id, at) for job_id in _due(at, LOOKED_AT)))
    return next(jobs_taken, None)


def _due(at: datetime, most: int) -> list[int]:
    due = select(Job.id).where(Job.state == JobState.QUEUED, Job.due_at <= at).order_by(Job.due_at, Job.id)
    return list(session().scalars(due.limit(most)))


def carry_out(job_id: int, clock: Clock = now) -> bool:
    """Take a job, do it and record what came of it; False when it is not due or somebody else has it in hand."""
    job = take(job_id, clock())
    if job is not None:
        do_job(job, clock)
    return job is not None


def do_job(job: Taken, clock: Clock = now) -> None:
    """Do a job that has been taken and record what came of it."""
    in_hand = runtime.current().in_hand
    in_hand.add(job.id)
    try:
        outcome = perform(job, clock())
    finally:
        in_hand.discard(job.id)
    with transaction():
        record(job, outcome, clock())


class UnknownJob(NotFound):
    """There is no such work that has failed."""


def failed_background() -> list[Job]:
    """Return the work beside the cases that was given up, such as a batch whose cases could not all be released, the oldest first."""
    query = select(Job).where(Job.state == JobState.FAILED, Job.instance_id.is_(None)).order_by(Job.id)
    return list(session().scalars(query.limit(BATCH)))


def begin_again(job_id: int, at: datetime) -> None:
    """Put given-up work beside the cases into the queue once more, under the same key. Errors: UnknownJob."""
    with transaction():
        given_up = update(Job).where(Job.id == job_id, Job.state == JobState.FAILED, Job.instance_id.is_(None))
        columns = {"state": JobState.QUEUED, "retries": jobs.ATTEMPTS, "due_at": at, "error": None}
        if session().execute(given_up.values(**columns).returning(Job.id)).first() is None:
            raise UnknownJob(job=job_id)


def renew_leases(at: datetime) -> None:
    """Keep the jobs of this process from being taken for abandoned; to be called several times within a lease."""
    in_hand = runtime.current().in_hand
    if in_hand:
        with transaction():
            statement = update(Job).where(Job.id.in_(list(in_hand)), Job.state == JobState.QUEUED)
            session().execute(statement.values(due_at=at + LEASE))


def take(job_id: int, at: datetime) -> Taken | None:
    """Take a job in hand for the length of a lease; None when it is not due or somebody else has it."""
    with transaction():
        free = update(Job).where(Job.id == job_id, Job.state == JobState.QUEUED, Job.due_at <= at)
        row = session().execute(free.values(due_at=at + LEASE).returning(*_COLUMNS)).first()
    return Taken(**row._mapping) if row is not None else None


def perform(job: Taken, at: datetime) -> WorkOutcome:
    """Do a job in hand, outside every transaction; nothing is asked of the world for a case that does not wait for it any more."""
    if job.instance_id is None:
        return jobs.run_background(job.topic, values.unpack(json.loads(job.parameters)), at)
    row = locking.find(job.instance_id, lock=False)
    key = execution.case_key(job.instance_id)
    if row is None or row.state != CaseState.ACTIVE or key is None:
        return Failed("InstanceEnded", job.topic)
    if not execution.is_held(row, key, job.token):
        return Failed("UnknownToken", job.topic)  # cancelled while it was queued: nothing may be moved for it any more
    call = Call(
        key=job.key,
        instance_id=job.instance_id,
        business_key=row.business_key,
        process_key=row.key,
        element_id=job.element_id or "",
        at=at,
        actor=SYSTEM.user,
    )
    return jobs.reach_outside(job.topic, values.unpack(json.loads(sealing.unseal(key, job.parameters))), call)


def record(job: Taken, outcome: WorkOutcome, at: datetime) -> None:
    """Record what came of a job, if it is still as it was taken, and let its case go on.

    The case is locked before the job, as everybody does it, so that nobody waits for each other.
    """
    row = locking.find(job.instance_id) if job.instance_id is not None else None
    if isinstance(outcome, Failed) and job.retries > 1 and _may_pass(job, outcome):
        due_at = at + FIRST_DELAY * 2 ** (jobs.ATTEMPTS - job.retries)
        _settle(job, retries=job.retries - 1, due_at=due_at, error=outcome.message)
        return
    failed = outcome if isinstance(outcome, Failed) else None
    settled = _settle(
        job, state=JobState.FAILED if failed else JobState.DONE, retries=0, error=failed.message if failed else None
    )
    if settled and row is not None and row.state == CaseState.ACTIVE:
        _finish(job, row, outcome, at)


def _may_pass(job: Taken, failed: Failed) -> bool:
    """Tell whether work may pass when it is tried again: the world may say yes next time; a handler that breaks will break again, and needs a person."""
    return job.instance_id is None or failed.kind == "JobFailed"


def _settle(job: Taken, **columns: Any) -> bool:
    """Set these columns if nobody else has, and tell whether the job was still as it had been taken."""
    statement = update(Job).where(Job.id == job.id, Job.state == JobState.QUEUED, Job.retries == job.retries)
    return bool(session().execute(statement.values(**columns)).rowcount)  # type: ignore[attr-defined]


def _finish(job: Taken, row: CaseRow, outcome: WorkOutcome, at: datetime) -> None:
    """Let the case go on; when it cannot, what broke becomes its incident."""
    failed = _advance(job, row, outcome, at)
    if failed is None or failed.kind in NO_LONGER_AWAITED:
        return
    _log.error("after job %s of %s: %s\n%s", job.topic, row.business_key, failed.kind, failed.trace)
    _advance(job, row, failed, at)


def _advance(job: Taken, row: CaseRow, outcome: WorkOutcome, at: datetime) -> Failed | None:
    command = partial(commands.finish_work, token=job.token or 0, outcome=outcome)
    result = jobs.guarded(job.topic, partial(execution.advance_row, row, command, by=SYSTEM.user, at=at))
    return result if isinstance(result, Failed) else None
