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
from web.queries import access, names, standing, stuck

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")
ROLES = ("operator", "supervisor")
SHOWN = 200
RELEASED = "StandsStill"


WORK = {
    "batches/release_cases": _("Cases that waited for a batch could not all go on."),
    "drafts/play_scenarios": _("The scenarios of a draft could not all be played."),
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
    reasons = {kind: gettext(text) for kind, text in (stuck.REASONS | stuck.STANDING).items()}
    given_up = engine.failed_background()
    what = {job.id: gettext(WORK[job.topic]) if job.topic in WORK else job.topic for job in given_up}
    shown = {"reasons": reasons, "standing": stuck.STANDING, "released": RELEASED, "given_up": given_up, "what": what}
    return render_template("incidents.html", found=found, steps=steps, **shown)


def _step(incident: Incident) -> str:
    """What the stuck step is called on its diagram, called processes included."""
    return names.drawn_in(engine.definition_of(incident.instance_id), incident.element_id)


@blueprint.post("/<int:incident_id>/release")
def release(incident_id: int) -> Response:
    """Let a case that stands still at a gateway go on with what has come."""
    reason = gettext("goes on with what had come")
    return _told(engine.resolve(incident_id, reason=reason, by=auth.actor(), at=engine.now()))


@blueprint.post("/<int:incident_id>/retry")
def retry(incident_id: int) -> Response:
    """Carry it out once more, under the same key."""
    return _told(engine.retry(incident_id, by=auth.actor(), at=engine.now()))


def _told(advanced: engine.Advanced) -> Response:
    """Back to the list, with what came of it."""
    again = session().scalar(
        select(Incident.id).where(Incident.instance_id == advanced.instance_id, Incident.state == "open").limit(1)
    )
    troubles = standing.told(advanced)
    if again or troubles:
        begun = gettext("It failed again.") if again else gettext("It was tried again, but:")
        flash(" ".join([begun, *troubles]), "warn")
    else:
        flash(gettext("Done; the case goes on."))
    return redirect(url_for("incidents.listing"))


@blueprint.post("/work/<int:job_id>/retry")
def retry_work(job_id: int) -> Response:
    """Put work beside the cases that was given up into the queue once more."""
    engine.begin_again(job_id, engine.now())
    flash(gettext("It is in the queue again; when it fails once more it comes back to this list."))
    return redirect(url_for("incidents.listing"))
