"""Work orders beside their process: beginning it, acknowledging, chasing by hand, bringing the answer to the cases that wait, and letting a case leave that waits no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

import engine
from engine import Actor, Conflict, NotPermitted, cases, running, runtime
from engine.running import Change
from models.base import session, transaction
from models.notice import DepartmentNotice
from models.timer import MessageSubscription
from models.user_task import UserTask
from models.work_order import OrderState, WorkOrder, WorkOrderAct, WorkOrderCase
from service_tasks.work_orders import rows
from service_tasks.work_orders.schemas import SentResult

PROCESS = "SUB-008"
# What a process of an order begins with, and the FEEL type of each.
STARTED = {"order": "context"}
ENDINGS = ("message_received", "message_cancelled", "instance_cancelled", "instance_completed")
NOBODY_WAITS = "desk:nobody_waits"
SUPERVISOR = "supervisor"
CHASED = "work_order_chased"
BY_HAND = "by_hand"  # the keys of chases by a person begin so
CHASED_AGAIN = timedelta(hours=4)  # ours: as long as the group that verifies has


class NotTheSender(NotPermitted):
    """Only those whose case waits for an order, and supervisors, chase it."""


class NothingToChase(Conflict):
    """The order is not with a department any more."""


class ChasedAlready(Conflict):
    """The department was chased a short while ago; from `again_at` on it may be chased once more."""


@runtime.background(rows.BEGIN)
def begin(parameters: dict[str, Any], at: datetime) -> None:
    """Begin the process of an order that was sent; once, and not when all its cases have left meanwhile."""
    with transaction():
        order = rows.locked(parameters["order"])
        if order.instance_id is not None or order.state != OrderState.OPEN:
            return
        facts = {name: getattr(order, name) for name in ("number", "department")}
        facts |= {name: getattr(order, name).isoformat() for name in ("half_at", "due_at", "due_whole_at")}
        variables = {"case_number": order.number, "order": facts}
        advanced = cases.start(PROCESS, business_key=order.number or "", variables=variables, by=engine.SYSTEM, at=at)
        order.instance_id = advanced.instance_id


def acknowledge(number: str, *, by: Actor, at: datetime) -> None:
    """Acknowledge an order that somebody of the department that has it has opened; the first counts, and again after it was handed on."""
    order = session().scalar(select(WorkOrder).where(WorkOrder.number == number))
    if (
        order is None
        or order.acknowledged_at is not None
        or order.state != OrderState.OPEN
        or order.department not in by.groups
    ):
        return
    with transaction():
        order = rows.locked(number)
        if order.acknowledged_at is None:
            order.acknowledged_at, order.acknowledged_by = at, by.user
            rows.note(order, "acknowledged", f"order:{order.id}:{at.isoformat()}", by=by.user, at=at)


def is_sender(order: WorkOrder, by: Actor) -> bool:
    """Tell whether the person is of the side that waits: a case of theirs does, or they are a supervisor."""
    if SUPERVISOR in by.roles:
        return True
    of_order = WorkOrderCase.order_id == order.id, WorkOrderCase.left_at.is_(None)
    sending = select(WorkOrderCase.instance_id).outerjoin(UserTask, UserTask.instance_id == WorkOrderCase.instance_id)
    of_person = or_(
        WorkOrderCase.joined_by == by.user,
        UserTask.completed_by == by.user,
        UserTask.group.in_(by.groups),
    )
    return session().scalar(sending.where(*of_order, of_person).limit(1)) is not None


def chased_again_at(order: WorkOrder) -> datetime | None:
    """Say from when on the present owner of an order may be chased by hand; None for at once. The clock's own chases count."""
    acts = select(WorkOrderAct.kind, WorkOrderAct.at).where(WorkOrderAct.order_id == order.id)
    newest = acts.where(WorkOrderAct.kind.in_(("chased", "handed_on"))).order_by(WorkOrderAct.id.desc()).limit(1)
    row = session().execute(newest).first()
    return row.at + CHASED_AGAIN if row is not None and row.kind == "chased" else None


