"""Work orders: those of one's departments with their limits, and the answers that wait to be verified, many at once (CH2.4, CH2.5)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

import engine
from engine import cases
from models.work_order import OrderState, WorkOrder
from office import work_orders
from office.masking import Sight
from office.papers import PAPERS
from service_tasks.work_orders import rows
from web.edge import access, access_logging, auth
from web.queries import orders
from web.telling import names

blueprint = Blueprint("orders", __name__, url_prefix="/work-orders")


def register(app: Flask) -> None:
    """Add the page, and what templates ask of orders."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        open_orders=orders.open_ones,
        order_label=orders.label,
        order_paper=PAPERS["work_order"],
        order_of=orders.of_order,
        order_states=orders.STATES,
        order_deed=orders.deed,
        order_limit_after=orders.limit_after,
        chasing=_chasing,
        order_abouts=orders.ABOUT,
    )


@blueprint.get("")
def listing() -> str:
    """Return the open orders of one's departments, supervisors and auditors of all; and what one may verify."""
    all_departments = current_user.has(*access.SEE_EVERYTHING)
    departments = frozenset(current_user.departments)
    return render_template(
        "tasks/orders.html",
        found=orders.of_departments(departments, all_departments=all_departments),
        sent=orders.sent_by(current_user.name, departments),
        verifying=orders.to_verify(departments),
        departments=names.departments(),
        at=engine.now(),
    )


@dataclass(frozen=True)
class Chasing:
    """What whoever waits for an order may do about it: chase it now, or from an instant on."""

    again_at: datetime | None

    @property
    def is_now(self) -> bool:
        """Whether it may be chased at once."""
        return self.again_at is None or self.again_at <= engine.now()


def _chasing(order: WorkOrder) -> Chasing | None:
    """Return how the person may chase an order; None for those who may not chase it at all."""
    if order.state != OrderState.OPEN or not work_orders.is_sender(order, auth.actor()):
        return None
    return Chasing(work_orders.chased_again_at(order))


@blueprint.get("/<number>")
def order(number: str) -> str:
    """Return an order: all of it for those who may open its own case, for the side that waits as much as its case is told."""
    sheet = orders.of_order(number)
    if sheet is None:
        raise rows.UnknownOrder(order=number)
    own, sight = _seen_from(sheet)
    access_logging.at_case(own or number, sight)
    return render_template("tasks/order.html", sheet=sheet, own=own, sight=sight, departments=names.departments())


def _seen_from(sheet: orders.Sheet) -> tuple[str, Sight]:
    """Say from which case the person sees an order, empty for the order's own, and what they are shown. Errors: NotYourCase."""
    of_cases = [(case.WorkOrderCase.case_number, case.WorkOrderCase.instance_id) for case in sheet.cases]
    of_order = [("", sheet.order.instance_id)] if sheet.order.instance_id is not None else []
    for own, instance_id in of_order + of_cases:
        with suppress(access.NotYourCase):
            return own, access.check_case(current_user, instance_id)
    raise access.NotYourCase(instance=sheet.order.instance_id)


@blueprint.post("/<number>/chase")
def chase(number: str) -> Response:
    """Press the department that has the order; it is told on its worklist."""
    department = work_orders.chase(number, by=auth.actor(), at=engine.now())
    flash(
        gettext(
            "Work order %(order)s chased: %(department)s has been told.",
            order=number,
            department=names.department(department),
        )
    )
    return redirect(url_for("orders.order", number=number))


@blueprint.post("")
def verify() -> Response:
    """Verify the answers that were ticked; one that somebody else has or wrote is passed over, and that is said."""
    ticked = {id for id in request.form.getlist("task") if id.isdecimal()}
    task_ids = [
        task.id for task, _order in orders.to_verify(frozenset(current_user.departments)) if str(task.id) in ticked
    ]
    refusals = []
    for task_id in task_ids:
        try:
            cases.complete(task_id, form={"order_verified": "yes"}, by=auth.actor(), at=engine.now())
        except (engine.NotPermitted, engine.Conflict) as error:
            refusals.append(error)
            access_logging.refused(error)
    verified = len(task_ids) - len(refusals)
    if verified:
        flash(gettext("Work orders verified: %(done)s. The cases that waited for them go on.", done=verified))
    if refusals or len(task_ids) < len(ticked):
        not_verified = len(refusals) + len(ticked) - len(task_ids)
        flash(
            gettext(
                "%(left)s could not be verified: somebody else has them, or you answered them yourself.",
                left=not_verified,
            ),
            "warn",
        )
    return redirect(url_for("orders.listing"))
