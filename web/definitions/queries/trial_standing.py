"""Where a try of a draft stands, as its page shows it: what waits for whom with its form, what waits for time or a message, the way so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext

import engine
from engine import cases, language, proof
from models.base import session
from models.instance import ProcessInstance
from models.states import CaseState
from models.user_task import UserTask
from office.masking import EVERYTHING
from office.scenarios import Trial
from service_tasks.gateway.listing import Listing
from service_tasks.zone import ZONE
from web.queries import casefile, picking_lines, shown_variables
from web.telling import code_texts, error_texts, incident_texts, names, timeline
from web.telling.variables import Variables

KINDS = ("task", "advance", "until", "message", "retry", "begin")
FOR_ANOTHER = frozenset({"FourEyesViolation", "OwnPayment"})


@dataclass(frozen=True)
class Task:
    """An open user task: who has to do it, until when, and what stands on its page; `form` and what belongs to it only for the one that is looked at."""

    id: int
    element: str
    name: str
    department: str
    due: str
    late: bool
    documentation: str
    manual: Sequence[str]


@dataclass(frozen=True)
class Filled:
    """The form of a task with what is laid beside it, and the customer's papers where lines are picked in it."""

    form: language.Form
    variables: Mapping[str, Any]
    scope: language.feel.Scope
    shown: list[shown_variables.ShownVariable]
    listing: Listing | None = None

    def picker(self, filled: Mapping[str, Any]) -> picking_lines.Picker | None:
        """Return what the field for lines shows, where the form has one that is to be seen; `filled` is what stands in the fields."""
        field = picking_lines.field_of(self.form)
        if field is None or self.listing is None or field not in filled["fields"]:
            return None
        return picking_lines.picker(field, filled["values"], self.listing)

    @property
    def conditional(self) -> bool:
        """Whether fields come and go with what is entered."""
        return any(field.hide for field in self.form.fields)


@dataclass(frozen=True)
class Picture:
    """One diagram with the path so far."""

    process: str
    name: str
    marking: dict[str, Any]
    english: dict[str, str]


@dataclass(frozen=True)
class Standing:
    """Everything the page tells of where a try stands."""

    at: datetime
    tasks: list[Task]
    next_due: datetime | None
    timers: list[tuple[str, str]]
    messages: list[tuple[str, str, str]]
    incidents: list[tuple[str, str, str]]
    ends: list[str]
    over: bool
    moved: list[tuple[str, int]]
    lines: list[timeline.Line]
    pictures: list[Picture]
    stopped: str


def local(at: datetime | None, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """Return an instant of a try: 2026-03-05 09:30 in Shanghai."""
    return at.astimezone(ZONE).strftime(pattern) if at is not None else ""


CHANNELS = ("counter", "telephone", "agency", "letter")


def choices(variables: Variables, variable: str, value: Any) -> list[tuple[str, str]]:
    """Return the values to choose from, each with what it is called; none for what is typed."""
    if isinstance(value, bool):
        return [("yes", gettext("yes")), ("no", gettext("no"))]
    values = CHANNELS if variable == "channel" else variables.offered(variable)
    listing = list(dict.fromkeys([*values, value])) if values else []
    return [(choice, variables.chosen(variable, choice)) for choice in listing]


def standing(trial: Trial, version: int = 0) -> Standing:
    """Return how a try stands, read inside the try's database and `names.of_definition`; `version`: that of the office which is tried, 0 for a draft."""
    instance = session().get_one(ProcessInstance, trial.play.instance_id)
    history = proof.history_of(instance.id)
    stages = casefile.stages(history)
    names_by_process = {stage.process: names.of_process(stage.process) for stage in stages}
    element_names = {element: name for of in names_by_process.values() for element, name in of.items()}
    return Standing(
        at=trial.at,
        tasks=[_task(row, trial.at) for row in trial.tasks()],
        next_due=trial.next_due(),
        timers=[
            (element_names.get(place.element_id, place.element_id), local(place.due_at)) for place in trial.timers()
        ],
        messages=[
            (element_names.get(m.element_id, m.element_id), m.message, m.correlation_key) for m in trial.messages()
        ],
        incidents=[
            (
                i.element_id,
                element_names.get(i.element_id, i.element_id),
                incident_texts.why(i.kind, i.message, element_names),
            )
            for i in trial.incidents()
        ],
        ends=[element_names.get(place, place) for place in sorted(trial.play.ends())],
        over=instance.state != CaseState.ACTIVE,
        moved=[(_account(name), amount) for name, amount in trial.moved().items()],
        lines=_lines(history, instance.key, version),
        pictures=[Picture(stage.process, stage.name, stage.json, stage.english) for stage in stages],
        stopped=_stopped(trial),
    )


def _lines(history: proof.CaseHistory, key: str, version: int) -> list[timeline.Line]:
    """Return the way so far; the number that the try's own database gives what is tried is none of the office's."""
    first, *later = timeline.lines(history, EVERYTHING)
    name = names.process_name(key)
    opened = gettext("Case opened: %(process)s, draft", process=name)
    if version:
        opened = gettext("Case opened: %(process)s, version %(version)s", process=name, version=version)
    return [replace(first, text=opened), *later]


def _task(row: UserTask, at: datetime) -> Task:
    element = proof.definition_of(row.instance_id).processes[row.process_key].element(row.element_id)
    return Task(
        id=row.id,
        element=row.element_id,
        name=names.element_name(row.process_key, row.element_id, row.name),
        department=names.departments().get(row.group, row.group),
        due=local(row.due_at),
        late=row.due_at is not None and row.due_at <= at,
        documentation=names.documentation(row.process_key, element),
        manual=element.manual_refs,
    )


def filled(task_id: int, at: datetime) -> Filled:
    """Return the form of an open task of the try."""
    form, variables, scope = cases.form_of(task_id, at=at)
    row = session().get_one(UserTask, task_id)
    diagram = proof.definition_of(row.instance_id).processes[row.process_key].diagram
    field = picking_lines.field_of(form)
    listing = picking_lines.of(variables, field) if field is not None else None
    return Filled(form, variables, scope, shown_variables.of(form, variables, names.refusals(diagram)), listing)


def _account(name: str) -> str:
    msisdn, _dot, kind = name.rpartition(".")
    return f"{msisdn} {code_texts.code_text(kind)}".strip()


def _stopped(trial: Trial) -> str:
    if trial.stopped is None:
        return ""
    return gettext(
        "Step %(n)s can no longer be done on the draft as it is now: %(why)s",
        n=trial.stopped.step,
        why=why(trial.stopped.error),
    )


def why(error: Exception) -> str:
    """Return why a step could not be done; where it is for somebody else, that is not whoever tries, but the person chosen for the step."""
    if isinstance(error, engine.EngineError) and error.code in FOR_ANOTHER:
        return gettext(
            "The person chosen had a hand in what this step checks, so another has to do it. Choose another one at “done by”."
        )
    return (
        error_texts.describe(error)
        if isinstance(error, engine.EngineError)
        else gettext("It does not wait for this here.")
    )


def following(
    agreed_steps: Sequence[Mapping[str, Any]], steps_taken: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """Return the next step of what was agreed, as long as the steps taken are of the same kinds at the same elements."""
    if len(steps_taken) >= len(agreed_steps) or [_what(step) for step in steps_taken] != [
        _what(step) for step in agreed_steps[: len(steps_taken)]
    ]:
        return None
    return agreed_steps[len(steps_taken)]


def _what(step: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(kind, str(step[kind])) for kind in KINDS if kind in step]
