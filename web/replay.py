"""Replay: any case on the diagrams of its own version, event by event, with a plain list of the same; verified or not is said at the top.

Whoever may see the case may see it replayed. The picture is drawn in the browser from the list that the page holds.
"""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

import engine
from models.instance import ProcessInstance
from office import verification
from web import addresses, looking
from web.queries import access, casefile, names, replay, used_versions, verdicts

blueprint = Blueprint("replay", __name__, url_prefix="/cases")


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("/<number>/replay")
def page(number: str) -> str:
    """One case from its first event to its last; `at` the entry to stand at."""
    instance = _instance(number)
    looking.note(number)
    verdict = verification.verify(instance.id)
    found = replay.events(instance) if verdicts.readable(verdict) else []
    stages = replay.stages(instance) if found else []
    definition = engine.definition_of(instance.id)
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
        start=_start(found, addresses.asked()["at"]),
        scale=replay.SCALE,
    )


def _instance(number: str) -> ProcessInstance:
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    return instance


def _start(found: list[replay.Event], at: int | None) -> int:
    """The event to stand at: the last one of entry `at`, else the first of all."""
    if at is None:
        return 0
    return max((place for place, event in enumerate(found) if event.seq <= at), default=0)


@blueprint.post("/<number>/verification")
def verify(number: str) -> Response:
    """Verify a case once more and say in words what came of it."""
    instance = _instance(number)
    verdict = verification.verify(instance.id)
    flash(verdicts.said(verdict)[0] if verdict.ok else gettext("Not verified: the record contradicts itself."))
    return redirect(url_for("replay.page", number=number))
