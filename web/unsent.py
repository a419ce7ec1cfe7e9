"""Nothing typed is lost: forms are kept on the server while they are filled, and when they could not be taken; their pages offer it again.

A form that is kept names its person in a signed field, so that what arrives after the session has ended is kept for whoever typed it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

import engine
from models.base import session
from models.user_task import UserTask
from office import unsent
from web import bodies, lines, submission

blueprint = Blueprint("unsent", __name__)
Known = tuple[str, Mapping[str, Any]]
PLACE, OWNER, MARK = "unsent_place", "unsent_of", "unsent"
ADDED = frozenset({"csrf_token", submission.NAME, PLACE, OWNER, MARK, "despite"})
Reasons = Mapping[str, Sequence[engine.Reason]]
# The forms that are kept, by the endpoint that takes them, and the page that each stands on.
PAGES: dict[str, Callable[..., str]] = {
    "tasklist.complete": lambda task_id: url_for("tasklist.task", task_id=task_id),
    "intake.accept": lambda: url_for("intake.form"),
    "cases.comment": lambda number: url_for("cases.case", number=number, tab="messages"),
    "cases.reply": lambda number: url_for("cases.case", number=number, tab="messages"),
    "cases.erase": lambda number: url_for("cases.case", number=number),
    "notices.publish": lambda: url_for("notices.listing"),
    "publication.submit": lambda key: url_for("publication.change", key=key),
    "publication.give_back": lambda key: url_for("publication.change", key=key),
    "publication.roll_back": lambda key, version: url_for("processes.process", key=key),
}
# What stands in a form before anybody has typed in it, by the endpoint that takes it; nothing where it is not said.
BEFORE: dict[str, Callable[..., Mapping[str, Any]]] = {"intake.accept": lambda: {"channel": "counter"}}


@dataclass(frozen=True)
class Kept:
    """What stands in a form again: `values` by field, `at` when it was kept; nothing and None when nothing was.

    `refusal` is what was answered to a form that had been sent, None for one that had not.
    """

    values: MultiDict[str, str]
    at: datetime | None = None
    refusal: Mapping[str, Any] | None = None

    @property
    def reasons(self) -> dict[str, list[engine.Reason]]:
        """Why it was refused, by field."""
        told = (self.refusal or {}).get("reasons", {})
        return {
            field: [engine.Reason(one["code"], _read(one["values"])) for one in found] for field, found in told.items()
        }

    def get(self, field: str, otherwise: str = "") -> str:
        """What was typed in a field."""
        return str(self.values.get(field, otherwise))


def register(app: Flask) -> None:
    """Add what browsers send while somebody types, and let templates ask for what is kept."""
    app.register_blueprint(blueprint)
    app.after_request(_forget_sent)
    app.jinja_env.globals.update(kept=kept, unsent_fields=_hidden)


@blueprint.post("/unsent")
def keep() -> tuple[str, int]:
    """Keep what stands in a form; the browser sends it every few seconds and before it leaves the page."""
    place = bodies.sent().get(PLACE, "")
    known = _known(place)
    if known is None:
        return "", 404
    return "", 204 if _keep(current_user.name, place, known) else 413


@blueprint.post("/unsent/discard")
def discard() -> Response:
    """Begin a form anew."""
    place = bodies.sent().get(PLACE, "")
    known = _known(place)
    if known is None:
        return redirect(url_for("tasklist.home"))
    unsent.forget(current_user.name, place)
    return redirect(PAGES[known[0]](**known[1]))


def aside() -> str:
    """Keep the form that this request brought and that cannot be taken now, for the person who typed it; its page, or empty when it is not kept."""
    place, owner = _place(), _owner()
    known = _known(place)
    if known is None or not owner or request.method != "POST":
        return ""
    g.unsent_aside = _keep(owner, place, known)
    return PAGES[known[0]](**known[1]) if g.unsent_aside else ""


def back(reasons: Reasons, **more: Any) -> Response | None:
    """Keep the form of this request with what is to be said of it, and lead the browser to its page, so that going back and loading again do.

    None for a program, which reads the refusal as the answer, and for what cannot be kept.
    """
    known = _known(request.path)
    if known is None or not _navigates():
        return None
    told = {
        field: [{"code": one.code, "values": _written(one.values)} for one in found] for field, found in reasons.items()
    }
    g.unsent_aside = _keep(current_user.name, request.path, known, {"reasons": told, **more})
    return redirect(PAGES[known[0]](**known[1]), 303) if g.unsent_aside else None


def _navigates() -> bool:
    """Whether a browser asks for a page: programs, and scripts of a page, do not name HTML as what they take."""
    named = any(kind == "text/html" for kind, _ in request.accept_mimetypes)
    return named and "HX-Request" not in request.headers


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a reason as JSON has them; a day keeps that it is one."""
    return {name: _as_json(value) for name, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return str(value) if isinstance(value, Decimal) else value


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value["day"]) if isinstance(value, Mapping) and "day" in value else value
        for name, value in values.items()
    }


