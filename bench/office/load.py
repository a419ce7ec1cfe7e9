"""Clerks in a closed loop, in a process of their own: each takes a complaint in, works on it as far as its course goes, and takes the next."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any

from bench.office import customers
from bench.office.clerks import Clerk, Customer
from bench.office.pages import Answer, Unexpected
from bench.office.served import cpu_of
from bench.office.visits import People, timed

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Asked:
    """How many clerks, for how long, with which of the customers (from one, so many); `cookies` are those of the people logged in.

    `server` and `database` are processes whose CPU is counted meanwhile.
    """

    port: int
    clerks: int
    seconds: float
    first: int
    count: int
    at: str
    cookies: dict[str, dict[str, str]]
    server: int
    database: int | None


@dataclass(frozen=True)
class Done:
    """What came of it: completions, cases whose course was gone to its end, milliseconds of every request and of CPU, faults."""

    seconds: float
    completions: int
    cases: int
    milliseconds: list[float]
    client_cpu: float
    server_cpu: float
    database_cpu: float
    faults: list[str]


def run(shift: Asked) -> Done:
    """Run in another process."""
    command = [sys.executable, "-m", "bench.office.load"]
    document = json.dumps(asdict(shift))
    finished = subprocess.run(command, cwd=ROOT, input=document, stdout=subprocess.PIPE, text=True, check=True)
    return Done(**json.loads(finished.stdout))


class _Shift:
    """Everybody at once, until the time is over."""

    def __init__(self, shift: Asked) -> None:
        self.asked = shift
        queue = customers.all_of_them(shift.first + shift.count, datetime.fromisoformat(shift.at))
        self._waiting = iter(queue[shift.first :])
        self._lock = threading.Lock()
        self._over = False
        self.taken: list[float] = []
        self.completions = self.cases = 0
        self.faults: list[str] = []

    def work(self) -> Done:
        """Have all clerks work; the time begins once each has done a step on average, and what is begun when it is over is left."""
        people = People(self.asked.port, self.asked.cookies)
        threads = [threading.Thread(target=self._clerk, args=(people,), daemon=True) for _ in range(self.asked.clerks)]
        for thread in threads:
            thread.start()
        while self.completions < len(threads) and not self.faults and any(thread.is_alive() for thread in threads):
            time.sleep(0.1)
        before, began, cpu_before = self._so_far(), time.perf_counter(), self._cpu()
        time.sleep(self.asked.seconds)
        after, seconds = self._so_far(), time.perf_counter() - began
        client, server, database = (late - early for early, late in zip(cpu_before, self._cpu(), strict=True))
        self._over = True
        for thread in threads:
            thread.join()
        completions, cases, requests = (late - early for early, late in zip(before, after, strict=True))
        milliseconds = self.taken[before[2] : before[2] + requests]
        return Done(seconds, completions, cases, milliseconds, client, server, database, self.faults[:5])

    def _cpu(self) -> tuple[float, float, float]:
        """Return the CPU seconds of the clients, the server and the database."""
        return time.process_time() * 1000, cpu_of(self.asked.server), cpu_of(self.asked.database)

    def _so_far(self) -> tuple[int, int, int]:
        return self.completions, self.cases, len(self.taken)

    def _next(self) -> Customer | None:
        with self._lock:
            return None if self._over else next(self._waiting, None)

    def _clerk(self, people: People) -> None:
        clerk = Clerk(people.asks(self._noted))
        while (customer := self._next()) is not None:
            try:
                for _ in clerk.case(customer):
                    self.completions += 1
                    if self._over:
                        return
            except (Unexpected, OSError, HTTPException) as error:
                self.faults.append(f"{type(error).__name__}: {error}"[:300])
                return
            self.cases += 1

    def _noted(self, _kind: str, send: Any) -> Answer:
        answer, milliseconds = timed(send)
        self.taken.append(milliseconds)
        return answer


if __name__ == "__main__":
    print(json.dumps(asdict(_Shift(Asked(**json.load(sys.stdin))).work())))
