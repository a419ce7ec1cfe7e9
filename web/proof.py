"""Evidence printed for the customer from a step: the charges and calls in question, on a page that is made for paper (CH2.6)."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask_login import current_user

import engine
from models.base import session
from models.user_task import UserTask
from web import addresses, looking
from web.queries import access, proof, standing

blueprint = Blueprint("proof", __name__)


def register(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(blueprint)


@blueprint.get("/tasks/<int:task_id>/evidence")
def page(task_id: int) -> str:
    """The evidence of a task's case; `line`, as often as one likes, names what is printed. Errors: UnknownUserTask, NotYourCase, AlreadyCompleted."""
    row = session().get(UserTask, task_id)
    if row is None:
        raise engine.UnknownUserTask(task=task_id)
    sight = access.at_task(access.check_case(current_user, row.instance_id), current_user, row)
    if not (sight.personal and sight.numbers):
        raise access.NotYourCase(instance=row.instance_id)
    looking.at_case(row.business_key, sight)
    if row.state != "open":
        raise engine.AlreadyCompleted(task=task_id)
    _form, variables, _scope = engine.form_of(row.id, at=engine.now())
    msisdn = str(variables.get("charged_msisdn") or variables.get("msisdn") or "")
    found = proof.of(msisdn, variables, addresses.asked()["line"])
    whose = standing.whose(row.instance_id)
    return render_template("proof.html", task=row, found=found, whose=whose, msisdn=msisdn, now=engine.now())
