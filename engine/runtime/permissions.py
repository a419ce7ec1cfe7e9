"""Who may do what to a user task: values in, an error with the reason out. Pages ask `may` before they show a button."""

from __future__ import annotations

from dataclasses import dataclass

from engine.ground.errors import Conflict, EngineError, NotPermitted
from models.states import TaskState

SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Actor:
    """A person as the engine sees them: login, departments, roles (clerk, supervisor, auditor, owner, operator).

    `unbarred`: the office is known to bar them from no case, so that it is not asked.
    """

    user: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    unbarred: bool = False


SYSTEM = Actor("system")  # the desk itself: by its clock, or by the operator at the server


class NotACandidate(NotPermitted):
    """The task belongs to another department."""


class NotASupervisor(NotPermitted):
    """Only a supervisor may hand a task to somebody."""


class FourEyesViolation(NotPermitted):
    """Somebody else has to do this: the same person prepared what it checks, under this log-in or another."""


class ClaimedByAnother(Conflict):
    """Somebody else has taken this task."""


class AlreadyCompleted(Conflict):
    """The task is done already."""


@dataclass(frozen=True)
class TaskFacts:
    """What a decision about a user task rests on."""

    task_id: int
    group: str
    state: str
    assignee: str | None


def check(actor: Actor, task: TaskFacts) -> None:
    """Check that the person may work on the task. Errors: AlreadyCompleted, NotACandidate, ClaimedByAnother."""
    if task.state != TaskState.OPEN:
        raise AlreadyCompleted(task=task.task_id, state=task.state)
    if task.group not in actor.groups and task.assignee != actor.user:
        raise NotACandidate(task=task.task_id, group=task.group)
    if task.assignee is not None and task.assignee != actor.user:
        raise ClaimedByAnother(task=task.task_id, by=task.assignee)


def check_assign(actor: Actor, task: TaskFacts) -> None:
    """Check that the person may hand the task to somebody. Errors: AlreadyCompleted, NotASupervisor."""
    if task.state != TaskState.OPEN:
        raise AlreadyCompleted(task=task.task_id, state=task.state)
    if SUPERVISOR not in actor.roles:
        raise NotASupervisor(task=task.task_id)


def may(actor: Actor, task: TaskFacts) -> EngineError | None:
    """Return the error that `check` would raise, or None."""
    try:
        check(actor, task)
    except EngineError as error:
        return error
    return None
