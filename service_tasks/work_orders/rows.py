"""The rows of work orders: finding one for change, who waits for it, and writing down what was done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine import NotFound
from engine.runtime import Call
from models.base import session
from models.identity import Department
from models.work_order import OrderState, WorkOrder, WorkOrderAct, WorkOrderCase

MESSAGE = "work_order_answered"
ANSWERED = ("finding", "order_cause", "order_proposal", "line_amount", "unit", "order_person")
BY_OTHERS = frozenset({"verified", "sent_back", "chased", "late", "joined", "left", "dropped"})
BEGIN, DELIVER, DROP = "work_orders/begin", "work_orders/deliver", "work_orders/drop"


class UnknownOrder(NotFound):
    """There is no work order of this number."""


def locked(number: str) -> WorkOrder:
    """Return an order, held until the transaction ends. Errors: UnknownOrder."""
    query = select(WorkOrder).where(WorkOrder.number == number).with_for_update()
    order = session().scalar(query.execution_options(populate_existing=True))
    if order is None:
        raise UnknownOrder(order=number)
    return order


def told(order: WorkOrder) -> dict[str, Any]:
    """Return an order as a case goes by it; the answer once it is verified."""
    limits = {name: getattr(order, name) for name in ("number", "department", "half_at", "due_at", "due_whole_at")}
    if order.state != OrderState.CLOSED:
        return {**limits, **dict.fromkeys(ANSWERED)}
    answer = {"finding": order.finding, "line_amount": order.line_amount, "unit": order.unit or None}
    words = {"order_cause": order.cause, "order_proposal": order.proposal, "order_person": order.person or None}
    return {**limits, **answer, **words}


def open_ones(department: str, about: str) -> list[WorkOrder]:
    """Return the orders that a department has not answered in one matter, the oldest first."""
    query = select(WorkOrder).where(
        WorkOrder.department == department, WorkOrder.about == about, WorkOrder.state == OrderState.OPEN
    )
    return list(session().scalars(query.order_by(WorkOrder.id)))


def exists(department: str) -> bool:
    """Tell whether the office has such a department."""
    return session().get(Department, department) is not None


def waiting(order_id: int) -> Sequence[WorkOrderCase]:
    """Return the cases that still wait for an order, in the order in which they came."""
    query = select(WorkOrderCase).where(WorkOrderCase.order_id == order_id, WorkOrderCase.left_at.is_(None))
    return session().scalars(query.order_by(WorkOrderCase.joined_at, WorkOrderCase.instance_id)).all()


def join(order: WorkOrder, call: Call) -> None:
    """Let the case of a call wait for an order."""
    row = session().get(WorkOrderCase, (order.id, call.instance_id))
    if row is None:
        columns = {"order_id": order.id, "instance_id": call.instance_id, "case_number": call.business_key}
        session().add(WorkOrderCase(**columns, joined_at=call.at, joined_by=call.actor))
    else:
        row.left_at = row.how = None
    session().flush()


def note(
    order: WorkOrder, kind: str, key: str, *, by: str, at: datetime, text: str | None = "", case_number: str = ""
) -> bool:
    """Write down what was done with an order, once per key; whether it was new."""
    key = f"{key}:{kind}"
    if session().scalar(select(WorkOrderAct.id).where(WorkOrderAct.key == key)) is not None:
        return False
    department = "" if kind in BY_OTHERS else order.department
    columns = {"order_id": order.id, "department": department, "case_number": case_number}
    session().add(WorkOrderAct(key=key, kind=kind, at=at, by=by, text=text or "", **columns))
    session().flush()
    return True
