"""What is drawn is called in the language of the page, whether it is published or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, g

import engine.published
from engine import definitions
from tests.support import drawing
from web.telling import names

PROCESSES = Path(__file__).parents[4] / "processes"


@pytest.mark.parametrize(
    ("language", "named"),
    [("zh", ("受理费用争议", "否", None)), ("en", ("Accept the dispute", "No", "Service hall"))],
)
def test_a_picture_is_labelled_in_one_language(app: Flask, language: str, named: tuple[str, str, str | None]) -> None:
    """Steps, the answers at a gateway and lanes, of a draft and of a case; a flow without a name gets none, or its id would be drawn."""
    with app.test_request_context():
        g.language = language
        found = names.of_package(definitions.read_package(PROCESSES, "TS-001"))
        published = names.english_elements("TS-001")
    (hall,) = [
        id
        for id, name in engine.published.current("TS-001").processes["TS-001"].diagram.lane_names.items()
        if name == "专业厅"
    ]
    assert (found["accept_dispute"], found["flow_not_our_fault"], found.get(hall)) == named
    assert "flow_classify_cause_operator_fault" not in found
    assert published.get(hall) == named[2]


@pytest.mark.parametrize("text", ["<", "<bpmn:definitions/>", ""], ids=["broken", "foreign", "empty"])
def test_pictures_of_a_draft_with_problems_are_english(app: Flask, text: str) -> None:
    """An owner who reads English compares English pictures, the pool's name among them, whatever is wrong with what was drawn."""
    content = definitions.read_package(PROCESSES, "TS-001")
    broken = definitions.Package(
        key="TS-001", files={**content.files, "TS-001.bpmn": text or content.files["TS-001.bpmn"]}
    )
    with app.test_request_context():
        g.language = "en"
        found = names.of_both(None, broken)
        assert (found["accept_dispute"], found[""]) == ("Accept the dispute", "Charge dispute")
        assert ("Service hall" in found.values()) is not bool(text)
        g.language = "zh"
        assert names.of_both(None, broken) == {}


def test_an_element_that_nobody_named_is_called_by_its_kind(app: Flask) -> None:
    """A history says what waited by kind and neighbours; an id says nothing to a person."""
    drawn = drawing.process(
        "P",
        drawing.start(),
        drawing.user("x"),
        drawing.catch("intermediate_catch_event_1", timer='duration("PT1H")'),
        drawing.end(),
        drawing.path("begun", "x", "intermediate_catch_event_1", "finished"),
    )
    drawn = drawn.replace('name="intermediate_catch_event_1"', 'name=""')
    definition = definitions.Definition(drawing.package("P", drawn))
    for language in ("zh", "en"):
        with app.test_request_context():
            g.language = language
            said = names.element_name("P", "intermediate_catch_event_1", definition=definition)
            assert "intermediate_catch_event_1" not in said
            assert "x" in said
