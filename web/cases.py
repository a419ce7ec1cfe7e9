"""Cases: the list, and one case with its timeline, diagrams, money and correspondence."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import insert
from werkzeug.wrappers import Response

import engine
from models.base import session, transaction
from models.comment import Comment
from office import complaints, erasure, looks, replies, texts
from web import auth, looking, submission
from web.queries import access, casefile, caselist, names, timeline, verdicts

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
MOST_COMMENT = 2_000


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def listing() -> str | Response:
    """Cases the person may see; one exact hit opens at once."""
    asked = caselist.wanted(request.args)
    page = caselist.page(current_user, asked)
    if len(page.rows) == 1 and page.rows[0].case_number == asked.text.upper():
        return redirect(url_for("cases.case", number=page.rows[0].case_number))
    return render_template(
        "cases.html",
        page=page,
        wanted=asked,
        processes=caselist.processes(),
        process_name=names.process_name,
        versions=names.versions_of(row.case_number for row in page.rows),
    )


@blueprint.get("/<number>")
def case(number: str) -> str:
    """One case; `tab` timeline, diagram, money or messages, for auditors also looks."""
    return _page(number, request.args.get("tab", "timeline"))


def _page(
    number: str,
    tab: str,
    reasons: dict[str, list[engine.Reason]] | None = None,
    *,
    remark: str = "",
    told: str = "",
    why: str = "",
) -> str:
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    looking.note(number)
    definition = engine.definition_of(instance.id)
    complaint = casefile.complaint_of(instance)
    record = engine.tell(instance.id)
    with names.of_definition(definition):  # a case is told in the words of its own version
        return render_template(
            "case.html",
            tab=tab,
            remark=remark,
            told=told,
            why=why,
            may_reply=complaint is not None and instance.state == "active" and replies.may(auth.actor()),
            may_erase=erasure.may(auth.actor(), instance),
            reasons=reasons or {},
            instance=instance,
            complaint=complaint,
            words=complaints.words(complaint) if complaint else None,
            process=names.process_name(complaint.process_key if complaint else instance.key),
            version=casefile.version_of(instance),
            record=record,
            contradictions=verdicts.contradictions(record.deviations),
            lines=timeline.lines(record.entries, definition),
            stages=casefile.stages(instance) if tab == "diagram" and not record.broken else [],
            money=casefile.money(number),
            messages=casefile.messages(number),
            comments=casefile.comments(number),
            tasks=casefile.open_tasks(instance.id),
            looks=looks.of_case(number) if tab == "looks" and current_user.has("auditor") else [],
            element_name=names.element_name,
            of_item=names.of_item,
            departments=names.departments(),
        )


@blueprint.post("/<number>/erasure")
def erase(number: str) -> Response | tuple[str, int]:
    """Have the personal data of a closed case erased; who did it and why stays in its history."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    reason = request.form.get("reason", "").strip()
    try:
        erasure.erase(instance.id, reason=reason, by=auth.actor(), at=engine.now())
    except erasure.NoReasonGiven as error:
        return _page(number, "timeline", error.values["reasons"], why=reason), 422
    flash(gettext("The personal data of %(number)s are erased.", number=number))
    return redirect(url_for("cases.case", number=number))


@blueprint.post("/<number>/comments")
def comment(number: str) -> Response | tuple[str, int]:
    """Leave a remark on a case."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    text = request.form.get("text", "").strip()
    wrong = texts.wrong(text, MOST_COMMENT, required=True)
    if wrong:
        return _page(number, "messages", {"text": wrong}, remark=text), 422
    with transaction():
        session().execute(
            insert(Comment).values(case_number=number, user=current_user.name, at=engine.now(), text=text)
        )
    return redirect(url_for("cases.case", number=number, tab="messages"))


@blueprint.post("/<number>/interim-replies")
def reply(number: str) -> Response | tuple[str, int]:
    """Tell the customer how things stand; the case keeps its limit by it."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    told = request.form.get("told", "").strip()
    try:
        replies.send(number, told, key=submission.given(), by=auth.actor(), at=engine.now())
    except replies.NotSayable as error:
        return _page(number, "messages", error.values["reasons"], told=told), 422
    flash(gettext("Sent."))
    return redirect(url_for("cases.case", number=number, tab="messages"))
