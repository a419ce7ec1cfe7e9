"""Every address, field and body with values nobody types: on both databases, for everybody, the answer is a refusal in words and never a fault of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import engine
from office import tokens
from tests.support.furnishing import Furnished, furnish
from tests.support.offices import Copies, unused
from tests.support.visitors import Visitor, copy, let_go, open_office
from tests.support.wording import ENGLISH
from tests.unit.web.test_routes import ROUTES
from web.api import schemas
from web.edge import addresses, unavailable

PEOPLE = ("cleo", "sam", "olu", "ada")
HOSTILE = (
    "", " ", "\0", "%", "'; --", "x" * 5_000, "-1", "1.5", "9" * 20, "9" * 5_000, "²", "0001-01-01", "9999-12-31", "2026-02-30",
    "0001-01-01T00:00:00+14:00|1", "9999-12-31T23:59:59-12:00|1", "2026-01-01T00:00:00Z|" + "9" * 30, "|", "\u202e", "../../etc/passwd",
    "http://[", "//evil.example", "\r\nX-Evil: 1", "{{7*7}}", "a..b",
)  # fmt: skip
IN_PATHS = ("\0", "%", "x" * 5_000, "-1", "9" * 20, "²", "../../etc/passwd", "\r\nX-Evil: 1", "a..b")
RAW = ("%ED%A0%80", "%FF", "%")
TYPED = ("", "\0", "x" * 30_000, "9" * 400, "http://[")
IN_BODY = ("\0", "x" * 30_000, "\ud800", 10**400, 1.5, None, [[]], {"a": "\ud800"})
BODIES = {
    "application/json": (b"", b"[" * 1_000_000, b"\xff", b"{", b"NaN", b'{"a": ' * 500 + b"1" + b"}" * 500, b"9" * 5_000, b'"\\ud800"', b'{"\\ud800": 1}', b"null", b"[]"),
    "application/x-www-form-urlencoded": (b"\xff=1", b"&".join(b"a%d=1" % n for n in range(2_000)), b"=", b"%ff=%ff", b"a[]=1&a[]=\0"),
    "multipart/form-data; boundary=x": (b"", b"--x", b"--x\r\n\r\n\r\n", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n'),
    "multipart/form-data": (b"--x",),
    "text/plain": (b"x",),
}  # fmt: skip
NAMES = re.compile("这里可用：[a-z_、]+")  # what an address can be asked by has one name in every language
ALONE = ("POST /logout", "POST /login")  # the one ends the walk, the other locks everybody out after some tries
ONE_DATABASE = pytest.mark.parametrize("walk", ["sqlite"], indirect=True)  # what is refused before any is asked
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


THOROUGH = pytest.mark.parametrize(
    "thorough", [False, pytest.param(True, marks=[pytest.mark.long, pytest.mark.slow])], ids=["some", "all"]
)


class InTurn:
    """Values of which each place is tried with some, the next ones at the next place; or with all of them."""

    def __init__(self, values: Sequence[Any], thorough: bool) -> None:
        self.values, self.thorough, self.turn = values, thorough, cycle(values)

    def some(self, number: int) -> Iterable[Any]:
        """The next so many; all in a thorough walk."""
        return self.values if self.thorough else tuple(islice(self.turn, number))


class Walk:
    """An office with cases under way, everybody in front of it, and what broke on our side so far."""

    def __init__(self, app: Flask, there: Furnished, broken: list[str]) -> None:
        self.app, self.there, self.broken = app, there, broken
        with app.app_context():
            self.tokens = {name: tokens.create(name, at=engine.now()) for name in PEOPLE}
        self.clients = {name: Visitor(app, name).client for name in PEOPLE}
        self.next = cycle(PEOPLE)
        self.described = described(app)

    def place(self, name: str) -> str:
        rule = name.partition(" ")[2]
        return (ROUTES[name].place or rule).format(**asdict(self.there))

    def ask(self, method: str, place: str, person: str = "", **sent: Any) -> TestResponse:
        """As one of them, the next one unless one is named; what is answered is never a fault of the office."""
        person = person or next(self.next)
        headers = dict(sent.pop("headers", {}))
        if place.startswith("/api/"):
            headers.setdefault("Authorization", f"Bearer {self.tokens[person]}")
            headers.setdefault("Accept-Language", "zh")
        client = self.app.test_client() if {"Cookie", "X-Forwarded-For"} & set(headers) else self.clients[person]
        answer = client.open(place, method=method, headers=headers, **sent)
        if answer.status_code >= 500 or b"Traceback" in answer.data:
            self.broken.append(f"{person} {method} {place[:150]} {str(sent)[:150]}: {answer.status_code}")
        if answer.mimetype == "application/problem+json" and headers.get("Accept-Language") == "zh":
            self.broken += [f"in English: {method} {place[:100]} {text}" for text in _english_in(answer, place)]
        rule = self.rule_of(place, method)
        known = self.described.get((rule, method))
        if known is not None and not (answer.status_code in known and answer.mimetype == known[answer.status_code]):
            self.broken.append(f"not described: {method} {rule} {answer.status_code} {answer.mimetype}")
        return answer

    def rule_of(self, place: str, method: str) -> str:
        """The rule that an address of the API comes under; empty for none."""
        if not place.startswith("/api/"):
            return ""
        try:
            return str(
                self.app.url_map.bind("localhost")
                .match(unquote(urlsplit(place).path), method, return_rule=True)[0]
                .rule
            )
        except HTTPException:
            return ""


def _english_in(answer: TestResponse, place: str) -> list[str]:
    """What a problem tells in English to somebody who reads Chinese; what the address itself says may be repeated."""
    asked = [*answer.request.args, *answer.request.args.values()]
    said = [*asked, *(one.strip() for one in asked), *map(unquote, urlsplit(place).path.split("/"))]
    problem: Any = answer.json
    reasons = problem.get("reasons", {}).values()
    told = [problem["title"], *(one["text"] for found in reasons for one in found)]
    return [text for text in told if ENGLISH.search(_without(NAMES.sub("", text), [*said, "JSON"]))]


def _without(text: str, words: list[str]) -> str:
    for word in filter(None, sorted(words, key=len, reverse=True)):
        text = text.replace(word, "")
    return text


def described(app: Flask) -> dict[tuple[str, str], dict[int, str]]:
    """What the description of the API says may be answered, as rule and method → status → kind of content."""
    document: Any = app.test_client().get("/api/v1/openapi.json").json
    found: dict[tuple[str, str], dict[int, str]] = {}
    for path, operations in document["paths"].items():
        rule = next(r.rule for r in app.url_map.iter_rules() if re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", r.rule) == path)
        for method, operation in operations.items():
            for status, response in operation.get("responses", {}).items() if method != "parameters" else ():
                shared = document["components"]["responses"].get(response.get("$ref", "").rpartition("/")[2], response)
                kind = next(iter(shared.get("content", {"": None})))
                found.setdefault((rule, method.upper()), {})[int(status) if status.isdigit() else 0] = kind
    return found


@pytest.fixture(scope="module")
def sqlite_walk(furnished: tuple[Path, Furnished], tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The office on SQLite."""
    folder = tmp_path_factory.mktemp("walk")
    copy(furnished[0], folder)
    return Walk(open_office(folder), furnished[1], [])


