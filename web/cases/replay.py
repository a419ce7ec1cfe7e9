"""Replay: any case on the diagrams of its own version, event by event, with a plain list of the same; verified or not is said at the top.

Whoever may see the case may see it replayed. The picture is drawn in the browser from the list that the page holds.
"""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

import engine
from engine import language, proof, record
from models.instance import ProcessInstance
from office import verification
from office.masking import Sight
from web.cases.queries import replay
from web.edge import access, access_logging, addresses
from web.lookup import definitions, staff
from web.queries import casefile, used_versions
from web.telling import names, verdicts

blueprint = Blueprint("replay", __name__, url_prefix="/cases")


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/<number>/replay")
def page(number: str) -> str:
    """Return one case from its first event to its last, a long one part by part; `at` the moment to stand at, `verify` to verify a long one at once."""
    instance, sight = _instance(number)
    access_logging.at_case(number, sight)
    query = addresses.asked()
    at = query["at"]
    if at and not 0 < at[0] <= instance.sequence:
        raise _no_moment(instance)
    since, upto = replay.window(instance.sequence, at and at[0])
    history = _told(instance, upto)
    if (
        at
        and at[1] != addresses.MOST_STEPS
        and any(entry.seq == at[0] and at[1] >= len(entry.steps) for entry in history.entries)
    ):
        raise _no_moment(instance)
    short = instance.sequence <= replay.AT_ONCE
    verdict = verification.verify(instance.id) if short or history.is_broken or query["verify"] == "1" else None
    events, stages = replay.events(instance, history, sight, since), replay.stages(history)
    staff.know_people(event.actor for event in events)
    with definitions.of_definition(history.definition):  # a case is told in the words of its own version
        return render_template(
            "cases/replay.html",
            instance=instance,
            used=used_versions.of_case(history.definition, [stage.process for stage in stages]),
            process=names.process_name(instance.key),
            verdict=verdict,
            said=verdicts.said(verdict) if verdict is not None else [],
            verified_at=engine.now(),
            events=events,
            stages=stages,
            person=names.person_name,
            start=_start(events, at),
            scale=replay.SCALE,
            since=since,
            upto=upto,
        )


def _no_moment(instance: ProcessInstance) -> addresses.WrongAddress:
    return addresses.WrongAddress(reasons={"at": [language.Reason("no_moment", {"limit": instance.sequence})]})


def _told(instance: ProcessInstance, upto: int) -> proof.CaseHistory:
    """Return the history up to an entry, or as far as its chain holds."""
    try:
        return proof.history_of(instance.id, upto)
    except record.BrokenChain:
        return proof.what_holds(instance.id)


def _instance(number: str) -> tuple[ProcessInstance, Sight]:
    instance = casefile.find(number)
    return instance, access.check_case(current_user, instance.id)


def _start(events: list[replay.Event], at: tuple[int, int] | None) -> int:
    """Return the event to stand at: that of the moment, or the last before it, else the first of all."""
    if at is None:
        return 0
    return max((place for place, event in enumerate(events) if (event.seq, event.number) <= at), default=0)


@blueprint.post("/<number>/verification")
def verify(number: str) -> Response:
    """Verify a case once more and say in words what came of it."""
    instance, _sight = _instance(number)
    verdict = verification.verify(instance.id)
    flash(verdicts.said(verdict)[0] if verdict.ok else gettext("Not verified: the record contradicts itself."))
    return redirect(url_for("replay.page", number=number))
