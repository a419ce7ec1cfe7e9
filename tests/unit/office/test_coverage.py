"""What of the manual is done and what is only declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from office import coverage
from office.coverage import Coverage, ManualId
from tests.support import drawing

ONE = ManualId("M.1", "P-1", "一", "One")


@pytest.mark.parametrize(
    ("places", "places_taken", "tests", "state"),
    [
        ([], {"P-1#ask"}, [], "missing"),
        (["P-1#ask"], set(), [], "declared"),
        (["P-1#ask"], {"P-1#tell"}, [], "declared"),
        (["P-1#ask"], {"P-1#ask"}, [], "done"),
        (["office.notices"], set(), ["test_x"], "done"),
        ([], set(), ["test_x"], "missing"),
    ],
)
def test_declared_is_not_done(places: list[str], places_taken: set[str], tests: list[str], state: str) -> None:
    """An id is done when what declares it is taken; a test without anything that declares it is not enough."""
    survey = Coverage({"M.1": places} if places else {}, [], {}, [])
    (answer,) = coverage.answers(survey, [ONE], places_taken, {"M.1": tests})
    assert (answer.one, answer.state) == (ONE, state)


def test_an_element_is_taken_when_a_flow_leaves_it(tmp_path: Path) -> None:
    """A step that was reached and never completed is not; an end is when it is arrived at."""
    diagram = drawing.process(
        "P-1", drawing.start(), drawing.user("ask"), drawing.end("done"), drawing.path("begun", "ask", "done")
    )
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "free.form").write_text(drawing.FREE_FORM, encoding="utf-8")
    (tmp_path / "P-1.bpmn").write_text(diagram, encoding="utf-8")
    assert coverage.taken_by(tmp_path, [("P-1", "flow_begun_ask")]) == {"P-1#begun"}
    assert coverage.taken_by(tmp_path, [("P-1", "flow_ask_done")]) == {"P-1#ask", "P-1#done"}


def test_tests_name_what_they_try(tmp_path: Path) -> None:
    """By their mark; a mention in a text names nothing."""
    (tmp_path / "tests").mkdir()
    text = '@pytest.mark.manual("CH1.2", "CH1.6")\ndef test_a():\n    """CH2.1"""\n'
    (tmp_path / "tests" / "test_a.py").write_text(text, encoding="utf-8")
    tests = ["tests/test_a.py::test_a"]
    assert coverage.tests_naming(tmp_path / "tests") == {"CH1.2": tests, "CH1.6": tests}
