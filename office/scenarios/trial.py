"""A try: a process played step by step by a person who looks at it in between. Whatever was done so far is played anew in a database of its own, so nothing is kept and nothing reaches the office."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

import engine
from engine import definitions, ground, published
from models.base import scratch, session
from models.incident import Incident
from models.states import IncidentState, TaskState
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from office.scenarios import balances
from office.scenarios.files import Scenario
from office.scenarios.player import CannotGoOn, Play, comparable

MSISDN = "13900000001"


@dataclass(frozen=True)
class Stopped:
    """The step, counted from 1, that could not be done, and why; what came after it was not tried."""

    step: int
    error: CannotGoOn | engine.EngineError


@dataclass
class Trial:
    """Where a try stands. Its rows are those of the surrounding scratch database."""

    play: Play
    before: dict[str, int]
    stopped: Stopped | None = None

    @property
    def at(self) -> datetime:
        """What time it is in the try."""
        return self.play.clock

    def tasks(self) -> list[UserTask]:
        """Return the open user tasks, in the order in which they came."""
        return list(session().scalars(select(UserTask).where(UserTask.state == TaskState.OPEN).order_by(UserTask.id)))

    def timers(self) -> list[Timer]:
        """Return what waits for an instant, the next one first."""
        return list(session().scalars(select(Timer).order_by(Timer.due_at, Timer.token)))

    def messages(self) -> list[MessageSubscription]:
        """Return what waits for a message."""
        return list(session().scalars(select(MessageSubscription).order_by(MessageSubscription.token)))

    def incidents(self) -> list[Incident]:
        """Return what is stuck."""
        return list(
            session().scalars(select(Incident).where(Incident.state == IncidentState.OPEN).order_by(Incident.id))
        )

    def next_due(self) -> datetime | None:
        """Return when the next timer fires or the next limit ends; None when nothing does."""
        limits = [task.due_at for task in self.tasks() if task.due_at is not None and not task.overdue]
        dues = [instant for instant in (*limits, *(timer.due_at for timer in self.timers())) if instant > self.at]
        return min(dues, default=None)

    def moved(self) -> dict[str, int]:
        """Return what moved in the ledger since the beginning, fen by account."""
        return balances.changes(self.before, balances.all_accounts())

    def as_scenario(self, name: str) -> str:
        """Return the try as a scenario file: what was given, the steps, and as expected what came out."""
        scenario, play = self.play.scenario, self.play
        ends = sorted(play.ends())
        expect: dict[str, Any] = {"path": list(play.reached()), **({"end": ends[0]} if ends else {})}
        movements = self.moved()
        expect["ledger"] = {account: amount for account, amount in movements.items() if "." in account} or movements
        entry = {"name": name, "given": scenario.given, "steps": list(scenario.steps), "expect": expect}
        document = {"process": scenario.process, "scenarios": [comparable(entry)]}
        return ground.write_yaml(document)


def blank(process: str, at: datetime) -> Scenario:
    """Return what a try begins from where no scenario has been agreed: one customer with a prepayment, a bill and its receipt."""
    variables: dict[str, Any] = {
        "case_number": "TS-1",
        "msisdn": MSISDN,
        "complaint_text": "帐单有误",
        "channel": "hall",
    }
    variables |= {"disputed_amount": 5000, "demand": "退还", "repeated": False}
    bill = {"items": [{"kind": "function_fee", "text": "彩铃功能费", "amount": 8000}]}
    receipts = [{"number": "SJ-1", "kind": "prepayment", "amount": 10000}]
    world = {"subscriptions": [{"msisdn": MSISDN, "prepayment": 10000, "bill": bill, "receipts": receipts}]}
    return Scenario(process=process, name="", given={"at": at.isoformat(), "variables": variables, "world": world})


def in_force(package: definitions.Package) -> dict[str, definitions.Package | None]:
    """Return the processes that a package begins beside the case, as the office has them in force."""
    try:
        return {key: published.newest_package(key) for key in definitions.begun_by(package)}
    except engine.EngineError:  # told when it is published
        return {}


@contextmanager
def trial(scenario: Scenario, package: definitions.Package) -> Iterator[Trial]:
    """Play a package as far as the scenario's steps go; inside the block the office's database is the try's own.

    Errors: InvalidDefinition, FixtureRefused, InvalidVariables, before the first step.
    """
    packages = in_force(package)
    with scratch():
        play = Play(scenario, lambda: package, packages.get)
        attempt = Trial(play, play.prepare())
        play.start()
        for number, step in enumerate(scenario.steps, start=1):
            try:
                play.do(step)
            except (CannotGoOn, engine.EngineError) as error:
                attempt.stopped = Stopped(number, error)
                break
        yield attempt
