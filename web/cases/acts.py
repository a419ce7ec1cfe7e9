"""What people do to a case outside its steps, from its page: withdraw, void, extend, take back what was given, try the customer; each answered beside its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

import engine
from engine import language
from office import acts
from web.cases import cases
from web.edge import access, auth, unsent_forms
from web.queries import casefile
from web.telling import reason_texts

blueprint = Blueprint("acts", __name__, url_prefix="/cases/<number>")
TAB = "acts"
Answer = Response | tuple[str, int]


def register(app: Flask) -> None:
    """Add what the page of a case sends."""
    app.register_blueprint(blueprint)


def _done(number: str, prefix: str, act: Callable[[engine.Actor, datetime], str]) -> Answer:
    """Do it and say what was done; what is wrong stands beside the fields, whose names begin with `prefix`."""
    instance = casefile.find(number)
    access.check_case(current_user, instance.id)
    try:
        sentence = act(auth.actor(), engine.now())
    except acts.NotDone as error:
        wrong = {name if name == "case" else f"{prefix}_{name}": reasons for name, reasons in error.reasons.items()}
        return unsent_forms.back(wrong) or (cases.page(number, TAB, wrong, typed=request.form), 422)
    flash(sentence)
    return redirect(url_for("cases.case", number=number, tab=TAB))


def _typed(name: str) -> str:
    return request.form.get(name, "")


@blueprint.post("/withdrawal")
def withdraw(number: str) -> Answer:
    """Withdraw a complaint that the customer takes back."""

    def act(by: engine.Actor, at: datetime) -> str:
        fields = {name: _typed(f"withdraw_{name}") for name in ("reason", "said_by", "channel", "tell")}
        acts.withdraw(number, **fields, by=by, at=at)
        return gettext(
            "Case %(number)s is withdrawn and closed. What the customer is told stands under the correspondence, with its state.",
            number=number,
        )

    return _done(number, "withdraw", act)


@blueprint.post("/voiding")
def void(number: str) -> Answer:
    """Void a case that the office entered in error."""

    def act(by: engine.Actor, at: datetime) -> str:
        acts.void(number, reason=_typed("void_reason"), tell=_typed("void_tell"), by=by, at=at)
        return gettext("Case %(number)s is void and closed: it was entered in error.", number=number)

    return _done(number, "void", act)


@blueprint.post("/extensions")
def ask_extension(number: str) -> Answer:
    """Ask a supervisor for a later limit."""

    def act(by: engine.Actor, at: datetime) -> str:
        until, reason = _day(_typed("extend_until")), _typed("extend_reason")
        acts.ask_extension(number, until=until, reason=reason, by=by, at=at)
        return gettext("The supervisor has been asked for more time in case %(number)s.", number=number)

    return _done(number, "extend", act)


def _day(typed: str) -> date | None:
    """Return the day that was typed. Errors: NotDone where it is none."""
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise acts.NotDone(reasons={"until": [language.Reason("not_a_date")]}) from None


@blueprint.post("/extensions/<int:request_number>/grant")
def grant_extension(number: str, request_number: int) -> Answer:
    """Grant it."""

    def act(by: engine.Actor, at: datetime) -> str:
        acts.grant_extension(number, request_number, tell=_typed("grant_tell"), by=by, at=at)
        return gettext(
            "Case %(number)s has a later limit. What the customer is told stands under the correspondence, with its state.",
            number=number,
        )

    return _done(number, "grant", act)


@blueprint.post("/reversals")
def ask_reversal(number: str) -> Answer:
    """Ask that a credit be taken back."""

    def act(by: engine.Actor, at: datetime) -> str:
        entry, reason = _typed("reverse_entry"), _typed("reverse_reason")
        acts.ask_reversal(number, entry=entry, reason=reason, by=by, at=at)
        return gettext("Somebody else has now to agree that this of case %(number)s is taken back.", number=number)

    return _done(number, "reverse", act)


@blueprint.post("/reversals/<int:request_number>/agreement")
def agree_reversal(number: str, request_number: int) -> Answer:
    """Agree to it."""

    def act(by: engine.Actor, at: datetime) -> str:
        handed_back = _typed("grant_handed_back") == "yes"
        if acts.agree_reversal(
            number, request_number, tell=_typed("grant_tell"), by=by, at=at, handed_back=handed_back
        ):
            return gettext(
                "What case %(number)s gave there is taken back. What the customer is told stands under the correspondence, with its state.",
                number=number,
            )
        return gettext("Written down. At this amount the other office has to agree as well.")

    return _done(number, "grant", act)


@blueprint.post("/requests/<int:request_number>/refusal")
def refuse(number: str, request_number: int) -> Answer:
    """Say no to a request, or take one's own back."""

    def act(by: engine.Actor, at: datetime) -> str:
        acts.refuse(number, request_number, reason=_typed("refuse_reason"), by=by, at=at)
        return gettext("The request in case %(number)s is refused.", number=number)

    return _done(number, "refuse", act)


@blueprint.post("/tries")
def try_customer(number: str) -> Answer:
    """Write down that the customer was not reached."""

    def act(by: engine.Actor, at: datetime) -> str:
        attempt = acts.try_customer(number, channel=_typed("try_channel"), by=by, at=at)
        sentences = [reason_texts.reason(reason) for reason in acts.awaited_otherwise(number)]
        return " ".join([gettext("Try %(number)s to reach the customer is written down.", number=attempt), *sentences])

    return _done(number, "try", act)


@blueprint.post("/unreached")
def close_unreached(number: str) -> Answer:
    """Close the case because its customer cannot be reached."""

    def act(by: engine.Actor, at: datetime) -> str:
        acts.close_unreached(number, tell=_typed("close_tell"), by=by, at=at)
        return gettext("Case %(number)s is closed: the customer was not reached.", number=number)

    return _done(number, "close", act)
