"""What a package that need not be published calls its elements, in the language of the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, g

import engine
from web import i18n
from web.queries import names

PROCESSES = Path(__file__).parents[3] / "processes"


@pytest.mark.parametrize(("language", "named"), [("zh", ("受理费用争议", "否")), ("en", ("Accept the dispute", "No"))])
def test_a_picture_is_labelled_in_one_language(language: str, named: tuple[str, str]) -> None:
    """The answers at a gateway are names as those of steps are; a flow without one gets none, or its id would be drawn."""
    app = Flask("web")
    i18n.register(app)
    with app.app_context():
        g.language = language
        found = names.of_package(engine.read_package(PROCESSES, "TS-001"))
    assert (found["accept_dispute"], found["flow_not_our_fault"]) == named
    assert "flow_classify_cause_operator_fault" not in found
