"""What an address names and nobody is called, or asks for twice, is told: never everything, and never something else in its place."""

from __future__ import annotations

import pytest
from flask import Flask

import engine
from office import tokens
from tests.support.furnishing import begin
from tests.support.visitors import LANGUAGES, Caller, Visitor
from web.api import schemas

REFUSED = (
    ("ada", "/audit/log.xes?process=TS-999", "There is no process TS-999."),
    ("ada", "/audit/log.xes?process=TS-001&process=TS-002", "more than once"),
    ("ada", "/audit/people?person=nobody", "Nobody works here under the name or login nobody."),
    ("ada", "/cases?clerk=nobody", "Nobody works here under the name or login nobody."),
    ("ada", "/cases?process=TS-999", "There is no process TS-999."),
    ("cleo", "/tasks?group=nothing", "There is no department nothing."),
    ("ada", "/cases/CASE/replay?at=99", "The case has no such moment; its last entry is "),
    ("ada", "/cases/CASE/replay?at=0", "The case has no such moment; its last entry is "),
    ("ada", "/cases/CASE/replay?at=1.999", "The case has no such moment; its last entry is "),
)


@pytest.mark.parametrize(("who", "place", "said"), REFUSED, ids=[place for _who, place, _said in REFUSED])
def test_what_an_address_cannot_mean_is_told(desk: Flask, who: str, place: str, said: str) -> None:
    """By name, and nothing is exported or shown in its place."""
    with desk.app_context():
        case = begin("13900000202")
    page = Visitor(desk, who, "en").get(place.replace("CASE", case))
    assert page.status == 422
    assert said in page.text


UNKNOWN = (
    ("cleo", "/tasks?stauts=late", "“stauts” is nothing that can be asked for here. Known here: "),
    ("cleo", "/tasks?lat=1", "“lat” is nothing that can be asked for here. Nearest known: late."),
    ("cleo", "/cases?proces=TS-001", "Nearest known: process."),
    ("ada", "/audit/log.xes?proces=TS-001", "Nearest known: process."),
    ("ada", "/audit/people?kind=zzz", "Known here: from, to, person, show, after."),
    ("ada", "/cases/CASE/history.csv?from=2026-01-01", "“from” is nothing that can be asked for here."),
    ("sam", "/work-orders?late=1", "“late” is nothing that can be asked for here."),
    ("sam", "/incidents?state=open", "“state” is nothing that can be asked for here."),
)


@pytest.mark.parametrize(("who", "place", "told"), UNKNOWN, ids=[place for _who, place, _told in UNKNOWN])
def test_what_nothing_is_called_is_refused_with_the_nearest_name(desk: Flask, who: str, place: str, told: str) -> None:
    """A filter that does not exist shows no list and takes nothing away."""
    with desk.app_context():
        case = begin("13900000202")
    page = Visitor(desk, who, "en").get(place.replace("CASE", case))
    assert page.status == 400
    assert told in page.text


def test_no_page_passes_over_a_name_it_does_not_know(desk: Flask) -> None:
    """Every address that shows or sends something refuses one; the marks of mails are let pass."""
    ada = Visitor(desk, "ada", "en")
    rules = (rule for rule in desk.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments)
    places = [rule.rule for rule in rules if rule.endpoint != "health.live" and not rule.rule.startswith("/api/")]
    answers = {place: ada.client.get(f"{place}?zzz=1").status_code for place in places}
    assert set(answers.values()) == {400}, answers
    assert ada.get("/audit/people?show=looks&utm_source=mail").status == 200


PERIODS = (
    ("/cases", "/cases"),
    ("/audit/log.xes", "/audit/log.xes"),
    ("/processes/TS-002/heat", ""),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("place", "action"), PERIODS, ids=[place for place, _action in PERIODS])
def test_a_period_that_ends_before_it_begins_is_told_at_its_field(
    desk: Flask, place: str, action: str, language: str
) -> None:
    """The form keeps what was typed, and no list stands below that would pass for an answer."""
    page = Visitor(desk, "ada", language).get(f"{place}?from=2026-11-20&to=2026-11-01")
    assert page.status == 422
    assert (page.typed("from"), page.typed("to")) == ("2026-11-20", "2026-11-01")
    told = page.tree.xpath('//p[@id="error-to"]/text()')
    assert len(told) == 1
    assert ("20" in told[0], page.tree.xpath('//input[@name="to"]/@aria-invalid')) == (True, ["true"])
    assert not page.tree.xpath("//main//table")


@pytest.mark.parametrize("field", ["clerk=nobody", "version=x", "from=yesterday", "process=TS-999"])
def test_a_filter_that_cannot_be_is_told_at_its_field(desk: Flask, field: str) -> None:
    """Beside what was typed, which stays."""
    name, value = field.split("=")
    page = Visitor(desk, "ada", "en").get(f"/cases?{field}&text=13900000202")
    assert (page.status, page.typed("text")) == (422, "13900000202")
    assert page.tree.xpath(f'//p[@id="error-{name}"]')
    assert name == "process" or page.typed(name) == value


def test_everything_that_is_wrong_is_told_at_once(desk: Flask) -> None:
    """Each at its own field."""
    page = Visitor(desk, "ada", "en").get("/cases?from=2026-11-20&to=2026-11-01&clerk=nobody")
    assert (page.status, page.tree.xpath('//p[starts-with(@id, "error-")]/@id')) == (422, ["error-clerk", "error-to"])


def test_programs_are_told_of_names_too(desk: Flask) -> None:
    """Every resource, also one of which nothing can be asked in the address; what the description has is what is taken."""
    with desk.app_context():
        cleo = Caller(desk.test_client(), tokens.create("cleo", at=engine.now()))
    answer = cleo.get("/tasks", proces="TS-001")
    assert (answer.status_code, list(answer.json["reasons"])) == (400, ["proces"])
    assert "process" in answer.json["reasons"]["proces"][0]["text"]
    assert cleo.get("/definitions", zzz="1").status_code == 400
    described = desk.test_client().get("/api/v1/openapi.json").json["paths"]
    taken = {
        parameter["name"]
        for path in described.values()
        for parameter in path.get("get", {}).get("parameters", ())
        if parameter.get("in") == "query"
    }
    assert taken == {name for schema in schemas.QUERIES.values() for name in schema().fields}


@pytest.mark.parametrize(
    "query",
    [{"group": "nothing"}, {"process": "XX"}, {"process": ["TS-001", "TS-002"]}],
    ids=["group", "process", "twice"],
)
def test_programs_are_told_too(desk: Flask, query: dict[str, str]) -> None:
    """A worklist of a department that is not there is no empty worklist."""
    with desk.app_context():
        cleo = Caller(desk.test_client(), tokens.create("cleo", at=engine.now()))
    answer = cleo.get("/tasks", **query)
    assert (answer.status_code, set(answer.json["reasons"])) == (422, set(query))
    assert cleo.get("/tasks", group="service_hall").status_code == 200


def test_nothing_recognised_is_no_process_for_programs_either(desk: Flask) -> None:
    """Who leaves the process to the desk is asked for it where the desk recognises none."""
    with desk.app_context():
        cleo = Caller(desk.test_client(), tokens.create("cleo", at=engine.now()))
    sent = {"msisdn": "13900000204", "complaint_text": "收费不对", "channel": "counter"}
    answer = cleo.post("/processes/CH-002/instances", {"variables": sent})
    assert (answer.status_code, set(answer.json["reasons"])) == (422, {"process"})