def chase(number: str, *, by: Actor, at: datetime) -> str:
    """Press the department that has an order, once in four hours whoever of the waiting side does it; which department was told.

    Errors: UnknownOrder, NotTheSender, NothingToChase, ChasedAlready.
    """
    with transaction():
        order = rows.locked(number)
        if not is_sender(order, by):
            raise NotTheSender(order=number)
        if order.state != OrderState.OPEN:
            raise NothingToChase(order=number)
        again_at = chased_again_at(order)
        if again_at is not None and again_at > at:
            raise ChasedAlready(order=number, again_at=again_at)
        key = f"{BY_HAND}:{order.id}:{at.isoformat()}"
        rows.note(order, "chased", key, by=by.user, at=at)
        order.chased += 1
        notice = {"key": f"{key}:chased", "department": order.department, "case_number": order.number, "at": at}
        session().add(DepartmentNotice(**notice, subject=CHASED, text=by.user))
        session().flush()
        return order.department


def chases_unread(departments: frozenset[str]) -> list[DepartmentNotice]:
    """Return what departments are told of being chased, until one of theirs opens the order or it is theirs no more; the oldest first."""
    notice = DepartmentNotice
    query = select(notice).join(WorkOrder, WorkOrder.number == notice.case_number)
    unread = query.where(notice.subject == CHASED, notice.department.in_(departments), notice.read_at.is_(None))
    with_them = unread.where(WorkOrder.department == notice.department, WorkOrder.state == OrderState.OPEN)
    return list(session().scalars(with_them.order_by(notice.at)))


def read_chases(number: str, *, by: Actor, at: datetime) -> None:
    """Note that somebody of the department that is chased has opened the order."""
    notice = DepartmentNotice
    unread = (notice.case_number == number, notice.subject == CHASED, notice.read_at.is_(None))
    if session().scalar(select(notice.id).where(*unread, notice.department.in_(by.groups)).limit(1)) is None:
        return
    with transaction():
        reading = update(notice).where(*unread, notice.department.in_(by.groups))
        session().execute(reading.values(read_at=at, read_by=by.user))


@runtime.background(rows.DELIVER)
def deliver(parameters: dict[str, Any], at: datetime) -> None:
    """Bring the answer of an order to every case that waits for it; safe to interrupt and go on."""
    order = session().scalars(select(WorkOrder).where(WorkOrder.number == parameters["order"])).one()
    answer = {"work_order": SentResult().dump(rows.told(order))}
    cases.correlate(rows.MESSAGE, parameters["order"], variables=answer, by=engine.SYSTEM, at=at)


@runtime.background(rows.DROP)
def drop(parameters: dict[str, Any], at: datetime) -> None:
    """End an order that no case waits for any more; nobody need find out what nobody asks."""
    with transaction():
        order = rows.locked(parameters["order"])
        if order.state not in (OrderState.OPEN, OrderState.ANSWERED) or rows.waiting(order.id):
            return
        order.state = OrderState.DROPPED
        rows.note(order, "dropped", f"order:{order.id}:{at.isoformat()}", by=engine.SYSTEM.user, at=at)
        if order.instance_id is not None and cases.hold_case(order.instance_id):
            cases.cancel(order.instance_id, reason=NOBODY_WAITS, by=engine.SYSTEM, at=at)


def follow(change: Change) -> None:
    """Let a case whose wait for an order is over leave it, in the same commit: with the answer, or before."""
    if not any(step["type"] in ENDINGS for step in change.steps):
        return
    query = select(WorkOrderCase, WorkOrder).join(WorkOrder, WorkOrder.id == WorkOrderCase.order_id)
    waiting = query.where(WorkOrderCase.instance_id == change.instance_id, WorkOrderCase.left_at.is_(None))
    for row, order in session().execute(waiting).all():
        if not _waits(change.instance_id, order.number):
            _leave(row, order, change)


def _waits(instance_id: int, number: str | None) -> bool:
    query = select(MessageSubscription.token).where(
        MessageSubscription.instance_id == instance_id,
        MessageSubscription.message == rows.MESSAGE,
        MessageSubscription.correlation_key == number,
    )
    return session().scalar(query.limit(1)) is not None


def _leave(row: WorkOrderCase, order: WorkOrder, change: Change) -> None:
    is_answered = any(step["type"] == "message_received" and step["key"] == order.number for step in change.steps)
    row.left_at, row.how = change.at, "answered" if is_answered else "left"
    session().flush()
    if is_answered:
        return
    key = f"order:{order.id}:{change.instance_id}:{change.at.isoformat()}"
    rows.note(order, "left", key, by=change.by, at=change.at, case_number=change.business_key)
    if not rows.waiting(order.id):
        running.enqueue(
            rows.DROP, {"order": order.number}, key=f"{rows.DROP}:{order.number}:{change.instance_id}", at=change.at
        )
