"""Nothing typed is lost: forms are kept on the server while they are filled and when they could not be taken, and offered again, in one file for one record.

A form that is kept names its person in a signed field, so that what arrives after the session has ended is kept for whoever typed it. Every form has an id from
when its page was opened, so that two of one place do not overwrite each other; an address names the one that stands in it by `form`.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, current_app, flash, g, has_request_context, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

import engine
from engine import language, proof
from models.base import session
from models.user_task import UserTask
from office import unsent
from service_tasks import numbers
from web.edge import addresses, bodies, idempotency_keys
from web.edge.kept_form import Kept, written
from web.telling import disputed_lines

blueprint = Blueprint("unsent", __name__)
Known = tuple[str, Mapping[str, Any]]
PLACE, OWNER, MARK, ID, FROM = "unsent_place", "unsent_of", "unsent", "unsent_id", "unsent_from"
STOOD = "unsent_stood"
ADDED = frozenset(
    {"csrf_token", idempotency_keys.NAME, PLACE, OWNER, MARK, ID, FROM, STOOD, "despite", "taken_secrets"}
)
IDS = re.compile(rf"[A-Za-z0-9_-]{{1,{unsent.MOST_ID}}}")
Reasons = Mapping[str, Sequence[language.Reason]]
# The forms that are kept, by the endpoint that takes them, and the page that each stands on.
PAGES: dict[str, Callable[..., str]] = {
    "tasklist.complete": lambda task_id: url_for("tasklist.task", task_id=task_id),
    "intake.accept": lambda: url_for("intake.form"),
    "cases.comment": lambda number: url_for("cases.case", number=number, tab="messages"),
    "cases.reply": lambda number: url_for("cases.case", number=number, tab="messages"),
    "cases.erase": lambda number: url_for("cases.case", number=number),
    "acts.withdraw": lambda number: url_for("cases.case", number=number, tab="acts"),
    "acts.void": lambda number: url_for("cases.case", number=number, tab="acts"),
    "acts.ask_extension": lambda number: url_for("cases.case", number=number, tab="acts"),
    "acts.ask_reversal": lambda number: url_for("cases.case", number=number, tab="acts"),
    "notices.publish": lambda: url_for("notices.listing"),
    "publication.submit": lambda key: url_for("publication.change", key=key),
    "publication.give_back": lambda key: url_for("publication.change", key=key),
    "joint.submit": lambda keys: url_for("joint.change", keys=keys),
    "joint.give_back": lambda keys: url_for("joint.change", keys=keys),
    "publication.roll_back": lambda key, version: url_for("processes.process", key=key),
}
BEFORE = "unsent_before"  # what stands in a form before anybody has typed in it: pages say it to the application


def register(app: Flask) -> None:
    """Add what browsers send while somebody types, and let templates ask for what is kept."""
    app.extensions[BEFORE] = {"intake.accept": lambda: {"channel": "counter"}}
    app.register_blueprint(blueprint)
    app.after_request(_forget_sent)
    app.jinja_env.globals.update(
        kept=kept, kept_is_named=is_named, kept_beside=others, unsent_fields=_hidden, page_of_form=_page_of
    )


@blueprint.post("/unsent")
def keep() -> tuple[str, int]:
    """Keep what stands in a form; the browser sends it every few seconds and before it leaves the page."""
    place = bodies.sent().get(PLACE, "")
    target = _known(place)
    if target is None:
        return "", 404
    return "", 204 if _keep(current_user.name, place, target) else 413


@blueprint.post("/unsent/discard")
def discard() -> Response:
    """Begin a form anew."""
    place = bodies.sent().get(PLACE, "")
    target = _known(place)
    if target is None:
        return redirect(url_for("tasklist.home"))
    unsent.forget(current_user.name, place, _id(), _from())
    return redirect(_page_of(place, _new()))


def aside() -> str:
    """Keep the form that this request brought and that cannot be taken now, for the person who typed it; its page, or empty when it is not kept."""
    place, owner = _place(), _owner()
    target = _known(place)
    if target is None or not owner or request.method != "POST":
        return ""
    g.unsent_aside = _keep(owner, place, target)
    return _page_of(place, _named()) if g.unsent_aside else ""


def back(reasons: Reasons, **more: Any) -> Response | None:
    """Keep the form of this request with what is to be said of it, and lead the browser to its page, so that going back and loading again do.

    None for a program, which reads the refusal as the answer, and for what cannot be kept.
    """
    target = _known(request.path)
    if target is None or not _navigates():
        return None
    recorded = {
        field: [{"code": cause.code, "values": written(cause.values)} for cause in causes]
        for field, causes in reasons.items()
    }
    g.unsent_aside = _keep(current_user.name, request.path, target, {"reasons": recorded, **more})
    return redirect(_page_of(request.path, _named()), 303) if g.unsent_aside else None


def _navigates() -> bool:
    """Tell whether a browser asks for a page: programs, and scripts of a page, do not name HTML as what they take."""
    named = any(kind == "text/html" for kind, _ in request.accept_mimetypes)
    return named and "HX-Request" not in request.headers


def _place() -> str:
    """Return where the form of this request belongs: here, or where it says that a button of its page has taken it along from."""
    along = request.blueprint != blueprint.name and _known(request.path) is None
    return bodies.sent().get(PLACE, "") if along else request.path


def is_kept() -> bool:
    """Tell whether the form that this request brought is kept."""
    return bool(g.get("unsent_aside"))


def beside() -> str:
    """Keep the form that a button of its page which is not its own has brought along, when somebody has typed in it; the page, or empty without one."""
    place = bodies.sent().get(PLACE, "")
    target = _known(place) if place else None
    owner = _owner() if target is not None else ""
    if target is None or not owner:
        return ""
    before = _brought(place)
    if before is None and not _is_typed_in(target):
        return _page_of(place)
    g.unsent_aside = _keep(owner, place, target, before.refusal if before else None)
    return _page_of(place, _named())


def _is_typed_in(target: Known) -> bool:
    if bodies.sent().get(STOOD) == _fingerprint(bodies.sent()):
        return False
    before, form = current_app.extensions[BEFORE].get(target[0], dict)(**target[1]), bodies.sent()
    names = {*typed(), *(name for name in before if name in form)}
    names = {
        name for name in names if disputed_lines.BESIDE not in name
    }  # what the page puts beside a field says nothing by itself
    return any(_lines(form.getlist(name)) != _lines(before.get(name)) for name in names)


def stands(values: Mapping[str, Any], names: Collection[str]) -> str:
    """Return what a page tells of its form that nobody has typed in, so that it can be seen at once when it comes back as it was."""
    return _fingerprint(MultiDict({name: values[name] for name in names if name in values}))


def _fingerprint(fields: MultiDict[str, Any]) -> str:
    texts = {
        name: _lines(fields.getlist(name)) for name in fields if name not in ADDED and disputed_lines.BESIDE not in name
    }
    filled = {name: text for name, text in texts.items() if text}
    return hashlib.sha256(json.dumps(filled, sort_keys=True).encode()).hexdigest()[:32]


def _lines(value: Any) -> list[str]:
    """Return a text, or the texts of a list in whatever order a page shows them, line by line, however browsers end a line."""
    values = value if isinstance(value, list) else [value]
    texts = [str(text) for text in values if text is not None]
    return "\n".join(sorted(texts) if len(texts) > 1 else texts).strip().splitlines()


def kept(place: str) -> Kept:
    """Return what stands again in the form of this page that is sent to `place`: the one its address names, else the only one that is kept; nothing otherwise."""
    by_place: dict[str, Kept] = g.setdefault("unsent_chosen", {})
    if place not in by_place:
        by_place[place] = _named_or_only(place)
    return by_place[place]


def is_named(place: str) -> bool:
    """Tell whether the address of a page names the form that stands in it again: it has just come back, or is gone on with. One without an id cannot be named."""
    stands = kept(place)
    return stands.at is not None and stands.form in (_asked(), unsent.ANY_FORM)


def stand_only_for(place: str, msisdn: str) -> Kept:
    """Return the same on a page that is opened for a number: what is kept for another customer does not stand in it."""
    kept_form = kept(place)
    if kept_form.at and not _asked() and msisdn not in ("", _subject(kept_form.values)):
        of_number = [form for form in _all(place) if _subject(form.values) == msisdn]
        g.unsent_chosen[place] = kept_form = of_number[0] if len(of_number) == 1 else Kept(MultiDict())
    return kept_form


def others(place: str) -> list[Kept]:
    """Return what else is kept of the same place, oldest first."""
    return [form for form in _all(place) if form.form != kept(place).form]


def waits(place: str) -> bool:
    """Tell whether anything is kept of a place."""
    return bool(_all(place))


def _named_or_only(place: str) -> Kept:
    forms, form_id = _all(place), _asked()
    if form_id and (form_id == "new" or not any(form == form_id for _, form in _everything())):
        return Kept(MultiDict())
    for kept_form in forms:
        if kept_form.form == form_id:
            return kept_form
    return forms[0] if len(forms) == 1 else Kept(MultiDict())


def _asked() -> str:
    """Return the form that the address of a page names."""
    form_id = addresses.form_named() if has_request_context() and request.method == "GET" else ""
    return form_id if IDS.fullmatch(form_id) else ""


def _all(place: str) -> list[Kept]:
    return [form for (other_place, _), form in _everything().items() if other_place == place]


def _everything() -> dict[tuple[str, str], Kept]:
    if not (current_user and current_user.is_authenticated and current_user.has_unsent):
        return {}
    if "unsent" not in g:
        g.unsent = {
            name: Kept(MultiDict(form.fields), form.at, form.refusal, name[1])
            for name, form in unsent.all_of(current_user.name).items()
        }
    forms: dict[tuple[str, str], Kept] = g.unsent
    return forms


def _brought(place: str) -> Kept | None:
    """Return what is kept of the form that this request brings."""
    forms = _everything()
    return forms.get((place, _id())) or forms.get((place, _from()))


def _subject(fields: MultiDict[str, str]) -> str:
    """Return whose form it is, where one place serves many customers."""
    typed = fields.get("msisdn", "")
    return numbers.msisdn(typed) or typed.strip()


def _goes_on(place: str) -> str:
    """Return the id of what stood in the form of this request when its page was opened, as long as that is what was gone on with; another customer's stays kept."""
    before = _everything().get((place, _from()))
    if before is None:
        return ""
    form = bodies.sent()
    same = _subject(before.values) == _subject(form)
    return (
        _from() if same or (before.get("text").strip() and before.get("text").strip() in form.get("text", "")) else ""
    )


