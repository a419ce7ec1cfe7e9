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
from engine import cases, definitions, language, proof, published, record, running
from engine.record.case_steps import CaseStep
from models.base import session, transaction
from models.incident import Incident
from models.states import IncidentState, TaskState
from models.user_task import UserTask
from office import fixtures, verification
from office.scenarios import balances
from office.scenarios.differences import Difference
from office.scenarios.files import Scenario

SHANGHAI = timezone(timedelta(hours=8))
EVERY_ROLE = frozenset({"clerk", "supervisor", "auditor", "owner", "operator"})
STARTER = engine.Actor("scenario", frozenset(), EVERY_ROLE)
DURATION = re.compile(r"^P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$")
MOST_ROUNDS = 50
DEFAULT_AT = "2026-11-23T09:00:00+08:00"


def _contradictions() -> Iterator[Difference]:
    """Yield where the record of a case of this play does not verify."""
    for verdict in verification.verify_each(proof.every_instance()):
        for deviation in verdict.deviations:
            values = {"deviation": deviation.kind, "seq": deviation.seq, "what": deviation.what}
            yield Difference("not_verified", values)


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

    def __init__(
        self,
        scenario: Scenario,
        package: Callable[[], definitions.Package],
        beside: Callable[[str], definitions.Package | None],
    ) -> None:
        self.scenario, self.package, self.beside = scenario, package, beside
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
            self.differences.extend(_contradictions())
        return Played(self.scenario.process, self.scenario.name, tuple(self.differences), frozenset(self._flows()))

    def prepare(self) -> dict[str, int]:
        """Publish the package, with the processes that it begins, and build the world; the ledger before anything happens.

        Errors: InvalidDefinition, FixtureRefused.
        """
        package = self.package()
        for content in (package, *filter(None, map(self.beside, definitions.begun_by(package)))):
            published.publish(content, by=STARTER, note="scenario", at=self.clock)
        with transaction():
            fixtures.build(self.scenario.given.get("world") or {}, at=self.clock)
        return balances.all_accounts()

    def start(self) -> None:
        """Begin the case, and do what is due at once."""
        variables = dict(self.scenario.given.get("variables") or {})
        variables.setdefault("case_number", "TS20261123-0001")
        advanced = cases.start(
            self.scenario.process,
            business_key=str(variables["case_number"]),
            variables=variables,
            by=STARTER,
            at=self.clock,
        )
        self.instance_id = advanced.instance_id
        with transaction():
            fixtures.follow_order(str(variables["case_number"]), advanced.instance_id)
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
            "begin": self._begin,
        }
        kind = next((name for name in kinds if name in step), None)
        if kind is None:
            raise CannotGoOn("unknown_step", kinds=", ".join(kinds))
        kinds[kind](step)
        self._settle()

    def _complete(self, step: Mapping[str, Any]) -> None:
        task = self._open_task(step["task"], step.get("item"), step.get("case"))
        actor = engine.Actor(step.get("by") or f"someone of {task.group}", frozenset({task.group}), EVERY_ROLE)
        form = {name: as_typed(value) for name, value in (step.get("form") or {}).items()}
        try:
            cases.complete(task.id, form=form, by=actor, at=self.clock, despite=_codes(step.get("despite")))
        except language.InvalidForm as error:
            if not step.get("refused") or refusals(error) != step["refused"]:
                raise
        else:
            if step.get("refused"):
                raise CannotGoOn("not_refused", element=task.element_id, refused=step["refused"])

    def _open_task(self, element_id: str, item: int | None = None, case: str | None = None) -> UserTask:
        """Return the open task of a step: of the case that was begun beside under this number, else of the one that is played before any other."""
        query = select(UserTask).where(UserTask.state == TaskState.OPEN).order_by(UserTask.id)
        tasks = list(session().scalars(query))
        own_tasks = [task for task in tasks if task.instance_id == self.instance_id]
        for task in (*own_tasks, *tasks):
            if task.element_id == element_id and item in (None, task.item_index) and case in (None, task.business_key):
                return task
        names = [task.element_id for task in tasks]
        if element_id not in self._known_elements():
            raise CannotGoOn("no_such_step", element=element_id, open=names)
        raise CannotGoOn("not_open", element=element_id, open=names, incidents=self._incidents())

    def _known_elements(self) -> set[str]:
        """Return the ids of this process and of those it calls, as they are drawn now."""
        processes = proof.definition_of(self.instance_id).processes.values()
        return {id for process in processes for id in process.diagram.elements}

    def _incidents(self) -> list[dict[str, str]]:
        open_ones = session().scalars(select(Incident).where(Incident.state == IncidentState.OPEN))
        return [
            {
                "element": incident.element_id,
                "kind": incident.kind,
                "message": incident.message,
                "trace": incident.trace,
            }
            for incident in open_ones
        ]

    def _advance(self, step: Mapping[str, Any]) -> None:
        self.clock += duration(step["advance"])

    def _until(self, step: Mapping[str, Any]) -> None:
        self.clock = instant(step["until"])

    def _message(self, step: Mapping[str, Any]) -> None:
        key, variables = str(step["key"]), dict(step.get("variables") or {})
        if not cases.correlate(step["message"], key, variables=variables, by=STARTER, at=self.clock):
            raise CannotGoOn("nobody_waits", message=step["message"], key=key)

    def _begin(self, step: Mapping[str, Any]) -> None:
        """Begin another case of the same process, beside the one that is played."""
        variables = {**(self.scenario.given.get("variables") or {}), **(step.get("variables") or {})}
        number = str(step["begin"])
        variables["case_number"] = number
        cases.start(self.scenario.process, business_key=number, variables=variables, by=STARTER, at=self.clock)

    def _retry(self, step: Mapping[str, Any]) -> None:
        query = select(Incident.id).where(Incident.state == IncidentState.OPEN, Incident.element_id == step["retry"])
        incident = session().scalar(query)
        if incident is None:
            raise CannotGoOn("no_incident", element=step["retry"])
        cases.retry(incident, by=STARTER, at=self.clock)

    def _settle(self) -> None:
        """Let everything happen that is due now, as the running office would."""
        for _ in range(MOST_ROUNDS):
            if not running.run_due(self.clock):
                return

    def _compare(self, before: Mapping[str, int]) -> None:
        expect = self.scenario.expect
        reached = list(self.reached())
        self._compare_path(list(expect.get("path") or ()), reached)
        if expect.get("end") and expect["end"] not in self.ends():
            self.differences.append(self._elsewhere(expect["end"]))
        if expect.get("ledger") is not None:
            changes = balances.changes(before, balances.all_accounts())
            self.differences.extend(balances.differences(expect["ledger"], changes))
        variables = proof.marking(self.instance_id).variables
        for name, value in (expect.get("variables") or {}).items():
            expected, actual = comparable(value), comparable(variables.get(name))
            if not agrees(expected, actual):
                values = {"name": name, "expected": expected, "found": actual}
                self.differences.append(Difference("variable", values))

    def _compare_path(self, path: list[str], reached: list[str]) -> None:
        rest = iter(reached)
        for element_id in path:
            if element_id not in rest:
                self.differences.append(Difference("path", {"element": element_id, "reached": reached}))
                return

    def _elsewhere(self, expected: str) -> Difference:
        stands = list(proof.marking(self.instance_id).active)
        if stands:
            values = {"expected": expected, "stands": stands, "incidents": self._incidents()}
            return Difference("end", values)
        return Difference("other_end", {"expected": expected, "ends": sorted(self.ends()) or ["nothing"]})

    def _steps(self) -> Iterator[CaseStep]:
        for entry in proof.entries(self.instance_id):
            yield from entry.steps

    def reached(self) -> Iterator[str]:
        """Yield element ids in the order in which they were reached or left, repeats in a row once."""
        last = ""
        for step in self._steps():
            element = record.element_of(step)
            if element and element != last and step["type"] not in NOT_REACHING:
                yield element
                last = element

    def ends(self) -> set[str]:
        """Return the end events reached in the process itself."""
        elements = proof.definition_of(self.instance_id).elements
        return {
            element
            for step in self._steps()
            if not record.scope_of(step)
            and (element := record.element_of(step)) in elements
            and elements[element].type == "endEvent"
        }

    def _flows(self) -> Iterator[tuple[str, str]]:
        """Yield (process, flow) of every flow taken in this process and in those it called."""
        if not self.instance_id:
            return
        processes = record.Scopes(self.scenario.process)
        for step in self._steps():
            processes.follow(step)
            if step["type"] == "flow_taken":
                yield processes.process(step.get("scope", 0)), step["flow"]


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
    """Return an aware instant; without an offset it is Shanghai time."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def duration(text: str) -> timedelta:
    """Read days, hours, minutes and seconds in ISO 8601, such as PT48H or P3DT30M."""
    match = DURATION.match(text)
    if match is None or not any(match.groupdict().values()):
        raise CannotGoOn("not_a_duration", text=text)
    return timedelta(**{unit: int(number) for unit, number in match.groupdict().items() if number})


def _codes(codes: Any) -> frozenset[str]:
    """Return the refusals that whoever does a step has been told of and records all the same: one code, or several."""
    return frozenset([codes] if isinstance(codes, str) else codes or ())


def refusals(error: language.InvalidForm) -> dict[str, str]:
    """Return why a form came back, as a scenario says it: the first code by field."""
    return {name: reasons[0].code for name, reasons in error.reasons.items()}


def as_typed(value: object) -> str | list[str]:
    """Return a YAML value as a person would have typed it into the form."""
    if isinstance(value, list):
        return [str(part) for part in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def comparable(value: object) -> object:
    """Return numbers by value, instants and dates by their text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: comparable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [comparable(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def agrees(expected: object, actual: object) -> bool:
    """Tell whether two comparable values agree: mappings in the keys that are expected, at any depth; everything else as a whole."""
    if isinstance(expected, dict) and expected:
        return isinstance(actual, dict) and all(
            name in actual and agrees(inner, actual[name]) for name, inner in expected.items()
        )
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(agrees, expected, actual))
    return bool(expected == actual)


class _Stopped(Exception):
    """A step that could not be done ended the play."""

    def __init__(self, difference: Difference) -> None:
        self.difference = difference
        super().__init__(str(difference))


def _stopped(stop: CannotGoOn | engine.EngineError, step: Mapping[str, Any] | None = None) -> Difference:
    if isinstance(stop, CannotGoOn):
        return stop.difference
    if isinstance(stop, language.InvalidForm):
        codes = refusals(stop)
        reasons = {name: [codes[name], of_field[0].values] for name, of_field in stop.reasons.items()}
        element = (step or {}).get("task", "")
        unknown = [name for name, code in codes.items() if code == "unknown_field"]
        if unknown:
            rest = {name: reason for name, reason in reasons.items() if name not in unknown}
            return Difference("no_such_field", {"element": element, "fields": unknown, "why": rest})
        return Difference("form", {"element": element, "why": reasons})
    return Difference("refused", {"code": stop.code, "message": stop.message})


def _invalid(problem: engine.Problem) -> Difference:
    values = {"file": problem.file, "line": problem.line, "element": problem.element_id, "rule": problem.rule}
    return Difference("invalid", {**values, "values": comparable(problem.values)})
