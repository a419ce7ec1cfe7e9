"""Incidents: what could not be carried out, and trying it again."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

import engine
from engine import cases, proof, running
from models.base import session
from models.incident import Incident
from models.instance import ProcessInstance
from models.states import IncidentState
from web.edge import access, auth
from web.queries import standing
from web.telling import incident_texts, names
from web.telling.i18n import mark as _

GOES_ON = "desk:goes_on"  # with what had come, as recorded
blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")
ROLES = ("operator", "supervisor")
SHOWN = 200
RELEASED = "StandsStill"


WORK = {
    "batches/release_cases": _("Cases that waited for a batch could not all go on."),
    "work_orders/begin": _("A work order was sent and could not be put before its department."),
    "work_orders/deliver": _("Cases that waited for a work order could not all be answered."),
    "work_orders/drop": _("A work order that no case waits for any more could not be ended."),
    "reviews/take_back": _("What a review found wrong could not be asked to be taken back."),
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
    """Show the open incidents, the oldest first."""
    query = (
        select(Incident, ProcessInstance)
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(Incident.state == IncidentState.OPEN)
        .order_by(Incident.opened_at)
        .limit(SHOWN)
    )
    rows = session().execute(query).all()
    steps = {incident.id: _step(incident) for incident, _instance in rows}
    reasons = {kind: gettext(text) for kind, text in (incident_texts.REASONS | incident_texts.STANDING).items()}
    given_up = running.failed_background()
    work = {job.id: gettext(WORK[job.topic]) if job.topic in WORK else job.topic for job in given_up}
    texts = {
        "reasons": reasons,
        "standing": incident_texts.STANDING,
        "released": RELEASED,
        "given_up": given_up,
        "what": work,
    }
    return render_template("operations/incidents.html", found=rows, steps=steps, **texts)


def _step(incident: Incident) -> str:
    """Return what the stuck step is called on its diagram, called processes included."""
    return names.drawn_in(proof.definition_of(incident.instance_id), incident.element_id)


@blueprint.post("/<int:incident_id>/release")
def release(incident_id: int) -> Response:
    """Let a case that stands still at a gateway go on with what has come."""
    return _told(cases.resolve(incident_id, reason=GOES_ON, by=auth.actor(), at=engine.now()))


@blueprint.post("/<int:incident_id>/retry")
def retry(incident_id: int) -> Response:
    """Carry it out once more, under the same key."""
    return _told(cases.retry(incident_id, by=auth.actor(), at=engine.now()))


def _told(advanced: running.Advanced) -> Response:
    """Go back to the list, with what came of it."""
    again = session().scalar(
        select(Incident.id)
        .where(Incident.instance_id == advanced.instance_id, Incident.state == IncidentState.OPEN)
        .limit(1)
    )
    troubles = standing.told(advanced)
    if again or troubles:
        sentence = gettext("It failed again.") if again else gettext("It was tried again, but:")
        flash(" ".join([sentence, *troubles]), "warn")
    else:
        number = session().get_one(ProcessInstance, advanced.instance_id).business_key
        place = standing.now_at(advanced.instance_id, proof.definition_of(advanced.instance_id))
        flash(gettext("Done; case %(case)s goes on.", case=number) + place)
    return redirect(url_for("incidents.listing"))


@blueprint.post("/work/<int:job_id>/retry")
def retry_work(job_id: int) -> Response:
    """Put work beside the cases that was given up into the queue once more."""
    running.begin_again(job_id, engine.now())
    flash(gettext("It is in the queue again; when it fails once more it comes back to this list."))
    return redirect(url_for("incidents.listing"))
