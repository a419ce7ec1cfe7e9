"""A step that is done for each item of a list: worklist, task, case, replay, API and incidents say which item it is."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from lxml import etree

import engine
from engine import cases, proof, published
from models.base import session
from models.instance import ProcessInstance
from office import tokens
from office.masking import EVERYTHING
from tests.support.actors import CLEO, OLU
from tests.support.drawing import each, end, package, path, process, start, user
from tests.support.visitors import LANGUAGES, Caller, Visitor
from web.cases.queries import replay

SECOND = {"zh": "x（第 2 项，共 3 项）", "en": "x (2 of 3)"}
TOLD = {"zh": "x：共 3 项，逐项办理", "en": "x: for each of 3"}
NOT_THERE = {"zh": "清单不存在", "en": "is not there"}
DRAWN = process("EACH", start(), each(user("x"), "amounts"), user("y"), end(), path("begun", "x", "y", "finished"))


def begin(desk: Flask, amounts: object) -> list[int]:
    """A case of the process over a list; its open tasks."""
    with desk.app_context():
        published.publish(package("EACH", DRAWN), by=OLU, note="", at=engine.now())
        variables = {"amounts": amounts}
        return cases.start("EACH", business_key="AJ-1", variables=variables, by=CLEO, at=engine.now()).user_task_ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_which_item(desk: Flask, language: str) -> None:
    """Worklist, task, case with its timeline, and replay: the second of three is called so."""
    second = begin(desk, [1, 2, 3])[1]
    clerk = Visitor(desk, "cleo", language)
    assert SECOND[language] in clerk.get("/tasks", text="AJ-1").text
    assert clerk.get(f"/tasks/{second}").title == SECOND[language]
    assert clerk.post(f"/tasks/{second}/completion", amount="1").status == 302
    case = clerk.get("/cases/AJ-1").text
    assert case.count(SECOND[language]) == 3  # the message after it; opened and done
    assert TOLD[language] in case
    assert SECOND[language].replace("2", "1", 1) in case
    assert SECOND[language] in Visitor(desk, "ada", language).get("/cases/AJ-1/replay").text


def test_replay_moves_items_on_the_diagram_of_their_step(desk: Flask) -> None:
    """Tokens of items stand on the step itself, and have gone when the last is done."""
    tasks = begin(desk, [1, 2])
    with desk.test_request_context():
        for task in tasks:
            cases.complete(task, form={"amount": "1"}, by=CLEO, at=engine.now())
        instance = session().get_one(ProcessInstance, 1)
        happened = replay.events(instance, proof.history_of(instance.id), EVERYTHING)
        moves = [move for event in happened for move in event.moves]
        scopes = {event.scope for event in happened}
    assert [by for kind, scope, name, by in moves if (kind, scope, name) == ("active", 0, "x")] == [1, 1, -1, -1]
    assert scopes == {0}


def test_the_event_log_says_which_item(desk: Flask) -> None:
    """A miner of processes must not take three items for three rounds of a loop."""
    second = begin(desk, [1, 2, 3])[1]
    with desk.test_request_context():
        cases.complete(second, form={"amount": "1"}, by=CLEO, at=engine.now())
    log = etree.fromstring(Visitor(desk, "ada").client.get("/audit/log.xes").data)
    done = [
        event for event in log.iter("{*}event") if event.xpath("*[@key='lifecycle:transition' and @value='complete']")
    ]
    assert [event.xpath("string(*[@key='item']/@value)") for event in done] == ["2/3"]


def test_a_program_learns_which_item(desk: Flask) -> None:
    """The task of an item carries its place and how many there are."""
    (first, *_rest) = begin(desk, [1, 2])
    with desk.app_context():
        token = tokens.create("cleo", at=engine.now())
    found = json.loads(Caller(desk.test_client(), token).get(f"/tasks/{first}").data)
    assert (found["item_index"], found["item_count"]) == (1, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_incident_says_what_is_wrong_with_the_list(desk: Flask, language: str) -> None:
    """Whoever repairs it reads that the list is not there."""
    begin(desk, None)
    assert NOT_THERE[language] in Visitor(desk, "sam", language).get("/incidents").text
