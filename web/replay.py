"""Replay: any case on the diagrams of its own version, event by event, with a plain list of the same; verified or not is said at the top.

Whoever may see the case may see it replayed. The picture is drawn in the browser from the list that the page holds.
"""

from __future__ import annotations

import re

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

import engine
from models.instance import ProcessInstance
from office import verification
from web import looking
from web.queries import access, casefile, names, replay, used_versions, verdicts

MOMENT = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?", re.ASCII)
MOST_STEPS = 10**9
blueprint = Blueprint("replay", __name__, url_prefix="/cases")


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/<number>/replay")
def page(number: str) -> str:
    """One case from its first event to its last; `at` the moment to stand at."""
    instance = _instance(number)
    looking.note(number)
    verdict = verification.verify(instance.id)
    told = engine.tell(instance.id).entries
    definition = engine.definition_of(instance.id)
    found, stages = replay.events(instance, told), replay.stages(definition, told)
    with names.of_definition(definition):
        return render_template(
            "replay.html",
            instance=instance,
            used=used_versions.of_case(definition, [stage.process for stage in stages]),
            process=names.process_name(instance.key),
            verdict=verdict,
            said=verdicts.said(verdict),
            verified_at=engine.now(),
            events=found,
            stages=stages,
            people=replay.people(),
            start=_start(found, request.args.get("at", "")),
            scale=replay.SCALE,
        )


def _instance(number: str) -> ProcessInstance:
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    return instance


def _start(found: list[replay.Event], at: str) -> int:
    """The event to stand at: that of a moment such as 4.2, the last one of entry 4, else the first of all."""
    moment = MOMENT.fullmatch(at)
    if moment is None:
        return 0
    wanted = int(moment[1]), int(moment[2] or MOST_STEPS)
    return max((place for place, event in enumerate(found) if (event.seq, event.number) <= wanted), default=0)


@blueprint.post("/<number>/verification")
def verify(number: str) -> Response:
    """Verify a case once more and say in words what came of it."""
    instance = _instance(number)
    verdict = verification.verify(instance.id)
    flash(verdicts.said(verdict)[0] if verdict.ok else gettext("Not verified: the record contradicts itself."))
    return redirect(url_for("replay.page", number=number))
