"""The composition root: `create_app` is the only place that sees everything and puts it together."""

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

import models
from models import drivers
from reception_desk import PROGRAM
from web.edge import (
    access_logging,
    addresses,
    auth,
    bodies,
    config,
    cookies,
    database,
    errors,
    hosts,
    idempotency_keys,
    keys,
    nearest_page,
    unsent_forms,
)
from web.edge.application import Office
from web.edge.asgi import Refusals
from web.lookup import cells
from web.queries import openable, refused_form, shown_variables
from web.telling import act_texts, code_texts, i18n, names, visible_text

PAGES = (
    "tasks.tasklist",
    "tasks.papers",
    "cases.cases",
    "cases.acts",
    "tasks.proof",
    "customers.intake",
    "customers.customers",
    "supervision.supervision",
    "operations.incidents",
    "supervision.notices",
    "definitions.processes",
    "definitions.drafts",
    "definitions.publication",
    "definitions.joint_publication",
    "definitions.trials",
    "edge.health",
    "definitions.editor",
    "cases.replay",
    "audit.audit",
    "tasks.orders",
)
RESOURCES = ("resources", "definitions", "acts")
MOST_REQUEST_BYTES = bodies.MOST_MEGABYTES * 1_000_000
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
csrf = CSRFProtect()


def create_app(settings: config.Settings | None = None) -> Office:
    """Return an application over one database, ready to serve."""
    settings = settings or config.read()
    app = Office(__name__)
    app.session_interface = cookies.Cookies()
    _configure(app, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    _connect(app)
    _hold_keys(app, settings)
    bodies.register(app)
    i18n.register(app)
    visible_text.register(app)
    idempotency_keys.register(app)
    auth.register(app)
    addresses.register(app)
    access_logging.register(app)
    unsent_forms.register(app)
    errors.register(app)
    csrf.init_app(app)
    for name in PAGES:
        page = importlib.import_module(f"web.{name}")
        page.register(app)
        app.runtime.serve(page)
    if importlib.util.find_spec("web.api") is not None:
        for name in RESOURCES:  # what they add to the API has to be there before the API is
            importlib.import_module(f"web.api.{name}")
        importlib.import_module("web.api.frame").register(app)
    app.after_request(_harden)
    app.wsgi_app = hosts.Named(app.wsgi_app, Refusals(app))  # type: ignore[method-assign, assignment]
    _equip_templates(app)
    return app


def _equip_templates(app: Office) -> None:
    """Give every template what it may call."""
    app.jinja_env.globals.update(
        program=PROGRAM,
        assets=_assets,
        theme_script=_theme_script,
        code_text=code_texts.code_text,
        column_text=code_texts.column_text,
        cell_text=code_texts.cell_text,
        reason_text=code_texts.reason_text,
        line_text=code_texts.line_text,
        may_open_case=openable.may_open_case,
        item_text=code_texts.item_text,
        flat_rows=shown_variables.rows,
        person_name=names.person_name,
        place_of=cells.place_of,
        numbers_to_try=lambda: app.numbers_to_try,
        typed_lines=refused_form.lines,
        who_was_first=refused_form.first,
        page_of_sent=nearest_page.own,
        outcome_text=act_texts.outcome_text,
        process_name_of=names.process_name,
    )


def _configure(app: Flask, settings: config.Settings) -> None:
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=drivers.options(settings.database_url),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        MAX_CONTENT_LENGTH=MOST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_REQUEST_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_ENABLED=not settings.testing,
        TESTING=settings.testing,
    )


def _connect(app: Flask) -> None:
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"models.{module.name}")
    database.register(app)


def _hold_keys(app: Office, settings: config.Settings) -> None:
    """Hold the keys of the office, or have no office: what is done with others cannot be undone. A test brings its own."""
    if settings.testing and settings.keys is not None:
        office_keys, session_key = settings.keys, settings.secret_key or secrets.token_bytes(keys.KEY_BYTES)
    else:
        with app.app_context():
            office_keys, session_key = keys.hold(settings.var, settings.keys, settings.secret_key)
    app.runtime.keys = office_keys
    app.config["SECRET_KEY"] = session_key


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
    manifest: dict[str, dict[str, object]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return manifest


def _assets(entry: str) -> Markup:
    """Return the link and script tags of a built entry, such as src/desk.js."""
    return _tags(entry, url_for("static", filename="build/"))


@lru_cache(maxsize=100)
def _tags(entry: str, place: str) -> Markup:
    chunk = _manifest().get(entry)
    if chunk is None:
        return Markup("")
    tags = [Markup('<link rel="stylesheet" href="{}">').format(place + file) for file in _styles(entry, set())]
    tags.append(Markup('<script type="module" src="{}"></script>').format(place + str(chunk["file"])))
    return Markup("\n").join(tags)


def _theme_script() -> Markup:
    """Return the classic script that sets the theme before anything is painted."""
    return _classic("src/theme.js", url_for("static", filename="build/"))


@lru_cache(maxsize=10)
def _classic(entry: str, place: str) -> Markup:
    chunk = _manifest().get(entry)
    return Markup('<script src="{}"></script>').format(place + str(chunk["file"])) if chunk else Markup("")


def _styles(entry: str, visited: set[str]) -> list[str]:
    chunk = _manifest().get(entry, {})
    files = [str(file) for file in chunk.get("css", [])]  # type: ignore[attr-defined]
    for inner in chunk.get("imports", []):  # type: ignore[attr-defined]
        if inner not in visited:
            visited.add(inner)
            files += _styles(inner, visited)
    return files
