"""What an address may ask for: the query parameters of every page, each with what it may hold, and the one place that reads them.

A parameter that nothing here is called is refused, with the nearest that there is: a filter passed over would show, or export, what was not asked for.
So is one whose value cannot be, names nothing or stands there twice; on a page with a filter form it is told at its field. The parameters of the API
stand in `web.api.schemas`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from flask import Flask, abort, g, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute

import engine
from engine import language
from engine.language import Reason
from models.base import session
from models.definition import ProcessDefinition
from models.identity import Department, User
from office import free_text
from service_tasks import numbers

MOST_NUMBER, MOST_NAME = 2**31 - 1, 60
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
LIKE_MSISDN, LEAST_FIGURES = re.compile(r"[+()0-9 -]+"), 7
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT, MOST_STEPS = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?", re.ASCII), 10**9


class WrongAddress(engine.Invalid):
    """An address asks for what cannot be; `reasons` say why, by parameter."""

    @property
    def reasons(self) -> Mapping[str, list[Reason]]:
        """What is wrong, by parameter."""
        reasons: Mapping[str, list[Reason]] = self.values["reasons"]
        return reasons


class UnknownParameter(WrongAddress):
    """An address asks by a name that nothing here has; `reasons` name the nearest that there is."""


def wrong(code: str, **values: object) -> ValidationError:
    """Return the error of one parameter."""
    return ValidationError([Reason(code, values)])


class Text(fields.Field):
    """Words, without blanks around them; empty when none are given."""

    def __init__(self, most: int) -> None:
        super().__init__(load_default="")
        self.most = most

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        reason = free_text.wrong(str(value).strip(), self.most)
        if reason:
            raise ValidationError(reason)
        return str(value).strip()


class Sought(Text):
    """What is looked for in a list: a mobile number in its eleven digits however it is written, other words in plain signs."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return numbers.msisdn(text) or language.written.plain(text)


class Known(Text):
    """The name of something the office has, such as the key of a process; empty when none is given. What nobody is called finds nothing, and that is said."""

    def __init__(self, code: str, column: InstrumentedAttribute[str], *besides: str, **more: str) -> None:
        super().__init__(60)
        self.code, self.column, self.besides, self.metadata = code, column, besides, more
        self.columns: tuple[InstrumentedAttribute[str], ...] = (column,)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name and name not in self.besides:
            query = select(self.column).where(or_(*(column == name for column in self.columns))).limit(1)
            if session().execute(query).first() is None:
                raise wrong(self.code, name=name)
        return name


class Person(Known):
    """Somebody of the office, by log-in or by name."""

    def __init__(self) -> None:
        super().__init__("person_unknown", User.name)
        self.columns = (User.name, User.display_name)


class Choice(Text):
    """One of some words; the first when none is given."""

    def __init__(self, *options: str) -> None:
        super().__init__(60)
        self.options, self.load_default = options, options[0]

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        if value not in (*self.options, ""):
            raise wrong("not_an_option")
        return str(value) or self.options[0]


class Number(fields.Field):
    """A whole number from 0; `default` when none is given."""

    def __init__(self, default: int | None = None, most: int = MOST_NUMBER) -> None:
        super().__init__(load_default=default)
        self.most = most

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> int | None:
        if value == "":
            return self.load_default
        digits = language.written.plain(str(value))
        if not digits.removeprefix("-").isdecimal() or not digits.isascii():
            raise wrong("not_a_number")
        if digits.startswith("-"):
            raise wrong("min", limit=0)
        if len(digits) > len(str(self.most)) or int(digits) > self.most:
            raise wrong("max", limit=self.most)
        return int(digits)


class Moment(fields.Field):
    """A moment of a case as (entry, step): `4.2` the second step of entry 4, `4` its end; None when none is given."""

    def __init__(self) -> None:
        super().__init__(load_default=None)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> tuple[int, int] | None:
        if value == "":
            return None
        parts = MOMENT.fullmatch(str(value))
        if parts is None:
            raise wrong("not_a_number")
        return int(parts[1]), int(parts[2] or MOST_STEPS)


class Day(fields.Field):
    """A day such as 2026-11-23, as `language.written.day` reads it; None when none is given."""

    def __init__(self) -> None:
        super().__init__(load_default=None)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> date | None:
        if value == "":
            return None
        day = language.written.day(str(value))
        if day is None:
            raise wrong("not_a_date")
        if day < FIRST_DAY:
            raise wrong("min", limit=FIRST_DAY)
        if day > LAST_DAY:
            raise wrong("max", limit=LAST_DAY)
        return day


class Cursor(fields.Field):
    """Where the page before ended: an instant, a bar, and what tells rows of the same instant apart (`last`); empty for the first page."""

    def __init__(self, last: str, *, undated: bool = False, **more: Any) -> None:
        super().__init__(load_default="", **more)
        self.last, self.undated = re.compile(last, re.ASCII), undated

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        at, bar, last = str(value).partition("|")
        dated = _is_instant(at) or (self.undated and not at)
        if value and not (bar and dated and self.last.fullmatch(last)):
            raise wrong("cursor")
        return str(value)


