"""One case of a random process, played step by step beside its twin; what is asked of both after every step is asked here."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import count
from operator import itemgetter
from typing import Any

import orjson
from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
import engine.record
from engine import cases, elements, proof, published
from engine.diagrams.diagram import THROWING
from engine.elements.kind import ANYWHERE
from engine.language import values
from engine.proof import re_execution, replay
from engine.record import appliers, sealing
from engine.record.case import Case
from engine.record.case_steps import CaseStep
from engine.record.steps import Step
from engine.running import execution
from engine.runtime import BpmnError, Call, calendars, runtime
from engine.spiff import commands
from engine.spiff.position import OPEN, TOKEN
from engine.spiff.run import Run
from engine.spiff.specs import MultiInstance
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from tests.properties.processes import Plan, drawn
from tests.support.actors import CLEO, SAM

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


class Watched(Run):
    """A run that keeps what its case was after every step of the entry."""

    states: list[bytes]

    def record(self, recorded: Step) -> None:
        super().record(recorded)
        self.states.append(state(self.case))


class Played:
    """One case played step by step, and its twin: the same run kept in memory, never restored and never pruned.

    Beside them the case is folded from its record, step by step.
    """

    always = {CANCELLED: "cancel"}

    def __init__(self, current: Session, plan: Plan, at: datetime) -> None:
        self.session, self.at = current, at
        content = drawn(plan, f"P{next(_keys)}")
        published.publish(content, by=SAM, note="", at=at)
        begun = cases.start(content.key, business_key="AJ-1", variables={"amount": 0}, by=CLEO, at=at)
        self.id = begun.instance_id
        self.twin = Watched(
            published.current(content.key),
            at=at,
            accepted_at=at,
            calendar=calendars.calendar(),
            perform=re_execution.answers(self.last().steps),
        )
        self.folded = Case(definition=self.twin.definition)
        self.twin.states = []
        commands.begin(self.twin, {"amount": 0}, number="AJ-1", software=runtime.current().software)
        self.followed = 1
        assert canonical(self.twin.steps) == canonical(self.last().steps)
        self.fold(self.last())
        self.agree()

    def last(self) -> engine.record.Entry:
        return proof.entries(self.id)[-1]

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
        for entry in proof.entries(self.id)[self.followed :]:
            self.follow(entry)
        self.agree()
        return True

    def act(self, kind: str, token: int, amount: int) -> None:
        getattr(self, f"_{kind}")(token, amount)

    def follow(self, entry: engine.record.Entry) -> None:
        """Let the twin do what an entry says was done."""
        self.followed = entry.seq
        self.twin.at, self.twin.steps, self.twin.states, self.twin.counted = entry.at, [], [], 0
        self.twin.perform = re_execution.answers(entry.steps)
        re_execution.command(self.twin, entry.steps)
        assert canonical(self.twin.steps) == canonical(entry.steps)
        self.fold(entry)

    def fold(self, entry: engine.record.Entry) -> None:
        """Folded up to any step, the record gives what the engine's case was then; after the last nothing has changed any more."""
        for step, then in zip(entry.steps, self.twin.states, strict=True):
            assert self.is_said(step), step
            appliers.apply(step, self.folded, entry.at)
            assert state(self.folded) == then
        assert state(self.twin.case) == self.twin.states[-1]

    def is_said(self, step: CaseStep) -> bool:
        """Tell whether a step at an element is one of those that the module of its kind lists."""
        if "element" not in step or step["type"] == "instance_completed":
            return True
        processes = self.twin.definition.processes
        process = self.folded.scopes.process(step.get("scope", 0))
        drawn_in = [process, *processes]  # that the clock goes on is said without a scope
        diagrams = (processes[key].diagram for key in drawn_in)
        element = next(diagram.elements[step["element"]] for diagram in diagrams if step["element"] in diagram.elements)
        kinds = [elements.drawn_kind(element)]
        kinds += [elements.multi_instance.KIND] if element.multi_instance is not None else []
        return any(step["type"] in ANYWHERE | kind.steps for kind in kinds)

    def _complete(self, token: int, amount: int) -> None:
        wanted = select(UserTask.id).where(UserTask.instance_id == self.id, UserTask.token == token)
        task_id = self.session.scalars(wanted).one()
        cases.complete(task_id, form={"amount": str(amount)}, by=CLEO, at=self.at)

    def _fire(self, token: int, _amount: int) -> None:
        execution.advance(self.id, partial(commands.fire_timer, token=token), by="system", at=self.at)

    def _tell(self, token: int, amount: int) -> None:
        told = partial(commands.receive_message, token=token, variables={"amount": amount * 100})
        execution.advance(self.id, told, by="system", at=self.at)

    def _incident(self, token: int) -> int:
        wanted = select(Incident.id).where(
            Incident.instance_id == self.id, Incident.token == token, Incident.state == "open"
        )
        return self.session.scalars(wanted).one()

    def _settle(self, token: int, amount: int) -> None:
        how: dict[str, Any] = {"error": "no"} if amount * 100 == REFUSED else {"result": {"amount": amount * 100}}
        cases.resolve(self._incident(token), reason="by hand", by=SAM, at=self.at, **how)

    def _retry(self, token: int, _amount: int) -> None:
        cases.retry(self._incident(token), by=SAM, at=self.at)

    def _cancel(self, _token: int, _amount: int) -> None:
        cases.cancel(self.id, reason="entered twice", by=SAM, at=self.at)

    def agree(self) -> None:
        """The living case, its restored self, its twin and its record say the same."""
        if self.row().state != "active":
            assert self.shown() == {}
            return
        assert self.choices(), "the case is active, and nobody is asked and nothing is awaited"
        run = self.restored()
        assert standing(run) == standing(self.twin)
        assert state(run.case) == state(self.folded)
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
            calendar=calendars.calendar(),
            perform=self.twin.perform,
            state=orjson.loads(sealing.unseal(key, row.state_blob)),
        )

    def shown(self) -> dict[tuple[int, str], int]:
        """Where the folded record sees tokens."""
        folded = replay.fold(self.id)
        return {(s, e): n for s, seen in folded.counters()["active"].items() for e, n in seen.items() if n}