def typed() -> MultiDict[str, str]:
    """Return what the form of this request holds, without what its page added; of a task's page, what is kept of its form."""
    if request.method == "POST":
        form = bodies.sent()
    elif request.endpoint == "tasklist.task":
        place = url_for("tasklist.complete", **(request.view_args or {}))
        form = kept(place).values or next((kept_form.values for kept_form in reversed(_all(place))), MultiDict())
    else:
        form = MultiDict()
    return MultiDict([(name, value) for name, value in form.items(multi=True) if name not in ADDED and value.strip()])


def _hidden(place: str) -> Markup:
    """Return the fields that a kept form brings: whose it is, and whether something is kept of it that goes when it is sent."""
    name = current_user.name if current_user.is_authenticated else ""
    mark = "1" if kept(place).at else ""
    fields = ((OWNER, _signed(name)), (MARK, mark), (PLACE, place), *_ids(place))
    return Markup("".join([f'<input type="hidden" name="{field}" value="{escape(value)}">' for field, value in fields]))  # noqa: S704 - escaped


def _ids(place: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the id of a form, and of what it goes on with: its own again when it was refused, or when its address names it."""
    if request.method == "POST" and request.path == place:
        return (ID, _id()), (FROM, _from())
    stands = kept(place).form
    return ((ID, stands), (FROM, "")) if stands and stands == _asked() else ((ID, _new()), (FROM, stands))


def _new() -> str:
    return secrets.token_urlsafe(9)


def _id() -> str:
    """Return the id that the form of this request brings."""
    form_id = bodies.sent().get(ID, "")
    return form_id if IDS.fullmatch(form_id) else unsent.ANY_FORM


def _from() -> str:
    form_id = bodies.sent().get(FROM, "")
    return form_id if IDS.fullmatch(form_id) else ""


def _named() -> str:
    """Return the id by which the page of this request's form is led to; empty for a form without one."""
    return "" if _id() == unsent.ANY_FORM else _id()


def page_of_place(place: str) -> str:
    """Return the page on which a form stands that is sent to this address; empty for what is not kept."""
    return _page_of(place)


def _page_of(place: str, form: str = "") -> str:
    """Return the page of a form, with one of those that are kept standing in it."""
    target = _known(place)
    if target is None:
        return ""
    page = PAGES[target[0]](**target[1])
    return f"{page}{'&' if '?' in page else '?'}form={form}" if form else page


def _signed(name: str) -> str:
    return _signature(current_app.config["SECRET_KEY"], name)


@lru_cache(maxsize=1_000)
def _signature(secret: Any, name: str) -> str:
    return str(_signer(secret).dumps(name))


@lru_cache(maxsize=10)
def _signer(secret: Any) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="unsent")