def _place() -> str:
    """Where the form of this request belongs: here, or where it says that a button of its page has taken it along from."""
    along = request.blueprint != blueprint.name and _known(request.path) is None
    return bodies.sent().get(PLACE, "") if along else request.path


def beside() -> str:
    """Keep the form that a button of its page which is not its own has brought along, when somebody has typed in it; the page, or empty without one."""
    place = bodies.sent().get(PLACE, "")
    known, owner = _known(place), _owner()
    if known is None or not owner:
        return ""
    if kept(place).at or _is_typed_in(known):
        _keep(owner, place, known, kept(place).refusal)
    return PAGES[known[0]](**known[1])


def _is_typed_in(known: Known) -> bool:
    before, sent = BEFORE.get(known[0], dict)(**known[1]), bodies.sent()
    names = {*typed(), *(name for name in before if name in sent)}
    names = {
        name for name in names if lines.BESIDE not in name
    }  # what the page puts beside a field says nothing by itself
    return any(_lines(sent.getlist(name)) != _lines(before.get(name)) for name in names)


def _lines(value: Any) -> list[str]:
    """A text, or the texts of a list, line by line, however browsers end a line."""
    found = value if isinstance(value, list) else [value]
    return "\n".join(str(one) for one in found if one is not None).strip().splitlines()


def kept(place: str) -> Kept:
    """What the person of this page has typed in the form that is sent to `place`, and not sent."""
    if not (current_user and current_user.is_authenticated and current_user.has_unsent):
        return Kept(MultiDict())
    if "unsent" not in g:
        g.unsent = {
            name: Kept(MultiDict(one.fields), one.at, one.refusal)
            for name, one in unsent.all_of(current_user.name).items()
        }
    found: Kept = g.unsent.get(place) or Kept(MultiDict())
    return found


def typed() -> MultiDict[str, str]:
    """What the form of this request holds, without what its page added; of a task's page, what is kept of its form."""
    if request.method == "POST":
        given = bodies.sent()
    elif request.endpoint == "tasklist.task":
        given = kept(url_for("tasklist.complete", **(request.view_args or {}))).values
    else:
        given = MultiDict()
    return MultiDict([(name, value) for name, value in given.items(multi=True) if name not in ADDED and value.strip()])


def _hidden(place: str) -> Markup:
    """The fields that a kept form brings: whose it is, and whether something is kept of it that goes when it is sent."""
    name = current_user.name if current_user.is_authenticated else ""
    mark = "1" if kept(place).at else ""
    line = Markup('<input type="hidden" name="{}" value="{}">')
    given = ((OWNER, _signer().dumps(name)), (MARK, mark), (PLACE, place))
    return Markup("").join(line.format(*one) for one in given)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="unsent")


def _owner() -> str:
    """Who filled the form of this request, as its page signed."""
    try:
        return str(_signer().loads(bodies.sent().get(OWNER, "")))
    except BadSignature:
        return ""


def _known(place: str) -> Known | None:
    """The endpoint that takes a form, and its values; None for what is not kept."""
    try:
        endpoint, values = current_app.url_map.bind("").match(place, method="POST")
    except (HTTPException, RequestRedirect):
        return None
    return (endpoint, values) if endpoint in PAGES else None


def _keep(user: str, place: str, known: Known, refusal: Mapping[str, Any] | None = None) -> bool:
    fields = {name: bodies.sent().getlist(name) for name in bodies.sent() if name not in ADDED}
    return unsent.keep(user, place, fields, at=engine.now(), case_number=_case(known[1]), refusal=refusal)


def _case(values: Mapping[str, Any]) -> str | None:
    """The case that a form belongs to, with whose personal data it goes."""
    if "number" in values:
        return str(values["number"])
    row = session().get(UserTask, values["task_id"]) if "task_id" in values else None
    return row.business_key if row is not None else None


def _forget_sent(response: Response) -> Response:
    """A form that was taken is not kept any longer."""
    sent = request.method == "POST" and request.endpoint in PAGES and response.status_code < 400
    if sent and bodies.sent().get(MARK) and current_user.is_authenticated and not g.get("unsent_aside"):
        unsent.forget(current_user.name, request.path)
    return response
