"""One play of one scenario: builds its world, does what its people do, and compares what happened with what was agreed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
from office.scenarios.differences import Difference
from office.scenarios.files import Scenario

SHANGHAI = timezone(timedelta(hours=8))
EVERY_ROLE = frozenset({"clerk", "supervisor", "auditor", "owner", "operator"})
STARTER = engine.Actor("scenario", frozenset(), EVERY_ROLE)
DURATION = re.compile(r"^P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$")
MOST_ROUNDS = 50
DEFAULT_AT = "2026-11-23T09:00:00+08:00"


@dataclass(frozen=True)
class Played:
    """What came of a play: where it differed from what was agreed, and the flows it took as (process, flow)."""

    process: str
    name: str
    differences: tuple[Difference, ...] = ()
    flows: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)

    @property
    def ok(self) -> bool:
        """Everything came as agreed."""
        return not self.differences


class CannotGoOn(Exception):
    """A step of the scenario cannot be done where the process stands; `kind` and `values` are those of a difference."""

    def __init__(self, kind: str, **values: Any) -> None:
        self.difference = Difference(kind, values)
        super().__init__(str(self.difference))


class Play:
    """The state of one play: its clock, its instance and what it has found so far."""

    def __init__(self, scenario: Scenario, package: Callable[[], engine.Package]) -> None:
        self.scenario, self.package = scenario, package
        self.clock = instant(scenario.given.get("at", DEFAULT_AT))
        self.instance_id = 0
        self.differences: list[Difference] = []

    def run(self) -> Played:
        """Play it through; what stops it is a difference like any other."""
        before: dict[str, int] = {}
        try:
            before = self.prepare()
            self.start()
            for number, step in enumerate(self.scenario.steps, start=1):
                self._step(number, step)
        except engine.InvalidDefinition as error:
            self.differences.extend(map(_invalid, error.problems))
        except (CannotGoOn, engine.EngineError) as stop:
            self.differences.append(_stopped(stop))
        except _Stopped as stop:
            self.differences.append(stop.difference)
        if self.instance_id:
            self._compare(before)
        return Played(self.scenario.process, self.scenario.name, tuple(self.differences), frozenset(self._flows()))

    def prepare(self) -> dict[str, int]:
        """Publish the package and build the world; the ledger before anything happens. Errors: InvalidDefinition, FixtureRefused."""
        engine.publish(self.package(), by=STARTER, note="scenario", at=self.clock)
        with transaction():
            fixtures.build(self.scenario.given.get("world") or {}, at=self.clock)
        return balances.all_accounts()

    def start(self) -> None:
        """Begin the case, and do what is due at once."""
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
        try:
            self.do(step)
        except (CannotGoOn, engine.EngineError) as stop:
            raise _Stopped(replace(_stopped(stop, step), step=number)) from stop

    def do(self, step: Mapping[str, Any]) -> None:
        """Do one step, and what is due then. Errors: CannotGoOn, and what the engine's verbs raise."""
        kinds = {
            "task": self._complete,
            "advance": self._advance,
            "until": self._until,
            "message": self._message,
            "retry": self._retry,
        }
        kind = next((name for name in kinds if name in step), None)
        if kind is None:
            raise CannotGoOn("unknown_step", kinds=", ".join(kinds))
        kinds[kind](step)
        self._settle()

    def _complete(self, step: Mapping[str, Any]) -> None:
        task = self._open_task(step["task"], step.get("item"))
        who = engine.Actor(step.get("by") or f"someone of {task.group}", frozenset({task.group}), EVERY_ROLE)
        form = {name: as_typed(value) for name, value in (step.get("form") or {}).items()}
        try:
            engine.complete(task.id, form=form, by=who, at=self.clock, despite=_codes(step.get("despite")))
        except engine.InvalidForm as told:
            if not step.get("refused") or refusals(told) != step["refused"]:
                raise
        else:
            if step.get("refused"):
                raise CannotGoOn("not_refused", element=task.element_id, refused=step["refused"])

    def _open_task(self, element_id: str, item: int | None = None) -> UserTask:
        everything = select(UserTask).where(UserTask.state == "open").order_by(UserTask.id)
        found = list(session().scalars(everything))
        mine = [task for task in found if task.instance_id == self.instance_id]
        for task in (*mine, *found):
            if task.element_id == element_id and item in (None, task.item_index):
                return task
        names = [task.element_id for task in found]
        raise CannotGoOn("not_open", element=element_id, open=names, incidents=self._incidents())

    def _incidents(self) -> list[dict[str, str]]:
        open_ones = session().scalars(select(Incident).where(Incident.state == "open"))
        return [{"element": i.element_id, "kind": i.kind, "message": i.message, "trace": i.trace} for i in open_ones]

    def _advance(self, step: Mapping[str, Any]) -> None:
        self.clock += duration(step["advance"])

    def _until(self, step: Mapping[str, Any]) -> None:
        self.clock = instant(step["until"])

    def _message(self, step: Mapping[str, Any]) -> None:
        key, variables = str(step["key"]), dict(step.get("variables") or {})
        if not engine.correlate(step["message"], key, variables=variables, by=STARTER, at=self.clock):
            raise CannotGoOn("nobody_waits", message=step["message"], key=key)

    def _retry(self, step: Mapping[str, Any]) -> None:
        query = select(Incident.id).where(Incident.state == "open", Incident.element_id == step["retry"])
        incident = session().scalar(query)
        if incident is None:
            raise CannotGoOn("no_incident", element=step["retry"])
        engine.retry(incident, by=STARTER, at=self.clock)

    def _settle(self) -> None:
        """Let everything happen that is due now, as the running office would."""
        for _ in range(MOST_ROUNDS):
            if not engine.run_due(self.clock):
                return

    def _compare(self, before: Mapping[str, int]) -> None:
        expect = self.scenario.expect
        reached = list(self.reached())
        self._compare_path(list(expect.get("path") or ()), reached)
        if expect.get("end") and expect["end"] not in self.ends():
            self.differences.append(self._elsewhere(expect["end"]))
        changes = balances.changes(before, balances.all_accounts())
        nothing = "ledger" in expect and not expect["ledger"]
        self.differences.extend(balances.differences(expect.get("ledger") or {}, changes, nothing=nothing))
        variables = engine.marking(self.instance_id).variables
        for name, value in (expect.get("variables") or {}).items():
            expected, found = comparable(value), comparable(variables.get(name))
            if not agrees(expected, found):
                values = {"name": name, "expected": expected, "found": found}
                self.differences.append(Difference("variable", values))

    def _compare_path(self, path: list[str], reached: list[str]) -> None:
        rest = iter(reached)
        for element_id in path:
            if element_id not in rest:
                self.differences.append(Difference("path", {"element": element_id, "reached": reached}))
                return

    def _elsewhere(self, expected: str) -> Difference:
        stands = list(engine.marking(self.instance_id).active)
        if stands:
            values = {"expected": expected, "stands": stands, "incidents": self._incidents()}
            return Difference("end", values)
        return Difference("other_end", {"expected": expected, "ends": sorted(self.ends()) or ["nothing"]})

    def _steps(self) -> Iterator[Mapping[str, Any]]:
        for entry in engine.entries(self.instance_id):
            yield from entry.steps

    def reached(self) -> Iterator[str]:
        """Element ids in the order in which they were reached or left, repeats in a row once."""
        last = ""
        for step in self._steps():
            element = step.get("element") or ""
            if element and element != last and step["type"] not in NOT_REACHING:
                yield element
                last = element

    def ends(self) -> set[str]:
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
        raise CannotGoOn("not_a_duration", text=text)
    return timedelta(**{unit: int(number) for unit, number in found.groupdict().items() if number})


