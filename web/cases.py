"""Cases: the list, and one case with its timeline, diagrams, money and correspondence."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import insert
from werkzeug.wrappers import Response

import engine
from models.base import session, transaction
from models.comment import Comment
from models.instance import ProcessInstance
from office import complaints, correspondence, erasure, looks, replies, texts
from web import addresses, auth, looking, submission, unsent
from web.queries import (
    access,
    acting,
    casefile,
    caselist,
    money,
    names,
    standing,
    suggested,
    timeline,
    used_versions,
    verdicts,
)

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
MOST_COMMENT = 2_000
NEWEST = 40
OTHER_TABS = ("diagram", "money", "messages", "acts")
KEPT = ("cases.erase", "cases.comment", "cases.reply", "acts.withdraw", "acts.ask_extension", "acts.ask_reversal")


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def listing() -> str | Response:
    """Cases the person may see; one exact hit opens at once."""
    asked = caselist.wanted(addresses.asked())
    page = caselist.page(current_user, asked)
    if len(page.rows) == 1 and page.rows[0].case_number == asked.text.upper():
        return redirect(url_for("cases.case", number=page.rows[0].case_number))
    return render_template(
        "cases.html",
        page=page,
        wanted=asked,
        processes=caselist.processes(),
        process_name=names.process_name,
        outcomes=acting.OUTCOMES,
        on_the_spot=names.ON_THE_SPOT,
        versions=names.versions_of(row.case_number for row in page.rows),
    )


@blueprint.get("/<number>")
def case(number: str) -> str:
    """One case; `tab` timeline, diagram, money, messages or acts, for auditors also looks."""
    asked = addresses.asked()
    return page(number, asked["tab"], before=asked["before"])


def page(
    number: str,
    tab: str,
    reasons: dict[str, list[engine.Reason]] | None = None,
    *,
    remark: str = "",
    told: str = "",
    why: str = "",
    typed: Mapping[str, str] | None = None,
    before: int | None = None,
) -> str:
    """The page of a case, with what stands beside and in the fields of a form that was refused."""
    instance = casefile.find(number)
    sight = access.check_case(current_user, instance.id)
    looking.at_case(number, sight)
    whole = tab == "diagram"
    history = _told(instance, whole, before)
    (complaint, whose), active = casefile.complaint_of(instance), instance.state == "active"
    messages = casefile.messages(number)
    tasks = casefile.open_tasks(instance.id) if active else []
    may_erase = erasure.may(auth.actor(), instance, history)
    with names.of_definition(history.definition):  # a case is told in the words of its own version
        return render_template(
            "case.html",
            tab=tab,
            remark=remark,
            told=told,
            typed=typed or {},
            sight=sight,
            why=why,
            history=history,
            contradictions=verdicts.contradictions(history.doubts),
            may_erase=may_erase,
            stays=may_erase and erasure.stays(engine.history_of(instance.id)),
            may_reply=complaint is not None
            and active
            and replies.may(auth.actor())
            and not replies.is_answered(complaint, messages),
            may_tell=replies.may(auth.actor()),
            reasons=_refused(number) if reasons is None else reasons,
            instance=instance,
            complaint=complaint,
            whose=whose,
            words=complaints.words(complaint, history) if complaint else None,
            disputed=casefile.disputed(complaint, history) if complaint else None,
            suggestion=suggested.of_complaint(complaint, history) if complaint else "",
            process=names.process_name(complaint.process_key if complaint else instance.key),
            used=used_versions.standing_in(history.definition, [task.process_key for task in tasks]),
            lines=timeline.lines(history, sight, before) if tab not in OTHER_TABS else [],
            earlier=None if history.is_whole else history.since,
            later=before is not None,
            stages=casefile.stages(history) if whole else [],
            money=money.of_case(number) if tab == "money" else [],
            claims=money.claims_of(number) if tab == "money" else [],
            messages=messages,
            heard=casefile.told(complaint, messages),
            settled={one.key for one in messages},
            comments=casefile.comments(number) if tab == "messages" else [],
            acting=acting.of_case(instance, complaint, auth.actor()) if tab == "acts" else None,
            said=acting,
            waits=standing.waits(instance, tasks, history.definition) if active else [],
            workable=engine.workable_among(tasks, history.definition, auth.actor()),
            looks=looks.of_case(number) if tab == "looks" and current_user.has("auditor") else [],
            element_name=names.element_name,
            process_name=names.process_name,
            departments=names.departments(),
        )


def _refused(number: str) -> dict[str, list[engine.Reason]]:
    """Why forms of the page that stand there again were refused; no two have a field of one name."""
    places = (url_for(verb, number=number) for verb in KEPT)
    return {field: found for place in places for field, found in unsent.kept(place).reasons.items()}


def _told(instance: ProcessInstance, whole: bool, before: int | None) -> engine.CaseHistory:
    """What the page needs of the history, or as much as its chain holds."""
    try:
        return engine.history_of(instance.id) if whole else engine.end_of(instance.id, NEWEST, before)
    except engine.BrokenChain:
        return engine.what_holds(instance.id)


@blueprint.post("/<number>/erasure")
def erase(number: str) -> Response | tuple[str, int]:
    """Have the personal data of a closed case erased; who did it and why stays in its history."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    reason = request.form.get("reason", "").strip()
    try:
        erasure.erase(instance.id, reason=reason, by=auth.actor(), at=engine.now())
    except erasure.NoReasonGiven as error:
        wrong = error.values["reasons"]
        return unsent.back(wrong) or (page(number, "timeline", wrong, why=reason), 422)
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
        return unsent.back({"text": wrong}) or (page(number, "messages", {"text": wrong}, remark=text), 422)
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
        wrong = error.values["reasons"]
        return unsent.back(wrong) or (page(number, "messages", wrong, told=told), 422)
    flash(gettext("The text message of case %(number)s waits to be sent.", number=number))
    return redirect(url_for("cases.case", number=number, tab="messages"))


@blueprint.post("/<number>/messages/<int:message_id>/instead")
def tell_instead(number: str, message_id: int) -> Response | tuple[str, int]:
    """Say once more what a text message did not bring, or how it has been said meanwhile."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    replies.check(auth.actor())
    channel = request.form.get("channel", "")
    try:
        correspondence.tell_instead(message_id, case_number=number, channel=channel, by=auth.actor(), at=engine.now())
    except engine.InvalidForm as error:
        return page(number, "messages", error.reasons), 422
    if channel == correspondence.SMS:
        flash(gettext("The text message of case %(number)s waits to be sent.", number=number))
    else:
        flash(gettext("Written down: the customer of case %(number)s has been told.", number=number))
    return redirect(url_for("cases.case", number=number, tab="messages"))
