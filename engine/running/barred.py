"""Whose hands a step may not be in, whatever their department: those of whoever prepared what it approves, and those of whom the office bars from the case.

People are told apart by their employee number: two log-ins of the same number are the same person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, literal, select, union_all

from engine.definitions.compiled import Definition
from engine.definitions.four_eyes import EVERYBODY
from engine.diagrams.diagram import Element
from engine.ground.errors import NotPermitted
from engine.record.heads import INSTANCE
from engine.runtime import runtime
from engine.runtime.permissions import Actor, FourEyesViolation
from models.base import session
from models.entry import HistoryEntry
from models.identity import User
from models.states import TaskState
from models.user_task import UserTask


@dataclass(frozen=True)
class Step:
    """An open task and what is drawn for it."""

    task_id: int
    instance_id: int
    element: Element
    definition: Definition

    @property
    def not_by(self) -> frozenset[str]:
        """The steps whose doers may not do this one, as its `notBy` names them; EVERYBODY among them."""
        return named(self.element)


def check(step: Step, person: Actor) -> None:
    """Check that this person may do the step at all. Errors: FourEyesViolation, and those of the office."""
    for refusal in among([step], person).values():
        raise refusal


def among(steps: Sequence[Step], person: Actor) -> dict[int, NotPermitted]:
    """Return why a person may not do some of these steps, by task; at most a statement of our own, however many they are."""
    bars = runtime.current().bars if steps and not person.unbarred else ()
    instances = {step.instance_id for step in steps}
    barred = {instance: reason for bar in bars for instance, reason in bar(instances, person.user).items()}
    checked = [step for step in steps if step.not_by]
    did = _did({step.instance_id for step in checked}, person.user) if checked else set()
    refusals: dict[int, NotPermitted] = {
        step.task_id: FourEyesViolation(task=step.task_id) for step in checked if _prepared(step, did)
    }
    return refusals | {step.task_id: barred[step.instance_id] for step in steps if step.instance_id in barred}


def named(element: Element) -> frozenset[str]:
    """Return what an element's `notBy` names."""
    return frozenset(filter(None, (name.strip() for name in element.properties.get("notBy", "").split(","))))


def approving(definition: Definition) -> frozenset[str]:
    """Return ids of the steps that approve."""
    elements = (e for process in definition.processes.values() for e in process.diagram.elements.values())
    return frozenset(element.id for element in elements if element.properties.get("approves"))


BEGAN = ""


def _prepared(step: Step, did: set[tuple[str, str]]) -> bool:
    """Tell whether among the steps a person did is one that this one checks."""
    elements = {element for instance, element in did if instance == str(step.instance_id)}
    if EVERYBODY in step.not_by and elements - approving(step.definition):
        return True
    return bool(elements & step.not_by)


def _did(instances: Collection[int], user: str) -> set[tuple[str, str]]:
    """Return (instance, element) of every step of these instances that the person did, under whatever log-in; BEGAN where they began it."""
    number = select(User.employee_number).where(User.name == user).scalar_subquery()
    logins = select(User.name).where(User.employee_number == number)
    columns: tuple[Any, ...] = (cast(UserTask.instance_id, String), UserTask.element_id)
    of_case = (UserTask.instance_id.in_(instances), UserTask.state == TaskState.COMPLETED)
    first = (
        HistoryEntry.stream == INSTANCE,
        HistoryEntry.stream_id.in_([str(instance) for instance in instances]),
        HistoryEntry.sequence == 1,
    )
    completer, actor = UserTask.completed_by, HistoryEntry.actor
    steps = union_all(
        select(*columns).where(*of_case, (completer == user) | completer.in_(logins)),
        select(HistoryEntry.stream_id, literal(BEGAN)).where(*first, (actor == user) | actor.in_(logins)),
    )
    return {(instance, element) for instance, element in session().execute(steps)}
