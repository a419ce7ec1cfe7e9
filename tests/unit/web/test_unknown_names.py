"""What an address names and nobody is called, or asks for twice, is told: never everything, and never something else in its place."""

from __future__ import annotations

import pytest
from flask import Flask

import engine
from office import tokens
from tests.support.furnishing import begin
from tests.support.visitors import Caller, Visitor

REFUSED = (
    ("ada", "/audit/log.xes?process=TS-999", "There is no process TS-999."),
    ("ada", "/audit/log.xes?process=TS-001&process=TS-002", "more than once"),
    ("ada", "/audit/log.xes?proces=TS-001", "“proces” is nothing that can be asked for here."),
    ("ada", "/audit/people?person=nobody", "Nobody works here under the login nobody."),
    ("ada", "/cases?clerk=nobody", "Nobody works here under the login nobody."),
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


def test_a_parameter_that_is_none_is_told_on_the_page(desk: Flask) -> None:
    """Whoever reads an unfiltered list under a filter that does not exist is told so; a known one says nothing."""
    ada = Visitor(desk, "ada", "en")
    assert "“kind” is nothing that can be asked for here." in ada.get("/audit/people?kind=zzz").text
    assert "can be asked for here" not in ada.get("/audit/people?show=looks&utm_source=mail").text


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
