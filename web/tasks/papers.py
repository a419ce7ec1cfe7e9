"""Papers to sign: printed from the step that fills them in, with what stands in its form, and again from the case's page."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Flask, request
from flask_login import current_user
from werkzeug.wrappers import Response

import engine
from engine import cases, proof
from models.user_task import TaskColumns
from office import receipts, reply_amounts
from office.masking import Sight
from office.papers import PAPERS, Paper, typeset
from web.edge import access, access_logging, auth, unsent_forms
from web.queries import casefile, filled_form, orders
from web.tasks.queries import order_paper, receipt_paper
from web.tasks.queries import papers as sayings
from web.tasks.queries.papers import Asked, Step, TakenBack
from web.tasks.tasklist import opened, refused

blueprint = Blueprint("papers", __name__)
FONTS = Path(__file__).parents[1] / "static" / "build" / "fonts"


def register(app: Flask) -> None:
    """Add the papers, and let templates list those of a step and of a case."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        papers_of=sayings.of_step,
        papers_made=sayings.made,
        receipt_prints=receipts.prints_of,
        print_reasons=receipt_paper.WHY,
    )


@blueprint.post("/tasks/<int:task_id>/papers/<key>")
def of_task(task_id: int, key: str) -> Response | tuple[str | Response, int]:
    """Return a paper of an open step, with what has been typed so far; nothing is kept or completed.

    Whoever signs it signs what the step will take: only what is not filled in yet may be missing.
    """
    row, sight = opened(task_id)
    typed, actor = filled_form.submitted(request.form, but=unsent_forms.ADDED), auth.actor()
    wrong = cases.wrong_in(task_id, form=typed, by=actor, at=engine.now())
    if wrong:
        return refused(task_id, wrong)
    history = proof.history_of(row.instance_id)
    process = casefile.stage_of_task(row, history).process
    element = history.definition.processes[process].element(row.element_id)
    step = Step(element, process, _known(row), row.assignee or current_user.name)
    return _printed(row.business_key, key, step, history, sight)


def _known(row: TaskColumns) -> dict[str, object]:
    """Return the variables at an open step, with what its form is prefilled with and what can be read of what was sent; null for what cannot."""
    form, variables, scope = cases.form_of(row.id, at=engine.now())
    typed = form.readable(filled_form.submitted(request.form, but=unsent_forms.ADDED))
    return {**variables, **reply_amounts.prefilled(form, variables, scope), **typed}


@blueprint.get("/cases/<number>/papers/<int:token>/<key>")
def of_case(number: str, token: int, key: str) -> Response:
    """Return a paper of a step that was done, as the record had it then; of what came later only what was taken back of it."""
    instance = casefile.find(number)
    sight = access.check_case(current_user, instance.id)
    history = proof.history_of(instance.id)
    then = proof.history_of(instance.id, sayings.entry_of(history, token))
    return _printed(number, key, sayings.done_step(then, token), then, sight, sayings.taken_back(history, token))


@blueprint.get("/cases/<number>/work-orders/<order>/paper")
def of_order(number: str, order: str) -> Response:
    """Return the paper of a work order, from the page of a case that waits or waited for it, or from its own."""
    instance = casefile.find(number)
    sight, sheet = access.check_case(current_user, instance.id), orders.of_order(order)
    if not sight.personal:
        raise access.NotYourCase(instance=instance.id)
    if sheet is None or number not in (order, *(case.WorkOrderCase.case_number for case in sheet.cases)):
        raise sayings.NoPaper(paper="work_order")
    history = proof.history_of(instance.id)
    own = "" if number == order else number
    pdf = typeset("work_order", order_paper.content(PAPERS["work_order"], sheet, own, sight, history), FONTS)
    return _handed_out(pdf, "work_order", number, sight)


@blueprint.post("/receipts/<number>/prints")
def of_receipt(number: str) -> Response:
    """Return a receipt of the counter: the original the first time, then a marked duplicate for a reason; every print is written down before it is seen."""
    printed = receipts.print_out(number, reason=request.form.get("reason", ""), by=auth.actor(), at=engine.now())
    pdf = typeset("counter_receipt", receipt_paper.content(printed), FONTS)
    fingerprint = hashlib.sha256(pdf).hexdigest()
    printing = {"paper": "counter_receipt", "receipt": number, "copy": printed.print.copy, "sha256": fingerprint}
    access_logging.exported("paper", 1, personal=True, **printing)
    return _shown(pdf, number, number)


def _printed(
    number: str, key: str, step: Step, history: proof.CaseHistory, sight: Sight, taken_back: tuple[TakenBack, ...] = ()
) -> Response:
    """Return the PDF, shown beside the page. Whoever prints it is written down before they see it, with the fingerprint of what they got."""
    paper, instance = _paper(step, key), casefile.find(number)
    if not sight.personal:
        raise access.NotYourCase(instance=instance.id)
    complaint, complainant = casefile.complaint_of(instance)
    print_request = Asked(number, history, step, complaint, complainant, sight, taken_back)
    return _handed_out(typeset(paper.key, sayings.content(paper, print_request), FONTS), paper.key, number, sight)


def _handed_out(pdf: bytes, key: str, number: str, sight: Sight) -> Response:
    access_logging.at_case(number, sight)
    access_logging.exported("paper", 1, personal=True, case=number, paper=key, sha256=hashlib.sha256(pdf).hexdigest())
    return _shown(pdf, f"{number}-{key}", f"{number} {PAPERS[key].zh}")


def _shown(pdf: bytes, name: str, title: str) -> Response:
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename={name}.pdf; filename*=UTF-8''{quote(title)}.pdf"
    return response


def _paper(step: Step, key: str) -> Paper:
    paper = next((candidate for candidate in sayings.of_step(step.element) if candidate.key == key), None)
    if paper is None:
        raise sayings.NoPaper(paper=key)
    return paper
