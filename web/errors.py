"""Errors at the edge: one table from kinds to statuses, one catalogue of what people read, HTML for pages and problem+json for the API."""

from __future__ import annotations

import structlog
from flask import Flask, jsonify, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

import engine
from web import refusals
from web.i18n import yuan

STATUSES: tuple[tuple[type[engine.EngineError], int], ...] = (
    (engine.NotFound, 404),
    (engine.NotPermitted, 403),
    (engine.Conflict, 409),
    (engine.Invalid, 422),
    (engine.Corrupt, 500),
)
_log = structlog.get_logger()

Answer = Response | tuple[str, int] | tuple[Response, int]


def status_of(error: engine.EngineError) -> int:
    """The HTTP status of an error's kind."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def texts() -> dict[str, str]:
    """What people read, by error class; what is not listed reads as its kind."""
    return {
        "PickleRefused": gettext("A queued job is written in a way that is not accepted."),
        "UnknownUserTask": gettext("There is no such task."),
        "UnknownInstance": gettext("There is no such case."),
        "UnknownCase": gettext("There is no such case."),
        "UnknownMessage": gettext("There is no such text message that waits to be sent."),
        "UnknownNotice": gettext("There is no such notice."),
        "UnknownProcess": gettext("There is no such process."),
        "UnknownIncident": gettext("There is no such incident."),
        "NotACandidate": gettext("This task belongs to another department. Only its members may work on it."),
        "NotASupervisor": gettext("Only a supervisor may do this."),
        "NotForYou": gettext("Only a supervisor may do this."),
        "NotYourCase": gettext("This case has not been with your department, so it cannot be shown to you."),
        "NotAtACounter": gettext("Only counters take complaints in and look at customers."),
        "NotOfTheDepartment": gettext("Please choose somebody of the department this task belongs to."),
        "RoleMissing": gettext("This page belongs to another role."),
        "BeginsElsewhere": gettext("This process is not begun with a complaint; another process or a date begins it."),
        "FourEyesViolation": gettext("Somebody else has to do this step, because you did the one it checks."),
        "NoticesUnread": gettext("There are notices to read and confirm before the next case."),
        "ClaimedByAnother": gettext("A colleague has taken this task."),
        "AlreadyCompleted": gettext("This task is done already. Nothing was changed."),
        "InstanceEnded": gettext("This case is closed. Nothing was changed."),
        "StaleInstance": gettext("Somebody has just changed this case. Please look again and repeat."),
        "CannotGoOn": gettext(
            "From here the process would go on without end. Nothing was changed; the operator of the system has been told."
        ),
        "EndlessLoop": gettext(
            "From here the process would go on without end. Nothing was changed; please tell the operator of the system."
        ),
        "FeelLimit": gettext(
            "An expression of this process takes more than it may. Nothing was changed; please tell the operator of the system."
        ),
        "UnusableKey": gettext(
            "The case cannot wait for a message under what was entered, because it is too long. Nothing was changed."
        ),
        "NotAllReleased": gettext("Some of the waiting cases could not go on; the others have."),
        "IncidentResolved": gettext("This incident is settled already."),
        "EntryRefused": gettext("What was entered is refused. Nothing was changed."),
        "InvalidForm": gettext("Some fields are not filled in correctly. Nothing was changed."),
        "InvalidDefinition": gettext("The process has problems and cannot be published."),
        "BrokenChain": gettext(
            "The record of this case does not agree with itself. Please tell the operator of the system."
        ),
        "StaleDraft": gettext(
            "Somebody else has saved this draft since you opened it. Look at theirs before you save yours."
        ),
        "NotAnOwner": gettext("Only a process owner may change processes."),
        "UnusableFile": gettext("This file cannot be kept with the process: check its name and size."),
        "NothingChanged": gettext("This is what is published already. Nothing was changed."),
        "NotSubmitted": gettext("This draft has not been submitted for approval."),
        "ScenariosNotPlayed": gettext("Play the scenarios on the draft first."),
        "DifferencesNotAccepted": gettext(
            "Some scenarios differ from what was agreed. Confirm that this is meant, or change the draft."
        ),
        "NoReason": gettext("Please say why, in one or two sentences."),
        "NotASecondPerson": gettext("Another process owner has to approve this: you submitted it or edited it last."),
        "TooLong": gettext("This try has become too long to go on. Begin another one."),
        "NotATry": gettext("This is not a try of this process. Begin one."),
        "MayNotErase": gettext("Only a supervisor may have personal data erased."),
        "NotClosed": gettext("The case is still being handled, so its personal data are needed. Nothing was erased."),
        "StillUnderWay": gettext("Something of this case has still to be carried out. Nothing was erased."),
        "AlreadyErased": gettext("The personal data of this case have been erased already."),
        "NoReasonGiven": gettext("Please say why, in one or two sentences."),
        "FixtureRefused": gettext("The scenario gives something that this office cannot hold."),
        "InvalidVariables": gettext("The case cannot begin with these values."),
        "PeriodUnknown": gettext("No batch is collected under this period, or its time has not come."),
        "SubscriptionUnknown": gettext("No customer has this number."),
        "NotFound": gettext("What you asked for is not here."),
        "NotPermitted": gettext("You may not do this."),
        "Conflict": gettext("This has changed since you looked. Please look again."),
        "Invalid": gettext("What was entered cannot be accepted."),
        "Corrupt": gettext("The record contradicts itself. Please tell the operator of the system."),
    }


def describe(error: engine.EngineError) -> str:
    """An error in the language of the page."""
    known = texts()
    for kind in type(error).__mro__:
        if kind.__name__ in known:
            return known[kind.__name__]
    return known["Conflict"]


def reason(found: engine.Reason) -> str:
    """Why a field is wrong, in the language of the page."""
    limit = found.values.get("limit")
    shown = yuan(int(limit)) if found.values.get("unit") == "fen" and limit is not None else limit
    written = {
        "required": gettext("Please fill this in."),
        "not_a_number": gettext("Please enter a number."),
        "too_many_decimals": gettext("At most %(limit)s decimals.", limit=shown),
        "min": gettext("Must be at least %(limit)s.", limit=shown),
        "max": gettext("Must not exceed %(limit)s.", limit=shown),
        "too_long": gettext("At most %(limit)s characters.", limit=shown),
        "too_short": gettext("At least %(limit)s characters.", limit=shown),
        "pattern": gettext("Please check how this is written."),
        "not_an_option": gettext("Please choose one of the options."),
        "not_a_date": gettext("Please enter a date such as 2026-11-23."),
        "unknown_field": gettext("This field does not belong to the form."),
        "not_text": gettext("This contains characters that cannot be used."),
        "not_reached_by_text": gettext(
            "The number is cancelled, so a text message cannot arrive. Tell the customer in another way."
        ),
        "InvalidParameters": gettext(
            "The next step cannot take this. Please check how it is written and how large it is."
        ),
    }
    if found.code in refusals.SENTENCES:
        return refusals.sentence({**found.values, "code": found.code})
    return written.get(found.code) or texts().get(found.code) or gettext("Please check this.")


def register(app: Flask) -> None:
    """Answer every error in one place."""
    app.register_error_handler(engine.EngineError, _engine_error)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
    app.jinja_env.globals.update(reason=reason, describe=describe)


def _engine_error(error: engine.EngineError) -> Answer:
    status = status_of(error)
    if status >= 500:
        _log.error("corrupt", code=error.code, path=request.path)
    return answer(status, describe(error), error.code)


def _csrf(error: CSRFError) -> Answer:
    return answer(
        400, gettext("This page was open for too long. Go back, reload it and repeat; nothing was changed."), "Csrf"
    )


def _http(error: HTTPException) -> Answer:
    status = error.code or 500
    if status < 400:
        return Response(error.get_body(), status=status, headers=error.get_headers())
    if isinstance(error.response, Response):  # whoever refused has written the answer
        return error.response
    known = {
        403: gettext("You may not do this."),
        404: gettext("There is no such page."),
        405: gettext("This cannot be done here."),
        413: gettext("This is too large."),
        429: gettext("Too many requests. Please wait a moment."),
    }
    return answer(status, known.get(status, gettext("This request cannot be answered.")), error.name)


def _unexpected(error: Exception) -> Answer:
    _log.error("unexpected", kind=type(error).__name__, path=request.path, trace=engine.frames(error))
    return answer(
        500,
        gettext("Something went wrong here. Nothing was changed; please try again or tell the operator."),
        "Unexpected",
    )


def answer(status: int, text: str, code: str) -> Answer:
    """A page, or problem+json under /api/."""
    if request.path.startswith("/api/"):
        body = jsonify(type="about:blank", title=text, status=status, code=code)
        body.mimetype = "application/problem+json"
        return body, status
    return render_template("error.html", status=status, text=text, code=code), status
