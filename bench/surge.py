"""Many timers due at the same instant, and what a clerk who completes tasks meanwhile notices of it."""

from __future__ import annotations

import threading
from datetime import timedelta
from time import perf_counter
from typing import NamedTuple

import engine
from bench.completion import finish, start
from bench.figures import Samples
from bench.premises import CLEO, Premises
from engine import cases, running
from models.base import end_session

A_DAY_AGO = timedelta(days=1)


class Surge(NamedTuple):
    """How long it took until nothing was due, and the clerk's completions before and meanwhile."""

    seconds: float
    before: Samples
    meanwhile: Samples


def due_at_once(premises: Premises, timers: int, times: int) -> Surge:
    """Begin as many cases with a timer, all fired by this process, beside a clerk in a thread of its own."""
    yesterday = engine.now() - A_DAY_AGO
    for number in range(timers):
        cases.start("TIMERS", business_key=f"D{number:08d}", variables={}, by=CLEO, at=yesterday)
        end_session()
    clerk = _Clerk(premises)
    clerk.work(times)
    before, clerk.taken = clerk.taken, []
    working = threading.Thread(target=clerk.work_on)
    working.start()
    began = perf_counter()
    while running.run_clock(engine.now()):
        end_session()
    seconds = perf_counter() - began
    clerk.stopped = True
    working.join()
    return Surge(seconds, Samples(before), Samples(clerk.taken))


class _Clerk:
    """Completes tasks one after another."""

    def __init__(self, premises: Premises) -> None:
        self._premises, self._task, self.taken, self.stopped = premises, 0, list[float](), False

    def work(self, times: int) -> None:
        for _ in range(times):
            self._once()

    def work_on(self) -> None:
        with self._premises.entered():
            while not self.stopped:
                self._once()

    def _once(self) -> None:
        task = self._task or start("BENCH")
        began = perf_counter()
        self._task = finish(task) or 0
        self.taken.append((perf_counter() - began) * 1000)
        end_session()
