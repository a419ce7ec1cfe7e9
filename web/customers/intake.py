"""Intake at the counter: one page from the number to the accepted case; it works with and without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

import engine
from engine import language
from office import free_text, intake
from service_tasks import amounts, numbers
from web.edge import access, access_logging, auth, idempotency_keys, unsent_forms
from web.edge.addresses import asked
from web.lookup import definitions
from web.queries import settled_lines, standing
from web.telling import names, suggestions

blueprint = Blueprint("intake", __name__, url_prefix="/intake")
FIELDS = (
    "msisdn",
    "text",
    "channel",
    "demand",
    "disputed_amount",
    "process",
    "overrule_reason",
    "suggested",
    "unknown",
)


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def _only_counters() -> Response | None:
    if not access.at_a_counter(current_user):  # others may look at customers, on a page of their own
        raise intake.NotAtACounter
    if current_user.has_notices and current_user.has("clerk"):
        return redirect(url_for("notices.unread", next=unsent_forms.aside() or url_for("intake.form")))
    return None


@blueprint.get("")
def form() -> str:
    """Return an empty form, or one with the number that is known already, and with what a customer wants who only comes to pay."""
    msisdn = asked()["msisdn"]
    kept_form = unsent_forms.stand_only_for(url_for("intake.accept"), msisdn)
    if kept_form.at:
        return _page(_typed(kept_form), kept_form.reasons)
    paying = intake.PAYING if asked()["pays"] == "1" else {}
    return _page({"msisdn": msisdn, "channel": "counter", **paying}, {})


@blueprint.get("/caller")
def caller() -> str:
    """Return the panel about a number."""
    return render_template("customers/_caller.html", **_called(_caller(asked()["msisdn"])))


@blueprint.post("/suggestion")
def suggestion() -> str:
    """Return the suggested processes for what has been written so far."""
    typed = _typed(request.form)
    return render_template(
        "customers/_suggestion.html", suggestion=_suggestion(typed), typed=typed, reasons={}, **_choices()
    )


@blueprint.post("")
def accept() -> str | Response | tuple[str, int]:
    """Look up, suggest, or take the case in, as the button says."""
    typed = _typed(request.form)
    if request.form.get("action") != "accept":
        return _again(typed, _wrong_already(typed))
    try:
        number = intake.accept(_taken(typed), by=auth.actor(), at=engine.now(), key=idempotency_keys.sent())
    except language.InvalidForm as error:
        return _again(typed, error.reasons)
    case = standing.taken_in(number)
    flash(_taken_in(number, case))
    for step in standing.stuck_at(case):
        flash(
            gettext("“%(step)s” could not be carried out; the operator of the system has been told.", step=step), "warn"
        )
    return redirect(url_for("tasklist.of_case", number=number))


def _wrong_already(typed: dict[str, str]) -> dict[str, list[language.Reason]]:
    """Return what cannot be taken in as it is, of the fields that have been filled in so far."""
    wrong: dict[str, list[language.Reason]] = {}
    if typed["msisdn"] and numbers.msisdn(typed["msisdn"]) is None:
        wrong["msisdn"] = [intake.NO_MSISDN]
    try:
        _fen(typed["disputed_amount"])
    except language.InvalidForm as error:
        wrong |= error.reasons
    return wrong


def _again(typed: dict[str, str], reasons: dict[str, list[language.Reason]]) -> Response | tuple[str, int]:
    """Return the page once more, with what was looked up, suggested or refused."""
    return unsent_forms.back(reasons) or (_page(typed, reasons), 422 if reasons else 200)


def _taken_in(number: str, case: standing.TakenIn) -> str:
    """Say that the case is there, and which department it waits for when that is not one's own."""
    groups = case.groups
    customer = gettext(", %(customer)s", customer=case.customer)
    if not groups or groups & current_user.departments:
        return gettext("Case %(number)s%(customer)s has been taken in.", number=number, customer=customer)
    waiting = gettext(", ").join(names.departments().get(group, group) for group in sorted(groups))
    return gettext(
        "Case %(number)s%(customer)s has been taken in and waits at: %(department)s.",
        number=number,
        customer=customer,
        department=waiting,
    )


def _typed(fields: Mapping[str, str] | unsent_forms.Kept) -> dict[str, str]:
    """Return what was typed; a process that was only suggested, and not chosen, follows what is written."""
    typed = {name: fields.get(name, "").strip() for name in FIELDS}
    if typed["process"] in ("", typed["suggested"]):
        suggestion = _suggestion(typed)
        typed["process"] = suggestion.process if suggestion and suggestion.is_sure else ""
    return typed


def _taken(typed: dict[str, str]) -> intake.Intake:
    """Return what was typed as a complaint. Errors: InvalidForm with every wrong field when the amount cannot be read."""
    number = numbers.msisdn(typed["msisdn"]) or typed["msisdn"]
    complaint = intake.Intake(
        msisdn=number,
        text=typed["text"],
        channel=typed["channel"],
        demand=typed["demand"],
        process=typed["process"],
        overrule_reason=typed["overrule_reason"],
        known_only=typed["unknown"] != number,
    )
    try:
        return replace(complaint, disputed_amount=_fen(typed["disputed_amount"]))
    except language.InvalidForm as error:
        raise language.InvalidForm(reasons=error.reasons | intake.wrong(complaint)) from None


def _fen(text: str) -> int | None:
    """Read yuan as typed, in fen. Errors: InvalidForm."""
    if not language.written.plain(text):
        return None
    fen = amounts.fen(text)
    if fen is None:
        number = amounts.typed(text) is not None
        reason = language.Reason("too_many_decimals", {"limit": 2}) if number else language.Reason("not_a_number")
        raise language.InvalidForm(reasons={"disputed_amount": [reason]})
    return fen


def _called(caller: intake.Caller | None) -> dict[str, Any]:
    """Return a caller, and their cases in the words of the versions these run on."""
    versions = definitions.versions_of(case.case_number for case in caller.cases) if caller else {}
    settled = settled_lines.of_caller(caller)
    shared = {"caller": caller, "settled": settled, "versions": versions}
    return shared | {"process_name": names.process_name, "at_intake": True}


def _caller(typed: str) -> intake.Caller | None:
    msisdn = numbers.msisdn(typed)
    if not msisdn:
        return None
    access_logging.at_customer(msisdn)
    return intake.look_up(msisdn)


def _suggestion(typed: dict[str, str]) -> intake.Suggestion | None:
    msisdn = numbers.msisdn(typed.get("msisdn", ""))
    if msisdn is None or free_text.wrong(typed.get("text", ""), intake.MOST_TEXT, required=True):
        return None
    return intake.suggest(typed["text"], msisdn, engine.now())


def _choices() -> dict[str, object]:
    """Return the processes to choose among, and what words the reasons for one."""
    choices = {key: names.process_name(key) for key in intake.CHOICES}
    return {"choices": choices, "suggestion_reasons": suggestions.reasons}


def _page(typed: dict[str, str], reasons: dict[str, list[language.Reason]]) -> str:
    return render_template(
        "customers/intake.html",
        typed=typed,
        reasons=reasons,
        **_called(_caller(typed.get("msisdn", ""))),
        suggestion=_suggestion(typed),
        channels={
            "counter": gettext("At the counter"),
            "telephone": gettext("By telephone"),
            "agency": gettext("At an agency"),
            "letter": gettext("By letter"),
        },
        **_choices(),
    )