@pytest.fixture(scope="module")
def postgresql_walk(founded_on_postgresql: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The office on PostgreSQL."""
    name = unused()
    app = open_office(tmp_path_factory.mktemp("walk"), founded_on_postgresql.make(name))
    yield Walk(app, furnish(app), [])
    let_go(app)
    founded_on_postgresql.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.slow])])
def walk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Walk]:
    """The office on either database; at the end of a test nothing may have broken."""
    found: Walk = request.getfixturevalue(f"{request.param}_walk")
    answered = unavailable.answer

    def told(error: Exception, text: str = "") -> Any:
        found.broken.append(repr(error)[:200])
        return answered(error, text)

    monkeypatch.setattr(unavailable, "answer", told)
    yield found
    assert_nothing_broke(found)


def assert_nothing_broke(walk: Walk) -> None:
    """No answer was a fault of the office, in the wrong language or of a kind that is not described; what was found is forgotten."""
    broken, walk.broken = sorted(set(walk.broken)), []
    assert not broken, "\n".join(broken[:40])


def parameters(app: Flask) -> Iterator[tuple[str, str]]:
    """Every line of the table of routes with every parameter that its address may hold."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            yield from (
                (f"GET {rule.rule}", name)
                for name in [*addresses.ASKED.get(rule.endpoint, {}), *api_parameters(rule), "unknown"]
            )


def api_parameters(rule: Rule) -> list[str]:
    """The query parameters of an address of the API."""
    return {"api.Tasks": list(schemas.TaskFilter().fields), "api.Entries": list(schemas.EntryFilter().fields)}.get(
        rule.endpoint, []
    )


@THOROUGH
def test_every_parameter_of_every_page(walk: Walk, thorough: bool) -> None:
    """What stands behind the question mark finds nothing or is refused: of each parameter everything where it comes first, and something on every page."""
    values, raw, met = InTurn(HOSTILE, thorough), InTurn(RAW, thorough), set[str]()
    for name, parameter in parameters(walk.app):
        place = walk.place(name).partition("?")[0]
        for value in values.some(1) if parameter in met else HOSTILE:
            walk.ask("GET", place, query_string={parameter: value})
        for value in raw.some(0) if parameter in met else RAW:
            walk.ask("GET", f"{place}?{parameter}={value}&{parameter}={value}")
        met.add(parameter)
    assert_nothing_broke(walk)


def test_every_part_of_every_path(walk: Walk) -> None:
    """What stands in the path names nothing or is refused, whatever the method."""
    for name in ROUTES:
        method, _, rule = name.partition(" ")
        for found in PARAMETER.finditer(rule):
            for value in IN_PATHS:
                before, after = (PARAMETER.sub("1", part) for part in rule.split(found[0], 1))
                place = before + quote(value, safe="") + after
                walk.ask(method, place, json={} if method != "GET" else None)
    assert_nothing_broke(walk)