def _owner() -> str:
    """Return who filled the form of this request, as its page signed."""
    signature = bodies.sent().get(OWNER, "")
    if current_user.is_authenticated and signature == _signed(current_user.name):
        return str(current_user.name)
    try:
        return str(_signer(current_app.config["SECRET_KEY"]).loads(signature))
    except BadSignature:
        return ""


def _known(place: str) -> Known | None:
    """Return the endpoint that takes a form, and its values; None for what is not kept."""
    try:
        endpoint, values = current_app.url_map.bind("").match(place, method="POST")
    except (HTTPException, RequestRedirect):
        return None
    return (endpoint, values) if endpoint in PAGES else None


def _keep(user: str, place: str, target: Known, refusal: Mapping[str, Any] | None = None) -> bool:
    left_out = {*ADDED, *secret_of(target[1])}
    fields = {name: bodies.sent().getlist(name) for name in bodies.sent() if name not in left_out}
    ids = {"form": _id(), "instead_of": _goes_on(place)}
    result = unsent.keep(user, place, fields, at=engine.now(), case_number=_case(target[1]), refusal=refusal, **ids)
    for form in result.gone if result else ():
        about = Kept(MultiDict(form.fields)).about
        flash(
            gettext(
                "More is kept for you than can be, so the oldest that was not sent is gone: %(about)s", about=about
            ),
            "warn",
        )
    return result is not None


def secret_of(values: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields of a task's form that nobody needs to see again, such as a PIN: they are typed anew."""
    row = session().get(UserTask, values["task_id"]) if "task_id" in values else None
    return proof.definition_of(row.instance_id).private.secret if row is not None else frozenset()


def _case(values: Mapping[str, Any]) -> str | None:
    """Return the case that a form belongs to, with whose personal data it goes."""
    if "number" in values:
        return str(values["number"])
    row = session().get(UserTask, values["task_id"]) if "task_id" in values else None
    return row.business_key if row is not None else None


def _forget_sent(response: Response) -> Response:
    """Forget a form that was taken, once its answer goes out."""
    sent = request.method == "POST" and request.endpoint in PAGES and response.status_code < 400
    if sent and bodies.sent().get(MARK) and current_user.is_authenticated and not g.get("unsent_aside"):
        unsent.forget(current_user.name, request.path, _id(), *filter(None, [_goes_on(request.path)]))
    return response
