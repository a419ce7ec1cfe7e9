"""Papers to sign: printed from the step that fills them in, with what stands in its form, and again from the case's page."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Blueprint, Flask, request
from flask_login import current_user
from werkzeug.wrappers import Response

import engine
from models.user_task import UserTask
from office.masking import Sight
from office.papers import Paper, typeset
from web import looking, unsent
from web.queries import access, casefile, filling
from web.queries import papers as sayings
from web.queries.papers import Asked, Step
from web.tasklist import opened

blueprint = Blueprint("papers", __name__)
FONTS = Path(__file__).parent / "static" / "build" / "fonts"


def register(app: Flask) -> None:
    """Add the papers, and let templates list those of a step and of a case."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(papers_of=sayings.of_step, papers_made=sayings.made)


@blueprint.post("/tasks/<int:task_id>/papers/<key>")
def of_task(task_id: int, key: str) -> Response:
    """A paper of an open step, with what has been typed so far; nothing is kept or completed."""
    row, sight = opened(task_id)
    history = engine.history_of(row.instance_id)
    process = casefile.stage_of_task(row, history).process
    element = history.definition.processes[process].element(row.element_id)
    step = Step(element, process, _known(row), row.assignee or current_user.name)
    return _printed(row.business_key, key, step, history, sight)


def _known(row: UserTask) -> dict[str, object]:
    """The variables at an open step, with what its form is prefilled with and what can be read of what was sent; null for what cannot."""
    form, variables, scope = engine.form_of(row.id, at=engine.now())
    typed = form.readable(filling.submitted(request.form, but=unsent.ADDED))
    return {**variables, **form.prefill(variables, scope), **typed}


@blueprint.get("/cases/<number>/papers/<int:token>/<key>")
def of_case(number: str, token: int, key: str) -> Response:
    """A paper of a step that was done, as the record has it now."""
    instance = casefile.find(number)
    sight = access.check_case(current_user, instance.id)
    history = engine.history_of(instance.id)
    return _printed(number, key, sayings.done_step(history, token), history, sight)


def _printed(number: str, key: str, step: Step, history: engine.CaseHistory, sight: Sight) -> Response:
    """The PDF, shown beside the page. Whoever prints it is written down before they see it, with the fingerprint of what they got."""
    paper, instance = _paper(step, key), casefile.find(number)
    if not sight.personal:
        raise access.NotYourCase(instance=instance.id)
    complaint, whose = casefile.complaint_of(instance)
    asked = Asked(number, history, step, complaint, whose, sight)
    pdf = typeset(paper.key, sayings.content(paper, asked), FONTS)
    looking.at_case(number, sight)
    looking.exported("paper", 1, personal=True, case=number, paper=paper.key, sha256=hashlib.sha256(pdf).hexdigest())
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename={paper.key}.pdf"
    return response


def _paper(step: Step, key: str) -> Paper:
    found = next((one for one in sayings.of_step(step.element) if one.key == key), None)
    if found is None:
        raise sayings.NoPaper(paper=key)
    return found
