"""One play of one scenario: builds its world, does what its people do, and compares what happened with what was agreed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import select

import engine
from models.base import session, transaction
from models.incident import Incident
from models.user_task import UserTask
from office import fixtures
from office.scenarios import balances
from office.scenarios.files import Scenario

SHANGHAI = timezone(timedelta(hours=8))
EVERY_ROLE = frozenset({"clerk", "supervisor", "auditor", "owner", "operator"})
STARTER = engine.Actor("scenario", frozenset(), EVERY_ROLE)
DURATION = re.compile(r"^P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$")
MOST_ROUNDS = 50


@dataclass(frozen=True)
class Played:
    """What came of a play: where it differed from what was agreed, and the flows it took as (process, flow)."""

    process: str
    name: str
    differences: tuple[str, ...] = ()
    flows: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)

    @property
    def ok(self) -> bool:
        """Everything came as agreed."""
        return not self.differences


class CannotGoOn(Exception):
    """A step of the scenario cannot be done where the process stands."""


class Play:
    """The state of one play: its clock, its instance and what it has found so far."""

    def __init__(self, scenario: Scenario, package: Callable[[], engine.Package]) -> None:
        self.scenario, self.package = scenario, package
        self.clock = instant(scenario.given.get("at", "2026-11-23T09:00:00+08:00"))
        self.instance_id = 0
        self.differences: list[str] = []

    def run(self) -> Played:
        """Play it through; what stops it is a difference like any other."""
        before: dict[str, int] = {}
        try:
            self._prepare()
            before = balances.all_accounts()
            self._start()
            for number, step in enumerate(self.scenario.steps, start=1):
                self._step(number, step)
        except CannotGoOn as stop:
            self.differences.append(str(stop))
        except engine.InvalidDefinition as error:
            self.differences.extend(f"line {p.line}: {p.element_id}: {p.rule} {p.values}" for p in error.problems)
        except engine.EngineError as error:
            self.differences.append(error.message)
        if self.instance_id:
            self._compare(before)
        return Played(self.scenario.process, self.scenario.name, tuple(self.differences), frozenset(self._flows()))

    def _prepare(self) -> None:
        engine.publish(self.package(), by=STARTER, note="scenario", at=self.clock)
        with transaction():
            fixtures.build(self.scenario.given.get("world") or {}, at=self.clock)

    def _start(self) -> None:
        variables = dict(self.scenario.given.get("variables") or {})
        variables.setdefault("case_number", "TS20261123-0001")
        started = engine.start(
            self.scenario.process,
            business_key=str(variables["case_number"]),
            variables=variables,
            by=STARTER,
            at=self.clock,
        )
        self.instance_id = started.instance_id
        self._settle()

    def _step(self, number: int, step: Mapping[str, Any]) -> None:
        kinds = {
            "task": self._complete,
            "advance": self._advance,
            "until": self._until,
            "message": self._message,
            "retry": self._retry,
        }
        kind = next((name for name in kinds if name in step), None)
        if kind is None:
            raise CannotGoOn(f"step {number}: none of {', '.join(kinds)}")
        try:
            kinds[kind](step)
        except engine.InvalidForm as error:
            raise CannotGoOn(f"step {number}: {step.get('task')}: {_reasons(error)}") from error
        except (CannotGoOn, engine.EngineError) as error:
            raise CannotGoOn(f"step {number}: {error}") from error
        self._settle()

    def _complete(self, step: Mapping[str, Any]) -> None:
        task = self._open_task(step["task"], step.get("item"))
        who = engine.Actor(step.get("by") or f"someone of {task.group}", frozenset({task.group}), EVERY_ROLE)
        form = {name: as_typed(value) for name, value in (step.get("form") or {}).items()}
        engine.complete(task.id, form=form, by=who, at=self.clock)

    def _open_task(self, element_id: str, item: int | None = None) -> UserTask:
        everything = select(UserTask).where(UserTask.state == "open").order_by(UserTask.id)
        found = list(session().scalars(everything))
        mine = [task for task in found if task.instance_id == self.instance_id]
        for task in (*mine, *found):
            if task.element_id == element_id and item in (None, task.item_index):
                return task
        names = ", ".join(task.element_id for task in found) or "none"
        raise CannotGoOn(f"{element_id} is not open; open: {names}{self._incidents()}")

    def _incidents(self) -> str:
        open_ones = session().scalars(select(Incident).where(Incident.state == "open"))
        return "".join(f"; incident at {one.element_id}: {one.kind} {one.message}\n{one.trace}" for one in open_ones)

    def _advance(self, step: Mapping[str, Any]) -> None:
        self.clock += duration(step["advance"])

    def _until(self, step: Mapping[str, Any]) -> None:
        self.clock = instant(step["until"])

    def _message(self, step: Mapping[str, Any]) -> None:
        key, variables = str(step["key"]), dict(step.get("variables") or {})
        if not engine.correlate(step["message"], key, variables=variables, by=STARTER, at=self.clock):
            raise CannotGoOn(f"nobody waits for {step['message']} with {key}")

    def _retry(self, step: Mapping[str, Any]) -> None:
        query = select(Incident.id).where(Incident.state == "open", Incident.element_id == step["retry"])
        incident = session().scalar(query)
        if incident is None:
            raise CannotGoOn(f"no incident at {step['retry']}")
        engine.retry(incident, by=STARTER, at=self.clock)

    def _settle(self) -> None:
        """Let everything happen that is due now, as the running office would."""
        for _ in range(MOST_ROUNDS):
            if not engine.run_due(self.clock):
                return

    def _compare(self, before: Mapping[str, int]) -> None:
        expect = self.scenario.expect
        reached = list(self._reached())
        self._compare_path(list(expect.get("path") or ()), reached)
        if expect.get("end") and expect["end"] not in self._ends():
            self.differences.append(f"end: expected {expect['end']}, {self._where()}")
        changes = balances.changes(before, balances.all_accounts())
        self.differences.extend(balances.differences(expect.get("ledger") or {}, changes))
        variables = engine.marking(self.instance_id).variables
        for name, value in (expect.get("variables") or {}).items():
            if comparable(variables.get(name)) != comparable(value):
                self.differences.append(f"{name}: expected {value!r}, is {variables.get(name)!r}")

    def _compare_path(self, path: list[str], reached: list[str]) -> None:
        rest = iter(reached)
        for element_id in path:
            if element_id not in rest:
                self.differences.append(f"path: {element_id} was not reached (in this order); was: {' '.join(reached)}")
                return

    def _where(self) -> str:
        standing = engine.marking(self.instance_id)
        if standing.active:
            return f"stands at {', '.join(standing.active)}{self._incidents()}"
        return f"ended at {', '.join(sorted(self._ends())) or 'nothing'}"

    def _steps(self) -> Iterator[Mapping[str, Any]]:
        for entry in engine.entries(self.instance_id):
            yield from entry.steps

    def _reached(self) -> Iterator[str]:
        """Element ids in the order in which they were reached or left, repeats in a row once."""
        last = ""
        for step in self._steps():
            element = step.get("element") or ""
            if element and element != last and step["type"] not in NOT_REACHING:
                yield element
                last = element

    def _ends(self) -> set[str]:
        """The end events reached in the process itself."""
        elements = engine.definition_of(self.instance_id).elements
        return {
            element
            for step in self._steps()
            if not step.get("scope")
            and (element := step.get("element") or "") in elements
            and elements[element].type == "endEvent"
        }

    def _flows(self) -> Iterator[tuple[str, str]]:
        """(process, flow) of every flow taken in this process and in those it called."""
        if not self.instance_id:
            return
        processes = {0: self.scenario.process}
        for step in self._steps():
            engine.follow_scopes(processes, step)
            if step["type"] == "flow_taken":
                yield processes.get(step.get("scope", 0), self.scenario.process), step["flow"]


NOT_REACHING = frozenset(
    {
        "user_task_claimed",
        "user_task_released",
        "user_task_assigned",
        "user_task_cancelled",
        "call_cancelled",
        "item_cancelled",
        "incident_cancelled",
        "job_cancelled",
        "timer_set",
        "timer_cancelled",
        "message_cancelled",
        "clock_paused",
        "clock_resumed",
        "deadline_missed",
    }
)


def instant(value: str | datetime) -> datetime:
    """An aware instant; without an offset it is Shanghai time."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def duration(text: str) -> timedelta:
    """Days, hours, minutes and seconds in ISO 8601, such as PT48H or P3DT30M."""
    found = DURATION.match(text)
    if found is None or not any(found.groupdict().values()):
        raise CannotGoOn(f"{text!r} is not a duration such as PT48H")
    return timedelta(**{unit: int(number) for unit, number in found.groupdict().items() if number})


def as_typed(value: Any) -> str | list[str]:
    """A YAML value as a person would have typed it into the form."""
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def comparable(value: Any) -> Any:
    """Numbers by value, instants and dates by their text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: comparable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [comparable(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _reasons(error: engine.InvalidForm) -> str:
    return "; ".join(
        f"{name}: {', '.join(reason.code for reason in reasons)}" for name, reasons in error.reasons.items()
    )
