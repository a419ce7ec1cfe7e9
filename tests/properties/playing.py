"""One case of a random process, played step by step beside its twin; what is asked of both after every step is asked here."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import orjson
from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import again, calendars, execution, sealing
from engine.handlers import BpmnError, Call
from engine.language import values
from engine.spiff.position import OPEN, TOKEN
from engine.spiff.run import Run
from engine.spiff.specs import MultiInstance
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from tests.people import CLEO, SAM
from tests.properties.processes import Plan, drawn

Path = list[tuple[int, int]]
CANCELLED = 15
STUCK = (
    "never",
    "nokey",
    "join",
    "merge",
    "wrong",
)  # elements that wait for nothing but a person to settle the incident
REFUSED, BROKEN = 400, 500
_keys = count(1)


class Amount(Schema):
    """What the service task is called with."""

    amount = fields.Integer(required=True, allow_none=True)


class Given(Schema):
    """What a service task gives."""

    amount = fields.Integer(allow_none=True)


def work(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    if parameters["amount"] == REFUSED:
        raise BpmnError("no")
    if parameters["amount"] == BROKEN:
        raise RuntimeError
    return {"amount": parameters["amount"]}


class Played:
    """One case played step by step, and its twin: the same run kept in memory, never restored and never pruned."""

    always = {CANCELLED: "cancel"}

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
        self.followed = 1
        assert canonical(self.twin.steps) == canonical(self.last().steps)
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
        self.at += timedelta(minutes=1, microseconds=7)
        kind, token = (self.always[number], 0) if number in self.always else possible[number % len(possible)]
        self.act(kind, token, amount)
        for entry in engine.entries(self.id)[self.followed :]:
            self.follow(entry)
        self.agree()
        return True

    def act(self, kind: str, token: int, amount: int) -> None:
        getattr(self, f"_{kind}")(token, amount)

    def follow(self, entry: engine.Entry) -> None:
        """Let the twin do what an entry says was done."""
        self.followed = entry.seq
        self.twin.at, self.twin.steps, self.twin._seen = entry.at, [], 0
        self.twin.perform = again.answers(entry.steps)
        again.command(self.twin, entry.steps)
        assert canonical(self.twin.steps) == canonical(entry.steps)

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
        if self.row().state != "active":
            assert self.shown() == {}
            return
        assert self.choices(), "the case is active, and nobody is asked and nothing is awaited"
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
        "paused": dict(sorted(run.paused.items())),
        "due": run.case_due,
        "ended": run.ended,
    }


def tokens(run: Run) -> dict[tuple[int, str], int]:
    """How many tokens stand on which element of which scope."""
    found: dict[tuple[int, str], int] = {}
    standing_on = [(scope, element) for _kind, element, scope, *_ in run.open.values()]
    standing_on += [(scope, element) for _kind, element, scope in run.stuck.values() if element.startswith(STUCK)]
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
