"""Errors at the edge: one table from kinds to statuses, one catalogue of what people read, HTML for pages and problem+json for the API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_decimal, gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

import engine
from web import nearest, refusals, unavailable, unsent
from web.addresses import WrongAddress
from web.i18n import yuan

STATUSES: tuple[tuple[type[engine.EngineError], int], ...] = (
    (engine.NotFound, 404),
    (engine.NotPermitted, 403),
    (engine.Conflict, 409),
    (engine.Invalid, 422),
    (engine.Corrupt, 500),
)
MOST_MEGABYTES = 8

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
        "UnknownJob": gettext("There is no such work that has failed."),
        "UnknownMessage": gettext("There is no such text message that waits to be sent."),
        "UnknownNotice": gettext("There is no such notice."),
        "UnknownProcess": gettext("There is no such process."),
        "UnknownIncident": gettext("There is no such incident."),
        "NotACandidate": gettext("This task belongs to another department. Only its members may work on it."),
        "NotASupervisor": gettext("Only a supervisor may do this."),
        "SamePerson": gettext("Whoever asks for something does not grant it, under this log-in or another."),
        "NotGranting": gettext("Extensions are granted by a supervisor, reversals by a supervisor and accounting."),
        "UnknownRequest": gettext("There is no such request that waits for an answer."),
        "NotDone": gettext("This cannot be done as it was asked for. Nothing was changed."),
        "NoComplaint": gettext("This case is not one of a customer's complaint."),
        "NotForYou": gettext("Only a supervisor may do this."),
        "NoPaper": gettext("This step has no such paper."),
        "NoAmount": gettext("The paper cannot be printed yet: please enter its amount at the step first."),
        "NotSet": gettext("The paper could not be printed. Please try again, or tell the operator of the system."),
        "NotYourCase": gettext("This case has not been with your department, so it cannot be shown to you."),
        "NotAtACounter": gettext("Only counters take complaints in and look at customers."),
        "NotOfTheDepartment": gettext("Please choose somebody of the department this task belongs to."),
        "RoleMissing": gettext("This page belongs to another role."),
        "BeginsElsewhere": gettext("This process is not begun with a complaint; another process or a date begins it."),
        "FourEyesViolation": gettext(
            "Somebody else has to do this step, because you prepared what it checks, under this log-in or another."
        ),
        "OwnHousehold": gettext(
            "This number belongs to your own household, so a colleague has to work on it. Nothing was changed."
        ),
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
        "KeyUsedAgain": gettext(
            "This key was used for another request already. Nothing was changed; give every request a key of its own."
        ),
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
        "SubmittedDraft": gettext(
            "This draft has been submitted for approval. Saving takes that back; say that this is meant."
        ),
        "WrongAddress": gettext("The address asks for something that cannot be shown."),
        "NotAnOwner": gettext("Only a process owner may change processes."),
        "UnusableFile": gettext("This file cannot be kept with the process: check its name and size."),
        "NothingChanged": gettext("This is what is published already. Nothing was changed."),
        "NotSubmitted": gettext("This draft has not been submitted for approval."),
        "ScenariosNotPlayed": gettext("Play the scenarios on the draft first."),
        "DifferencesNotAccepted": gettext(
            "Some scenarios differ from what was agreed. Confirm that this is meant, or change the draft."
        ),
        "NoReason": gettext("Please say why, in one or two sentences."),
        "NotASecondPerson": gettext(
            "Somebody who has no hand in this draft has to approve it: you saved it since it was begun, or submitted it."
        ),
        "NobodyToApprove": gettext(
            "Nobody is left to approve this: every process owner has saved this draft or submits it. Ask the operator of the system to name another process owner."
        ),
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
    told = _told_by_values(error)
    if told:
        return told
    known = texts()
    for kind in type(error).__mro__:
        if kind.__name__ in known:
            return known[kind.__name__]
    return known["Conflict"]


def why_barred(code: str) -> str:
    """Why somebody else has to do a task, by the code of the refusal."""
    return texts().get(code) or texts()["NotPermitted"]


def on_the_draft(error: engine.EngineError) -> str:
    """A refusal as the page of a draft tells it, with what to do there."""
    n = error.values.get("left", 0) if error.code == "ScenariosNotPlayed" else len(error.values.get("scenarios", ()))
    known = {
        "UnknownProcess": gettext("The draft is no longer there: somebody has discarded or published it meanwhile."),
        "StaleDraft": gettext(
            "The draft has been saved again since you opened this page. It is shown here as it is now, and what you typed is kept: look at what changes, then repeat."
        ),
        "NotSubmitted": gettext(
            "The draft is not submitted any more: somebody has given it back or changed it. It is shown here as it is now."
        ),
        "ScenariosNotPlayed": gettext(
            "%(n)s scenarios have not been played on the draft as it is now. Have them played above, then repeat; what you typed is kept.",
            n=n,
        ),
        "DifferencesNotAccepted": gettext(
            "%(n)s scenarios differ from what was agreed; above stands how. If this is meant, tick it below and repeat; if not, change the draft.",
            n=n,
        ),
        "Conflict": gettext(
            "Another version has been published since you opened this page. The comparison is with that one now: look at what changes, then repeat."
        ),
        "InvalidDefinition": gettext(
            "The draft has problems and cannot be published. They are listed above, each with the way to its place."
        ),
    }
    return known.get(error.code) or describe(error)


def _told_by_values(error: engine.EngineError) -> str:
    """What is said for the particular `why` of an error; empty when its class says it all."""
    values = {"limit": "", "encoding": "", "file": "", "key": "", **getattr(error, "values", {})}
    if error.code == "NoReason" and values.get("why") in ("too_long", "not_text"):
        return reason(engine.Reason(str(values["why"]), {"limit": values.get("most")}))
    if error.code == "UnknownProcess" and values.get("version"):
        return gettext("The process %(process)s has no version %(n)s.", process=values["process"], n=values["version"])
    if error.code != "UnusableFile":
        return ""
    known = {
        "kind": gettext(
            "%(file)s is none of the kinds that are read here: .bpmn, .xml, .dmn or .form; the package of a version (.zip) under Bring in a diagram."
        ),
        "no_diagram": gettext("%(file)s is no diagram. Choose a file that ends in .bpmn or .xml."),
        "encoding": gettext(
            "%(file)s is not written in the encoding it names, or it names none and is not UTF-8 (%(encoding)s). Save it as UTF-8."
        ),
        "too_large": gettext("%(file)s is too long: at most %(limit)s characters are kept."),
        "not_text": gettext("%(file)s contains characters that cannot be kept."),
        "twice": gettext("%(file)s would take the place of another file you chose. Bring one of them in at a time."),
        "of_another_process": gettext("%(file)s belongs to another process and is changed there."),
        "too_many_files": gettext("There are too many files; at most %(limit)s are kept with a process."),
        "broken_package": gettext(
            "%(file)s is no package that can be unpacked here. Take it from the list of versions again."
        ),
        "no_diagram_in_package": gettext("%(file)s does not hold exactly one process that no other in it calls."),
        "other_content": gettext("%(file)s is not what was packed: its content has another fingerprint."),
        "package_key": gettext("%(file)s is a package of %(key)s and keeps that key. Leave the key empty."),
        "name": gettext("%(file)s cannot be kept under this name. Use letters, digits, dots, hyphens and underscores."),
    }
    found = known.get(str(values.get("why")))
    return found % {**values, "limit": format_decimal(values["limit"] or 0)} if found else ""


def reason(found: engine.Reason) -> str:
    """Why a field is wrong, in the language of the page."""
    limit = found.values.get("limit")
    if isinstance(limit, date) and found.code in ("min", "max"):
        return _out_of_order(limit, early=found.code == "min")
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
        "shape": gettext("Please check how this is written."),
        "not_an_option": gettext("Please choose one of the options."),
        "other_lines": gettext("Only what was found or approved can be picked here, and no more of it."),
        "not_allowed": gettext("This cannot be chosen as things stand: no check recorded in this case has found it."),
        "not_a_date": gettext("Please enter a date such as 2026-11-23."),
        "unknown_field": gettext("This field does not belong to the form."),
        "not_text": gettext("This contains characters that cannot be used."),
        "not_a_line": gettext("This is no line with an amount, such as bill-item:2026-11:3 12.50."),
        "too_many_lines": gettext("At most %(limit)s lines can be picked at once.", limit=shown),
        "holds_number": gettext(
            "This holds a number of a telephone, an account or an identity card. Please write it without: it stays."
        ),
        "not_json": gettext("This is not JSON, or it is too large or too deep."),
        "not_an_object": gettext("An object with named values is expected here."),
        "cursor": gettext("This is no place in the list. Begin at its first page."),
        "process_unknown": gettext("There is no process %(name)s.", name=found.values.get("name")),
        "department_unknown": gettext("There is no department %(name)s.", name=found.values.get("name")),
        "person_unknown": gettext("Nobody works here under the login %(name)s.", name=found.values.get("name")),
        "twice": gettext("This stands in the address more than once. Leave one."),
        "unknown_parameter": gettext(
            "“%(name)s” is nothing that can be asked for here.", name=found.values.get("name")
        ),
        "no_moment": gettext("The case has no such moment; its last entry is %(limit)s.", limit=limit),
        "number_unknown": gettext(
            "No customer has this number. Please compare it; if it is right, confirm it and take the complaint in."
        ),
        "answered_already": gettext(
            "The customer has been answered; nothing is being handled any more. Leave a remark instead."
        ),
        "not_reached_by_text": gettext(
            "The number is cancelled, so a text message cannot arrive. Tell the customer in another way."
        ),
        **_of_acts(found),
        "InvalidParameters": gettext(
            "The next step cannot take this. Please check how it is written and how large it is."
        ),
    }
    if found.code in refusals.SENTENCES:
        return refusals.sentence({**found.values, "code": found.code})
    return written.get(found.code) or texts().get(found.code) or gettext("Please check this.")


def _of_acts(found: engine.Reason) -> dict[str, str]:
    """Why an act outside the steps cannot be done."""
    values = {"amount": 0, "left": 0, "minutes": 0, **found.values}
    amount, limit = yuan(values["amount"]), values.get("limit")
    return {
        "money_given": gettext(
            "%(amount)s has been given to the customer in this case. Have the credit taken back first.", amount=amount
        ),
        "cash_given": gettext(
            "%(amount)s has been given to the customer in this case, not only as a credit. A withdrawal is not possible any more.",
            amount=amount,
        ),
        "correction_handed_in": gettext(
            "The correction of %(amount)s is with the run already. Wait for the run, then have the credit taken back.",
            amount=amount,
        ),
        "extended_once": gettext("A case is extended once only, and this one has been, or it has been asked for."),
        "no_limit_to_extend": gettext("Neither the case nor an open step has a limit that could be extended."),
        "limit_passed": gettext(
            "The limit passed on %(limit)s. It can be extended only before it passes.", limit=limit
        ),
        "not_a_working_day": gettext("The office does not work on this day. Please choose a working day."),
        "not_an_extension": gettext(
            "Please choose a day after %(after)s and not after %(limit)s: at most five working days.",
            after=values.get("after"),
            limit=limit,
        ),
        "no_such_credit": gettext("There is no such credit of this case that could be taken back."),
        "entry_reversed": gettext("This credit has been taken back already."),
        "asked_already": gettext("Somebody has asked for this already."),
        "customer_not_awaited": gettext(
            "The case does not wait for the customer's answer alone, so it goes on without it."
        ),
        "tries_missing": gettext("Three tries are needed; still missing: %(left)s.", left=values["left"]),
        "another_day_missing": gettext("The tries must be on two different days."),
        "tried_just_now": gettext(
            "The last try was less than an hour ago and counts as the same. Please try again in %(n)s minutes.",
            n=values["minutes"],
        ),
    }


def way_of_writing(found: engine.Reason) -> str:
    """How what was refused is written, beside the reason; empty where that says it all."""
    known = {
        "msisdn": gettext("A mobile number has eleven digits and begins with 1; +86 may stand before it."),
        "key": gettext("Letters, digits, hyphens and underscores, beginning with a letter, such as NET-001."),
        "code": gettext("Letters, digits and hyphens as they stand on the paper."),
        "day": gettext("A date such as 2026-11-23."),
        "month": gettext("A month such as 2026-11."),
    }
    return known.get(str(found.values.get("written")), "") if found.code == "pattern" else ""


def _out_of_order(limit: date, *, early: bool) -> str:
    if early:
        return gettext("Must not be before %(day)s.", day=limit.isoformat())
    return gettext("Must not be after %(day)s.", day=limit.isoformat())


def parameter(name: str) -> str:
    """What a person calls a parameter of an address."""
    known = {
        "from": gettext("From"),
        "to": gettext("To"),
        "version": gettext("Version"),
        "against": gettext("Version"),
        "process": gettext("Process"),
        "state": gettext("State"),
        "text": gettext("Search"),
        "customer": gettext("Customer"),
        "msisdn": gettext("Mobile number"),
        "clerk": gettext("Login of a colleague"),
        "group": gettext("Department"),
        "after": gettext("Page"),
        "person": gettext("Person"),
        "show": gettext("Kind"),
        "at": gettext("Moment"),
    }
    return known.get(name, gettext("Address"))


def register(app: Flask) -> None:
    """Answer every error in one place."""
    app.register_error_handler(engine.EngineError, _told(_engine_error))
    app.register_error_handler(CSRFError, _told(_csrf))
    app.register_error_handler(HTTPException, _told(_http))
    app.register_error_handler(Exception, _told(_unexpected))
    app.jinja_env.globals.update(reason=reason, way_of_writing=way_of_writing, describe=describe, why_barred=why_barred)


def _told(answer: Callable[[Any], Answer]) -> Callable[[Exception], Answer]:
    """Tell a refusal, or that the office is unavailable: a page asks the database who is reading, and what waits for them."""

    def told(error: Exception) -> Answer:
        try:
            return answer(error)
        except Exception as inner:
            return unavailable.answer(inner)

    return told


def _engine_error(error: engine.EngineError) -> Answer:
    status = status_of(error)
    if status >= 500:
        return unavailable.answer(error, describe(error))
    if isinstance(error, WrongAddress):
        wrong = [(parameter(name), [reason(one) for one in found]) for name, found in error.reasons.items()]
        return answer(status, describe(error), error.code, wrong=wrong, back=request.path)
    return _with_typed(status, describe(error), error.code)


def _with_typed(status: int, text: str, code: str) -> Answer:
    """A refusal; what was typed is kept, so that the page of the form offers it again."""
    kept = "" if request.path.startswith("/api/") else unsent.aside()
    return answer(status, text, code, back=kept or _came_from() or _process_above())


def _came_from() -> str:
    """The page of this office on which the person was; empty when nothing says so."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    ours = parts.netloc == request.host and parts.path != request.path
    return f"{parts.path}?{parts.query}".rstrip("?") if ours and parts.path.startswith("/") else ""


