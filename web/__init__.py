"""The edge, and the composition root: `create_app` is the only place that sees everything and puts it together."""

from __future__ import annotations

import importlib
import importlib.util
import json
import pkgutil
import secrets
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

import engine
import models
import service_tasks
from models import base, drivers
from office import batches, calendar, complaints, correspondence, erasure, households, reservations
from office import supervision as tracking
from office.acts import requests
from web import (
    addresses,
    auth,
    bodies,
    config,
    cookies,
    errors,
    hosts,
    i18n,
    keys,
    looking,
    nearest,
    submission,
    unsent,
    visible,
)
from web.edge import Refusals
from web.queries import evidence, names, typed, words

PAGES = (
    "tasklist",
    "papers",
    "cases",
    "acts",
    "proof",
    "intake",
    "customers",
    "supervision",
    "incidents",
    "notices",
    "processes",
    "drafts",
    "publication",
    "trying",
    "health",
    "editor",
    "replay",
    "audit",
)
MOST_REQUEST_BYTES = 8_000_000
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
REGISTERED = (service_tasks, batches)
BUILT, A_YEAR = "build/assets/", 365 * 24 * 3600
csrf = CSRFProtect()


class Office(Flask):
    """The application. A built file has its content in its name, so that a browser never asks for it twice; it asks about any other."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        return (
            A_YEAR if filename is not None and filename.startswith(BUILT) else super().get_send_file_max_age(filename)
        )


def create_app(settings: config.Settings | None = None) -> Flask:
    """An application over one database, ready to serve."""
    settings = settings or config.read()
    app = Office(__name__)
    app.session_interface = cookies.Cookies()
    _configure(app, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    _connect(app)
    _hold_keys(app, settings)
    _compose()
    bodies.register(app)
    addresses.register(app)
    i18n.register(app)
    visible.register(app)
    submission.register(app)
    auth.register(app)
    looking.register(app)
    unsent.register(app)
    errors.register(app)
    csrf.init_app(app)
    for name in PAGES:
        importlib.import_module(f"web.{name}").register(app)
    if importlib.util.find_spec("web.api") is not None:
        importlib.import_module("web.api_acts")  # what it adds to the API has to be there before the API is
        importlib.import_module("web.api").register(app)
    app.after_request(_harden)
    app.wsgi_app = hosts.Named(app.wsgi_app, Refusals(app))  # type: ignore[method-assign, assignment]
    app.jinja_env.globals.update(
        assets=_assets,
        theme_script=_theme_script,
        code_text=words.code_text,
        column_text=words.column_text,
        cell_text=words.cell_text,
        reason_text=words.reason_text,
        line_text=words.line_text,
        flat_rows=evidence.rows,
        person_name=names.person_name,
        place_of=names.place_of,
        typed_lines=typed.lines,
        who_was_first=typed.first,
        page_of_sent=nearest.own,
    )
    return app


def _configure(app: Flask, settings: config.Settings) -> None:
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=drivers.options(settings.database_url),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        MAX_CONTENT_LENGTH=MOST_REQUEST_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_ENABLED=not settings.testing,
        TESTING=settings.testing,
    )


def _connect(app: Flask) -> None:
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"models.{module.name}")
    base.db.init_app(app)
    with app.app_context():
        drivers.listen(base.db.engine)


def _hold_keys(app: Flask, settings: config.Settings) -> None:
    """The keys of the office, or no office: what is done with others cannot be undone. A test brings its own."""
    if settings.testing and settings.keys is not None:
        held, session_key = settings.keys, settings.secret_key or secrets.token_bytes(keys.KEY_BYTES)
    else:
        with app.app_context():
            held, session_key = keys.hold(settings.var, settings.keys, settings.secret_key)
    engine.configure_keys(held)
    app.config["SECRET_KEY"] = session_key


def _compose() -> None:
    """What the engine is told once: the calendar, and who follows its changes."""
    engine.use_calendar(calendar.current)
    engine.observe(complaints.follow)
    engine.observe(requests.follow)
    engine.observe(correspondence.follow)
    engine.observe(erasure.follow)
    engine.observe(reservations.follow)
    engine.observe(tracking.report_missed)
    engine.bar(households.barred)


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static" or response.mimetype == "text/html":
        response.headers["Cache-Control"] = (
            "no-store"  # whoever comes to this browser next reads none of it, files taken away included
        )
    return response


@lru_cache(maxsize=1)
def _manifest() -> dict[str, dict[str, object]]:
    file = Path(__file__).parent / "static" / "build" / ".vite" / "manifest.json"
    found: dict[str, dict[str, object]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found


def _assets(entry: str) -> Markup:
    """The link and script tags of a built entry, such as src/desk.js."""
    known = _manifest().get(entry)
    if known is None:
        return Markup("")
    tags = [Markup('<link rel="stylesheet" href="{}">').format(_built(file)) for file in _styles(entry, set())]
    tags.append(Markup('<script type="module" src="{}"></script>').format(_built(str(known["file"]))))
    return Markup("\n").join(tags)


def _theme_script() -> Markup:
    """The classic script that sets the theme before anything is painted."""
    known = _manifest().get("src/theme.js")
    return Markup('<script src="{}"></script>').format(_built(str(known["file"]))) if known else Markup("")


def _styles(entry: str, seen: set[str]) -> list[str]:
    known = _manifest().get(entry, {})
    found = [str(file) for file in known.get("css", [])]  # type: ignore[attr-defined]
    for inner in known.get("imports", []):  # type: ignore[attr-defined]
        if inner not in seen:
            seen.add(inner)
            found += _styles(inner, seen)
    return found


def _built(file: str) -> str:
    return url_for("static", filename=f"build/{file}")
