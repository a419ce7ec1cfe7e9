"""Who may do what, route by route: one table for every address of the office, and nothing changes by looking."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from werkzeug.test import TestResponse

import engine
from office import tokens
from tests.support.furnishing import EXPLAINED, Furnished
from tests.support.visitors import LANGUAGES, Visitor, beside, contents, copy, open_office

PEOPLE = ("", "cleo", "sam", "ada", "olu", "nora")
START = {"variables": {"msisdn": "13900000204", "complaint_text": "多收了话费", "overrule_reason": "客户要求"}}
INTAKE = {
    "action": "accept", "msisdn": "13900000204", "text": "多收了话费", "channel": "counter", "process": "TS-002", "overrule_reason": "客户要求",
}  # fmt: skip


class Route(NamedTuple):
    """What is answered to nobody, Cleo, Sam, Ada, Olu and Nora; `place` is the address, `sent` what goes with a POST."""

    answers: tuple[int, ...]
    place: str = ""
    sent: dict[str, Any] | None = None


def row(answers: str, place: str = "", sent: dict[str, Any] | None = None) -> Route:
    """A line of the table."""
    return Route(tuple(map(int, answers.split())), place, sent)


# fmt: off
ROUTES = {
    #                                               nobody cleo sam ada olu nora
    "GET /": row("302 302 302 302 302 302"),
    "GET /health": row("200 200 200 200 200 200"),
    "GET /static/<path:filename>": row("404 404 404 404 404 404", "/static/nothing.js"),
    "GET /login": row("200 302 302 302 302 302"),
    "POST /login": row("401 401 401 401 401 401", sent={"name": "cleo", "password": "wrong"}),
    "POST /logout": row("302 302 302 302 302 302"),
    "POST /language": row("302 302 302 302 302 302", sent={"language": "en"}),
    "POST /language/<code>": row("302 302 302 302 302 302", "/language/en"),
    "POST /unsent": row("401 204 204 204 204 204", sent={"unsent_place": "/intake", "text": "多收了话费"}),
    "POST /unsent/discard": row("302 302 302 302 302 302", sent={"unsent_place": "/intake"}),
    "GET /tasks": row("302 200 200 200 200 200"),
    "GET /tasks/next": row("302 302 302 302 302 302"),
    "GET /tasks/<int:task_id>": row("302 200 200 200 403 403", "/tasks/{task}"),
    "GET /tasks/<int:task_id>/evidence": row("302 200 200 200 403 403", "/tasks/{task}/evidence"),
    "GET /tasks/<int:task_id>/customer": row("302 200 200 200 403 403", "/tasks/{task}/customer"),
    "GET /tasks/<int:task_id>/sheet.csv": row("302 404 404 404 403 403", "/tasks/{task}/sheet.csv"),
    "POST /tasks/<int:task_id>/completion": row("302 302 302 403 403 403", "/tasks/{task}/completion", EXPLAINED),
    "POST /tasks/<int:task_id>/papers/<key>": row("302 404 404 404 403 403", "/tasks/{task}/papers/refund_form"),
    "POST /tasks/<int:task_id>/claim": row("302 302 302 403 403 403", "/tasks/{task}/claim"),
    "POST /tasks/<int:task_id>/release": row("302 302 302 403 403 403", "/tasks/{task}/release"),
    "GET /cases": row("302 200 200 200 200 200"),
    "GET /cases/<number>": row("302 200 200 200 403 403", "/cases/{case}"),
    "GET /cases/<number>/papers/<int:token>/<key>": row("302 404 404 404 403 403", "/cases/{case}/papers/999999/refund_form"),
    "POST /cases/<number>/comments": row("302 302 302 302 403 403", "/cases/{case}/comments", {"text": "已回电"}),
    "POST /cases/<number>/erasure": row("302 403 422 403 403 403", "/cases/{case}/erasure"),
    "POST /cases/<number>/interim-replies": row("302 302 302 403 403 403", "/cases/{case}/interim-replies", {"told": "正在核实"}),
    "POST /cases/<number>/messages/<int:message_id>/instead": row("302 404 404 403 403 403", "/cases/{case}/messages/999999/instead", {"channel": "phone"}),
    "POST /cases/<number>/messages/<int:message_id>/posted": row("302 404 404 403 403 403", "/cases/{case}/messages/999999/posted", {"posted_on": "2026-11-28"}),
    "POST /cases/<number>/withdrawal": row("302 422 422 403 403 403", "/cases/{case}/withdrawal"),
    "POST /cases/<number>/voiding": row("302 422 422 403 403 403", "/cases/{case}/voiding"),
    "POST /cases/<number>/extensions": row("302 422 422 403 403 403", "/cases/{case}/extensions"),
    "POST /cases/<number>/reversals": row("302 422 422 403 403 403", "/cases/{case}/reversals"),
    "POST /cases/<number>/tries": row("302 422 422 403 403 403", "/cases/{case}/tries"),
    "POST /cases/<number>/unreached": row("302 422 422 403 403 403", "/cases/{case}/unreached"),
    "POST /cases/<number>/extensions/<int:request_number>/grant": row("302 404 404 403 403 403", "/cases/{case}/extensions/9/grant"),
    "POST /cases/<number>/reversals/<int:request_number>/agreement": row("302 404 404 403 403 403", "/cases/{case}/reversals/9/agreement"),
    "POST /cases/<number>/requests/<int:request_number>/refusal": row("302 404 404 403 403 403", "/cases/{case}/requests/9/refusal"),
    "GET /cases/<number>/diagrams/<process>.bpmn": row("302 200 200 200 403 403", "/cases/{case}/diagrams/TS-002.bpmn"),
    "GET /intake": row("302 200 200 403 403 403"),
    "GET /intake/caller": row("302 200 200 403 403 403", "/intake/caller?msisdn=13900000202"),
    "POST /intake/suggestion": row("302 200 200 403 403 403", sent=INTAKE),
    "POST /intake": row("302 302 302 403 403 403", sent=INTAKE),
    "GET /customers": row("302 200 200 200 403 403", "/customers?msisdn=13900000202"),
    "GET /supervision": row("302 403 200 403 403 403"),
    "GET /work-orders": row("302 200 200 200 200 200"),
    "POST /work-orders": row("302 302 302 302 302 302"),
    "POST /receipts/<number>/prints": row("302 404 404 403 403 403", "/receipts/SJ-none/prints"),
    "GET /work-orders/<number>": row("302 404 404 404 404 404", "/work-orders/GD-1"),
    "POST /work-orders/<number>/chase": row("302 404 404 404 404 404", "/work-orders/GD-1/chase"),
    "GET /cases/<number>/work-orders/<order>/paper": row("302 404 404 404 403 403", "/cases/{case}/work-orders/GD-1/paper"),
    "GET /supervision/liability": row("302 403 200 200 403 403"),
    "POST /supervision/liability/<int:number>/naming": row("302 403 404 403 403 403", "/supervision/liability/9/naming"),
    "POST /supervision/tasks/<int:task_id>/assignment": row("302 403 302 403 403 403", "/supervision/tasks/{task}/assignment", {"to": "cora"}),
    "GET /incidents": row("302 403 200 403 403 403"),
    "POST /incidents/<int:incident_id>/release": row("302 403 302 403 403 403", "/incidents/{incident}/release"),
    "POST /incidents/<int:incident_id>/retry": row("302 403 302 403 403 403", "/incidents/{incident}/retry"),
    "POST /incidents/work/<int:job_id>/retry": row("302 403 404 403 403 403", "/incidents/work/1/retry"),
    "GET /notices": row("302 403 200 403 403 403"),
    "POST /notices": row("302 403 302 403 403 403", sent={"text": "统一口径"}),
    "POST /notices/<int:notice_id>/withdrawal": row("302 403 302 403 403 403", "/notices/{notice}/withdrawal"),
    "GET /notices/unread": row("302 302 302 200 200 302"),
    "POST /notices/<int:notice_id>/confirmation": row("302 302 302 302 302 302", "/notices/{notice}/confirmation"),
    "GET /processes": row("302 200 200 200 200 200"),
    "GET /processes/<key>": row("302 200 200 200 200 200", "/processes/TS-002"),
    "GET /definitions/<key>/versions/<int:version>/diagram.bpmn": row("302 200 200 200 200 200", "/definitions/TS-002/versions/1/diagram.bpmn"),
    "GET /audit": row("302 403 200 200 403 403"),
    "GET /audit/people": row("302 403 403 200 403 403"),
    "GET /audit/log.xes": row("302 403 200 200 403 403", "/audit/log.xes"),
    "GET /cases/<number>/history.<form>": row("302 200 200 200 403 403", "/cases/{case}/history.csv"),
    "GET /tasks/of/<number>": row("302 302 302 302 403 403", "/tasks/of/{case}"),
    "GET /cases/<number>/replay": row("302 200 200 200 403 403", "/cases/{case}/replay"),
    "GET /processes/<key>/draft": row("302 403 200 200 200 403", "/processes/TS-002/draft"),
    "GET /processes/<key>/draft/bpmn": row("302 403 200 200 200 403", "/processes/TS-002/draft/bpmn?file=TS-002.bpmn"),
    "GET /processes/<key>/draft/difference": row("302 403 200 200 200 403", "/processes/TS-002/draft/difference"),
    "GET /processes/<key>/draft/files/<path:name>": row("302 403 200 200 200 403", "/processes/TS-002/draft/files/TS-002.bpmn"),
    "GET /processes/<key>/draft/variables": row("302 403 200 200 200 403", "/processes/TS-002/draft/variables?file=TS-002.bpmn&element=reply_customer"),
    "GET /processes/<key>/edit": row("302 403 403 403 200 403", "/processes/TS-002/edit"),
    "GET /processes/<key>/forms/<form>": row("302 200 200 200 200 200", "/processes/TS-002/forms/ts002_receipt"),
    "GET /processes/<key>/heat": row("302 403 200 200 200 403", "/processes/TS-002/heat"),
    "GET /processes/<key>/publish": row("302 403 200 200 200 403", "/processes/TS-002/publish"),
    "GET /drafts/<keys>/publish": row("302 403 404 404 404 403", "/drafts/TS-001,TS-002/publish"),
    "GET /drafts/<keys>/publish/scenarios": row("302 403 302 302 302 403", "/drafts/TS-001,TS-002/publish/scenarios"),
    "POST /drafts/<keys>/publish/scenarios": row("302 403 404 404 404 403", "/drafts/TS-001,TS-002/publish/scenarios"),
    "POST /drafts/<keys>/publish/submission": row("302 403 403 403 404 403", "/drafts/TS-001,TS-002/publish/submission"),
    "POST /drafts/<keys>/publish/return": row("302 403 403 403 404 403", "/drafts/TS-001,TS-002/publish/return"),
    "POST /drafts/<keys>/publish/approval": row("302 403 403 403 404 403", "/drafts/TS-001,TS-002/publish/approval"),
    "GET /processes/<key>/try": row("302 403 200 200 200 403", "/processes/TS-002/try"),
    "GET /processes/<key>/try/scenario.yaml": row("302 403 404 404 404 403", "/processes/TS-002/try/scenario.yaml"),
    "GET /processes/<key>/versions/<int:version>": row("302 200 200 200 200 200", "/processes/TS-002/versions/1"),
    "GET /processes/<key>/versions/<int:version>/bpmn": row("302 200 200 200 200 200", "/processes/TS-002/versions/1/bpmn?file=TS-002.bpmn"),
    "GET /processes/<key>/versions/<int:version>/files/<path:name>": row("302 200 200 200 200 200", "/processes/TS-002/versions/1/files/TS-002.bpmn"),
    "GET /processes/<key>/versions/<int:version>/package.zip": row("302 200 200 200 200 200", "/processes/TS-002/versions/1/package.zip"),
    "GET /processes/import": row("302 403 403 403 200 403"),
    "GET /processes/modeler-config": row("302 403 200 200 200 403"),
    "POST /cases/<number>/verification": row("302 302 302 302 403 403", "/cases/{case}/verification"),
    "POST /processes/<key>/draft/check": row("302 403 200 200 200 403", "/processes/TS-002/draft/check", {"files": {"TS-002.bpmn": "<x/>"}}),
    "POST /processes/<key>/draft/overlap": row("302 403 200 200 200 403", "/processes/TS-002/draft/check", {"files": {"TS-002.bpmn": "<x/>"}}),
    "POST /processes/<key>/draft/discard": row("302 403 403 403 302 403", "/processes/TS-002/draft/discard"),
    "POST /processes/<key>/draft/form-preview": row("302 403 422 422 422 403", "/processes/TS-002/draft/form-preview", {"form": "{}"}),
    "POST /processes/<key>/draft/upload": row("302 403 403 403 302 403", "/processes/TS-002/draft/upload"),
    "POST /processes/<key>/publish/approval": row("302 403 403 403 404 403", "/processes/TS-002/publish/approval"),
    "POST /processes/<key>/publish/return": row("302 403 403 403 404 403", "/processes/TS-002/publish/return"),
    "GET /processes/<key>/publish/scenarios": row("302 403 302 302 302 403", "/processes/TS-002/publish/scenarios"),
    "POST /processes/<key>/publish/scenarios": row("302 403 404 404 404 403", "/processes/TS-002/publish/scenarios"),
    "POST /processes/<key>/publish/submission": row("302 403 403 403 404 403", "/processes/TS-002/publish/submission"),
    "POST /processes/<key>/try": row("302 403 302 302 302 403", "/processes/TS-002/try"),
    "POST /processes/<key>/try/fields": row("302 403 404 404 404 403", "/processes/TS-002/try/fields"),
    "POST /processes/<key>/try/lines": row("302 403 404 404 404 403", "/processes/TS-002/try/lines"),
    "POST /processes/<key>/try/step": row("302 403 404 404 404 403", "/processes/TS-002/try/step"),
    "POST /processes/<key>/versions/<int:version>/restoration": row("302 403 403 403 422 403", "/processes/TS-002/versions/1/restoration"),
    "POST /processes/import": row("302 403 403 403 422 403"),
    "POST /tasks/<int:task_id>/fields": row("302 200 200 200 403 403", "/tasks/{task}/fields", EXPLAINED),
    "POST /tasks/<int:task_id>/lines": row("302 200 200 200 403 403", "/tasks/{task}/lines", EXPLAINED),
    "PUT /processes/<key>/draft": row("302 403 403 403 200 403", "/processes/TS-002/draft", {"revision": 0, "files": {"forms/ts002_receipt.form": "{}"}}),
    "DELETE /processes/<key>/draft": row("302 403 403 403 204 403", "/processes/TS-002/draft"),
    "GET /api/v1/openapi.json": row("200 200 200 200 200 200"),
    "GET /api/v1/tasks": row("401 200 200 200 200 200"),
    "GET /api/v1/tasks/<int:task_id>": row("401 200 200 200 403 403", "/api/v1/tasks/{task}"),
    "POST /api/v1/tasks/<int:task_id>": row("401 200 200 403 403 403", "/api/v1/tasks/{task}", {"form": EXPLAINED}),
    "POST /api/v1/tasks/<int:task_id>/completion": row("401 200 200 403 403 403", "/api/v1/tasks/{task}/completion", {"form": EXPLAINED}),
    "POST /api/v1/tasks/<int:task_id>/claim": row("401 200 200 403 403 403", "/api/v1/tasks/{task}/claim"),
    "POST /api/v1/tasks/<int:task_id>/release": row("401 200 200 403 403 403", "/api/v1/tasks/{task}/release"),
    "GET /api/v1/instances/<int:instance_id>/acts": row("401 200 200 200 403 403", "/api/v1/instances/{instance}/acts"),
    "POST /api/v1/instances/<int:instance_id>/withdrawal": row("401 422 422 403 403 403", "/api/v1/instances/{instance}/withdrawal"),
    "POST /api/v1/instances/<int:instance_id>/voiding": row("401 422 422 403 403 403", "/api/v1/instances/{instance}/voiding"),
    "POST /api/v1/instances/<int:instance_id>/extensions": row("401 422 422 403 403 403", "/api/v1/instances/{instance}/extensions"),
    "POST /api/v1/instances/<int:instance_id>/reversals": row("401 422 422 403 403 403", "/api/v1/instances/{instance}/reversals"),
    "POST /api/v1/instances/<int:instance_id>/tries": row("401 422 422 403 403 403", "/api/v1/instances/{instance}/tries"),
    "POST /api/v1/instances/<int:instance_id>/unreached": row("401 422 422 403 403 403", "/api/v1/instances/{instance}/unreached"),
    "POST /api/v1/instances/<int:instance_id>/requests/<int:request_number>/grant": row("401 404 404 404 403 403", "/api/v1/instances/{instance}/requests/9/grant"),
    "POST /api/v1/instances/<int:instance_id>/requests/<int:request_number>/refusal": row("401 404 404 403 403 403", "/api/v1/instances/{instance}/requests/9/refusal"),
    "GET /api/v1/instances/<int:instance_id>": row("401 200 200 200 403 403", "/api/v1/instances/{instance}"),
    "GET /api/v1/instances/<int:instance_id>/entries": row("401 200 200 200 403 403", "/api/v1/instances/{instance}/entries"),
    "GET /api/v1/accounts/<msisdn>": row("401 200 200 200 403 403", "/api/v1/accounts/13900000202"),
    "GET /api/v1/messages": row("401 403 403 403 403 403"),
    "POST /api/v1/messages/<int:message_id>/outcome": row("401 403 403 403 403 403", "/api/v1/messages/1/outcome", {"failure": ""}),
    "GET /api/v1/definitions": row("401 200 200 200 200 200"),
    "GET /api/v1/definitions/<key>/versions/<int:version>": row("401 200 200 200 200 200", "/api/v1/definitions/TS-002/versions/1"),
    "POST /api/v1/processes/<key>/instances": row("401 201 201 403 403 403", "/api/v1/processes/TS-002/instances", START),
}
# fmt: on
READ = sorted(name for name in ROUTES if name.startswith("GET"))
WRITTEN = sorted(set(ROUTES) - set(READ))
IN_JSON = {
    "PUT /processes/<key>/draft",
    "POST /processes/<key>/draft/check",
    "POST /processes/<key>/draft/overlap",
    "POST /processes/<key>/draft/form-preview",
}
LOOKED_AT = {  # a look and an export are in the record, which tests/unit/web/edge/test_access_logging.py reads
    "GET /api/v1/accounts/<msisdn>",
    "GET /api/v1/instances/<int:instance_id>",
    "GET /api/v1/instances/<int:instance_id>/entries",
    "GET /api/v1/messages",
    "GET /api/v1/tasks/<int:task_id>",
    "GET /audit/log.xes",
    "GET /cases/<number>",
    "GET /cases/<number>/history.<form>",
    "GET /cases/<number>/replay",
    "GET /customers",
    "GET /intake",
    "GET /intake/caller",
    "GET /supervision/liability",
    "GET /tasks/<int:task_id>",
    "GET /tasks/<int:task_id>/evidence",
}
STANDS_BESIDE = {"POST /logout", "POST /unsent"}  # sessions, forms not sent, and a person's own history
MAY_CHANGE_NOTHING = {
    "POST /intake/suggestion",
    "POST /unsent/discard",  # nothing is kept
    "POST /tasks/<int:task_id>/fields",  # which fields a choice opens
    "POST /tasks/<int:task_id>/lines",  # which lines are sought
    "POST /cases/<number>/verification",
    "POST /processes/<key>/draft/check",
    "POST /processes/<key>/draft/overlap",
    "POST /processes/<key>/draft/form-preview",
    "POST /processes/<key>/draft/discard",  # there is none
    "POST /processes/<key>/draft/upload",  # nothing chosen
    "POST /processes/<key>/publish/scenarios",
    "POST /processes/<key>/try",  # it lives in its address
    "POST /processes/<key>/try/fields",
    "POST /processes/<key>/try/step",
    "DELETE /processes/<key>/draft",
    "POST /notices/<int:notice_id>/confirmation",  # confirmed already
    "POST /work-orders",  # none ticked
}


class Street:
    """An office with cases under way, everybody in front of it, and how to put it back as it was."""

    def __init__(self, origin: Path, folder: Path, there: Furnished) -> None:
        self.origin, self.folder, self.there = origin, folder, there
        copy(origin, folder)
        self.app = open_office(folder)
        with self.app.app_context():
            self.tokens = {name: tokens.create(name, at=engine.now()) for name in PEOPLE if name}
        self.clients = {name: Visitor(self.app, name).client for name in PEOPLE}
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()
        copy(folder, origin)  # with everybody logged in
        self.before, self.aside = contents(self.app), beside(self.app)

    def restore(self) -> None:
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()
        copy(self.origin, self.folder)

    def ask(self, name: str, person: str) -> TestResponse:
        """Go to a line of the table as a person: pages by browser, the API by token."""
        method, _, rule = name.partition(" ")
        place = (ROUTES[name].place or rule).format(**asdict(self.there))
        if not place.startswith("/api/"):
            kind = "json" if name in IN_JSON else "data"
            return self.clients[person].open(place, method=method, **{kind: ROUTES[name].sent})
        headers = {"Authorization": f"Bearer {self.tokens[person]}"} if person else {}
        sent: dict[str, Any] = {"json": ROUTES[name].sent or {}} if method == "POST" else {}
        return self.app.test_client().open(place, method=method, headers=headers, **sent)


@pytest.fixture(scope="module")
def street(furnished: tuple[Path, Furnished], tmp_path_factory: pytest.TempPathFactory) -> Street:
    """The office of this file."""
    origin = tmp_path_factory.mktemp("origin")
    copy(furnished[0], origin)
    return Street(origin, tmp_path_factory.mktemp("street"), furnished[1])


def test_every_route_is_in_the_table(street: Street) -> None:
    """A new address is not opened before somebody has said who may go there."""
    served = {
        f"{method} {rule.rule}"
        for rule in street.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == set(ROUTES)


@pytest.mark.parametrize("name", READ)
def test_who_may_look(street: Street, name: str) -> None:
    """Everybody gets what the table says, and whoever looks changes nothing, except that looks, exports and refusals are in the record."""
    before = contents(street.app)
    assert tuple(street.ask(name, person).status_code for person in PEOPLE) == ROUTES[name].answers
    after = contents(street.app)
    changed = {table for table in before if after[table] != before[table]}
    assert changed <= ({"entry"} if name in LOOKED_AT or 403 in ROUTES[name].answers else set())


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_no_browser_and_no_proxy_keeps_an_answer(street: Street, name: str) -> None:
    """Pages, files taken away, answers of the API, redirects and refusals alike: after log-out the back button shows none of them."""
    for person in ("", "ada", "nora"):
        if name not in ("POST /logout", "POST /login"):
            assert street.ask(name, person).headers["Cache-Control"] == "no-store", person
    street.restore()


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITTEN)
def test_who_may_act(street: Street, name: str) -> None:
    """Everybody may do what the table says; whoever is refused has changed nothing, and of whoever may not their own history says that they wanted to."""
    answers = []
    for person in PEOPLE:
        street.restore()
        before, aside, cookies = street.before, street.aside, dict(street.clients[person]._cookies)
        answers.append(street.ask(name, person).status_code)
        changed, recorded = contents(street.app) != before, beside(street.app) != aside
        street.clients[person]._cookies = cookies  # logged in as before, where the session is put back too
        if name == "POST /login" or answers[-1] == 403:  # a wrong password stands in the history of whose name it is
            assert (changed, recorded) == (False, True), person
        elif answers[-1] >= 400 or not person:
            assert (changed, recorded) == (False, False), person
        elif name in STANDS_BESIDE:
            assert (changed, recorded) == (False, True), person
        elif name not in MAY_CHANGE_NOTHING:
            assert changed, person
    street.restore()
    assert tuple(answers) == ROUTES[name].answers


@pytest.mark.parametrize("name", [name for name in WRITTEN if "/api/" not in name])
def test_nothing_is_done_without_the_token_of_the_page(street: Street, name: str) -> None:
    """A form that another site makes a browser send is refused and changes nothing (CSRF)."""
    before = contents(street.app)
    street.app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert street.ask(name, "sam").status_code == 400
    finally:
        street.app.config["WTF_CSRF_ENABLED"] = False
    assert contents(street.app) == before


def test_a_login_at_the_browser_opens_no_api(street: Street) -> None:
    """Cookies are not accepted where no form token protects: the API wants its own credential."""
    for name in (name for name in ROUTES if "/api/v1/" in name and "openapi" not in name):
        method, _, rule = name.partition(" ")
        place = (ROUTES[name].place or rule).format(**asdict(street.there))
        assert street.clients["sam"].open(place, method=method, json={}).status_code == 401


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_led_to_the_login_and_back(street: Street, language: str) -> None:
    """Whoever is not logged in comes to the login page in their language, and afterwards where they wanted to go."""
    visitor = Visitor(street.app, language=language)
    answer = visitor.client.get("/tasks?late=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=/tasks?late%3D1")
    page = visitor.get("/tasks?late=1")
    assert (page.title, page.typed("next")) == ({"zh": "登录", "en": "Log in"}[language], "/tasks?late=1")
