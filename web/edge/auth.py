"""Who is at the browser: login, logout, language, and the actor that verbs are given. Every route needs a login unless it is listed as open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask import Response as Answer
from flask_babel import gettext
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

import engine
from models import drivers
from models.base import glance, transaction
from models.base import session as database
from models.identity import HouseholdNumber, LoginSession, Membership, User, UserRole
from models.unsent import UnsentForm
from office import guesses, logins, notices
from web.edge import known_browsers, nearest_page, unsent_forms
from web.telling.i18n import LANGUAGES, SPOKEN, is_api, of_browser

OPEN_ENDPOINTS = frozenset({"auth.login", "auth.login_post", "auth.choose_language", "static", "health.live"})
MOST_NAME, MOST_PASSWORD = 60, 1_000

blueprint = Blueprint("auth", __name__)
_hasher = PasswordHasher()

_USER, _MEMBERSHIP, _ROLE = User.__table__, Membership.__table__, UserRole.__table__
_SESSION = LoginSession.__table__
_UNSENT = exists().where(UnsentForm.__table__.c.user_name == _USER.c.name).label("unsent")
_HOUSEHOLD = (
    exists()
    .where(HouseholdNumber.__table__.c.employee_number == _USER.c.employee_number)
    .correlate(_USER)
    .label("household")
)
_NOTICES = notices.waits_for(_USER.c.name).correlate(_USER).label("notices")
_ABOUT = (
    *(_USER.c.name, _USER.c.display_name, _USER.c.language, _MEMBERSHIP.c.department, _ROLE.c.role),
    *(_UNSENT, _NOTICES, _HOUSEHOLD),
)
_JOINED = _USER.outerjoin(_MEMBERSHIP, _MEMBERSHIP.c.user == _USER.c.name).outerjoin(
    _ROLE, _ROLE.c.user == _USER.c.name
)
_PERSON = select(*_ABOUT).select_from(_JOINED).where(_USER.c.name == bindparam("name"), _USER.c.active.is_(True))
_LOGGED_IN = (
    select(*_ABOUT, _SESSION.c.seen_at)
    .select_from(_SESSION.join(_JOINED, _SESSION.c.user == _USER.c.name))
    .where(
        _SESSION.c.key_hash == bindparam("key_hash"),
        _SESSION.c.ended_at.is_(None),
        _SESSION.c.created_at > bindparam("oldest"),
        _SESSION.c.seen_at > bindparam("idle_since"),
        _USER.c.active.is_(True),
    )
)


@dataclass
class Person(UserMixin):
    """The person logged in, with departments and roles as they were when the request began; `session` is the key of their log-in.

    `has_unsent`: forms are kept for them (`web.edge.unsent_forms`). `has_notices`: some wait for them to be confirmed (`office.notices`).
    `has_household`: there are numbers on which they may not work.
    """

    name: str
    display_name: str
    language: str
    departments: frozenset[str] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    session: str = field(default="", repr=False)
    has_unsent: bool = False
    has_notices: bool = False
    has_household: bool = True

    def get_id(self) -> str:
        return self.session

    def has(self, *roles: str) -> bool:
        """Tell whether the person holds one of the roles."""
        return bool(self.roles & set(roles))


def register(app: Flask) -> None:
    """Set up login, and refuse whoever is not logged in everywhere else."""
    manager = LoginManager(app)
    manager.login_view = "auth.login"
    manager.session_protection = None  # it compares what every browser may say of itself
    manager.user_loader(_logged_in)
    app.register_blueprint(blueprint)
    app.before_request(_deny_by_default)


def _deny_by_default() -> Response | None:
    """Lead whoever is not logged in to the log-in, unless the page is open to all; what was typed when the session had ended is kept for whoever typed it."""
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS or is_api():
        return None
    if current_user.is_authenticated:
        return None
    if request.headers.get("HX-Request") or request.path == "/unsent":  # a part of a page has no place for a log-in
        return Answer(status=401)
    target = request.full_path.rstrip("?") if request.method == "GET" else unsent_forms.aside() or nearest_page.page()
    _say_ended()
    return redirect(url_for("auth.login", next=target))


def _say_ended() -> None:
    """Say on the login page that a session has ended, and whether what was typed is kept; nothing to whoever comes anew."""
    if unsent_forms.is_kept():
        flash(
            gettext(
                "Your session has ended. What you typed is kept and stands in its form again when you have logged in."
            ),
            "note",
        )
    elif "_user_id" in session:
        flash(gettext("Your session has ended. Please log in again."), "note")


def load(name: str) -> Person | None:
    """Return a person who may log in, with departments and roles."""
    with glance() as opened:
        return _person(opened.execute(_PERSON, {"name": name}).all())


def _logged_in(key: str) -> Person | None:
    """Return the person behind a cookie, as long as the session it names holds."""
    at = engine.now()
    parameters = {"key_hash": logins.hashed(key), "oldest": at - logins.LONGEST, "idle_since": at - logins.IDLE}
    with glance() as opened:
        rows = opened.execute(_LOGGED_IN, parameters).all()
    person = _person(rows)
    if person is None:
        return None
    if rows[0].seen_at < at - logins.COARSE:
        _note_seen(key, at)
    return replace(person, session=key)


def _note_seen(key: str, at: datetime) -> None:
    try:
        logins.seen(key, at=at)
    except DBAPIError as error:  # the page does not need it, and the next one notes it
        if not drivers.is_away(error):
            raise


def _person(rows: Sequence[Any]) -> Person | None:
    if not rows:
        return None
    departments = frozenset(row.department for row in rows if row.department)
    roles = frozenset(row.role for row in rows if row.role)
    first = rows[0]
    return Person(
        first.name,
        first.display_name,
        first.language,
        departments,
        roles,
        has_unsent=bool(first.unsent),
        has_notices=bool(first.notices),
        has_household=bool(first.household),
    )


def actor() -> engine.Actor:
    """Return the person of this request, as verbs want to know them."""
    return actor_of(current_user._get_current_object())


def actor_of(person: Person | Any) -> engine.Actor:
    """Return a person as verbs want to know them."""
    return engine.Actor(person.name, person.departments, person.roles, unbarred=not person.has_household)


def hash_password(password: str) -> str:
    """Return the argon2id hash to store. Errors: ValueError for one that could never be entered."""
    if len(password) > MOST_PASSWORD:
        raise ValueError
    return _hasher.hash(password)


def check_password(stored: str, password: str) -> bool:
    """Tell whether a password belongs to a stored hash."""
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@blueprint.get("/login")
def login() -> str | Response:
    """Return the login page."""
    if current_user.is_authenticated:
        return redirect("/")
    return render_template("edge/login.html", name="", problem="")


def _locked_out(remaining: timedelta) -> Answer:
    seconds = max(1, ceil(remaining.total_seconds()))
    problem = gettext("Too many wrong passwords. Try again in %(n)s minutes.", n=ceil(seconds / 60))
    after = {"Retry-After": str(seconds)}
    return Answer(render_template("edge/login.html", name=_typed_name(), problem=problem), 429, after)


def _typed_name() -> str:
    return request.form.get("name", "").strip().lower()[: MOST_NAME + 1]


@blueprint.post("/login", endpoint="login_post")
def log_in() -> tuple[str, int] | Response:
    """Check name and password. Too many wrong ones are answered with 429: `office.guesses`."""
    name, address, at = _typed_name(), request.remote_addr or "", engine.now()
    browser = known_browsers.browser(name)
    lock = guesses.lock(name, address, at=at, browser=browser)
    row = database().get(User, name) if "\0" not in name and len(name) <= MOST_NAME else None
    if lock.left > guesses.FREE:
        if row is not None and row.active:
            guesses.note_refused(name, address, lock, at=at)
        return _locked_out(lock.left)
    stored = row.password_hash if row is not None and row.active else _NOBODY
    if not check_password(stored, request.form.get("password", "")[: MOST_PASSWORD + 1]) or row is None:
        guesses.note(name, address, at=at, works_here=stored is not _NOBODY, browser=browser)
        return render_template("edge/login.html", name=name, problem=gettext("Name or password is wrong.")), 401
    _end_session(at)
    _begin_session(name, at, browser)
    answer = redirect(safe_target(request.form.get("next", "")))
    known_browsers.remember(answer, name)
    return answer


def _begin_session(name: str, at: datetime, browser: str) -> None:
    language = session.get("language")
    session.clear()
    _speak(name, language)
    person = load(name)
    if person is not None:
        session[SPOKEN] = person.language
        address = request.remote_addr or ""
        login_user(replace(person, session=logins.begin(name, at=at, address=address, browser=browser)))


def _end_session(at: datetime) -> None:
    if current_user.is_authenticated:
        logins.end(current_user.session, current_user.name, at=at)


def _speak(name: str, language: Any) -> None:
    """Have what was chosen before the log-in hold for the person from then on."""
    if language not in LANGUAGES:
        return
    with transaction():
        database().execute(update(User).where(User.name == name, User.language != language).values(language=language))


_NOBODY = _hasher.hash("nobody")


def safe_target(target: str) -> str:
    """Return only a path of this site, in characters that a header may hold."""
    try:
        parts = urlsplit(target)
    except ValueError:  # such as http://[
        return "/"
    if (
        not target.isprintable()
        or parts.scheme
        or parts.netloc
        or not target.startswith("/")
        or target.startswith(("//", "/\\"))
    ):
        return "/"
    return target


@blueprint.post("/logout")
def logout() -> Response:
    """End the session, for every copy of its cookie too; what was typed on the page is kept for the next."""
    unsent_forms.beside()
    _end_session(engine.now())
    language = getattr(current_user, "language", None) or of_browser()
    logout_user()
    session.clear()
    session[SPOKEN] = language
    if unsent_forms.is_kept():
        flash(
            gettext("You are logged out. What you typed is kept and stands in its form again when you have logged in.")
        )
    return redirect(url_for("auth.login"))


@blueprint.post("/language", defaults={"code": ""})
@blueprint.post("/language/<code>")
def choose_language(code: str) -> Response:
    """Change the language, for good when somebody is logged in; a form that is being filled comes along and stands there again."""
    page = unsent_forms.beside()
    code = code or request.form.get("language", "")
    if code in LANGUAGES:
        session[SPOKEN if current_user.is_authenticated else "language"] = code
        if current_user.is_authenticated:
            with transaction():
                database().execute(update(User).where(User.name == current_user.name).values(language=code))
    return redirect(page or safe_target(request.form.get("next", "/")))