def _process_above() -> str:
    """The page of the process to which an address belongs that shows nothing; empty elsewhere."""
    found = (request.view_args or {}).get("key")
    above = url_for("processes.process", key=found) if found and request.blueprint == "processes" else ""
    return above if above != request.path else ""


OF_AN_OLD_PAGE = ("The CSRF tokens do not match.", "The CSRF session token is missing.")  # as Flask-WTF says it


def _csrf(error: CSRFError) -> Answer:
    """A page from before another log-in, or a form that no page of ours has made: what was typed stands there again, to be looked at and sent."""
    back, old = unsent.aside(), error.description in OF_AN_OLD_PAGE
    if back:
        flash(
            gettext("This page was open for too long, so nothing was sent. What you typed stands here again.")
            if old
            else gettext(
                "The form came without the mark of its page, so nothing was sent. What you typed stands here again."
            ),
            "warn",
        )
        return redirect(back)
    text = (
        gettext("This page was open for too long. Go back, reload it and repeat; nothing was changed.")
        if old
        else gettext("The form came without the mark of its page. Open the page anew and repeat; nothing was changed.")
    )
    return answer(400, text, "Csrf", back=_came_from())


def _http(error: HTTPException) -> Answer:
    status = error.code or 500
    if status == 405 and request.method in ("GET", "HEAD") and not request.path.startswith("/api/"):
        return redirect(nearest.page())
    if status < 400:
        return Response(error.get_body(), status=status, headers=error.get_headers())
    if isinstance(error.response, Response):  # whoever refused has written the answer
        return error.response
    if status >= 500:
        return unavailable.answer(error)
    if status == 413:  # what is too large is not read
        return answer(status, of_status(status), error.name.replace(" ", ""), back=_came_from())
    return _with_typed(status, of_status(status), error.name.replace(" ", ""))


