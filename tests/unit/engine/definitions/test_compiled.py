"""A definition ready to run: by what the way goes on from a step."""

from __future__ import annotations

import pytest

from engine.definitions import compiled, package
from tests.support.population import PROCESSES


def test_by_what_the_way_goes_on_from_a_step() -> None:
    """Behind service tasks gateways ask whether a charge arose and what is put right later; which bank it is, and what later steps are asked, decides nothing there."""
    definition = compiled.Definition(package.read_package(PROCESSES, "TS-008"))
    fields = {field.key for field in definition.form("correct_mandate").inputs}
    assert definition.branching("correct_mandate") & fields == {"charge_arisen", "correct_later"}
    assert definition.branching("accept_mandate") & {"bank", "failure_cause"} == frozenset()
    with pytest.raises(compiled.UnknownElement):
        definition.branching("nowhere")
