"""Work orders beside their process: beginning it, acknowledging, bringing the answer to the cases that wait, and letting a case leave that waits no more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine import Actor, cases, running, runtime
from engine.running import Change
from models.base import session, transaction
from models.timer import MessageSubscription
from models.work_order import OrderState, WorkOrder, WorkOrderCase
from service_tasks.work_orders import rows
from service_tasks.work_orders.schemas import SentResult

PROCESS = "SUB-008"
SYSTEM = Actor("system")
# What a process of an order begins with, and the FEEL type of each.
STARTED = {"order": "context"}
ENDINGS = ("message_received", "message_cancelled", "instance_cancelled", "instance_completed")
NOBODY_WAITS = "desk:nobody_waits"


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
        advanced = cases.start(PROCESS, business_key=order.number or "", variables=variables, by=SYSTEM, at=at)
        order.instance_id = advanced.instance_id


def acknowledge(number: str, *, by: Actor, at: datetime) -> None:
    """Somebody of the department that has an order has opened it; the first counts, and again after it was handed on."""
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


@runtime.background(rows.DELIVER)
def deliver(parameters: dict[str, Any], at: datetime) -> None:
    """Bring the answer of an order to every case that waits for it; safe to interrupt and go on."""
    order = session().scalars(select(WorkOrder).where(WorkOrder.number == parameters["order"])).one()
    answer = {"work_order": SentResult().dump(rows.told(order))}
    cases.correlate(rows.MESSAGE, parameters["order"], variables=answer, by=SYSTEM, at=at)


@runtime.background(rows.DROP)
def drop(parameters: dict[str, Any], at: datetime) -> None:
    """End an order that no case waits for any more; nobody need find out what nobody asks."""
    with transaction():
        order = rows.locked(parameters["order"])
        if order.state not in (OrderState.OPEN, OrderState.ANSWERED) or rows.waiting(order.id):
            return
        order.state = OrderState.DROPPED
        rows.note(order, "dropped", f"order:{order.id}:{at.isoformat()}", by=SYSTEM.user, at=at)
        if order.instance_id is not None and cases.hold_case(order.instance_id):
            cases.cancel(order.instance_id, reason=NOBODY_WAITS, by=SYSTEM, at=at)


def follow(change: Change) -> None:
    """A case whose wait for an order is over leaves it, in the same commit: with the answer, or before."""
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
    is_answered = any(step["type"] == "message_received" and step.get("key") == order.number for step in change.steps)
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