def _is_instant(text: str) -> bool:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return False
    return instant.tzinfo is not None and FIRST_DAY <= instant.date() <= LAST_DAY


class Several(fields.Field):
    """Words of a parameter that may stand there as often as one likes, each once and in order; none when none are given."""

    def __init__(self, most: int) -> None:
        super().__init__(load_default=())
        self.one = Text(most)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> tuple[str, ...]:
        items = [self.one.deserialize(item, attr) for item in (value if isinstance(value, list | tuple) else [value])]
        return tuple(dict.fromkeys(filter(None, items)))


TASK = r"[0-9]{1,9}"
FILE, ELEMENT, WAY = Text(100), Text(200), Text(8_000)
MSISDN, NAME, SOUGHT = Text(40), Text(60), Sought(60)
PROCESS = Known("process_unknown", ProcessDefinition.key, "on_the_spot", type="string")
DEPARTMENT = Known("group_unknown", Department.code, type="string", description="code of a department")
PERSON = Person()
FLAG = Choice("", "0", "1")
PERIOD: dict[str, fields.Field] = {"from": Day(), "to": Day()}
FORM: dict[str, fields.Field] = {"form": Text(40)}  # a form that is kept, of those open at once
# fmt: off
ASKED: dict[str, dict[str, fields.Field]] = {
    "audit.doings": {**PERIOD, "person": Known("person_unknown", User.name, engine.SYSTEM.user), "show": Choice("", "logins", "looks", "exports", "refusals", "tokens"), "after": Cursor(r"[^|]{1,60}\|[0-9]{1,9}")},
    "audit.heat_map": {**PERIOD, "version": Number(0), "measure": Choice("count", "time", "share", "late")},
    "audit.history": {"personal": FLAG},
    "audit.log": {**PERIOD, "process": PROCESS, "personal": FLAG},
    "auth.login": {"next": WAY},
    "cases.case": {"tab": Choice("timeline", "diagram", "money", "messages", "orders", "acts", "looks"), "before": Number(), **FORM},
    "cases.listing": {
        **PERIOD, "text": SOUGHT, "customer": NAME, "clerk": PERSON, "process": PROCESS, "version": Number(0),
        "state": Choice("", "open", "replied", "closed", "withdrawn", "voided", "not_reached"), "after": Cursor(r"[^|]{1,60}"),
    },
    "customers.customer": {"msisdn": MSISDN},
    "drafts.difference": {"file": FILE},
    "drafts.draft_diagram": {"file": FILE},
    "drafts.variables": {"file": FILE, "element": ELEMENT},
    "drafts.version_diagram": {"file": FILE},
    "intake.caller": {"msisdn": MSISDN},
    "intake.form": {"msisdn": MSISDN, "pays": FLAG, **FORM},
    "notices.listing": FORM,
    "notices.unread": {"next": WAY},
    "processes.compare": {"against": Number()},
    "processes.listing": {"text": SOUGHT},
    "processes.process": FORM,
    "publication.change": FORM,
    "proof.page": {"line": Several(100)},
    "replay.page": {"at": Moment(), "verify": FLAG},
    "supervision.liabilities": {"name": NAME},
    "tasklist.worklist_page": {
        "scope": Choice("group", "mine", "all"), "process": PROCESS, "group": DEPARTMENT, "late": FLAG, "text": SOUGHT, "after": Cursor(TASK, undated=True),
    },
    "tasklist.task": FORM,
    "trials.as_scenario": {"try-so-far": WAY},
    "trials.page": {"try-so-far": WAY, "try-task": ELEMENT, "scenario": Text(200)},
}
# fmt: on
# The filter forms: the page on which each stands, and its fields.
FILTERS: dict[str, tuple[str, frozenset[str]]] = {
    "audit.doings": ("audit.doings", frozenset({"from", "to", "person", "show"})),
    "audit.heat_map": ("audit.heat_map", frozenset({"from", "to", "version", "measure"})),
    "audit.log": ("audit.overview", frozenset({"from", "to", "process"})),
    "cases.listing": (
        "cases.listing",
        frozenset({"from", "to", "text", "customer", "clerk", "process", "version", "state"}),
    ),
    "processes.listing": ("processes.listing", frozenset({"text"})),
    "tasklist.worklist_page": ("tasklist.worklist_page", frozenset({"text"})),
}
UNREAD = frozenset({"static", "health.live", "None"})  # what asks there puts anything behind the address
_SCHEMAS = {endpoint: Schema.from_dict(dict(fields))() for endpoint, fields in ASKED.items()}


def register(app: Flask) -> None:
    """Refuse what no address can mean, and let templates see what theirs asks for."""
    app.before_request(_refuse_impossible)
    app.before_request(_refuse_unknown)
    app.jinja_env.globals.update(
        asked=asked, no_msisdn=no_msisdn, is_day=ISO_DAY.fullmatch, wrong_filters=wrong_filters, filters_typed=typed
    )


