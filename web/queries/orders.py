"""Work orders as pages show them: the sheet of one, those of a case, those that a case may join, and what waits to be verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import exists, func, or_, select

import engine
from models.base import session
from models.complaint import Complaint
from models.states import TaskState
from models.user_task import UserTask
from models.work_order import OrderState, WorkOrder, WorkOrderAct, WorkOrderCase
from office import work_orders
from office.masking import masked
from service_tasks.work_orders import acts
from web.telling import names
from web.telling.i18n import mark as _

VERIFYING = "verify_order"
MOST, MOST_LABEL = 200, 40
STATES: dict[str, str] = {
    OrderState.OPEN: _("with the department"),
    OrderState.ANSWERED: _("waits to be verified"),
    OrderState.CLOSED: _("answered and verified"),
    OrderState.DROPPED: _("dropped, no case waits any more"),
}
DONE = {
    "opened": _("sent to the department"),
    "joined": _("another case joined"),
    "acknowledged": _("opened by the department"),
    "chased": _("chased"),
    "handed_on": _("handed on, the limit begins anew"),
    "answered": _("answered"),
    "sent_back": _("not verified, sent back"),
    "verified": _("verified, the cases are answered"),
    "late": _("limit of the whole order passed, reported to the supervisor"),
    "left": _("a case left"),
    "dropped": _("dropped, no case waits any more"),
}
ABOUT = {
    "rating": _("rating"),
    "records": _("call records"),
    "short_calls": _("ultra-short calls"),
    "orders": _("orders and provisioning"),
    "collection": _("collection and payment"),
    "network": _("network"),
    "third_party": _("third parties"),
    "other": _("other matters"),
}


@dataclass(frozen=True)
class Sheet:
    """An order with the cases that wait or waited for it, each with the number it is about, and what was done with it, oldest first."""

    order: WorkOrder
    cases: Sequence[Any] = ()
    acts: Sequence[WorkOrderAct] = field(default=())

    @property
    def waiting(self) -> int:
        """How many cases still wait."""
        return sum(1 for case in self.cases if case.WorkOrderCase.left_at is None)


def of_order(number: str) -> Sheet | None:
    """Return the sheet of an order, by the number that its own case has; None for any other case."""
    order = session().scalar(select(WorkOrder).where(WorkOrder.number == number))
    return _sheet(order) if order is not None else None


def of_case(case_number: str) -> list[Sheet]:
    """Return the orders for which a case waits or waited, the newest first."""
    query = select(WorkOrder).join(WorkOrderCase, WorkOrderCase.order_id == WorkOrder.id)
    orders = session().scalars(query.where(WorkOrderCase.case_number == case_number).order_by(WorkOrder.id.desc()))
    return [_sheet(order) for order in orders.unique()]


def sent_by(user: str, departments: frozenset[str]) -> Sequence[WorkOrder]:
    """Return the orders that are not closed yet for which a case waits that the person sent or that their departments handle, the most urgent first."""
    handled = exists().where(
        UserTask.instance_id == WorkOrderCase.instance_id,
        or_(UserTask.completed_by == user, UserTask.group.in_(departments)),
    )
    waiting = select(WorkOrderCase.order_id).where(
        WorkOrderCase.left_at.is_(None), or_(WorkOrderCase.joined_by == user, handled)
    )
    query = select(WorkOrder).where(
        WorkOrder.state.in_((OrderState.OPEN, OrderState.ANSWERED)), WorkOrder.id.in_(waiting)
    )
    return session().scalars(query.order_by(WorkOrder.due_at).limit(MOST)).all()


def deed(act: WorkOrderAct) -> str:
    """Return what an act was, in words: who chased, the clock or a person, is told apart."""
    if act.kind == "chased":
        return gettext("chased by the system") if act.by == engine.SYSTEM.user else gettext("chased by hand")
    return gettext(DONE[act.kind])


def limit_after(act: WorkOrderAct) -> datetime | None:
    """Say until when the department has an order that was handed on to it."""
    return act.at + acts.OWNERS_LIMIT if act.kind == "handed_on" else None


def _sheet(order: WorkOrder) -> Sheet:
    cases = select(WorkOrderCase, Complaint.msisdn).outerjoin(
        Complaint, Complaint.instance_id == WorkOrderCase.instance_id
    )
    deeds = select(WorkOrderAct).where(WorkOrderAct.order_id == order.id).order_by(WorkOrderAct.id)
    of_order = cases.where(WorkOrderCase.order_id == order.id).order_by(WorkOrderCase.joined_at)
    return Sheet(order, session().execute(of_order).all(), session().scalars(deeds).all())


def open_ones() -> Sequence[Any]:
    """Return the orders that a case may join: each with how many cases wait for it, the newest first."""
    waiting = (
        select(func.count())
        .where(WorkOrderCase.order_id == WorkOrder.id, WorkOrderCase.left_at.is_(None))
        .scalar_subquery()
    )
    query = select(WorkOrder, waiting.label("waiting")).where(WorkOrder.state == OrderState.OPEN)
    return session().execute(query.order_by(WorkOrder.id.desc()).limit(MOST)).all()


def label(order: WorkOrder, waiting: int) -> str:
    """Return an order in one line, for whoever may join it: numbers of customers masked."""
    question = masked(order.question)
    short = f"{question[:MOST_LABEL]}…" if len(question) > MOST_LABEL else question
    parts = [order.number or "", names.department(order.department), gettext(ABOUT[order.about]), short]
    return " · ".join([*parts, gettext("waiting: %(n)s", n=waiting)])


def to_verify(departments: frozenset[str]) -> Sequence[Any]:
    """Return the answers that wait to be verified by one of these departments: task and order, the most urgent first."""
    query = select(UserTask, WorkOrder).join(WorkOrder, WorkOrder.instance_id == UserTask.instance_id)
    verifying = query.where(
        WorkOrder.state == OrderState.ANSWERED,
        UserTask.process_key == work_orders.PROCESS,
        UserTask.element_id == VERIFYING,
        UserTask.state == TaskState.OPEN,
        UserTask.group.in_(departments),
    )
    # By the limit of the order, so that a database begins with the few orders and not with all open tasks.
    rows = session().execute(verifying.order_by(WorkOrder.due_at, WorkOrder.id).limit(MOST)).all()
    return sorted(rows, key=lambda row: (row.UserTask.due_at is None, row.UserTask.due_at, row.UserTask.id))


def of_departments(departments: frozenset[str], *, all_departments: bool) -> Sequence[WorkOrder]:
    """Return the orders that are not closed yet, of these departments or of all, the most urgent first."""
    query = select(WorkOrder).where(WorkOrder.state.in_((OrderState.OPEN, OrderState.ANSWERED)))
    of_these = query if all_departments else query.where(WorkOrder.department.in_(departments))
    return session().scalars(of_these.order_by(WorkOrder.due_at).limit(MOST)).all()
