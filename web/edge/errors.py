"""Errors at the edge: one table from kinds to statuses; HTML for pages and problem+json for the API. Their words are in `error_texts`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

import engine
from web.edge import access_logging, addresses, field_names, nearest_page, unavailable, unsent_forms
from web.edge.addresses import UnknownParameter, WrongAddress
from web.edge.bodies import MOST_FIELDS, MOST_MEGABYTES
from web.telling import error_catalogue, error_texts, reason_texts
from web.telling.i18n import is_api

STATUSES: tuple[tuple[type[engine.EngineError], int], ...] = (
    (UnknownParameter, 400),
    (engine.NotFound, 404),
    (engine.NotPermitted, 403),
    (engine.Conflict, 409),
    (engine.Invalid, 422),
    (engine.Corrupt, 500),
)

Answer = Response | tuple[str, int] | tuple[Response, int]


def status_of(error: engine.EngineError) -> int:
    """Return the HTTP status of an error's kind."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def register(app: Flask) -> None:
    """Answer every error in one place."""
    app.register_error_handler(engine.EngineError, _told(_engine_error))
    app.register_error_handler(CSRFError, _told(_csrf))
    app.register_error_handler(HTTPException, _told(_http))
    app.register_error_handler(Exception, _told(_unexpected))
    app.jinja_env.globals.update(
        reason=reason_texts.reason,
        way_of_writing=reason_texts.way_of_writing,
        describe=error_texts.describe,
        why_barred=error_catalogue.why_barred,
    )


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
    access_logging.refused(error)
    if status >= 500:
        return unavailable.answer(error, error_texts.describe(error))
    if isinstance(error, WrongAddress):
        return _wrong_address(error, status)
    return _with_typed(status, error_texts.describe(error), error.code)


def _wrong_address(error: WrongAddress, status: int) -> Answer:
    """Tell what an address has wrong: at the fields of its filter form, which keeps everything, else on a page of its own."""
    page = addresses.form_page(error)
    if page is not None:
        addresses.tell_at_form(error)
        arguments = (request.view_args or {}) if page == request.endpoint else {}
        return make_response(current_app.view_functions[page](**arguments)), status
    wrong = [
        (field_names.parameter(name), [reason_texts.reason(entry) for entry in reasons])
        for name, reasons in error.reasons.items()
    ]
    return answer(status, error_texts.describe(error), error.code, wrong=wrong, back=request.path)


def _with_typed(status: int, text: str, code: str) -> Answer:
    """Answer with a refusal; what was typed is kept, so that the page of the form offers it again."""
    kept_page = "" if is_api() else unsent_forms.aside()
    return answer(status, text, code, back=kept_page or _came_from() or _process_above())


def _came_from(*, itself: bool = False) -> str:
    """Return the page of this office on which the person was; empty when nothing says so. `itself`: the address that refuses may be that of the page."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    is_ours = parts.netloc == request.host and (itself or parts.path != request.path)
    return f"{parts.path}?{parts.query}".rstrip("?") if is_ours and parts.path.startswith("/") else ""


def _process_above() -> str:
    """Return the page of the process to which an address belongs that shows nothing; empty elsewhere."""
    key = (request.view_args or {}).get("key")
    above = url_for("processes.process", key=key) if key and request.blueprint == "processes" else ""
    return above if above != request.path else ""


OF_AN_OLD_PAGE = ("The CSRF tokens do not match.", "The CSRF session token is missing.")  # as Flask-WTF says it


def _csrf(error: CSRFError) -> Answer:
    """Refuse a page from before another log-in, or a form that no page of ours has made: what was typed stands there again, to be looked at and sent."""
    back, old = unsent_forms.aside(), error.description in OF_AN_OLD_PAGE
    if back:
        flash(
            gettext(
                "This page was open for too long or belongs to another log-in, so nothing was sent. What you typed stands here again."
            )
            if old
            else gettext(
                "The form came without the mark of its page, so nothing was sent. What you typed stands here again."
            ),
            "warn",
        )
        return redirect(back)
    text = (
        gettext(
            "This page was open for too long or belongs to another log-in. Go back, reload it and repeat; nothing was changed."
        )
        if old
        else gettext("The form came without the mark of its page. Open the page anew and repeat; nothing was changed.")
    )
    return answer(400, text, "Csrf", back=_came_from())


def _http(error: HTTPException) -> Answer:
    status = error.code or 500
    if status == 405 and request.method in ("GET", "HEAD") and not is_api():
        return redirect(nearest_page.page())
    if status < 400:
        return Response(error.get_body(), status=status, headers=error.get_headers())
    if isinstance(error.response, Response):  # whoever refused has written the answer
        return error.response
    if status >= 500:
        return unavailable.answer(error)
    if status == 413:  # what is too large is not read
        back = unsent_forms.page_of_place(request.path) or _came_from(itself=True)
        return answer(status, of_status(status), error.name.replace(" ", ""), back=back)
    return _with_typed(status, of_status(status), error.name.replace(" ", ""))


def of_status(status: int) -> str:
    """Return what is said for a refusal of HTTP itself."""
    sentences = {
        400: gettext("This contains something that cannot be read. Nothing was changed."),
        403: gettext("You may not do this."),
        404: gettext("There is nothing at this address.") if is_api() else gettext("There is no such page."),
        405: gettext("This cannot be done here."),
        413: gettext(
            "This is too large: at most %(limit)s MB in %(fields)s fields are taken at once. Nothing was changed.",
            limit=MOST_MEGABYTES,
            fields=MOST_FIELDS,
        ),
        415: gettext("This is sent in a form that is not read here."),
        429: gettext("Too many requests. Please wait a moment."),
    }
    return sentences.get(status, gettext("This request cannot be answered."))


def _unexpected(error: Exception) -> Answer:
    return unavailable.answer(error)


def answer(status: int, text: str, code: str, *, wrong: Sequence[tuple[str, list[str]]] = (), back: str = "") -> Answer:
    """Return a page, or problem+json under /api/."""
    if is_api():
        body = jsonify(type="about:blank", title=text, status=status, code=code)
        body.mimetype = "application/problem+json"
        return body, status
    return render_template(
        "edge/error.html", status=status, text=text, wrong=wrong, back=back, sought=_sought(status)
    ), status


def _sought(status: int) -> str | None:
    """Return what to look for where there is no such case or task: the number that the address names, empty for that of a task; None elsewhere."""
    place, _, number = request.path.removeprefix("/").partition("/")
    if status != 404 or place not in ("cases", "tasks"):
        return None
    return number.partition("/")[0] if place == "cases" else ""
