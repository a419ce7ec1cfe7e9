"""Supervision: what is late or will be soon, by department; handing a task to somebody; what the desk reports (CH1.2)."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

import engine
from models.base import session
from models.notice import DepartmentNotice
from models.user_task import UserTask
from office import acts, correspondence
from web import addresses, auth
from web.i18n import ZONE
from web.i18n import mark as _
from web.queries import access, names, people, worklist
from web.queries import liabilities as liability

blueprint = Blueprint("supervision", __name__, url_prefix="/supervision")
REPORTED = 30
# Subjects that are ours and no diagram's.
OURS = {
    "deadline_missed": _("Limit passed"),
    "extension_asked": _("More time asked for"),
    "reversal_asked": _("Asked to take a credit back"),
}


class NotOfTheDepartment(engine.Invalid):
    """The task can be handed only to somebody of its department."""


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def _only_supervisors() -> None:
    access.check_role(current_user, "supervisor")


@blueprint.get("")
def board() -> str:
    """Late tasks first, then what is due today, then per department how many are open and late; the latest reports."""
    late = worklist.page(current_user, worklist.Wanted(scope="all", late=True))
    today = worklist.page(current_user, worklist.Wanted(scope="all", due_by=_end_of_day()))
    query = (
        select(UserTask.group, func.count(), func.count().filter(UserTask.overdue.is_(True)))
        .where(UserTask.state == "open")
        .group_by(UserTask.group)
        .order_by(func.count().filter(UserTask.overdue.is_(True)).desc())
    )
    return render_template(
        "supervision.html",
        late=late,
        today=today,
        load=session().execute(query).all(),
        departments=names.departments(),
        people=people.by_department(),
        requests=acts.open_requests(),
        reports=_reports(),
        undelivered=correspondence.undelivered(),
    )


@blueprint.get("/liability")
def liabilities() -> str:
    """Who bears what was given back for our fault, by person and unit; of one `name` where it is asked for."""
    name = addresses.asked()["name"]
    sums = liability.by_bearer()
    return render_template("liabilities.html", sums=sums, found=liability.latest(name), name=name)


def _reports() -> list[tuple[DepartmentNotice, str]]:
    """The latest reports, each with its subject in the language of the page."""
    query = select(DepartmentNotice).where(DepartmentNotice.department == "supervisor")
    found = list(session().scalars(query.order_by(DepartmentNotice.at.desc()).limit(REPORTED)))
    versions = names.versions_of(one.case_number for one in found)
    return [
        (
            one,
            gettext(OURS[one.subject])
            if one.subject in OURS
            else names.subject(versions.get(one.case_number or ""), one.subject),
        )
        for one in found
    ]


def _end_of_day() -> datetime:
    """The last instant of today in Shanghai."""
    return datetime.combine(engine.now().astimezone(ZONE).date(), time.max, ZONE)


@blueprint.post("/tasks/<int:task_id>/assignment")
def assign(task_id: int) -> Response:
    """Hand a task to somebody of its department. Errors: UnknownUserTask, NotOfTheDepartment."""
    row, to = session().get(UserTask, task_id), request.form.get("to", "")
    if row is None:
        raise engine.UnknownUserTask(task=task_id)
    if to not in dict(people.of_department(row.group)):
        raise NotOfTheDepartment(task=task_id)
    engine.assign(task_id, to=to, by=auth.actor(), at=engine.now())
    return redirect(
        auth.safe_target(request.form.get("next", "")) if request.form.get("next") else url_for("supervision.board")
    )
