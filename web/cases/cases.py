"""Cases: the list, and one case with its timeline, diagrams, money and correspondence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import insert
from werkzeug.wrappers import Response

import engine
from engine import cases, language, proof, record
from models.base import session, transaction
from models.comment import Comment
from models.complaint import Complaint
from models.instance import ProcessInstance
from models.notice import MessageState, OutboxMessage
from models.states import CaseState
from models.user_task import UserTask
from office import (
    access_log,
    complaints,
    correspondence,
    erasure,
    free_text,
    households,
    letters,
    number_changes,
    replies,
    work_orders,
)
from web.cases.queries import acts_offered, case_list
from web.edge import access, access_logging, addresses, auth, idempotency_keys, unsent_forms
from web.lookup import definitions, staff
from web.queries import casefile, line_names, money, orders, standing, used_versions
from web.telling import act_texts, names, suggestions, timeline, verdicts

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
MOST_COMMENT = 2_000
NEWEST = 40
WHOLE = ("diagram", "money", "acts")  # tabs that tell of all steps
TELLING = ("timeline", "money")  # tabs that speak of lines
OTHER_TABS = ("diagram", "money", "messages", "orders", "acts")
# The forms that stand on a tab and are kept.
KEPT = {
    "timeline": ("cases.erase",),
    "messages": ("cases.comment", "cases.reply"),
    "acts": ("acts.withdraw", "acts.void", "acts.ask_extension", "acts.ask_reversal"),
}


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.get("")
def listing() -> str | Response:
    """Return cases the person may see; one exact hit opens at once."""
    filters = case_list.wanted(addresses.asked())
    page = case_list.page(current_user, filters)
    if len(page.rows) == 1 and page.rows[0].case_number == filters.text.upper():
        return redirect(url_for("cases.case", number=page.rows[0].case_number))
    if not page.rows and definitions.is_published(filters.text.upper()):
        return redirect(url_for("processes.process", key=filters.text.upper()))
    return render_template(
        "cases/cases.html",
        page=page,
        wanted=filters,
        processes=case_list.processes(),
        people=case_list.people(current_user),
        process_name=names.process_name,
        outcomes=act_texts.OUTCOMES,
        on_the_spot=names.ON_THE_SPOT,
        versions=definitions.versions_of(row.case_number for row in page.rows),
        sees_everything=current_user.has(*access.SEE_EVERYTHING),
        named=case_list.named(filters.text),
    )


@blueprint.get("/<number>")
def case(number: str) -> str | Response:
    """Return one case; `tab` timeline, diagram, money, messages, orders or acts, for auditors also looks. Of a work order whoever sent it sees the order."""
    query = addresses.asked()
    try:
        return page(number, query["tab"], before=query["before"])
    except access.NotYourCase:
        if casefile.find(number).key != work_orders.PROCESS:
            raise
        return redirect(url_for("orders.order", number=number))


def page(
    number: str,
    tab: str,
    reasons: dict[str, list[language.Reason]] | None = None,
    *,
    remark: str = "",
    reply_text: str = "",
    erasure_reason: str = "",
    typed: Mapping[str, str] | None = None,
    before: int | None = None,
) -> str:
    """Return the page of a case, with what stands beside and in the fields of a form that was refused."""
    opened = casefile.opened(number)
    sight = access.check_case(current_user, opened.instance.id)
    access_logging.at_case(number, sight)
    history = _told(opened.instance, tab in WHOLE, before)
    beside, answered = _refused(number, tab) if reasons is None else (reasons, reasons)
    if tab in TELLING:
        line_names.of_history(history, opened.whose.msisdn, sight)
    entered = {"remark": remark, "told": reply_text, "why": erasure_reason, "typed": typed or {}}
    with definitions.of_definition(history.definition):  # a case is told in the words of its own version
        return render_template(
            "cases/case.html",
            tab=tab,
            sight=sight,
            history=history,
            reasons=beside,
            answered=answered,
            later=before is not None,
            lines=timeline.lines(history, sight, before) if tab not in OTHER_TABS else [],
            **entered,
            **_of_case(opened, history, tab),
        )


def _of_case(opened: casefile.Opened, history: proof.CaseHistory, tab: str) -> dict[str, Any]:
    """Return what the page says of a case itself, whatever is entered there, and the words in which it does."""
    instance, complaint, messages = opened.instance, opened.complaint, opened.messages
    of_history = _of_history(instance, history)
    return {
        "instance": instance,
        "complaint": complaint,
        "whose": opened.whose,
        "messages": messages,
        "settled": correspondence.settled(messages),
        "new_number": _new_number(messages) if tab == "messages" else "",
        "said": act_texts,
        "element_name": names.element_name,
        "process_name": names.process_name,
        "departments": names.departments(),
        **of_history,
        **_of_complaint(complaint, instance, history, messages),
        **_of_tab(tab, instance, complaint, history, of_history["tasks"]),
    }


def _of_history(instance: ProcessInstance, history: proof.CaseHistory) -> dict[str, Any]:
    """Return what the page says of a case by its record: what it passed and waits for, what contradicts it, what of it was erased or may be."""
    tasks, passed = casefile.tasks_and_processes(instance.id, history)
    may_erase = erasure.may(auth.actor(), instance, history)
    return {
        "tasks": tasks,
        "gone": {} if history.is_readable else cases.erased([instance.id]),
        "contradictions": verdicts.contradictions(history.doubts),
        "may_erase": may_erase,
        "stays": may_erase and erasure.stays(proof.history_of(instance.id)),
        "used": used_versions.passed(history.definition, passed),
        "earlier": None if history.is_whole else history.since,
        "waits": standing.waits(instance, tasks, history.definition) if instance.state == CaseState.ACTIVE else [],
        "workable": cases.workable_among(tasks, history.definition, auth.actor()),
    }


def _new_number(messages: Sequence[OutboxMessage]) -> str:
    """Return the number that the customer has now, where a text message did not arrive at the one of the case; empty where there is none."""
    failed = next((message.to_msisdn for message in messages if message.state == MessageState.FAILED), "")
    return number_changes.new_number(failed) if failed else ""


def _of_complaint(
    complaint: Complaint | None, instance: ProcessInstance, history: proof.CaseHistory, messages: list[OutboxMessage]
) -> dict[str, Any]:
    """Return what the page says of a complaint, and whether it may still be answered; of a case without one, only its process."""
    may_tell = replies.may(auth.actor())
    return {
        "may_tell": may_tell,
        "may_reply": complaint is not None
        and instance.state == CaseState.ACTIVE
        and may_tell
        and not replies.is_answered(complaint, messages),
        "interim_words": replies.preview(instance.business_key, engine.now()),
        "words": complaints.words(complaint, history) if complaint else None,
        "disputed": casefile.disputed(complaint, history) if complaint else None,
        "suggestion": suggestions.of_complaint(complaint, history) if complaint else "",
        "process": names.process_name(complaint.process_key if complaint else instance.key),
        "heard": casefile.told(complaint, messages),
    }


def _of_tab(
    tab: str,
    instance: ProcessInstance,
    complaint: Complaint | None,
    history: proof.CaseHistory,
    tasks: Sequence[UserTask],
) -> dict[str, Any]:
    """Return what only one tab shows; nothing is read for the others."""
    number = instance.business_key
    claims, registered = money.claims_and_runs(number) if tab == "money" else ([], [])
    return {
        "stages": casefile.stages(history) if tab == "diagram" else [],
        "money": money.of_case(number) if tab == "money" else [],
        "registered": registered,
        "claims": [*claims, *money.let_go(history.entries, claims)] if tab == "money" else [],
        "asked_of": money.asked_of(history.entries, claims) if tab == "money" else {},
        "comments": casefile.comments(number) if tab == "messages" else [],
        "orders": _orders(number) if tab == "orders" else [],
        "acting": acts_offered.of_case(instance, complaint, tasks, history, auth.actor()) if tab == "acts" else None,
        "looks": _looks(instance, complaint) if tab == "looks" and current_user.has("auditor") else [],
    }


def _looks(instance: ProcessInstance, complaint: Complaint | None) -> list[access_log.Look]:
    """Return who looked at a case or took it away, with their names asked for at once."""
    processes = {instance.key, complaint.process_key if complaint else instance.key, *instance.processes.split()}
    looks = access_log.of_case(access_log.Traced(instance.business_key, instance.started_at, frozenset(processes)))
    staff.know_people(look.user for look in looks)
    return looks


def _orders(number: str) -> list[orders.Sheet]:
    """Return the work orders of a case; of an order's own case that order."""
    own = orders.of_order(number)
    return [own] if own is not None else orders.of_case(number)


