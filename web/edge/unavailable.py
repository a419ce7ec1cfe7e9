"""What is answered when something broke: a page that asks no database, for the database may be what broke, with a number by which the operator finds it."""

from __future__ import annotations

import secrets

import structlog
from flask import Response, current_app, g, request
from flask_babel import gettext

from engine import running
from models import drivers
from web.edge import bodies
from web.telling.i18n import asked, is_api, of_browser

RETRY_AFTER_SECONDS = 5
_log = structlog.get_logger()


def answer(error: Exception, text: str = "") -> Response:
    """Answer 503 when the database is busy or away, else 500; as a page, or as problem+json under /api/."""
    away = drivers.is_away(error)
    status, number = 503 if away else 500, secrets.token_hex(4)
    kind, log = type(error).__name__, _log.warning if away else _log.error
    log(
        "database away" if away else "unexpected",
        kind=kind,
        path=request.path,
        request=number,
        trace=running.frames(error),
    )
    g.language = _language()
    response = _written(status, text or _text(away), "Busy" if away else "Unexpected", number)
    response.status_code = status
    if away:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _text(away: bool) -> str:
    if away:
        return gettext("The office is very busy at the moment. Nothing was changed; please try again in a few seconds.")
    return gettext("Something went wrong here. Nothing was changed; please try again or tell the operator.")


def _written(status: int, text: str, code: str, number: str) -> Response:
    if is_api():
        problem = {"type": "about:blank", "title": text, "status": status, "code": code, "values": {"request": number}}
        return Response(current_app.json.dumps(problem), mimetype="application/problem+json")
    page = current_app.jinja_env.get_template(
        "edge/unavailable.html"
    )  # `render_template` would look for the person first
    return Response(page.render(status=status, text=text, number=number, again=request.method == "GET", sent=_sent()))


def _sent() -> list[tuple[str, str]]:
    """Return the fields of the form that could not be taken, to be sent once more as they are; of files nothing can be."""
    if request.method != "POST" or request.endpoint == "auth.login_post":
        return []
    form = bodies.sent()
    return list(form.items(multi=True)) if form and not request.files else []


def _language() -> str:
    """Return the language by the rule of every page, but without looking for the person, whom the request has found already or does not find now."""
    choice = None if is_api() else getattr(g.get("_login_user"), "language", None) or of_browser()
    return str(g.get("language") or asked(choice))