def of_status(status: int) -> str:
    """What is said for a refusal of HTTP itself."""
    known = {
        400: gettext("This contains something that cannot be read. Nothing was changed."),
        403: gettext("You may not do this."),
        404: gettext("There is no such page."),
        405: gettext("This cannot be done here."),
        413: gettext("This is too large: at most %(limit)s MB are taken at once.", limit=MOST_MEGABYTES),
        415: gettext("This is sent in a form that is not read here."),
        429: gettext("Too many requests. Please wait a moment."),
    }
    return known.get(status, gettext("This request cannot be answered."))


def _unexpected(error: Exception) -> Answer:
    return unavailable.answer(error)


def answer(status: int, text: str, code: str, *, wrong: Sequence[tuple[str, list[str]]] = (), back: str = "") -> Answer:
    """A page, or problem+json under /api/."""
    if request.path.startswith("/api/"):
        body = jsonify(type="about:blank", title=text, status=status, code=code)
        body.mimetype = "application/problem+json"
        return body, status
    return render_template(
        "error.html", status=status, text=text, wrong=wrong, back=back, sought=_sought(status)
    ), status


def _sought(status: int) -> str | None:
    """What to look for where there is no such case or task: the number that the address names, empty for that of a task; None elsewhere."""
    place, _, number = request.path.removeprefix("/").partition("/")
    if status != 404 or place not in ("cases", "tasks"):
        return None
    return number.partition("/")[0] if place == "cases" else ""
