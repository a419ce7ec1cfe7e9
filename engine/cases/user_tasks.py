"""User tasks: work a person must do before the process can go on.

A user task is opened by a run when a token reaches a bpmn:userTask, and ends by `complete` or by the process itself. Who may act is decided in
`permissions`, what may be entered in `language.forms`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, select

from engine.definitions.compiled import Definition
from engine.ground.errors import NotFound, NotPermitted
from engine.language import feel, values
from engine.language.forms import Form, InvalidForm, Reason
from engine.proof.replay import CaseHistory, history_from
from engine.published import versions
from engine.record import person_streams, sealing
from engine.record.case_steps import Taking, TaskTaken
from engine.record.columns import TaskOfCase, TaskRow
from engine.record.scopes import Scope
from engine.running import barred, doubts, execution, locking
from engine.running.execution import Advanced
from engine.runtime import permissions
from engine.runtime.permissions import Actor, TaskFacts
from engine.spiff import commands
from engine.spiff.run import Run
from models.base import connection, session, transaction
from models.definition import ProcessDefinition
from models.instance import ProcessInstance
from models.states import CaseState, TaskState
from models.user_task import UserTask

Submitted = Mapping[str, str | Sequence[str]]
REQUIRED = "required"  # the reason of a field that is left open


class UnknownUserTask(NotFound):
    """There is no such task."""


def complete(
    task_id: int, *, form: Submitted, by: Actor, at: datetime, key: str = "", despite: Collection[str] = ()
) -> Advanced:
    """Complete a user task with what was entered, and run the process to its next wait states.

    Shape:  `form` maps field keys to submitted text; keys the form does not have are refused. `key` is the caller's own for this request:
            the same person sending the same again under the same key is answered as the first time, and nothing happens twice.
            What a service task would refuse because of what was entered is told, and everything is undone; `despite` names the codes of
            refusals that the person has been told of: those are recorded, and go the way the diagram draws for them. Of doubts of the office it names
            those that are set aside; the step then says so.
    Errors: UnknownUserTask, NotACandidate, FourEyesViolation, ClaimedByAnother, AlreadyCompleted, KeyUsedAgain, InvalidForm,
            EntryRefused, Doubted, InstanceEnded, CannotGoOn, UnusableKey.
    """
    limits = execution.limits_become_incidents(by=by.user, at=at)
    with _refusals_recorded(task_id, by, at), limits, transaction():
        row = _locked(task_id)
        facts, request = _facts(row), _fingerprint(key, form, by)
        before = execution.answered(row.id, row.task_token, request) if facts.state == TaskState.COMPLETED else None
        if before is not None:
            return before
        permissions.check(by, facts)

        def command(run: Run) -> None:
            task = run.position.task(row.task_token)
            element, scope = run.position.element_of(task), run.position.scope_at(task)
            barred.check(barred.Step(row.task_id, row.id, element, run.definition), by)
            blank, now = run.definition.form_by_id(element.properties["form"]), feel.Scope(at=at, calendar=run.calendar)
            try:
                entered = blank.load(form, scope.variables, now)
            except InvalidForm as error:  # everything that is wrong is told at once
                right = blank.right(form, scope.variables, now, wrong=error.reasons)
                raise InvalidForm(reasons={**_foreseen(run, row, blank, right), **error.reasons}) from None
            answer = doubts.Answer(row.business_key, blank, entered, scope.variables, now)
            aside = doubts.check(answer, despite)
            commands.enter(
                run, row.task_token, entered | _no_longer_asked(row, blank, entered, scope), by.user, despite, aside
            )

        return execution.advance_row(row, command, by=by.user, at=at, request=request)


class _Tried(Exception):
    """What was tried is over, and is to be undone."""


def wrong_in(task_id: int, *, form: Submitted, by: Actor, at: datetime) -> dict[str, list[Reason]]:
    """Return what completing a task with this would be refused for, by field; nothing is done, and nobody's right to the task is asked.

    Of a form that only leaves fields open, what it says is tried all the same.

    Errors: UnknownUserTask, AlreadyCompleted, InstanceEnded.
    """
    try:
        with transaction():
            _try_out(_locked(task_id), form, by, at)
            raise _Tried
    except InvalidForm as error:
        return error.reasons
    except _Tried:
        return {}


def _try_out(row: TaskRow, form: Submitted, by: Actor, at: datetime) -> None:
    """Refuse what completing the task with this would refuse. Errors: InvalidForm, EntryRefused; AlreadyCompleted, InstanceEnded."""
    if row.task_state != TaskState.OPEN:
        raise permissions.AlreadyCompleted(task=row.task_id, state=row.task_state)
    run = execution.take(row, by=by.user, at=at).run
    task = run.position.task(row.task_token)
    variables, now = run.position.scope_at(task).variables, feel.Scope(at=at, calendar=run.calendar)
    blank = run.definition.form_by_id(run.position.element_of(task).properties["form"])
    try:
        right = blank.load(form, variables, now)
    except InvalidForm as error:
        right = blank.right(form, variables, now, wrong=error.reasons)
        if any(reason.code != REQUIRED for reasons in error.reasons.values() for reason in reasons):
            raise InvalidForm(reasons={**_foreseen(run, row, blank, right), **error.reasons}) from None
    commands.enter(run, row.task_token, right, by.user)


def _foreseen(run: Run, row: TaskRow, blank: Form, right: dict[str, Any]) -> dict[str, list[Reason]]:
    """Return what the service tasks that follow would refuse of what can be taken."""
    scope = run.position.scope_at(run.position.task(row.task_token))
    return commands.foreseen(run, row.task_token, right | _no_longer_asked(row, blank, right, scope))


@contextmanager
def _refusals_recorded(task_id: int, by: Actor, at: datetime) -> Iterator[None]:
    """Record refusals around a transaction: when it is undone because of what was entered, the stream of whoever sent it says which fields were wrong, and why."""
    try:
        yield
    except InvalidForm as error:
        codes = {field: [reason.code for reason in reasons] for field, reasons in error.reasons.items()}
        query = select(UserTask.id, UserTask.business_key, UserTask.process_key, UserTask.element_id)
        row = session().execute(query.where(UserTask.id == task_id)).one()
        person_streams.record_refused(row, codes, by=by, at=at)
        raise


def _no_longer_asked(row: TaskRow, blank: Form, entered: Mapping[str, Any], scope: Scope) -> dict[str, None]:
    """Return null for each field that is hidden now and still holds what was entered in it when the form was last filled in here."""
    leftovers = {
        field.key: scope.variables[field.key]
        for field in blank.inputs
        if field.key not in entered and scope.variables.get(field.key) is not None
    }
    if not leftovers or row.asked_before is None:
        return {}
    before = execution.entered_in(row.id, row.asked_before, scope.number)
    return {key: None for key, value in leftovers.items() if before.get(key) == value}


def _fingerprint(key: str, form: Submitted, by: Actor) -> str:
    """Return what tells a repeated request from another one: its first half by its key, the whole by what it says; without the office's key neither is told."""
    if not key:
        return ""
    entered = {name: entry if isinstance(entry, str) else list(entry) for name, entry in form.items()}
    of_key, of_all = _marked([key, by.user]), _marked([key, by.user, entered])
    return of_key and of_key + of_all.ljust(execution.OF_KEY, "-")