def no_msisdn(search: str) -> bool:
    """Tell whether somebody looked for what is written like a telephone number and is none; a day may be part of a case number."""
    figures = LIKE_MSISDN.fullmatch(search) is not None and sum(sign.isdigit() for sign in search) >= LEAST_FIGURES
    return figures and numbers.msisdn(search) is None and language.written.day(search) is None


def _refuse_impossible() -> None:
    """Refuse a number in the path that no row can have, or a NUL, instead of looking for it: databases refuse them in their own ways."""
    path_values = (request.view_args or {}).values()
    if any(value > MOST_NUMBER if isinstance(value, int) else "\0" in str(value) for value in path_values):
        abort(404)
    if any("\0" in value for value in request.args.values()):
        abort(400)


def _refuse_unknown() -> None:
    """Refuse a name by which nothing can be asked for at the address of a page or file. Errors: UnknownParameter."""
    endpoint = str(request.endpoint)
    if request.method in ("GET", "HEAD") and endpoint not in UNREAD and not endpoint.startswith("api"):
        refuse_unknown(ASKED.get(endpoint, ()))


def refuse_unknown(parameters: Iterable[str]) -> None:
    """Refuse what this address asks for by other names than these, the marks of mails left out. Errors: UnknownParameter."""
    names = list(parameters)
    unknown = [name for name in request.args if name not in names and not name.startswith("utm_")]
    if unknown:
        raise UnknownParameter(reasons={name: [_unknown(name, names)] for name in unknown})


def _unknown(name: str, parameters: list[str]) -> Reason:
    near = get_close_matches(name.lower(), parameters, n=1)
    return Reason("unknown_parameter", {"name": name[:MOST_NAME], "near": near[0] if near else "", "known": parameters})


def asked() -> Mapping[str, Any]:
    """Return what the address of this request asks for, by parameter; what it leaves out, or its form tells as wrong, has its default. Errors: WrongAddress."""
    arguments, endpoint = request.args, str(request.endpoint)
    once = [name for name, field in ASKED.get(endpoint, {}).items() if not isinstance(field, Several)]
    twice = {name: [Reason("twice")] for name in once if len(arguments.getlist(name)) > 1}
    if twice:
        raise WrongAddress(reasons=twice)
    several = {
        name: arguments.getlist(name) for name in arguments if name in ASKED.get(endpoint, ()) and name not in once
    }
    values = {**arguments.to_dict(), **several}
    return read(endpoint, {name: value for name, value in values.items() if name not in wrong_filters()})


def number_asked_for() -> str:
    """Return the number that the address of this request names, as it stands there, whatever else it has wrong."""
    return request.args.get("msisdn", "")


def asks_for_personal() -> bool:
    """Tell whether the address of this request asks for personal values, whatever else it has wrong."""
    return request.args.get("personal") == "1"


def form_page(error: WrongAddress) -> str | None:
    """Return the endpoint of the page whose filter form has everything that this address has wrong; None where there is none."""
    page, fields_of_form = FILTERS.get(str(request.endpoint), ("", frozenset()))
    of_form = not isinstance(error, UnknownParameter)
    twice = any(len(request.args.getlist(name)) > 1 for name in error.reasons)
    return page if page and of_form and not twice and error.reasons.keys() <= fields_of_form else None


def tell_at_form(error: WrongAddress) -> None:
    """Have the page of this request tell at its filter form what the address has wrong."""
    g.wrong_filters = error.reasons


def wrong_filters() -> Mapping[str, list[Reason]]:
    """Return what the filter form of this page has to tell, by field; empty when nothing is wrong."""
    reasons: Mapping[str, list[Reason]] = g.get("wrong_filters", {})
    return reasons


def typed(name: str, value: object) -> object:
    """Return what a field of a filter form shows: what was typed as long as something is wrong, else the `value` that was read."""
    return request.args.get(name, "") if wrong_filters() else value


def given_twice() -> list[str]:
    """Return the parameters that this address names more than once."""
    return [name for name, values in request.args.lists() if len(values) > 1]


def form_named() -> str:
    """Return the form that this address names as it stands, which need not be one; empty where it names none."""
    return request.args.get("form", "")


def read(endpoint: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a page as values. Errors: WrongAddress with every wrong one."""
    if endpoint not in _SCHEMAS:
        return {}
    values: dict[str, Any]
    reasons: dict[str, Any] = {}
    try:
        values = _SCHEMAS[endpoint].load({name: arguments[name] for name in arguments}, unknown=EXCLUDE)
    except ValidationError as error:
        reasons = error.normalized_messages()
        values = error.valid_data if isinstance(error.valid_data, dict) else {}
    since, until = values.get("from"), values.get("to")
    if since and until and since > until:
        reasons["to"] = [Reason("min", {"limit": since})]
    if reasons:
        raise WrongAddress(reasons=reasons)
    return values
