"""A played case that also waits for the world outside, for the customer and for the clock, and what must be true of it besides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from marshmallow import Schema
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

import engine
from engine import cases, proof, record, running
from engine.proof import comparison
from engine.record.case import Kind
from engine.record.steps import Failed, WorkOutcome
from engine.running import execution, locking, timers, worker
from engine.runtime import BpmnError, Call
from engine.runtime.handlers import JobFailed
from models.base import Base, transaction
from models.incident import Incident
from models.instance import ProcessInstance
from models.job import Job
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from tests.properties.playing import Played
from tests.properties.processes import Plan
from tests.support.actors import CLEO, SAM

JUMPS = tuple(timedelta(minutes=m) for m in (0, 30, 60, 120, 240, 3000))
UNCHANGED = ("instance", "user_task", "timer", "message_subscription", "incident", "job", "setback")
TABLES: dict[str, Any] = {"user_task": UserTask, "timer": Timer, "message": MessageSubscription}


class Nothing(Schema):
    """No parameters."""


class World:
    """A house beyond our database: says yes, later, no, or breaks, as the number says that it was last given."""

    def __init__(self) -> None:
        self.number, self.asked = 0, 0

    def answer(self, _parameters: dict[str, Any], _call: Call) -> dict[str, Any]:
        self.asked += 1
        if self.number == 3:
            raise JobFailed("later")
        if self.number == 4:
            raise BpmnError("no")
        if self.number == 5:
            raise RuntimeError
        return {"amount": self.number * 100}


class Waiting(Played):
    """The case, a second one of the same process that only messages and the clock move, and the answers from outside that are on their way."""

    always = {15: "cancel", 16: "meet", 17: "spread", 18: "repeat", 19: "pass", 20: "pass", 21: "pass", 22: "break"}

    def __init__(self, current: Session, plan: Plan, at: datetime, world: World) -> None:
        self.world, self.on_the_way = world, list[tuple[worker.Taken, WorkOutcome]]()
        self.repeated: Callable[[], Any] | None = None
        self.stood, self.since, self.asked = timedelta(), at, set[int]()
        self.opened: dict[int, timedelta] = {}
        super().__init__(current, plan, at)
        key = self.row().key
        self.other = cases.start(key, business_key="AJ-2", variables={"amount": 0}, by=CLEO, at=at).instance_id

    def choices(self) -> list[tuple[str, int]]:
        found = super().choices()
        if not found and self.row().state != "active":
            return []
        queued = self.session.scalars(select(Job.id).where(Job.instance_id == self.id, Job.state == "queued"))
        asks = [("ask", job) for job in queued if [taken.id for taken, _ in self.on_the_way].count(job) < 2]
        answers = [("answer", number) for number in range(len(self.on_the_way))]
        return [*found, *asks, *answers]

    def act(self, kind: str, token: int, amount: int) -> None:
        before = self._everything()
        try:
            super().act(kind, token, amount)
        except engine.EngineError:
            assert self._everything() == before

    def _everything(self) -> list[Any]:
        tables = [Base.metadata.tables[name] for name in UNCHANGED]
        return [self.session.execute(select(table)).all() for table in tables]

    def _complete(self, token: int, amount: int) -> None:
        wanted = select(UserTask.id).where(UserTask.instance_id == self.id, UserTask.token == token)
        by, task_id = (SAM, CLEO)[amount % 2], self.session.scalars(wanted).one()
        self._do(partial(cases.complete, task_id, form={"amount": str(amount)}, by=by))

    def _settle(self, token: int, amount: int) -> None:
        how: dict[str, Any] = {"error": "no"} if amount == 4 else {"result": {"amount": amount * 100}}
        self._do(partial(cases.resolve, self._incident(token), reason="by hand", by=SAM, **how))

    def _retry(self, token: int, _amount: int) -> None:
        self._do(partial(cases.retry, self._incident(token), by=SAM))

    def _do(self, what: Callable[..., Any]) -> None:
        self.repeated = what
        what(at=self.at)

    def _repeat(self, _token: int, _amount: int) -> None:
        """What was done once is refused the second time, or it is not the same any more."""
        if self.repeated is not None:
            self.repeated(at=self.at)

    def _meet(self, _token: int, _amount: int) -> None:
        cases.meet_limit(self.id, text="soon", by=CLEO, at=self.at)

    def _spread(self, _token: int, amount: int) -> None:
        cases.correlate("told", "k", variables={"amount": amount * 100}, by=SAM, at=self.at)

    def _pass(self, _token: int, amount: int) -> None:
        self.at += JUMPS[amount]
        running.run_clock(self.at)
        assert running.run_clock(self.at) == 0

    def _ask(self, job: int, amount: int) -> None:
        """A worker takes the job in hand, and the world is asked, unless nobody waits for it any more."""
        self.at = max(self.at, self.session.scalars(select(Job.due_at).where(Job.id == job)).one())
        self.world.number, asked = amount, self.world.asked
        taken = worker.take(job, self.at)
        assert taken is not None
        stuck = self.restored().case.stuck.get(taken.token or 0)
        awaited = stuck is not None and stuck.kind is Kind.JOB
        self.on_the_way.append((taken, worker.perform(taken, self.at)))
        assert self.world.asked == asked + awaited

    def _answer(self, number: int, _amount: int) -> None:
        with transaction():
            worker.record(*self.on_the_way.pop(number), self.at)

    def _break(self, _token: int, amount: int) -> None:
        """What is begun at an open token breaks, and a person is told."""
        tokens = sorted(self._open())
        if not tokens:
            return
        token = tokens[amount % len(tokens)]
        timer = select(Timer).where(Timer.instance_id == self.id, Timer.token == token)
        if self.session.scalar(timer) is None:
            execution.report({"instance": self.id, "token": token, "kind": "EndlessLoop"}, "cleo", self.at)
            return
        rows = locking.rows(Timer.token.label("token"), Timer.element_id, literal(4).label("attempts"))
        found = rows.join(Timer, Timer.instance_id == ProcessInstance.id).where(
            Timer.token == token, Timer.instance_id == self.id
        )
        with transaction():
            timers.put_back(timers.KINDS[0], self.session.execute(found).one(), Failed("Broken", "timer"), self.at)

    def follow(self, entry: record.Entry) -> None:
        super().follow(entry)
        self.reckon(entry)

    def reckon(self, entry: record.Entry) -> None:
        """For how long the customer has been waited for, told from the record and not by the engine."""
        for step in entry.steps:
            if step["type"] == "clock_paused":
                self.since = self.since if self.asked else entry.at
                self.asked.add(step["token"])
            elif step["type"] == "clock_resumed":
                self.asked.remove(step["token"])
                self.stood += timedelta() if self.asked else entry.at - self.since
            elif step["type"] == "user_task_created":
                self.opened[step["token"]] = self.stood

    def agree(self) -> None:
        super().agree()
        row, entries = self.row(), proof.entries(self.id)
        if len(entries) == 1:
            self.reckon(entries[0])
        folded = comparison.Folded(row.business_key)
        for entry in entries:
            folded.entry(entry)
        assert list(comparison.compare(row, folded, comparison.living([self.id]).tables(self.id))) == []
        run = self.restored() if row.state == "active" else None
        assert self._open() == {token: wait.kind for token, wait in (run.case.open.items() if run else ())}
        stuck = run.case.stuck.items() if run else ()
        assert self._open_incidents() == sorted(token for token, wait in stuck if wait.kind != "job")
        assert self._queued() >= {token for token, wait in stuck if wait.kind == "job"}
        if run is not None:
            assert (row.due_at, row.paused_at is not None) == (run.case.due, bool(run.case.paused))
            assert set(run.case.paused) == self.asked
            first = entries[0].steps[0]["due"]
            assert row.due_at is None or row.due_at == first + self.stood
            self._agree_on_limits(run, {step["token"]: step["due"] for e in entries for step in _created(e)})

    def _open(self) -> dict[int, str]:
        found = {}
        for kind, table in TABLES.items():
            mine = select(table.token).where(table.instance_id == self.id)
            mine = mine.where(UserTask.state == "open") if table is UserTask else mine
            found.update(dict.fromkeys(self.session.scalars(mine), kind))
        return found

    def _open_incidents(self) -> list[int]:
        mine = select(Incident.token).where(Incident.instance_id == self.id, Incident.state == "open")
        return sorted(self.session.scalars(mine))

    def _queued(self) -> set[int | None]:
        mine = select(Job.token).where(Job.instance_id == self.id, Job.state == "queued")
        return set(self.session.scalars(mine))

    def _agree_on_limits(self, run: Any, given: dict[int, datetime | None]) -> None:
        """An open step goes by its own limit, by that of its group or by that of the case, each moved by the time the clock stood."""
        tasks = select(UserTask).where(UserTask.instance_id == self.id, UserTask.state == "open")
        for task in self.session.scalars(tasks):
            element = run.position.element_of(run.position.task(task.token))
            first = given[task.token]
            if element.properties.get("due"):
                assert first is not None
                assert task.due_at == first + self.stood - self.opened[task.token]
            else:
                assert task.due_at == run.case.due
            if element.properties.get("dueGroup"):
                assert task.due_at == run.case.scopes[run.case.open[task.token].scope].due_groups["g"]

    def finish(self) -> None:
        """The last answers come, the clock runs on, and the record of both cases is proved."""
        while self.on_the_way and self.row().state == "active":
            self._answer(0, 0)
        over, before = self.row().state != "active", self.row().version
        while self.on_the_way:
            self._answer(0, 0)
        running.run_jobs(self.at + timedelta(days=30))
        if over:
            assert (self.row().version, self._queued()) == (before, set())
        assert proof.verify(self.id) == []
        assert proof.verify(self.other) == []


def _created(entry: record.Entry) -> list[dict[str, Any]]:
    return [step for step in entry.steps if step["type"] == "user_task_created"]
