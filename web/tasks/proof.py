"""Evidence printed for the customer from a step: the charges and calls in question, on a page that is made for paper (CH2.6)."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask_login import current_user

import engine
from engine import cases, runtime
from models.base import session
from models.states import TaskState
from models.user_task import UserTask
from office import masking
from web.edge import access, access_logging, addresses
from web.queries import standing
from web.tasks.queries import proof

blueprint = Blueprint("proof", __name__)


def register(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/tasks/<int:task_id>/evidence")
def page(task_id: int) -> str:
    """Return the evidence of a task's case; `line`, as often as one likes, names what is printed. Errors: UnknownUserTask, NotYourCase, AlreadyCompleted."""
    row = session().get(UserTask, task_id)
    if row is None:
        raise cases.UnknownUserTask(task=task_id)
    sight = access.at_task(access.check_case(current_user, row.instance_id), current_user, row)
    if sight.personal and row.state != TaskState.OPEN:  # whoever did the step sees no numbers any more, and is told why
        raise runtime.AlreadyCompleted(task=task_id, state=row.state)
    if not sight.personal or not (sight.numbers or current_user.has("auditor")):  # auditors read it, numbers masked
        raise access.NotYourCase(instance=row.instance_id)
    access_logging.at_case(row.business_key, sight)
    _form, variables, _scope = cases.form_of(row.id, at=engine.now())
    msisdn = str(variables.get("charged_msisdn") or variables.get("msisdn") or "")
    papers = proof.of(msisdn, variables, addresses.asked()["line"])
    complainant = standing.whose(row.instance_id)
    return render_template(
        "tasks/proof.html",
        task=row,
        found=papers,
        whose=complainant,
        msisdn=msisdn if sight.numbers else masking.number(msisdn),
        now=engine.now(),
    )
