"""Starting and completing: in the process, over HTTP with a login, at several lengths, and by two processes at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter

from sqlalchemy import select

import engine
from bench import workloads
from bench.commands import ROOT
from bench.databases import Place
from bench.figures import Samples, each
from bench.premises import CLEO, Premises
from bench.serving import Browser
from engine import cases
from models.base import end_session, session
from models.states import TaskState
from models.user_task import UserTask

SIDE_BY_SIDE = 50
_cases = iter(range(1, 10**9))


def start(key: str, variables: dict[str, object] | None = None, prefix: str = "B") -> int:
    """Start a case; its first user task."""
    number = f"{prefix}{next(_cases):08d}"
    values = workloads.complaint() if variables is None else variables
    (task,) = cases.start(key, business_key=number, variables=values, by=CLEO, at=engine.now()).user_task_ids
    end_session()
    return task


def finish(task: int, **entered: str) -> int | None:
    """Complete a task; the next one, or None at the end."""
    form = {**workloads.ENTERED, **entered}
    opened = cases.complete(task, form=form, by=CLEO, at=engine.now()).user_task_ids
    return opened[0] if opened else None


def starting(key: str, times: int) -> Samples:
    """Measure starts, one by one."""
    variables = workloads.complaint()

    def begin() -> None:
        number = f"S{next(_cases):08d}"
        cases.start(key, business_key=number, variables=variables, by=CLEO, at=engine.now())

    def all_of_them() -> Iterator[Callable[[], None]]:
        for _ in range(times):
            end_session()
            yield begin

    return each(all_of_them())


def completing(key: str, times: int, variables: dict[str, object] | None = None) -> Samples:
    """Measure completions of whole cases one after another, every one measured; of tasks that are open side by side, one after the other."""
    at: list[int | None] = [None]
    last: list[int | None] = [None]

    def complete() -> None:
        assert at[0] is not None
        last[0], at[0] = at[0], finish(at[0])

    def all_of_them() -> Iterator[Callable[[], None]]:
        for _ in range(times):
            at[0] = at[0] or open_task(last[0]) or start(key, variables)
            end_session()
            yield complete

    return each(all_of_them())


def over_http(browser: Browser, key: str, times: int, *, between: str = "") -> Samples:
    """Do the same through the page's own route, with session cookie and CSRF token; `between` is a page that is loaded before each.

    Cases are begun side by side and taken a step further in turn, so that whoever asks does nothing else meanwhile.
    """

    def all_of_them() -> Iterator[Callable[[], object]]:
        tasks: list[int] = []
        for _ in range(times):
            if not tasks:
                tasks = _open_tasks(key) or [start(key) for _ in range(SIDE_BY_SIDE)]
            browser.leave_messages()
            if between:
                browser.get(between)
            yield partial(browser.post, f"/tasks/{tasks.pop()}/completion", workloads.ENTERED)

    return each(all_of_them())


def _open_tasks(key: str) -> list[int]:
    query = select(UserTask.id).where(UserTask.process_key == key, UserTask.state == TaskState.OPEN)
    tasks = list(session().scalars(query.limit(SIDE_BY_SIDE)))
    end_session()
    return tasks


def open_task(before: int | None) -> int | None:
    """Return what the case of the task completed last waits for now."""
    if before is None:
        return None
    end_session()
    row = session().get(UserTask, before)
    assert row is not None
    query = select(UserTask.id).where(UserTask.instance_id == row.instance_id, UserTask.state == TaskState.OPEN)
    task = session().scalar(query.limit(1))
    end_session()
    return task


def rate(place: Place, key: str, processes: int, seconds: float) -> float:
    """Return completions per second by so many processes at once."""
    arguments = [place.kind, place.url, str(place.folder), key, str(seconds)]
    command = [sys.executable, "-m", "bench.completion", json.dumps(arguments)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    return sum(float(worker.communicate(timeout=300)[0]) for worker in running)


def work(place: Place, key: str, seconds: float) -> float:
    """Start and complete for so long; completions per second."""
    import os

    with Premises(place).entered():
        task: int | None = start(key, prefix=f"P{os.getpid()}-")
        count, began = 0, perf_counter()
        while perf_counter() - began < seconds:
            task = task or start(key, prefix=f"P{os.getpid()}-")
            task = finish(task)
            end_session()
            count += 1
        return count / (perf_counter() - began)


if __name__ == "__main__":
    from pathlib import Path

    kind, url, folder, key, seconds = json.loads(sys.argv[1])
    print(work(Place(kind, url, Path(folder)), key, float(seconds)))
