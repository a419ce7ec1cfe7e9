"""What must not grow: the n-th round of a loop, the n-th timer beside an open branch, larger variables, a finished case on disk."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Table, func, select

from bench.completion import finish, start
from bench.figures import Samples, each
from engine import running
from models.base import Base, end_session, session
from models.timer import Timer

ENGINE_TABLES = ("instance", "case_key", "entry", "user_task", "timer", "message_subscription", "incident", "job")


def rounds(upto: int, window: int) -> dict[int, Samples]:
    """Measure completions in a loop, in windows that end at 10, 100, 1,000 … rounds; the first window is what the others are compared with."""
    task, windows, milliseconds = start("LOOP"), {}, []
    marks = [mark for mark in (10, 100, 1_000) if mark <= upto]
    at = [task]

    def once() -> None:
        following = finish(at[0])
        assert following is not None
        at[0] = following

    for number in range(1, upto + 1):
        end_session()
        milliseconds += each([once]).taken
        if number in marks:
            windows[number] = Samples(milliseconds[-min(window, number) :])
    return windows


def firings(times: int, window: int) -> tuple[Samples, Samples]:
    """Return the first and the last timers fired beside an open user task."""
    start("TIMERS")
    milliseconds: list[float] = []
    for _ in range(times):
        instance, token, due = _next_timer()
        milliseconds += each([partial(running.run_due, due + timedelta(seconds=1))]).taken
        end_session()
        assert (instance, token) != _next_timer()[:2]
    return Samples(milliseconds[:window]), Samples(milliseconds[-window:])


def _next_timer() -> tuple[int, int, Any]:
    row = session().execute(select(Timer.instance_id, Timer.token, Timer.due_at).order_by(Timer.due_at)).first()
    assert row is not None
    return row.instance_id, row.token, row.due_at


def finished_case(key: str) -> tuple[int, int]:
    """Return rows and bytes that a finished case leaves in all engine tables."""
    before = _rows()
    task: int | None = start(key)
    while task is not None:
        task = finish(task)
        end_session()
    rows = {name: count - before[name] for name, count in _rows().items()}
    return sum(rows.values()), _bytes(rows)


def _rows() -> dict[str, int]:
    return {name: session().scalar(select(func.count()).select_from(_table(name))) or 0 for name in ENGINE_TABLES}


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _bytes(rows: dict[str, int]) -> int:
    """Return the contents of the newest rows, column by column; indexes and page slack are not in it."""
    total = 0
    for name, count in rows.items():
        table = _table(name)
        order = [column.desc() for column in table.primary_key.columns]
        if name == "entry":
            order = [table.c.at.desc(), table.c.sequence.desc()]
        for row in session().execute(select(table).order_by(*order).limit(max(count, 0))):
            total += sum(_size(value) for value in row)
    return total


def _size(value: Any) -> int:
    if value is None:
        return 1
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, bool | int):
        return 4
    return len(str(value).encode())
