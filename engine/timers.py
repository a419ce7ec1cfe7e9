"""Everything that falls due: timer events, missed deadlines, queued jobs. Found by index, each done in a commit of its own."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update

from engine import execution, jobs
from engine.errors import EngineError
from engine.language import values
from engine.spiff.run import Run
from models.base import session, transaction
from models.instance import ProcessInstance
from models.job import Job
from models.timer import Timer
from models.user_task import UserTask

SYSTEM = "system"
BATCH = 500
GONE = ("UnknownToken", "InstanceEnded", "UnknownInstance", "StaleInstance")


def run_due(at: datetime) -> int:
    """Do everything due at `at`; how many things were done. Safe to call from several processes at once."""
    return fire_timers(at) + record_missed_deadlines(at) + run_jobs(at)


def fire_timers(at: datetime) -> int:
    """Fire the timers whose instant has come, earliest first."""
    due = session().execute(
        select(Timer.instance_id, Timer.token).where(Timer.due_at <= at).order_by(Timer.due_at).limit(BATCH)
    )
    fired = 0
    for row in list(due):
        fired += _each(row.instance_id, at, partial(Run.fire_timer, token=row.token))
    return fired


def _each(instance_id: int, at: datetime, command: execution.Command) -> int:
    """One advance; 0 when somebody else was first."""
    try:
        execution.advance(instance_id, command, by=SYSTEM, at=at)
    except EngineError as error:
        if error.code in GONE:
            return 0
        raise
    return 1


def record_missed_deadlines(at: datetime) -> int:
    """Record user tasks and cases that have passed their limit (CH1.2), once each."""
    tasks = session().execute(
        select(UserTask.instance_id, UserTask.token, UserTask.element_id)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .where(
            UserTask.state == "open",
            UserTask.overdue.is_(False),
            UserTask.due_at <= at,
            ProcessInstance.paused_at.is_(None),
        )
        .order_by(UserTask.due_at)
        .limit(BATCH)
    )
    missed = 0
    for row in list(tasks):
        missed += _each(row.instance_id, at, partial(_miss, token=row.token, element=row.element_id))
    return missed + _missed_cases(at)


def _miss(run: Run, **where: Any) -> None:
    run.add("deadline_missed", **where)


def _missed_cases(at: datetime) -> int:
    cases = session().scalars(
        select(ProcessInstance.id)
        .where(
            ProcessInstance.state == "active",
            ProcessInstance.overdue.is_(False),
            ProcessInstance.due_at <= at,
            ProcessInstance.paused_at.is_(None),
        )
        .limit(BATCH)
    )
    return sum(_each(instance_id, at, _miss) for instance_id in list(cases))


def run_jobs(at: datetime) -> int:
    """Run queued work that is due; a failure is tried again later with growing delay."""
    due = session().scalars(
        select(Job.id).where(Job.state == "queued", Job.due_at <= at).order_by(Job.due_at, Job.id).limit(BATCH)
    )
    return sum(_run_job(job_id, at) for job_id in list(due))


def _run_job(job_id: int, at: datetime) -> int:
    job = session().get(Job, job_id)
    if job is None or job.state != "queued":
        return 0
    parameters = values.unpack(json.loads(job.parameters))
    failed = jobs.run_background(job.topic, parameters, at)
    with transaction():
        if failed is None:
            columns: dict[str, object] = {"state": "done", "error": None}
        else:
            columns = _after_failure(job, failed.message, at)
        session().execute(update(Job).where(Job.id == job_id, Job.state == "queued").values(**columns))
    return 1


def _after_failure(job: Job, message: str, at: datetime) -> dict[str, object]:
    left = job.retries - 1
    if left <= 0:
        return {"state": "failed", "retries": 0, "error": message}
    return {"retries": left, "due_at": at + timedelta(minutes=2 ** (5 - left)), "error": message}
