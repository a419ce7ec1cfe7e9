"""A case as its page shows it: row, complaint, history, where it stands on which diagram, and messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

import engine
from engine import definitions, proof, record
from engine.record.case_steps import CaseStep
from models.base import session
from models.comment import Comment
from models.complaint import Complaint
from models.customer import Customer
from models.instance import ProcessInstance
from models.notice import MessageState, OutboxMessage
from models.states import TaskState
from models.user_task import TaskColumns, UserTask
from web.queries.standing import Whose
from web.telling.names import element_name, english_elements, process_name

_OF_NUMBER = (
    select(ProcessInstance)
    .where(ProcessInstance.business_key == bindparam("number"))
    .order_by(ProcessInstance.id.desc())
    .limit(1)
)
_NEWEST_OF_NUMBER = (
    select(ProcessInstance.id)
    .where(ProcessInstance.business_key == bindparam("number"))
    .order_by(ProcessInstance.id.desc())
    .limit(1)
    .scalar_subquery()
)
_OPENED = (
    select(ProcessInstance, Complaint, Customer.name, OutboxMessage)
    .outerjoin(Complaint, Complaint.instance_id == ProcessInstance.id)
    .outerjoin(Customer, Customer.id == Complaint.customer_id)
    .outerjoin(OutboxMessage, OutboxMessage.case_number == ProcessInstance.business_key)
    .where(ProcessInstance.id == _NEWEST_OF_NUMBER)
    .order_by(OutboxMessage.queued_at, OutboxMessage.id)
)
_COMPLAINT = (
    select(Complaint, Customer.name)
    .outerjoin(Customer, Customer.id == Complaint.customer_id)
    .where(Complaint.instance_id == bindparam("instance"))
)
_OF_CASE = UserTask.instance_id == bindparam("instance")
_URGENT = (UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)
_OPEN_TASKS = select(UserTask).where(_OF_CASE, UserTask.state == TaskState.OPEN).order_by(*_URGENT)
_FIRST_OF_EACH = select(func.min(UserTask.id)).where(_OF_CASE).group_by(UserTask.process_key)
_OPEN_OR_FIRST = (
    select(UserTask)
    .where(_OF_CASE, or_(UserTask.state == TaskState.OPEN, UserTask.id.in_(_FIRST_OF_EACH)))
    .order_by(*_URGENT)
)


class UnknownCase(engine.NotFound):
    """There is no case with this number."""


@dataclass(frozen=True)
class Stage:
    """One diagram of the case: the process itself or one it called, with where tokens are and were."""

    scope: int
    process: str
    name: str
    version: int
    marking: proof.Marking
    english: dict[str, str]
    """English names when the page is English."""

    @property
    def json(self) -> dict[str, Any]:
        """What the diagram viewer reads."""
        return {"active": self.marking.active, "done": self.marking.done, "flows": self.marking.flows}


def find(number: str) -> ProcessInstance:
    """Return the instance of a case number. Errors: UnknownCase."""
    instance = session().scalars(_OF_NUMBER, {"number": number}).first()
    if instance is None:
        raise UnknownCase(case=number)
    return instance


@dataclass(frozen=True)
class Opened:
    """What every tab of a case begins with: the instance, its complaint, who that is about, and the text messages to the customer, oldest first."""

    instance: ProcessInstance
    complaint: Complaint | None
    whose: Whose
    messages: list[OutboxMessage]


def opened(number: str) -> Opened:
    """Return a case with its complaint and its messages, in one statement. Errors: UnknownCase."""
    rows = session().execute(_OPENED, {"number": number}).all()
    if not rows:
        raise UnknownCase(case=number)
    instance, complaint, name, _ = rows[0]
    customer = Whose(None, None, None)
    if complaint is not None:
        customer = Whose(name, complaint.msisdn, complaint.process_key)
    messages: list[OutboxMessage | None] = [row[3] for row in rows]
    return Opened(instance, complaint, customer, [message for message in messages if message is not None])


def complaint_of(instance: ProcessInstance) -> tuple[Complaint | None, Whose]:
    """Return the complaint row of a case, and who it is about; batches have none and are about nobody."""
    row = session().execute(_COMPLAINT, {"instance": instance.id}).first()
    if row is None:
        return None, Whose(None, None, None)
    return row[0], Whose(row[1], row[0].msisdn, row[0].process_key)


def stages(history: proof.CaseHistory) -> list[Stage]:
    """Return the diagrams of a case, the newest call first, the process itself last."""
    main, definition = history.marking(), history.definition
    markings = [main, *map(history.marking, main.calls)]
    return [_stage(marking, definition, definition.version) for marking in reversed(markings)]


def _stage(marking: proof.Marking, definition: definitions.Definition, version: int) -> Stage:
    name = process_name(marking.process, definition)
    return Stage(marking.scope, marking.process, name, version, marking, english_elements(marking.process, definition))


def stage_of_task(task: TaskColumns, history: proof.CaseHistory) -> Stage:
    """Return the diagram a task stands on."""
    scope = history.scope_of_task(task.token)
    if scope is None:
        raise UnknownCase(case=task.business_key)
    return _stage(history.marking(scope), history.definition, 0)


REACHED: dict[str, str] = {MessageState.RECALLED: MessageState.FAILED}  # as far as the customer knows


def told(complaint: Complaint | None, messages: list[OutboxMessage]) -> str:
    """Return how far the result of a case has come: "told", "queued", "unposted" or "failed" as the words that hold it, "untold" when none does; empty without a result."""
    result = complaint.resolution if complaint is not None else None
    if not result:
        return ""
    states = {REACHED.get(message.state, message.state) for message in messages if result in message.body}
    return next(
        (state for state in (MessageState.QUEUED, MessageState.UNPOSTED, MessageState.FAILED) if states == {state}),
        MessageState.TOLD if states else "untold",
    )


@dataclass(frozen=True)
class Disputed:
    """What is in dispute as far as a case knows by now, in fen; None when nobody has said. `step` and `at` tell who entered it after the intake."""

    amount: int | None
    step: str = ""
    at: datetime | None = None
    is_all: bool = True
    """Whether the whole history was looked through."""


def disputed(complaint: Complaint, history: proof.CaseHistory) -> Disputed:
    """Return the amount entered last, at a step or at the intake; of a long case only its newest steps are looked through."""
    scopes = record.Scopes(history.definition.key)
    amount_entered = Disputed(complaint.disputed_amount, is_all=history.is_whole)
    for entry in history.entries:
        for step in entry.steps:
            scopes.follow(step)
            amount = _entered(step)
            if amount is not None and amount != amount_entered.amount:
                process, element = scopes.process(record.scope_of(step)), record.element_of(step)
                name = element_name(process, element, "", history.definition)
                amount_entered = Disputed(amount, name, entry.at)
    return amount_entered


def _entered(step: CaseStep) -> int | None:
    form = record.named(step["form"]) if step["type"] == "user_task_completed" else {}
    amount = form.get("disputed_amount")
    return amount if isinstance(amount, int) and not isinstance(amount, bool) else None


def comments(number: str) -> list[Comment]:
    """Return what staff wrote on the case, oldest first."""
    return list(session().scalars(select(Comment).where(Comment.case_number == number).order_by(Comment.at)))


def tasks_and_processes(instance_id: int, history: proof.CaseHistory) -> tuple[list[UserTask], set[str]]:
    """Return the open tasks of a case, the most urgent first, and the processes it has gone through, called ones that are over too.

    A called process without a step of people is known as far as the history was read.
    """
    tasks = list(session().scalars(_OPEN_OR_FIRST, {"instance": instance_id}))
    entered = {s["process"] for entry in history.entries for s in entry.steps if s["type"] == "call_entered"}
    return [task for task in tasks if task.state == TaskState.OPEN], entered | {task.process_key for task in tasks}


def open_tasks(instance_id: int) -> list[UserTask]:
    """Return the open tasks of a case, the most urgent first."""
    return list(session().scalars(_OPEN_TASKS, {"instance": instance_id}))
