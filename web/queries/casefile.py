"""A case as its page shows it: row, complaint, history, where it stands on which diagram, and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

import engine
from models.base import session
from models.comment import Comment
from models.complaint import Complaint
from models.customer import Customer
from models.instance import ProcessInstance
from models.notice import OutboxMessage
from models.user_task import UserTask
from web.queries.names import element_name, english_elements, process_name
from web.queries.standing import Whose

_OF_NUMBER = (
    select(ProcessInstance)
    .where(ProcessInstance.business_key == bindparam("number"))
    .order_by(ProcessInstance.id.desc())
    .limit(1)
)
_COMPLAINT = (
    select(Complaint, Customer.name)
    .outerjoin(Customer, Customer.id == Complaint.customer_id)
    .where(Complaint.instance_id == bindparam("instance"))
)
_OPEN_TASKS = (
    select(UserTask)
    .where(UserTask.instance_id == bindparam("instance"), UserTask.state == "open")
    .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)
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
    marking: engine.Marking
    english: dict[str, str]
    """English names when the page is English."""

    @property
    def json(self) -> dict[str, Any]:
        """What the diagram viewer reads."""
        return {"active": self.marking.active, "done": self.marking.done, "flows": self.marking.flows}


def find(number: str) -> ProcessInstance:
    """The instance of a case number. Errors: UnknownCase."""
    found = session().scalars(_OF_NUMBER, {"number": number}).first()
    if found is None:
        raise UnknownCase(case=number)
    return found


def complaint_of(instance: ProcessInstance) -> tuple[Complaint | None, Whose]:
    """The complaint row of a case, and who it is about; batches have none and are about nobody."""
    found = session().execute(_COMPLAINT, {"instance": instance.id}).first()
    if found is None:
        return None, Whose(None, None, None)
    return found[0], Whose(found[1], found[0].msisdn, found[0].process_key)


def stages(told: engine.CaseHistory) -> list[Stage]:
    """The diagrams of a case, the newest call first, the process itself last."""
    main, definition = told.marking(), told.definition
    markings = [main, *map(told.marking, main.calls)]
    return [_stage(marking, definition, definition.version) for marking in reversed(markings)]


def _stage(marking: engine.Marking, definition: engine.Definition, version: int) -> Stage:
    name = process_name(marking.process, definition)
    return Stage(marking.scope, marking.process, name, version, marking, english_elements(marking.process, definition))


def stage_of_task(task: UserTask, told: engine.CaseHistory) -> Stage:
    """The diagram a task stands on."""
    scope = told.scope_of_task(task.token)
    if scope is None:
        raise UnknownCase(case=task.business_key)
    return _stage(told.marking(scope), told.definition, 0)


def messages(number: str) -> list[OutboxMessage]:
    """Text messages to the customer, oldest first."""
    query = select(OutboxMessage).where(OutboxMessage.case_number == number).order_by(OutboxMessage.queued_at)
    return list(session().scalars(query))


def told(complaint: Complaint | None, said: list[OutboxMessage]) -> str:
    """How far the result of a case has come: "told", "queued" or "failed" as the words that hold it, "untold" when none does; empty without a result."""
    result = complaint.resolution if complaint is not None else None
    if not result:
        return ""
    states = {one.state for one in said if result in one.body}
    return next((state for state in ("queued", "failed") if states == {state}), "told" if states else "untold")


@dataclass(frozen=True)
class Disputed:
    """What is in dispute as far as a case knows by now, in fen; None when nobody has said. `step` and `at` tell who entered it after the intake."""

    amount: int | None
    step: str = ""
    at: datetime | None = None
    is_all: bool = True
    """Whether the whole history was looked through."""


def disputed(complaint: Complaint, told: engine.CaseHistory) -> Disputed:
    """The amount entered last, at a step or at the intake; of a long case only its newest steps are looked through."""
    scopes = {0: told.definition.key}
    found = Disputed(complaint.disputed_amount, is_all=told.is_whole)
    for entry in told.entries:
        for step in entry.steps:
            engine.follow_scopes(scopes, step)
            amount = _entered(step)
            if amount is not None and amount != found.amount:
                name = element_name(
                    scopes.get(step.get("scope", 0), told.definition.key), step["element"], "", told.definition
                )
                found = Disputed(amount, name, entry.at)
    return found


def _entered(step: Mapping[str, Any]) -> int | None:
    form = step.get("form") if step["type"] == "user_task_completed" else None
    amount = form.get("disputed_amount") if isinstance(form, Mapping) else None
    return amount if isinstance(amount, int) and not isinstance(amount, bool) else None


def comments(number: str) -> list[Comment]:
    """What staff wrote on the case, oldest first."""
    return list(session().scalars(select(Comment).where(Comment.case_number == number).order_by(Comment.at)))


def open_tasks(instance_id: int) -> list[UserTask]:
    """The open tasks of a case, the most urgent first."""
    return list(session().scalars(_OPEN_TASKS, {"instance": instance_id}))
