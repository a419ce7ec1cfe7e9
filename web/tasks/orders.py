"""Work orders: those of one's departments with their limits, and the answers that wait to be verified, many at once (CH2.4, CH2.5)."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

import engine
from engine import cases
from office.papers import PAPERS
from web.edge import access, auth
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
        order_acts=orders.DONE,
        order_abouts=orders.ABOUT,
    )


@blueprint.get("")
def listing() -> str:
    """The open orders of one's departments, supervisors and auditors of all; and what one may verify."""
    all_departments = current_user.has(*access.SEE_EVERYTHING)
    departments = frozenset(current_user.departments)
    return render_template(
        "tasks/orders.html",
        found=orders.of_departments(departments, all_departments=all_departments),
        verifying=orders.to_verify(departments),
        departments=names.departments(),
        at=engine.now(),
    )


@blueprint.post("/verification")
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
    verified = len(task_ids) - len(refusals)
    if verified:
        flash(gettext("Work orders verified: %(done)s", done=verified))
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
