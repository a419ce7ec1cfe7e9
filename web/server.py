"""What the HTTP server loads: the application behind its edge, and beside it the clockwork that lets timers fire and limits pass, and the worker of queued jobs."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from flask import Flask

import engine
from engine import record, running
from office import batches, reviews
from web import create_app
from web.edge.application import Office
from web.edge.asgi import Edge, Refusals, keep_watch

EVERY_SECONDS = 1.0
JOBS_AT_ONCE = 8
LESS_OFTEN = {"refusals": 600.0, "batches": 10.0}
T = TypeVar("T")
_log = logging.getLogger(__name__)


def application() -> Edge:
    """Return the app of a serving process, with its clockwork and its worker running."""
    app = create_app()
    start_background(app, threading.Event())
    return at_the_edge(app)


def at_the_edge(app: Flask) -> Edge:
    """Return the app as the HTTP server takes it, loaded for good, in a process that ends with the one that started it."""
    app.config["USE_X_SENDFILE"] = True  # files of ours are sent by the server, past Python
    edge = Edge(app, Refusals(app))
    started_by = multiprocessing.parent_process()
    keep_watch(started_by.pid if started_by is not None else None)
    settle()
    return edge


def settle() -> None:
    """Keep whatever has been loaded for good: the collector need not look at all of it again while somebody waits for an answer."""
    gc.collect()
    gc.freeze()


def start_background(app: Office, stop: threading.Event) -> list[threading.Thread]:
    """Begin to do what falls due and what is queued; any number of processes may do so."""
    works: dict[str, Callable[[], int]] = {
        "clockwork": lambda: running.run_clock(engine.now()),
        "leases": _renew,
        "batches": lambda: len(batches.begin_due(engine.now())),
        "reviews": lambda: reviews.begin_due(engine.now()),
        "refusals": lambda: record.record_not_kept(engine.now()),
    }
    threads = [
        threading.Thread(target=keep_on, args=(app, work, stop), name=name, daemon=True) for name, work in works.items()
    ]
    looking = threading.Lock()
    threads += [
        threading.Thread(target=carry_jobs, args=(app, looking, stop), name=f"worker {number}", daemon=True)
        for number in range(JOBS_AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    return threads


def _renew() -> int:
    running.renew_leases(engine.now())
    return 0


def carry_jobs(app: Office, looking: threading.Lock, stop: threading.Event) -> None:
    """Carry out queued jobs until told to stop; what is in hand then is finished.

    Of those who do so in a process one looks for the next job at a time, and waits where there is none: that costs one question a second.
    """
    while not stop.is_set():
        with looking:
            job = _survived(app, lambda: running.take_job(engine.now()))
            if job is None:
                stop.wait(EVERY_SECONDS)
                continue
        _survived(app, partial(running.do_job, job))


def _survived(app: Office, work: Callable[[], T]) -> T | None:
    """Return what the work gives; None where it broke, which is logged: the lease in its row has the job taken again."""
    with app.app_context():
        outcome = running.survive(threading.current_thread().name, work)
    if isinstance(outcome, record.Failed):
        _log.error("%s could not go on: %s\n%s", outcome.message, outcome.kind, outcome.trace)
        return None
    return outcome


def keep_on(app: Office, work: Callable[[], int], stop: threading.Event) -> None:
    """Do something again and again until told to stop, at once while there is more to do. A failure is logged and tried again."""
    outcome: int | record.Failed = 0
    pause = LESS_OFTEN.get(threading.current_thread().name, EVERY_SECONDS)
    while not stop.wait(0.0 if outcome else pause):
        with app.app_context():
            outcome = running.survive(threading.current_thread().name, work)
        if isinstance(outcome, record.Failed):
            _log.error("%s could not go on and tries again: %s\n%s", outcome.message, outcome.kind, outcome.trace)
            outcome = 0
