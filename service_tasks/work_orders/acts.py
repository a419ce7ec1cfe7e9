"""What a department does with a work order: handing it on, answering it, having it verified; and what the clock does, chasing and reporting (CH2.4, CH2.5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from engine import running
from engine.runtime import BpmnError, Call, handler
from models.base import session
from models.notice import DepartmentNotice
from models.work_order import OrderState, WorkOrder
from service_tasks.work_orders import rows
from service_tasks.work_orders.schemas import (
    AnswerParameters,
    ChaseParameters,
    ChaseResult,
    HandOnParameters,
    OfOrder,
    OrderResult,
    ReleaseResult,
    ReportResult,
    ReturnParameters,
)

OWNERS_LIMIT = timedelta(hours=20)
ONCE_MORE = timedelta(hours=4)
SUPERVISOR = "supervisor"
LATE = "work_order_late"


def half(since: datetime, due: datetime) -> datetime:
    """Return half of a limit."""
    return since + (due - since) / 2


def told(order: WorkOrder) -> dict[str, Any]:
    """Return an order as a process goes by it."""
    return {name: getattr(order, name) for name in OrderResult._declared_fields}


@handler(
    "work_orders/hand_on",
    parameters=HandOnParameters,
    result=OrderResult,
    errors={"department_unknown": ("department",), "same_department": ("department",)},
    manual_ref="CH2.4",
    title_zh="转派工单",
    title_en="Hand a work order on",
)
def hand_on(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Give an order to another department, whose limit begins; that of the whole order stays."""
    order, department = rows.locked(parameters["number"]), parameters["department"]
    if not rows.exists(department):
        raise BpmnError("department_unknown", department=department)
    if department == order.department:
        raise BpmnError("same_department", department=department)
    order.department, order.acknowledged_at, order.acknowledged_by = department, None, None
    order.due_at = call.at + OWNERS_LIMIT
    order.half_at = half(call.at, order.due_at)
    rows.note(order, "handed_on", call.key, by=call.actor, at=call.at, text=parameters["reason"])
    return told(order)


@handler(
    "work_orders/answer",
    parameters=AnswerParameters,
    result=OrderResult,
    manual_ref="CH2.4",
    title_zh="登记工单答复",
    title_en="Keep the answer to a work order",
)
def answer(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Keep cause and proposal; nobody is told before they are verified."""
    order = rows.locked(parameters["number"])
    order.finding, order.cause, order.proposal = parameters["finding"], parameters["cause"], parameters["proposal"]
    order.line_amount, order.unit = parameters["line_amount"], parameters["unit"] or ""
    order.person, order.state = parameters["person"] or "", OrderState.ANSWERED
    order.answered_at, order.answered_by = call.at, call.actor
    rows.note(order, "answered", call.key, by=call.actor, at=call.at, text=order.cause)
    return told(order)


@handler(
    "work_orders/send_back",
    parameters=ReturnParameters,
    result=OrderResult,
    manual_ref="CH2.5",
    title_zh="退回工单",
    title_en="Send a work order back",
)
def send_back(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Send back an answer that was not verified: the same department goes on with it, with four hours at least."""
    order = rows.locked(parameters["number"])
    order.state, order.due_at = OrderState.OPEN, max(order.due_at, call.at + ONCE_MORE)
    order.half_at = half(call.at, order.due_at)
    rows.note(order, "sent_back", call.key, by=call.actor, at=call.at, text=parameters["reason"])
    return told(order)


@handler(
    "work_orders/chase",
    parameters=ChaseParameters,
    result=ChaseResult,
    manual_ref="CH2.4, CH1.2",
    title_zh="催办工单",
    title_en="Chase a work order",
)
def chase(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Count and write down that the owner of an order was pressed: once at half of each limit and once at its end."""
    order = rows.locked(parameters["number"])
    key = f"order:{order.id}:{order.due_at.isoformat()}:{parameters['when']}"
    if rows.note(order, "chased", key, by=call.actor, at=call.at):
        order.chased += 1
    return {"chased": order.chased}


@handler(
    "work_orders/report",
    parameters=OfOrder,
    result=ReportResult,
    manual_ref="CH1.2, CH2.4",
    title_zh="报告工单超时",
    title_en="Report a work order late",
)
def report(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Tell the supervisor, once, that an order as a whole has passed its limit, whoever has it now."""
    order = rows.locked(parameters["number"])
    if order.reported_at is not None:
        return {"reported": False}
    order.reported_at = call.at
    rows.note(order, "late", call.key, by=call.actor, at=call.at)
    notice = {"key": f"order:{order.id}:late", "department": SUPERVISOR, "case_number": order.number, "at": call.at}
    session().add(DepartmentNotice(**notice, subject=LATE, text=order.number or ""))
    session().flush()
    return {"reported": True}


@handler(
    "work_orders/release",
    parameters=OfOrder,
    result=ReleaseResult,
    manual_ref="CH2.5",
    title_zh="答复等待的投诉",
    title_en="Answer the waiting cases",
)
def release(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Release the answer, which is verified: close the order, and queue one resumable job that brings it to every case that waits."""
    order = rows.locked(parameters["number"])
    count = len(rows.waiting(order.id))
    order.state, order.verified_at, order.verified_by = OrderState.CLOSED, call.at, call.actor
    rows.note(order, "verified", call.key, by=call.actor, at=call.at)
    running.enqueue(
        rows.DELIVER, {"order": order.number}, key=f"{rows.DELIVER}:{order.number}", at=call.at, total=count
    )
    return {"cases": count}
