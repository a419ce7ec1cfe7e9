"""What the pages of a clerk's day cost, counted and not timed: statements at the cursor, and what a warm request still compiles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import jinja2
import marshmallow
import pytest
from flask import Flask
from marshmallow.schema import SchemaMeta
from sqlalchemy import event, func, select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ValuesBase

import engine
from bench.office import customers, measured
from bench.office.clerks import Clerk
from bench.office.pages import Answer, Given, Unexpected
from engine.definitions import dmn
from engine.definitions.compiled import Definition
from engine.diagrams import diagram
from engine.language import feel
from engine.language.forms import Form
from models.base import session, transaction
from models.unsent import UnsentForm
from office import fixtures
from tests.support.visitors import Visitor

MOST = {
    "intake form": 3,
    "intake": 25,  # the register that numbers the case is one of them
    "after the intake": 4,
    "worklist": 9,  # the work orders of one's departments that are chased are one of them
    "task": 15,  # one where lines are picked has the customer's papers beside it
    "claim": 6,  # what was taken is said, in the words of its process
    "fields of a form": 10,  # as above
    "completion": 53,  # one that pays lines out has its ledger, the paper over what is left of the receipt and its number, what is left of them, what it gives up of them and the liability in it, and is told with what it moved; what a step by itself costs is counted in the engine's tests
    "after a step": 14,
}
VISITED = {
    "/tasks": 8,
    "/cases": 7,
    "/cases/AJ-2026-000002": 12,
    "/cases/AJ-2026-000002?tab=diagram": 12,
    "/cases/AJ-2026-000002?tab=money": 12,
    "/cases/AJ-2026-000002?tab=messages": 12,
    "/customers?msisdn=13600000000": 14,  # the receipts with their prints, and which were taken here
    "/intake?msisdn=13600000000": 12,
    "/intake/caller?msisdn=13600000000": 11,
}
PLAIN = 12  # of a page without the customer's papers
REPLAY = 39  # a short history is proved against every table
FILES = ("/audit/log.xes",)  # the record of every case as a file
TABS = ("timeline", "diagram", "money", "messages", "orders", "acts", "looks")
PEOPLE = ("cleo", "sam", "ada", "olu", "amy")
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE")
COMPILED: tuple[tuple[Any, str], ...] = (
    (jinja2.Environment, "compile"),
    (marshmallow.Schema, "__init__"),
    (SchemaMeta, "__init__"),
    (SQLCompiler, "__init__"),
    (re._compiler, "compile"),  # type: ignore[attr-defined]
    (feel, "compile"),
    (dmn, "parse"),
    (diagram, "parse"),
    (Definition, "__init__"),
    (Form, "parse"),
)


class Counted:
    """What was sent to the database and what was compiled by the requests so far, by kind of page."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.compiled: list[str] = []
        self.by_kind: dict[str, list[int]] = defaultdict(list)

    def note(self, _connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(CONTROL):
            self.statements.append(statement)

    def watch(self, patch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        found = getattr(owner, name)
        plain = getattr(found, "__func__", found)

        def watched(*given: Any, **named: Any) -> Any:
            self.compiled.append(f"{getattr(owner, '__name__', owner)}.{name}")
            return plain(*given, **named)

        patch.setattr(owner, name, classmethod(watched) if plain is not found else watched)


@pytest.fixture
def counted(desk: Flask) -> Iterator[Counted]:
    """Everything that is sent to the office's database."""
    found = Counted()
    with desk.app_context():
        bind = desk.extensions["sqlalchemy"].engine
    event.listen(bind, "before_cursor_execute", found.note)
    yield found
    event.remove(bind, "before_cursor_execute", found.note)


Asks = Callable[[str], Callable[[str, str, str, Mapping[str, Given] | None], Answer]]


def clerk(app: Flask, counted: Counted) -> Clerk:
    """A clerk whose colleagues are logged in once."""
    return Clerk(browsers(app, counted))


def browsers(app: Flask, counted: Counted) -> Asks:
    """A browser for each of them, whose requests are counted."""
    people: dict[str, Visitor] = {}

    def asks(name: str) -> Callable[[str, str, str, Mapping[str, Given] | None], Answer]:
        client = people.setdefault(name, Visitor(app, name)).client

        def ask(kind: str, method: str, path: str, form: Mapping[str, Given] | None) -> Answer:
            counted.statements.clear()
            answer = client.open(path, method=method, data=form)
            counted.by_kind[kind].append(len(counted.statements))
            return Answer(answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True))

        return ask

    return asks


def test_a_warm_journey_stays_within_its_statements_and_compiles_nothing(
    desk: Flask, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refund in cash to its end and a roaming dispute to its batch, page by page: a page that forgets what it knows is dear for everybody."""
    given = customers.all_of_them(4, engine.now())
    with desk.app_context(), transaction():
        fixtures.build(customers.given(given, engine.now()))
    desk_clerk = clerk(desk, counted)
    for customer in given[:2]:  # whoever comes first finds everything cold
        list(desk_clerk.case(customer))
    counted.by_kind.clear()
    for owner, name in COMPILED:
        counted.watch(monkeypatch, owner, name)
    steps = [len(list(desk_clerk.case(customer))) for customer in given[2:]]
    assert min(steps) >= 7
    most = {kind: max(found) for kind, found in counted.by_kind.items()}
    assert {kind: count for kind, count in most.items() if count > MOST[kind]} == {}
    assert counted.compiled == []
    with desk.app_context():  # who only presses the buttons of a form has typed nothing
        assert session().scalar(select(func.count()).select_from(UnsentForm)) == 0


def test_a_warm_intake_builds_none_of_its_changes_anew(
    desk: Flask, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an intake writes is made ready once: an INSERT put together for every case costs more than sending it."""
    client = Visitor(desk, "cleo").client
    complaint = {
        "text": "营业厅几点下班",
        "channel": "counter",
        "process": "on_the_spot",
        "overrule_reason": "只是询问",
    }
    blank = {"action": "accept", "disputed_amount": "", "demand": ""}

    def take_in(number: str) -> int:
        return client.post("/intake", data={**complaint, **blank, "msisdn": number, "submit_key": number}).status_code

    assert take_in("13910000001") == HTTPStatus.FOUND
    counted.watch(monkeypatch, ValuesBase, "values")
    assert take_in("13910000002") == HTTPStatus.FOUND
    assert counted.compiled == []


def test_a_warm_page_stays_within_its_statements_and_compiles_nothing(
    desk: Flask, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a clerk looks at between two steps: lists, a case by its tabs, the customer; a list costs no more for being longer."""
    given = customers.all_of_them(6, engine.now())
    with desk.app_context(), transaction():
        fixtures.build(customers.given(given, engine.now()))
    desk_clerk = clerk(desk, counted)
    for customer in given:
        next(desk_clerk.case(customer))
    client = Visitor(desk, "cleo").client
    numbers = re.findall(r"/cases/(AJ-[0-9-]+)", client.get("/tasks").get_data(as_text=True))
    pages = {path.replace("AJ-2026-000002", numbers[-1]): most for path, most in VISITED.items()}
    for path in pages:
        assert client.get(path).status_code == 200
    for owner, name in COMPILED:
        counted.watch(monkeypatch, owner, name)
    sent = {}
    for path in pages:
        counted.statements.clear()
        client.get(path)
        sent[path] = len(counted.statements)
    assert {path: count for path, count in sent.items() if count > pages[path]} == {}
    assert counted.compiled == []


def test_every_page_and_every_tab_has_its_limit(desk: Flask, counted: Counted) -> None:
    """Whoever may open it, a page that needs no name of anything sends twelve statements at most, each tab of a case too; a replay is proved besides."""
    given = customers.all_of_them(6, engine.now())
    with desk.app_context(), transaction():
        fixtures.build(customers.given(given, engine.now()))
    desk_clerk = clerk(desk, counted)
    for customer in given:
        next(desk_clerk.case(customer))
    numbers = re.findall(r"/cases/(AJ-[0-9-]+)", Visitor(desk, "cleo").client.get("/tasks").get_data(as_text=True))
    pages = sorted(
        rule.rule for rule in desk.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    )
    pages = [page for page in pages if page not in FILES and not page.startswith(("/api/", "/static"))]
    assert len(pages) > 15
    of_case = {f"/cases/{numbers[-1]}?tab={tab}": PLAIN for tab in TABS}
    more = {f"/cases/{numbers[-1]}/replay": REPLAY, "/processes/TS-001": PLAIN}
    limits = dict.fromkeys(pages, PLAIN) | of_case | more
    sent: dict[str, int] = {}
    for person in PEOPLE:
        client = Visitor(desk, person).client
        for page in limits:
            client.get(page)
            counted.statements.clear()
            if client.get(page).status_code == HTTPStatus.OK:
                sent[page] = max(sent.get(page, 0), len(counted.statements))
    assert {page: count for page, count in sent.items() if count > limits[page]} == {}
    assert set(of_case) | set(more) <= set(sent)


def test_the_list_that_the_benchmark_calls_full_is_full(desk: Flask, counted: Counted) -> None:
    """Cases whose next step is the clerk's own stand on it; an empty one is no figure, and the case that is measured is one of them."""
    given = customers.all_of_them(8, engine.now())
    with desk.app_context(), transaction():
        fixtures.build(customers.given(given, engine.now()))
    asks = browsers(desk, counted)
    case = measured.fill_list(asks, given[:4], rows=2)
    assert asks("cleo")("case", "GET", case, None).status == 200
    with pytest.raises(Unexpected, match="3 rows"):
        measured.fill_list(asks, given[4:6], rows=4)