def _codes(given: Any) -> frozenset[str]:
    """The refusals that whoever does a step has been told of and records all the same: one code, or several."""
    return frozenset([given] if isinstance(given, str) else given or ())


def refusals(told: engine.InvalidForm) -> dict[str, str]:
    """Why a form came back, as a scenario says it: the first code by field."""
    return {name: found[0].code for name, found in told.reasons.items()}


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


def agrees(expected: Any, found: Any) -> bool:
    """Whether a value is as expected; a mapping in the keys that are named."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(name in found and agrees(value, found[name]) for name, value in expected.items())
    return bool(expected == found)


class _Stopped(Exception):
    """A step that could not be done ended the play."""

    def __init__(self, difference: Difference) -> None:
        self.difference = difference
        super().__init__(str(difference))


def _stopped(stop: CannotGoOn | engine.EngineError, step: Mapping[str, Any] | None = None) -> Difference:
    if isinstance(stop, CannotGoOn):
        return stop.difference
    if isinstance(stop, engine.InvalidForm):
        reasons = {name: [one.code for one in found] for name, found in stop.reasons.items()}
        return Difference("form", {"element": (step or {}).get("task", ""), "reasons": reasons})
    return Difference("refused", {"code": stop.code, "message": stop.message})


def _invalid(found: engine.Problem) -> Difference:
    values = {"file": found.file, "line": found.line, "element": found.element_id, "rule": found.rule}
    return Difference("invalid", {**values, "values": comparable(found.values)})