@pytest.mark.slow
@THOROUGH
def test_every_field_of_every_form(walk: Walk, thorough: bool) -> None:
    """Each field that a form sends, and one it does not know, with values nobody types, as text and as a list."""
    typed, in_body = InTurn(TYPED, thorough), InTurn(IN_BODY, thorough)
    for name, route in ROUTES.items():
        method, _, rule = name.partition(" ")
        if method == "GET" or name in ALONE:
            continue
        place, sent = walk.place(name), dict(route.sent or {})
        walk.ask(method, place, data={**{key: ["1", "\0"] for key in sent}, "unknown": ["1", "2"]})
        for field in [*sent, "revision", "against", "key", "next", "try-so-far", "submit_key"]:
            if place.startswith("/api/") or "/draft" in rule:
                for value in in_body.some(1):
                    document = json.dumps({**sent, field: value})
                    walk.ask(method, place, data=document, headers={"Content-Type": "application/json"})
            else:
                for value in typed.some(1):
                    walk.ask(method, place, data={**sent, field: value})
    assert_nothing_broke(walk)


@THOROUGH
def test_every_field_of_the_log_in(walk: Walk, thorough: bool) -> None:
    """Before anybody is known: names, passwords and addresses that cannot be are wrong ones, and are counted without harm."""
    fields = InTurn(("name", "password", "next"), thorough)
    for number, value in enumerate((*HOSTILE, *TYPED)):
        for field in fields.some(1):
            given = {"name": f"nobody{number}", "password": "guess", field: value}
            from_there = {"REMOTE_ADDR": value.replace("\r\n", "")[:100]}
            client = walk.app.test_client()
            answer = client.post("/login", data=given, environ_base=from_there)
            assert answer.status_code in (401, 429), (field, value)


@pytest.mark.slow
@ONE_DATABASE
@THOROUGH
def test_every_body_that_cannot_be_read(walk: Walk, thorough: bool) -> None:
    """A million brackets, bytes that are no text, a thousand fields, half a form: refused as what it is, wherever it is sent."""
    bodies = InTurn([(kind, body) for kind, bodies in BODIES.items() for body in bodies], thorough)
    for name in ROUTES:
        method = name.partition(" ")[0]
        if method != "GET" and name not in ALONE:
            person = "olu" if "process" in name else ""
            for kind, body in bodies.some(3):
                walk.ask(method, walk.place(name), person, data=body, headers={"Content-Type": kind})
    assert_nothing_broke(walk)


@pytest.mark.parametrize(
    "header",
    ["Accept-Language", "Idempotency-Key", "Referer", "Authorization", "X-Forwarded-For", "Cookie", "HX-Request"],
)
@ONE_DATABASE
def test_every_header_that_is_read(walk: Walk, header: str) -> None:
    """What stands in a header is believed by nobody."""
    for value in HOSTILE:
        text = value.replace("\r\n", "").encode("latin-1", "ignore").decode("latin-1").replace("\0", "")
        for method, place in (
            ("GET", "/tasks"),
            ("GET", "/nowhere"),
            ("GET", "/api/v1/tasks"),
            ("POST", "/api/v1/tasks/1/completion"),
        ):
            walk.ask(method, place, headers={header: text}, **({"json": {}} if method == "POST" else {}))
    assert_nothing_broke(walk)


@pytest.mark.parametrize(
    "address",
    [
        "/cases?from=x",
        "/cases?version=99999999999999999999",
        "/cases?after=x",
        "/audit/log.xes?from=2026-02-30",
        "/processes/TS-002/heat?from=0001-01-01",
        "/cases?from=2026-02-01&to=2026-01-01",
    ],
)
def test_a_filter_that_cannot_be_is_refused_by_name(sqlite_walk: Walk, address: str) -> None:
    """It is not passed over: what would be shown or exported is not what was asked for. It is told at its field, or with the way to the page without it."""
    answer = sqlite_walk.ask("GET", address, "ada")
    place = address.partition("?")[0]
    leads_back = f'href="{place}"' in answer.text and "<strong>" in answer.text
    assert (answer.status_code, "desk-field-error" in answer.text or leads_back) == (422, True)


def test_the_api_refuses_a_cursor_that_is_none(sqlite_walk: Walk) -> None:
    """Beginning again at the first page in silence would be read twice by every program."""
    answer = sqlite_walk.ask("GET", "/api/v1/tasks?after=rubbish", "cleo")
    assert (answer.status_code, list(answer.json["reasons"])) == (422, ["after"])  # type: ignore[index]


def test_every_default_is_a_value_of_its_parameter() -> None:
    """An empty parameter, as a form sends it, means the same as none."""
    for endpoint, known in addresses.ASKED.items():
        assert addresses.read(endpoint, dict.fromkeys(known, "")) == addresses.read(endpoint, {}), endpoint
