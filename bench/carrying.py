"""Queued jobs in a process that serves nobody: what it costs to look while none is due, and how soon they are done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, process_time, sleep
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, func, select

import engine
from bench import commands
from bench.databases import Place
from bench.figures import Figure, Samples
from cli.database import open_office
from cli.serving import working
from engine import running, runtime
from models.base import end_session, session, transaction
from models.job import Job
from models.states import JobState

TOPIC = "bench/carried"
IDLE_SECONDS, ALONE, AT_ONCE, OUTSIDE_SECONDS = 20.0, 9, 40, 0.25
SETTLING_SECONDS, LOOKING_SECONDS = 3.0, 0.01


@runtime.background(TOPIC)
def carried(parameters: dict[str, Any], at: object) -> None:
    """Do work that takes so many seconds elsewhere."""
    sleep(float(parameters["seconds"]))


def figures(place: Place) -> Iterator[Figure]:
    """Yield statements and CPU while nothing is due; jobs one after another, and many at once that take no time and that wait for the outside."""
    with _working(place) as app, app.app_context():
        yield from _idle(place)
        waits = [_seconds(1, 0.0) * 1000 for _ in range(ALONE)]
        yield Figure("a job alone, from queued to done", place.kind, Samples(waits).median, "ms")
        yield Figure(f"{AT_ONCE} jobs that take no time", place.kind, _seconds(AT_ONCE, 0.0), "s")
        outside = f"{AT_ONCE} jobs of {OUTSIDE_SECONDS} s outside"
        yield Figure(outside, place.kind, _seconds(AT_ONCE, OUTSIDE_SECONDS), "s")


@contextmanager
def _working(place: Place) -> Iterator[Flask]:
    """Give an empty office with its clockwork and its workers, as `./desk worker` has them."""
    commands.run(place, "migrate")
    app = open_office(commands.environment(place))
    app.runtime.serve(carried)
    with working(app):
        sleep(SETTLING_SECONDS)
        yield app


def _idle(place: Place) -> Iterator[Figure]:
    statements = []

    def note(*_arguments: object) -> None:
        statements.append(1)

    event.listen(Engine, "before_cursor_execute", note)
    began = process_time()
    sleep(IDLE_SECONDS)
    cpu_seconds = process_time() - began
    event.remove(Engine, "before_cursor_execute", note)
    yield Figure("statements while nothing is due", place.kind, len(statements) / IDLE_SECONDS, "per s")
    yield Figure("CPU while nothing is due", place.kind, cpu_seconds / IDLE_SECONDS * 1000, "ms per s")


def _seconds(jobs: int, outside: float) -> float:
    """Return how long it takes from queuing so many until all are done."""
    began, at = perf_counter(), engine.now()
    with transaction():
        for number in range(jobs):
            running.enqueue(TOPIC, {"seconds": outside}, key=f"bench-{at.isoformat()}-{number}", at=at)
    while _waiting():
        sleep(LOOKING_SECONDS)
    return perf_counter() - began


def _waiting() -> int:
    count = session().scalar(select(func.count()).select_from(Job).where(Job.state == JobState.QUEUED))
    end_session()
    return int(count or 0)
