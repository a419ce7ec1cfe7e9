"""Supervision: what is late or will be soon, by department; handing a task to somebody; what the desk reports (CH1.2)."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

import engine
from engine import cases
from engine.definitions import Definition
from models.base import session
from models.notice import DepartmentNotice
from models.states import TaskState
from models.user_task import UserTask
from office import acts, correspondence
from office import liabilities as unnamed
from service_tasks.notification import in_words
from service_tasks.zone import ZONE
from web.edge import access, access_logging, addresses, auth
from web.lookup import definitions, staff
from web.queries import worklist
from web.supervision.queries import liabilities as liability
from web.supervision.queries import report_states
from web.telling import names
from web.telling.act_texts import STATES
from web.telling.i18n import language
from web.telling.i18n import mark as _

blueprint = Blueprint("supervision", __name__, url_prefix="/supervision")
REPORTED = 30
# Subjects that are ours and no diagram's.
OURS = {
    "deadline_missed": _("Limit passed"),
    "work_order_late": _("Work order late as a whole"),
    "work_order_chased": _("Work order chased"),
    "case_voided": _("Case voided as entered in error"),
    "extension_asked": _("More time asked for"),
    "reversal_asked": _("Asked to take back what was given"),
}

OF_WHAT_WAS_LATE = {report_states.OPEN: _("still to be done"), report_states.DONE: _("done since")}


class NotOfTheDepartment(engine.Invalid):
    """The task can be handed only to somebody of its department."""


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def _only_supervisors() -> None:
    """Let supervisors in; auditors read who is liable, and nothing else."""
    reads = request.endpoint == "supervision.liabilities"
    access.check_role(current_user, *(access.SEE_EVERYTHING if reads else ("supervisor",)))


@blueprint.get("")
def board() -> str:
    """Show late tasks first, then what is due today, then per department how many are open and late; the latest reports."""
    late, today = worklist.first_pages(
        current_user,
        worklist.Wanted(scope="all", late=True),
        worklist.Wanted(scope="all", due_by=_end_of_day()),
    )
    query = (
        select(UserTask.group, func.count(), func.count().filter(UserTask.overdue.is_(True)))
        .where(UserTask.state == TaskState.OPEN)
        .group_by(UserTask.group)
        .order_by(func.count().filter(UserTask.overdue.is_(True)).desc())
    )
    return render_template(
        "supervision/supervision.html",
        late=late,
        today=today,
        load=session().execute(query).all(),
        departments=names.departments(),
        people=staff.by_department(),
        requests=acts.open_requests(),
        reports=_reports(),
        undelivered=correspondence.undelivered(),
    )


@blueprint.get("/liability")
def liabilities() -> str:
    """Return who bears what was given back for our fault, by person and unit; of one `name` where it is asked for."""
    access_logging.at_liabilities()
    name = addresses.asked()["name"]
    sums, rows = liability.by_bearer(), liability.latest(name)
    unasked = unnamed.without_step([row.id for row in rows]) if current_user.has("supervisor") else set()
    return render_template("supervision/liabilities.html", sums=sums, found=rows, unasked=unasked, name=name)


@blueprint.post("/liability/<int:number>/naming")
def have_named(number: int) -> Response:
    """Begin a step that names who bears it, where its case has none. Errors: UnknownLiability, NotToName."""
    case = unnamed.have_named(number, by=auth.actor(), at=engine.now())
    flash(gettext("The step “name who is liable” now waits with the supervisors, under %(case)s.", case=case))
    return redirect(url_for("supervision.liabilities"))


def _reports() -> list[tuple[DepartmentNotice, str, str, str, bool]]:
    """Return the latest reports, each with its subject and text in the language of the page, how it stands, and whether something is still to be done about it."""
    query = select(DepartmentNotice).where(DepartmentNotice.department == "supervisor")
    rows = list(session().scalars(query.order_by(DepartmentNotice.at.desc()).limit(REPORTED)))
    versions = definitions.versions_of(row.case_number for row in rows)
    standings = report_states.of(rows)
    return [
        (
            row,
            _subject(row, versions.get(row.case_number or "")),
            _text(row),
            _state_text(standings[row.key].state) if row.key in standings else "",
            row.key in standings and standings[row.key].is_open,
        )
        for row in rows
    ]


def _subject(row: DepartmentNotice, definition: Definition | None) -> str:
    """Return the subject of a report; its case stands behind it, so that its number is left out here."""
    if row.subject in OURS:
        return gettext(OURS[row.subject])
    words = names.subject(definition, row.subject).split()
    return " ".join(word for word in words if word != row.case_number)


def _text(row: DepartmentNotice) -> str:
    """Return the text of a report; nothing where it is the step, the person, or the number that stands before it."""
    if row.subject in ("deadline_missed", "work_order_chased") or row.text == row.case_number:
        return ""
    return in_words(row.text, english=language() == "en")


def _state_text(state: str) -> str:
    """Return how a report stands, in the words of the page."""
    return gettext(OF_WHAT_WAS_LATE.get(state) or STATES.get(state, state))


def _end_of_day() -> datetime:
    """Return the last instant of today in Shanghai."""
    return datetime.combine(engine.now().astimezone(ZONE).date(), time.max, ZONE)


@blueprint.post("/tasks/<int:task_id>/assignment")
def assign(task_id: int) -> Response:
    """Hand a task to somebody of its department. Errors: UnknownUserTask, NotOfTheDepartment."""
    row, to = session().get(UserTask, task_id), request.form.get("to", "")
    if row is None:
        raise cases.UnknownUserTask(task=task_id)
    if to not in dict(staff.of_department(row.group)):
        raise NotOfTheDepartment(task=task_id)
    cases.assign(task_id, to=to, by=auth.actor(), at=engine.now())
    step = names.of_item(names.element_name(row.process_key, row.element_id, row.name), row.item_index, row.item_count)
    words = {"step": step, "case": row.business_key, "who": names.person_name(to)}
    flash(gettext("Handed over: “%(step)s” in case %(case)s is with %(who)s now.", **words))
    return redirect(
        auth.safe_target(request.form.get("next", "")) if request.form.get("next") else url_for("supervision.board")
    )