def state(case: Case) -> bytes:
    """Everything that a case is, the variables of every scope included; in whichever order scopes and waits stand."""
    packed = case.pack()
    return values.canonical({**packed, "scopes": sorted(packed["scopes"], key=itemgetter(0))})


def canonical(steps: list[dict[str, Any]]) -> list[bytes]:
    """Steps as they are written down, without the code locations of a broken service."""
    return [values.canonical({**step, "trace": ""}) for step in steps]


def standing(run: Run) -> dict[str, Any]:
    """Everything that decides how a run goes on."""
    return {
        "counter": run.counter,
        "open": dict(sorted(run.case.open.items())),
        "stuck": run.case.stuck,
        "scopes": sorted(values.canonical(packed) for packed in run.case.scopes.pack()),
        "tokens": sorted(
            (task.internal_data.get(TOKEN, 0), task.task_spec.name, int(task._state))
            for workflow in run.position.workflows()
            for task in workflow.tasks.values()
            if task._state & OPEN
        ),
        "paused": dict(sorted(run.case.paused.items())),
        "due": run.case.due,
        "ended": run.ended,
    }


def tokens(run: Run) -> dict[tuple[int, str], int]:
    """How many tokens stand on which element of which scope."""
    found: dict[tuple[int, str], int] = {}
    stuck_there = [wait for wait in run.case.stuck.values() if wait.element.startswith(STUCK)]
    standing_on = [(wait.scope, wait.element) for wait in (*run.case.open.values(), *stuck_there)]
    for workflow in run.position.workflows():
        for task in workflow.tasks.values():
            if task._state & OPEN and task.task_spec.bpmn_id is not None:
                element = run.position.element_of(task)
                listed = isinstance(task.task_spec, MultiInstance)
                stuck = listed and task.internal_data[TOKEN] in run.case.stuck
                if stuck or (not listed and element.type in ("serviceTask", "callActivity", *THROWING)):
                    standing_on.append((run.position.scope_at(task).number, element.id))
    for scope, element_id in standing_on:
        place = run.case.scopes.drawn(scope), element_id
        found[place] = found.get(place, 0) + 1
    return found


def assert_agreement(current: Session, at: datetime, plan: Plan, path: Path) -> None:
    """Play a path through a plan and prove the whole case afterwards."""
    case = Played(current, plan, at)
    for number, amount in path:
        if not case.step(number, amount):
            break
    assert proof.verify(case.id) == []
