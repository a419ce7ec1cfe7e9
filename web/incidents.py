"""Incidents: what could not be carried out, and trying it again."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

import engine
from models.base import session
from models.incident import Incident
from models.instance import ProcessInstance
from web import auth
from web.i18n import mark as _
from web.queries import access, names

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")
ROLES = ("operator", "supervisor")
SHOWN = 200


REASONS = {
    "NoCollection": _("The list that this step is done for is not there: its expression gives nothing."),
    "CollectionNotAList": _("What this step is to be done for is no list."),
    "CollectionTooLong": _("The list that this step is done for has more than 100 items."),
}


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def _only_operators() -> None:
    access.check_role(current_user, *ROLES)


@blueprint.get("")
def listing() -> str:
    """Open incidents, the oldest first."""
    query = (
        select(Incident, ProcessInstance)
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(Incident.state == "open")
        .order_by(Incident.opened_at)
        .limit(SHOWN)
    )
    found = session().execute(query).all()
    steps = {one.id: _step(one) for one, _instance in found}
    reasons = {kind: gettext(text) for kind, text in REASONS.items()}
    return render_template("incidents.html", found=found, steps=steps, reasons=reasons)


def _step(incident: Incident) -> str:
    """What the stuck step is called on its diagram, called processes included."""
    definition = engine.definition_of(incident.instance_id)
    for process, compiled in definition.processes.items():
        if incident.element_id in compiled.diagram.elements:
            drawn = compiled.diagram.elements[incident.element_id]
            return names.element_name(process, incident.element_id, drawn.name, definition)
    return incident.element_id


@blueprint.post("/<int:incident_id>/retry")
def retry(incident_id: int) -> Response:
    """Carry it out once more, under the same key."""
    advanced = engine.retry(incident_id, by=auth.actor(), at=engine.now())
    again = session().scalar(
        select(Incident.id).where(Incident.instance_id == advanced.instance_id, Incident.state == "open").limit(1)
    )
    flash(gettext("It failed again.") if again else gettext("Done; the case goes on."))
    return redirect(url_for("incidents.listing"))