def _marked(part: list[Any]) -> str:
    """Return the mark of a part; empty for what no form takes either, which says in which field it stands."""
    try:
        return sealing.mac(values.canonical(part)).hex()[: execution.OF_KEY]
    except values.NotStorable:
        return ""


_OF_TASK = ("id", "group", "state", "assignee", "business_key", "instance_id", "process_key", "element_id")
_OPEN = (
    select(
        *(getattr(UserTask, name).label(name) for name in _OF_TASK),
        ProcessInstance.definition_id,
        ProcessDefinition.sha256,
    )
    .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    .where(
        UserTask.instance_id == bindparam("instance"),
        UserTask.state == TaskState.OPEN,
        ProcessInstance.state == CaseState.ACTIVE,
    )
    .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)
)


class _Open(TaskOfCase, Protocol):
    """An open task, and what it takes to say who may do it."""

    @property
    def group(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def assignee(self) -> str | None: ...


class _OfVersion(_Open, Protocol):
    @property
    def definition_id(self) -> int: ...
    @property
    def sha256(self) -> str: ...


def workable(instance_id: int, by: Actor) -> list[int]:
    """Return the open tasks of an instance that this person may complete now, the most urgent first."""
    rows: Sequence[_OfVersion] = connection().execute(_OPEN, {"instance": instance_id}).all()
    return _workable([(row, versions.by_id(row.definition_id, row.sha256)) for row in rows], by)


def workable_among(rows: Sequence[UserTask], definition: Definition, by: Actor) -> list[int]:
    """Return which of the open tasks of an active instance this person may complete now, in their order."""
    return _workable([(row, definition) for row in rows], by)


def _workable(rows: Sequence[tuple[_Open, Definition]], by: Actor) -> list[int]:
    tasks = [
        (row, definition)
        for row, definition in rows
        if permissions.may(by, TaskFacts(row.id, row.group, row.state, row.assignee)) is None
    ]
    refusals = barred_from(tasks, by)
    return [row.id for row, _ in tasks if row.id not in refusals]


def barred_from(rows: Sequence[tuple[TaskOfCase, Definition]], by: Actor) -> dict[int, NotPermitted]:
    """Return why a person may not do some of these tasks though their department does, by id; a row has the columns of a UserTask."""
    steps = [
        barred.Step(row.id, row.instance_id, definition.processes[row.process_key].element(row.element_id), definition)
        for row, definition in rows
    ]
    return barred.among(steps, by)


def claim(task_id: int, *, by: Actor, at: datetime) -> Advanced:
    """Take a task of one's department.

    Errors: UnknownUserTask, NotACandidate, FourEyesViolation, ClaimedByAnother, AlreadyCompleted, and those of `barred.bar`.
    """
    return _assign(task_id, "user_task_claimed", by, at, permissions.check, hands=by)


def release(task_id: int, *, by: Actor, at: datetime) -> Advanced:
    """Give a claimed task back to its department. Errors: as `claim`."""
    return _assign(task_id, "user_task_released", by, at, permissions.check)


def assign(task_id: int, *, to: str, by: Actor, at: datetime) -> Advanced:
    """Hand a task to somebody on behalf of a supervisor; it must be one who may do it.

    Errors: UnknownUserTask, NotASupervisor, FourEyesViolation, AlreadyCompleted, and those of `barred.bar`.
    """
    return _assign(task_id, "user_task_assigned", by, at, permissions.check_assign, hands=Actor(to), to=to)


def _assign(
    task_id: int,
    kind: Taking,
    by: Actor,
    at: datetime,
    check: Callable[[Actor, TaskFacts], None],
    hands: Actor | None = None,
    to: str = "",
) -> Advanced:
    """Change who has a task; `hands` are those it comes into."""
    with transaction():
        row = _locked(task_id)
        check(by, _facts(row))

        def command(run: Run) -> None:
            if hands is not None:
                element = run.definition.processes[row.task_process].element(row.element_id)
                barred.check(barred.Step(row.task_id, row.id, element, run.definition), hands)
            step: TaskTaken = {"type": kind, "token": row.task_token, "element": row.element_id, "by": by.user}
            if to:
                step["to"] = to
            run.add(step)

        return execution.advance_row(row, command, by=by.user, at=at, moves=False)


def form_of(task_id: int, *, at: datetime) -> tuple[Form, dict[str, Any], feel.Scope]:
    """Return what a task's page needs: its form, the variables it sees, secret ones excepted, and the scope for its expressions.

    Errors: UnknownUserTask, AlreadyCompleted, InstanceEnded.
    """
    return _read_form(_row(task_id, lock=False), at=at)


def task_and_history(task_id: int, *, at: datetime) -> tuple[tuple[Form, dict[str, Any], feel.Scope], CaseHistory]:
    """Return what the page of an open task needs, as `form_of` and `history_of` give it, with the case read once.

    Errors: as `form_of`; BrokenChain.
    """
    row = _row(task_id, lock=False)
    return _read_form(row, at=at), history_from(row)


def _read_form(row: TaskRow, *, at: datetime) -> tuple[Form, dict[str, Any], feel.Scope]:
    if row.task_state != TaskState.OPEN:
        raise permissions.AlreadyCompleted(task=row.task_id, state=row.task_state)
    run = execution.take(row, by="", at=at).run
    task = run.position.task(row.task_token)
    secret = run.definition.private.secret
    visible = {name: value for name, value in run.position.scope_at(task).variables.items() if name not in secret}
    variables = {"accepted_at": row.started_at, **visible}
    form = run.definition.form_by_id(run.position.element_of(task).properties["form"])
    return form, variables, feel.Scope(at=at, calendar=run.calendar)


def _locked(task_id: int) -> TaskRow:
    return _row(task_id, lock=True)


def _row(task_id: int, *, lock: bool) -> TaskRow:
    row = locking.find_of_task(task_id, lock=lock)
    if row is None:
        raise UnknownUserTask(task=task_id)
    return row


def _facts(row: TaskRow) -> TaskFacts:
    return TaskFacts(row.task_id, row.task_group, row.task_state, row.assignee)
