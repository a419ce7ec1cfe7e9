"""Random processes, random paths: whatever is drawn and whatever people do, the record, the rows and the engine agree.

A finding prints the `played(plan, path)` that failed; pasted into FOUND it is tried again every time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import again, calendars, execution, handlers, sealing
from engine.handlers import BpmnError, Call, handler
from engine.language import values
from engine.spiff.position import OPEN, TOKEN
from engine.spiff.run import Run
from engine.spiff.specs import MultiInstance
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from tests.people import CLEO, SAM
from tests.properties.processes import Plan, drawn, lists, nested, plans

Path = list[tuple[int, int]]
A_FEW, MANY = 25, int(os.environ.get("DESK_EXAMPLES", "150"))
CANCELLED = 15
REFUSED, BROKEN = 400, 500
_keys = count(1)


class _Amount(Schema):
    amount = fields.Integer(required=True, allow_none=True)


class _Done(Schema):
    amount = fields.Integer(allow_none=True)


@pytest.fixture(autouse=True)
def nobody_follows(plain_observers: None) -> None:
    """No read model of an office hangs on the engine."""
    execution._observers.clear()


@pytest.fixture(autouse=True, scope="module")
def working() -> Iterator[None]:
    """A service task that refuses one amount and breaks over another, gone when these tests are over."""
    register = handler("test/work", parameters=_Amount, result=_Done, errors=("no",), title_zh="做", title_en="Work")
    register(_work)
    yield
    del handlers._registry["test/work"]


def _work(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    if parameters["amount"] == REFUSED:
        raise BpmnError("no")
    if parameters["amount"] == BROKEN:
        raise RuntimeError
    return {"amount": parameters["amount"]}


class Played:
    """One case played step by step, and its twin: the same run kept in memory, never restored and never pruned."""

    def __init__(self, current: Session, plan: Plan, at: datetime) -> None:
        self.session, self.at = current, at
        content = drawn(plan, f"P{next(_keys)}")
        engine.publish(content, by=SAM, note="", at=at)
        begun = engine.start(content.key, business_key="AJ-1", variables={"amount": 0}, by=CLEO, at=at)
        self.id = begun.instance_id
        self.twin = Run(
            engine.definition(content.key),
            at=at,
            accepted_at=at,
            calendar=calendars.current(),
            perform=again.answers(self.last().steps),
        )
        self.twin.begin({"amount": 0})
        self.agree()

    def last(self) -> engine.Entry:
        return engine.entries(self.id)[-1]

    def row(self) -> ProcessInstance:
        self.session.expire_all()
        found = self.session.get(ProcessInstance, self.id)
        assert found is not None
        return found

    def choices(self) -> list[tuple[str, int]]:
        """What can happen next."""
        if self.row().state != "active":
            return []
        tasks = select(UserTask.token).where(UserTask.instance_id == self.id, UserTask.state == "open")
        incidents = select(Incident.token).where(Incident.instance_id == self.id, Incident.state == "open")
        found = [("complete", t) for t in self.session.scalars(tasks.order_by(UserTask.token))]
        for kind, table in (("fire", Timer), ("tell", MessageSubscription)):
            tokens = select(table.token).where(table.instance_id == self.id).order_by(table.token)
            found += [(kind, t) for t in self.session.scalars(tokens)]
        stuck = list(self.session.scalars(incidents.order_by(Incident.token)))
        return found + [("settle", t) for t in stuck] + [("retry", t) for t in stuck]

    def step(self, number: int, amount: int) -> bool:
        """Let one of the possible things happen, chosen by number; False when the case is over."""
        possible = self.choices()
        if not possible:
            return False
        self.at += timedelta(minutes=1)
        kind, token = ("cancel", 0) if number == CANCELLED else possible[number % len(possible)]
        self.twin.at, self.twin.steps, self.twin._seen = self.at, [], 0
        getattr(self, f"_{kind}")(token, amount)
        self.twin.perform = again.answers(self.last().steps)
        again.command(self.twin, self.last().steps)
        self.agree()
        return True

    def _complete(self, token: int, amount: int) -> None:
        wanted = select(UserTask.id).where(UserTask.instance_id == self.id, UserTask.token == token)
        task_id = self.session.scalars(wanted).one()
        engine.complete(task_id, form={"amount": str(amount)}, by=CLEO, at=self.at)

    def _fire(self, token: int, _amount: int) -> None:
        execution.advance(self.id, partial(Run.fire_timer, token=token), by="system", at=self.at)

    def _tell(self, token: int, amount: int) -> None:
        told = partial(Run.receive_message, token=token, variables={"amount": amount * 100})
        execution.advance(self.id, told, by="system", at=self.at)

    def _incident(self, token: int) -> int:
        wanted = select(Incident.id).where(
            Incident.instance_id == self.id, Incident.token == token, Incident.state == "open"
        )
        return self.session.scalars(wanted).one()

    def _settle(self, token: int, amount: int) -> None:
        how: dict[str, Any] = {"error": "no"} if amount * 100 == REFUSED else {"result": {"amount": amount * 100}}
        engine.resolve(self._incident(token), reason="by hand", by=SAM, at=self.at, **how)

    def _retry(self, token: int, _amount: int) -> None:
        engine.retry(self._incident(token), by=SAM, at=self.at)

    def _cancel(self, _token: int, _amount: int) -> None:
        engine.cancel(self.id, reason="entered twice", by=SAM, at=self.at)

    def agree(self) -> None:
        """The living case, its restored self, its twin and its record say the same."""
        assert canonical(self.twin.steps) == canonical(self.last().steps)
        if self.row().state != "active":
            assert self.shown() == {}
            return
        run = self.restored()
        assert standing(run) == standing(self.twin)
        stored = orjson.dumps(run.state())
        assert orjson.dumps(self.restored().state()) == stored
        assert tokens(run) == self.shown()

    def restored(self) -> Run:
        row = self.row()
        key = execution.case_key(self.id)
        assert key is not None
        return Run(
            self.twin.definition,
            at=self.at,
            accepted_at=row.started_at,
            calendar=calendars.current(),
            perform=self.twin.perform,
            state=orjson.loads(sealing.unseal(key, row.state_blob)),
        )

    def shown(self) -> dict[tuple[int, str], int]:
        """Where the folded record sees tokens."""
        folded = engine.fold(self.id)
        return {(s, e): n for s, counter in folded.active.items() for e, n in counter.items() if n}


def canonical(steps: list[dict[str, Any]]) -> list[bytes]:
    """Steps as they are written down, without the code locations of a broken service."""
    return [values.canonical({**step, "trace": ""}) for step in steps]


def standing(run: Run) -> dict[str, Any]:
    """Everything that decides how a run goes on."""
    return {
        "counter": run.counter,
        "open": dict(sorted(run.open.items())),
        "stuck": run.stuck,
        "scopes": sorted(values.canonical(packed) for packed in run.scopes.pack()),
        "tokens": sorted(
            (task.internal_data.get(TOKEN, 0), task.task_spec.name, int(task._state))
            for workflow in run.workflows()
            for task in workflow.tasks.values()
            if task._state & OPEN
        ),
        "ended": run.ended,
    }


def tokens(run: Run) -> dict[tuple[int, str], int]:
    """How many tokens stand on which element of which scope."""
    found: dict[tuple[int, str], int] = {}
    standing_on = [(scope, element) for _kind, element, scope, *_ in run.open.values()]
    standing_on += [(scope, element) for _kind, element, scope in run.stuck.values() if element.startswith("never")]
    for workflow in run.workflows():
        for task in workflow.tasks.values():
            if task._state & OPEN and task.task_spec.bpmn_id is not None:
                element = run.element_of(task)
                listed = isinstance(task.task_spec, MultiInstance)
                stuck = listed and task.internal_data[TOKEN] in run.stuck
                if stuck or (not listed and element.type in ("serviceTask", "callActivity")):
                    standing_on.append((run.scope_at(task).number, element.id))
    for scope, element_id in standing_on:
        place = _drawn(run, scope), element_id
        found[place] = found.get(place, 0) + 1
    return found


def _drawn(run: Run, scope: int) -> int:
    """An item stands on the diagram of its activity."""
    return _drawn(run, run.scopes[scope].parent) if run.scopes[scope].index else scope


def played(current: Session, at: datetime, plan: Plan, path: Path) -> None:
    """Play a path through a plan and prove the whole case afterwards."""
    case = Played(current, plan, at)
    for number, amount in path:
        if not case.step(number, amount):
            break
    assert engine.verify(case.id) == []


paths = st.lists(st.tuples(st.integers(0, CANCELLED), st.integers(0, 5)), min_size=1, max_size=14)
QUIETLY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def trying(examples: int, over_plans: st.SearchStrategy[Plan] | None = None) -> Any:
    """A property over random processes and paths, tried with so many of them."""

    def over(check: Any) -> Any:
        return settings(max_examples=examples, deadline=None, suppress_health_check=QUIETLY)(
            given(plan=plans() if over_plans is None else over_plans, path=paths)(check)
        )

    return over


@trying(A_FEW)
def test_record_rows_and_engine_agree(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """Restored = never restored, pruned = unpruned, folded = living, executed again = recorded, at every step."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    played(database, at, plan, path)


