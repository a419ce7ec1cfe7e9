"""An office in which every scenario has been played by the people of the demo office, each case with its complaint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import insert

import engine
from engine import cases, definitions, language, running
from models.base import session, transaction
from models.complaint import Complaint
from models.instance import ProcessInstance
from office import fixtures, scenarios
from office.demo.staff import PEOPLE
from office.scenarios.player import CannotGoOn, Play, as_typed, refusals
from tests.support.actors import CLEO
from tests.support.population import PROCESSES, Records, _renamed

OF_GROUP = {
    group: engine.Actor(name, frozenset(groups), frozenset(roles))
    for name, _, groups, roles in reversed(PEOPLE)
    for group in groups
}


class Round(Play):
    """A play by people of the office, in an office that has its processes already. `seen` is called whenever the case stands still."""

    def __init__(self, scenario: scenarios.Scenario, seen: Callable[[Round], None]) -> None:
        super().__init__(scenario, lambda: definitions.read_package(PROCESSES, scenario.process), {}.get)
        self.seen = seen

    def course(self) -> None:
        """As far as it goes; whether it goes as agreed is asked by tests/scenarios/."""
        with suppress(CannotGoOn, engine.EngineError):
            with transaction():
                records = Records()
                fixtures.build(self.scenario.given.get("world") or {}, at=self.clock)
            self.start()
            self.seen(self)
            for step in self.scenario.steps:
                self.do(records.own(dict(step)))
                self.seen(self)

    def start(self) -> None:
        """Begin the case as Cleo would, with the complaint that the intake writes."""
        variables = dict(self.scenario.given.get("variables") or {})
        number = str(variables.setdefault("case_number", f"TS20261123-{id(self)}"))
        started = cases.start(self.scenario.process, business_key=number, variables=variables, by=CLEO, at=self.clock)
        self.instance_id = started.instance_id
        with transaction():
            fixtures.follow_order(number, self.instance_id)
        if variables.get("msisdn"):
            self._complain(number, variables, started)
        self._settle()

    def _complain(self, number: str, variables: Mapping[str, Any], started: running.Advanced) -> None:
        instance = session().get_one(ProcessInstance, self.instance_id)
        said = str(variables.get("complaint_text") or "")
        columns = {
            "case_number": number,
            "instance_id": instance.id,
            "msisdn": variables["msisdn"],
            "text_sealed": started.sealed(said.encode()),
            "channel": "counter",
            "demand": variables.get("demand") or "",
            "disputed_amount": variables.get("disputed_amount"),
            "process_key": instance.key,
            "suggested_process": "on_the_spot",
            "confidence": 70,
            "overruled": True,
            "overruled_reason": "客户要求",
            "accepted_at": self.clock,
            "accepted_by": CLEO.user,
            "state": "open" if instance.state == "active" else "closed",  # some are over as soon as they begin
            "closed_at": instance.ended_at,
        }
        with transaction():
            session().execute(insert(Complaint).values(**columns))

    def _complete(self, step: Mapping[str, Any]) -> None:
        task = self._open_task(step["task"], step.get("item"))
        form = {name: as_typed(value) for name, value in (step.get("form") or {}).items()}
        despite = step.get("despite") or ()
        told_of = frozenset([despite] if isinstance(despite, str) else despite)
        try:
            cases.complete(task.id, form=form, by=OF_GROUP[task.group], at=self.clock, despite=told_of)
        except language.InvalidForm as told:
            if not step.get("refused") or refusals(told) != step["refused"]:
                raise


def play(seen: Callable[[Round], None]) -> list[Round]:
    """Every scenario once, each with numbers, receipts and cards of its own."""
    plays = []
    for number, scenario in enumerate(scenarios.read(PROCESSES)):
        own = replace(scenario, given=_renamed(scenario.given, number), steps=_renamed(scenario.steps, number))
        plays.append(Round(own, seen))
        plays[-1].course()
    return plays
