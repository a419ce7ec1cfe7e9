"""A case is told in the words of the version it runs on, wherever it is told and in both languages; what is in force today says its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

import engine
from engine import cases, definitions, published
from office import exports
from tests.support.actors import CLEO, OLU
from tests.support.visitors import Visitor

PROCESSES = Path(__file__).parents[5] / "processes"
pytestmark = pytest.mark.slow
TASK = {"zh": ("受理费用争议", "另一个说法"), "en": ("Accept the dispute", "Another way to say it")}


@pytest.fixture
def renamed(desk: Flask) -> str:
    """A case of version 1, whose task version 2 calls otherwise."""
    with desk.app_context():
        return _renamed_since()


def _renamed_since() -> str:
    started = cases.start("TS-001", business_key="AJ-1", variables={"msisdn": "13900000201"}, by=CLEO, at=engine.now())
    assert started.user_task_ids
    package = definitions.read_package(PROCESSES, "TS-001")
    files = {name: _renamed(name, content) for name, content in package.files.items()}
    published.publish(definitions.package_with(package, files), by=OLU, note="", at=engine.now())
    return "AJ-1"


def _renamed(name: str, content: str) -> str:
    if name.endswith("TS-001.bpmn"):
        return content.replace(TASK["zh"][0], TASK["zh"][1])
    return content.replace(TASK["en"][0], TASK["en"][1]) if "TS-001.en" in name else content


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_old_case_keeps_its_words(desk: Flask, renamed: str, language: str) -> None:
    """Timeline, open tasks, task page, replay, worklist, supervision, heat map and API."""
    before, after = TASK[language]
    cleo, sam = Visitor(desk, "cleo", language), Visitor(desk, "sam", language)
    listed = cleo.get("/tasks").text
    assert (before in listed, after in listed) == (True, False)
    for visitor, path in (
        (cleo, f"/cases/{renamed}"),
        (cleo, "/tasks/1"),
        (cleo, f"/cases/{renamed}/replay"),
        (sam, "/supervision"),
    ):
        text = visitor.get(path).text
        assert after not in text, path
    for path in (f"/cases/{renamed}", "/tasks/1", f"/cases/{renamed}/replay"):
        assert before in cleo.get(path).text, path
    heat = sam.get("/processes/TS-001/heat", version=1).text
    assert (before in heat, after in heat) == (True, False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_was_done_is_said_in_the_words_of_the_old_case(desk: Flask, renamed: str, language: str) -> None:
    """The message after a step calls it as the page did on which it was done."""
    before, after = TASK[language]
    visitor = Visitor(desk, "cleo", language)
    form = {"disputed_amount": "50.00", "demand": "退还功能费", "explained_first": "true"}
    answer = visitor.client.post("/tasks/1/completion", data=form)
    assert answer.status_code == 302
    said = visitor.get(answer.location).tree.xpath("string(//main//*[contains(@class, 'desk-note-ok')])")
    assert (before in said, after in said) == (True, False)


def test_the_process_in_force_has_its_own(desk: Flask, renamed: str) -> None:
    """A case that begins now has the new words beside the old one."""
    with desk.app_context():
        cases.start("TS-001", business_key="AJ-2", variables={"msisdn": "13900000202"}, by=CLEO, at=engine.now())
    for language, (before, after) in TASK.items():
        listed = Visitor(desk, "cleo", language).get("/tasks").text
        assert (before in listed, after in listed) == (True, True)
        both = Visitor(desk, "sam", language).get("/processes/TS-001/heat").text
        assert f"{after} / {before}" in both


def test_an_export_names_what_it_was(desk: Flask, renamed: str) -> None:
    """The CSV of the old case says what its version says."""
    with desk.app_context():
        text = "".join(exports.history_csv(1))
    assert (TASK["zh"][0] in text, TASK["zh"][1] in text) == (True, False)