@pytest.mark.slow
@trying(MANY)
def test_they_agree_over_many_processes(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same with more of them; DESK_EXAMPLES says how many."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    played(database, at, plan, path)


@trying(A_FEW, lists())
def test_they_agree_over_items(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same where a step is done for each item of a list."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    played(database, at, plan, path)


@pytest.mark.slow
@trying(MANY, lists())
def test_they_agree_over_many_items(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same with more of them."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    played(database, at, plan, path)


@trying(A_FEW, nested())
def test_they_agree_over_what_ends_together(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same where an activity ends with another in it, of its own accord or not."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    played(database, at, plan, path)


@pytest.mark.slow
@trying(MANY, nested())
def test_they_agree_over_much_that_ends_together(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """The same with more of it."""
    note(f"FOUND += [({plan!r}, {path!r})]")
    played(database, at, plan, path)


NESTED = ("each", ("each", ("each", ("no",), "call", False, True), "sub", False, False), "sub", False, False)
FOUND: list[tuple[Plan, Path]] = [
    (("seq", ("user",), NESTED), [(0, 0)]),  # an item that ended took along what had just been taken away in it
    (("call", ("timer",), "timer"), [(0, 0)]),  # a call taken away by a boundary event still showed a token
    (
        ("loop", ("call", ("seq", ("user",), ("halt",)), "")),
        [(0, 0), (0, 4)],
    ),  # terminating a called process broke the step
    (
        ("loop", ("seq", ("work",), ("user",))),
        [(0, 0), (0, 4)],
    ),  # an uncaught refusal, executed again, was another incident
    (
        ("seq", ("user",), ("each", (), "work", False, True)),
        [(0, 3)],
    ),  # an incident that was opened and taken away in one step stayed open
    (
        ("seq", ("user",), ("each", ("each", (), "work", False, True), "sub", False, False)),
        [(0, 2), (0, 0)],
    ),
    (
        ("call", ("call", ("user",), "timer", True), ""),
        [(1, 0)],
    ),  # a call taken away in the step in which the one around it ended still showed a token
    (("seq", ("call", ("cut", ("call", ("call", ("user",), ""), ""), False), ""), ("user",)), [(0, 0)]),
]


@pytest.mark.parametrize("plan, path", FOUND)
def test_what_was_found_stays_mended(database: Session, at: datetime, plan: Plan, path: Path) -> None:
    """Processes and paths on which record, rows and engine once disagreed."""
    played(database, at, plan, path)