def _refused(number: str, tab: str) -> tuple[unsent_forms.Reasons, unsent_forms.Reasons]:
    """Return why forms that stand again on a tab were refused, by field, no two with one of the same name; and of these what answers what was just sent.

    Another act may have settled the rest since: it stands beside its fields, with when it was sent, and is no alarm.
    """
    places = [url_for(verb, number=number) for verb in KEPT.get(tab, ())]
    beside = {field: reasons for place in places for field, reasons in unsent_forms.kept(place).reasons.items()}
    answered = next((unsent_forms.kept(place).reasons for place in places if unsent_forms.is_named(place)), {})
    return beside, answered


def _told(instance: ProcessInstance, whole: bool, before: int | None) -> proof.CaseHistory:
    """Return what the page needs of the history, or as much as its chain holds."""
    try:
        return proof.history_of(instance.id) if whole else proof.end_of(instance.id, NEWEST, before)
    except record.BrokenChain:
        return proof.what_holds(instance.id)


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
        return unsent_forms.back(wrong) or (page(number, "timeline", wrong, erasure_reason=reason), 422)
    flash(gettext("The personal data of %(number)s are erased.", number=number))
    return redirect(url_for("cases.case", number=number))


@blueprint.post("/<number>/comments")
def comment(number: str) -> Response | tuple[str, int]:
    """Leave a remark on a case."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    text = request.form.get("text", "").strip()
    wrong = free_text.wrong(text, MOST_COMMENT, required=True)
    if wrong:
        return unsent_forms.back({"text": wrong}) or (page(number, "messages", {"text": wrong}, remark=text), 422)
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
    text = request.form.get("told", "").strip()
    try:
        despite = request.form.getlist("despite")
        replies.send(number, text, key=idempotency_keys.sent(), by=auth.actor(), at=engine.now(), despite=despite)
    except replies.NotSayable as error:
        wrong = error.values["reasons"]
        return unsent_forms.back(wrong) or (page(number, "messages", wrong, reply_text=text), 422)
    flash(gettext("The text message of case %(number)s waits to be sent.", number=number))
    return redirect(url_for("cases.case", number=number, tab="messages"))


@blueprint.post("/<number>/messages/<int:message_id>/instead")
def tell_instead(number: str, message_id: int) -> Response | tuple[str, int]:
    """Say once more what a text message did not bring, or how it has been said meanwhile."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    replies.check(auth.actor())
    households.check(instance.id, auth.actor())
    channel = request.form.get("channel", "")
    try:
        correspondence.tell_instead(message_id, case_number=number, channel=channel, by=auth.actor(), at=engine.now())
    except language.InvalidForm as error:
        return page(number, "messages", error.reasons), 422
    if channel in (correspondence.SMS, correspondence.NEW_NUMBER):
        flash(gettext("The text message of case %(number)s waits to be sent.", number=number))
    elif channel == correspondence.LETTER:
        flash(gettext("The letter of case %(number)s waits to be posted.", number=number))
    else:
        flash(gettext("Written down: the customer of case %(number)s has been told.", number=number))
    return redirect(url_for("cases.case", number=number, tab="messages"))


def _day(typed: str) -> date | None:
    """Return the day that was typed. Errors: InvalidForm where it is none."""
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise language.InvalidForm(reasons={"posted_on": [language.Reason("not_a_date")]}) from None


@blueprint.post("/<number>/messages/<int:message_id>/posted")
def post_letter(number: str, message_id: int) -> Response | tuple[str, int]:
    """Write down the day on which a letter was posted."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    replies.check(auth.actor())
    try:
        on = _day(request.form.get("posted_on", ""))
        letters.post(message_id, case_number=number, on=on, by=auth.actor(), at=engine.now())
    except language.InvalidForm as error:
        return page(number, "messages", error.reasons), 422
    flash(gettext("Written down: the letter of case %(number)s was posted.", number=number))
    return redirect(url_for("cases.case", number=number, tab="messages"))
