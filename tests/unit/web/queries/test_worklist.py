"""A worklist page costs the same with a thousand and with a hundred thousand open tasks: every question is answered from the head of an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.dialects import sqlite

from models.base import connection
from web.edge import auth
from web.edge.auth import Person
from web.queries import worklist

ASKED: dict[str, tuple[Callable[[Person], Any], frozenset[str]]] = {
    "the figures beside the navigation": (
        worklist.counts,
        frozenset({"ix_user_task_assignee", "ix_user_task_worklist", "ix_user_task_late"}),
    ),
    "the late ones": (
        lambda person: worklist.page(person, worklist.Wanted(late=True)),
        frozenset({"ix_user_task_assignee", "ix_user_task_late"}),
    ),
    "all": (
        lambda person: worklist.page(person, worklist.Wanted()),
        frozenset({"ix_user_task_assignee", "ix_user_task_worklist"}),
    ),
}


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """Every statement and its parameters."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        statements.append((statement, parameters))

    event.listen(connection().engine, "before_cursor_execute", note)
    yield statements
    event.remove(connection().engine, "before_cursor_execute", note)


def _plans(statement: str, parameters: Any) -> list[str]:
    return [row[3] for row in connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


@pytest.mark.parametrize("question", ASKED)
def test_tasks_are_found_by_an_index_of_what_is_asked(app: Flask, question: str) -> None:
    """No task of other departments, of other people or in time is looked at to leave it out."""
    assert connection().dialect.name == sqlite.dialect.name
    person = auth.load("cleo")
    assert person is not None
    ask, indexes = ASKED[question]
    with listening() as statements:
        ask(person)
    of_tasks = [plan for asked in statements for plan in _plans(*asked) if "user_task" in plan]
    assert {plan.split("INDEX ")[1].split()[0] for plan in of_tasks if "INDEX ix_" in plan} == indexes, of_tasks
    assert not [plan for plan in of_tasks if plan.startswith("SCAN user_task")], of_tasks
