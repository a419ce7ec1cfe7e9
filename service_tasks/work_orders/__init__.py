"""Work orders: a case that cannot go on without a cause asks a department, or joins the order that asks the same already (CH2.4).

What the department then does with an order stands in `acts`. One order per cause and many cases: the answer reaches every case that waits.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine import running
from engine.runtime import BpmnError, Call, handler
from models.base import session
from models.instance import ProcessInstance
from models.work_order import OrderState, WorkOrder, WorkOrderAct
from service_tasks import dates
from service_tasks.work_orders import acts, rows
from service_tasks.work_orders.schemas import NEW, AskParameters, SendParameters, SentResult

__all__ = ["acts", "rows"]

LIMIT = timedelta(hours=20)
ERRORS = {
    "department_unknown": ("department",),
    "order_open": ("about",),
    "order_gone": ("joined",),
    "order_of_other_department": ("joined", "department"),
}


@handler(
    "work_orders/send",
    parameters=SendParameters,
    result=SentResult,
    errors=ERRORS,
    manual_ref="CH2.4, TS-001.2, TS-002.1, TS-007.4",
    title_zh="派出工单",
    title_en="Send a work order",
    begins="SUB-008",
)
def send(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Ask a department for a cause, once per call: in an order of its own, or by joining one that is open.

    Where the department has an open order in the same matter, whoever sends another has to say so. The answer is due 20 hours after the
    acceptance of the case; of a case older than that, 20 hours after it is sent.
    """
    return rows.told(_sent_before(call) or _sent(parameters, call))


@handler(
    "work_orders/ask",
    parameters=AskParameters,
    result=SentResult,
    manual_ref="CH2.4, TS-007.4",
    title_zh="派出或并入工单",
    title_en="Send a work order, or join the one there is",
    begins="SUB-008",
)
def ask(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Ask the department where the process itself knows that the cause is one: its open order in the matter is joined, if there is one."""
    order = _sent_before(call)
    if order is None:
        open_orders = rows.open_ones(parameters["department"], parameters["about"])
        order = _asked(open_orders[0].number or "" if open_orders else NEW, parameters, call)
    return rows.told(order)


def _asked(number: str, parameters: dict[str, Any], call: Call) -> WorkOrder:
    """Ask the department; an order that is answered in this very moment is not joined any more."""
    try:
        return _sent({**parameters, "joined": number}, call)
    except BpmnError as error:
        if error.code != "order_gone":
            raise
        return _sent({**parameters, "joined": NEW}, call)


def _sent_before(call: Call) -> WorkOrder | None:
    order_id = session().scalar(select(WorkOrderAct.order_id).where(WorkOrderAct.key.like(f"{call.key}:%")))
    return session().get_one(WorkOrder, order_id) if order_id is not None else None


def _sent(parameters: dict[str, Any], call: Call) -> WorkOrder:
    department, joined = parameters["department"], (parameters["joined"] or "").strip()
    if not rows.exists(department):
        raise BpmnError("department_unknown", department=department)
    if joined and joined != NEW:
        return _joined(joined, department, parameters["question"], call)
    open_orders = rows.open_ones(department, parameters["about"]) if not joined else []
    if open_orders:
        raise BpmnError("order_open", orders=", ".join(order.number or "" for order in open_orders))
    return _opened(parameters, call)


def _joined(number: str, department: str, question: str, call: Call) -> WorkOrder:
    """Join the department's open order of this number. Errors: BpmnError order_gone, order_of_other_department."""
    try:
        order = rows.locked(number)
    except rows.UnknownOrder:
        raise BpmnError("order_gone", order=number) from None
    if order.state != OrderState.OPEN:
        raise BpmnError("order_gone", order=number)
    if order.department != department:
        raise BpmnError("order_of_other_department", order=number)
    rows.join(order, call)
    rows.note(order, "joined", call.key, by=call.actor, at=call.at, text=question, case_number=call.business_key)
    return order


def _opened(parameters: dict[str, Any], call: Call) -> WorkOrder:
    due = _due(call)
    order = WorkOrder(
        key=call.key,
        case_number=call.business_key,
        department=parameters["department"],
        about=parameters["about"],
        question=parameters["question"],
        opened_at=call.at,
        opened_by=call.actor,
        half_at=acts.half(call.at, due),
        due_at=due,
        due_whole_at=due,
    )
    session().add(order)
    session().flush()
    order.number = f"GD{dates.day_of(call.at):%Y%m%d}-{order.id:04d}"
    rows.join(order, call)
    text = parameters["question"]
    rows.note(order, "opened", call.key, by=call.actor, at=call.at, text=text, case_number=call.business_key)
    running.enqueue(rows.BEGIN, {"order": order.number}, key=f"{rows.BEGIN}:{order.number}", at=call.at)
    return order


def _due(call: Call) -> datetime:
    accepted = session().scalar(select(ProcessInstance.started_at).where(ProcessInstance.id == call.instance_id))
    due = (accepted or call.at) + LIMIT
    return due if due > call.at else call.at + LIMIT
