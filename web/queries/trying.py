"""Where a try of a draft stands, as its page shows it: what waits for whom with its form, what waits for time or a message, the way so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext

import engine
from models.base import session
from models.instance import ProcessInstance
from models.user_task import UserTask
from office.masking import EVERYTHING
from office.scenarios import Trial
from web import errors
from web.i18n import ZONE
from web.queries import casefile, evidence, names, stuck, timeline, words
from web.queries.variables import Variables

KINDS = ("task", "advance", "until", "message", "retry")


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
    """The form of a task with what is laid beside it."""

    form: engine.Form
    variables: Mapping[str, Any]
    scope: engine.feel.Scope
    shown: list[evidence.Evidence]

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


def local(at: datetime | None, written: str = "%Y-%m-%d %H:%M") -> str:
    """An instant of a try: 2026-03-05 09:30 in Shanghai."""
    return at.astimezone(ZONE).strftime(written) if at is not None else ""


CHANNELS = ("counter", "telephone", "agency", "letter")


def choices(variables: Variables, variable: str, value: Any) -> list[tuple[str, str]]:
    """The values to choose from, each with what it is called; none for what is typed."""
    if isinstance(value, bool):
        return [("yes", gettext("yes")), ("no", gettext("no"))]
    offered = CHANNELS if variable == "channel" else variables.offered(variable)
    known = list(dict.fromkeys([*offered, value])) if offered else []
    return [(one, variables.chosen(variable, one)) for one in known]


def standing(trial: Trial, version: int = 0) -> Standing:
    """Read inside the try's database and `names.of_definition`; `version`: that of the office which is tried, 0 for a draft."""
    instance = session().get_one(ProcessInstance, trial.play.instance_id)
    told = engine.history_of(instance.id)
    stages = casefile.stages(told)
    called = {stage.process: names.of_process(stage.process) for stage in stages}
    known = {element: name for of in called.values() for element, name in of.items()}
    return Standing(
        at=trial.at,
        tasks=[_task(row, trial.at) for row in trial.tasks()],
        next_due=trial.next_due(),
        timers=[(known.get(one.element_id, one.element_id), local(one.due_at)) for one in trial.timers()],
        messages=[(known.get(m.element_id, m.element_id), m.message, m.correlation_key) for m in trial.messages()],
        incidents=[
            (i.element_id, known.get(i.element_id, i.element_id), stuck.why(i.kind, i.message, known))
            for i in trial.incidents()
        ],
        ends=[known.get(one, one) for one in sorted(trial.play.ends())],
        over=instance.state != "active",
        moved=[(_account(name), amount) for name, amount in trial.moved().items()],
        lines=_lines(told, instance.key, version),
        pictures=[Picture(stage.process, stage.name, stage.json, stage.english) for stage in stages],
        stopped=_stopped(trial),
    )


def _lines(told: engine.CaseHistory, key: str, version: int) -> list[timeline.Line]:
    """The way so far; the number that the try's own database gives what is tried is none of the office's."""
    first, *others = timeline.lines(told, EVERYTHING)
    name = names.process_name(key)
    opened = gettext("Case opened: %(process)s, draft", process=name)
    if version:
        opened = gettext("Case opened: %(process)s, version %(version)s", process=name, version=version)
    return [replace(first, text=opened), *others]


def _task(row: UserTask, at: datetime) -> Task:
    element = engine.definition_of(row.instance_id).processes[row.process_key].element(row.element_id)
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
    """The form of an open task of the try."""
    form, variables, scope = engine.form_of(task_id, at=at)
    row = session().get_one(UserTask, task_id)
    diagram = engine.definition_of(row.instance_id).processes[row.process_key].diagram
    return Filled(form, variables, scope, evidence.of(form, variables, names.refusals(diagram)))


def _account(name: str) -> str:
    msisdn, _dot, kind = name.rpartition(".")
    return f"{msisdn} {words.code_text(kind)}".strip()


def _stopped(trial: Trial) -> str:
    if trial.stopped is None:
        return ""
    return gettext(
        "Step %(n)s can no longer be done on the draft as it is now: %(why)s",
        n=trial.stopped.step,
        why=why(trial.stopped.error),
    )


def why(error: Exception) -> str:
    """Why a step could not be done."""
    return (
        errors.describe(error) if isinstance(error, engine.EngineError) else gettext("It does not wait for this here.")
    )


def following(agreed: Sequence[Mapping[str, Any]], taken: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The next step of what was agreed, as long as the steps taken are of the same kinds at the same elements."""
    if len(taken) >= len(agreed) or [_what(one) for one in taken] != [_what(one) for one in agreed[: len(taken)]]:
        return None
    return agreed[len(taken)]


def _what(step: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(kind, str(step[kind])) for kind in KINDS if kind in step]
