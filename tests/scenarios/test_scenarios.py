"""Does every process do what the office agreed? One test per scenario in processes/scenarios/, and none of their flows may be left untaken."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from office import coverage, scenarios
from office.scenarios import Played, Scenario
from web.commands.coverage import PAGE, answered
from web.commands.reference import manual_page

PROCESSES = Path(__file__).parents[2] / "processes"
AGREED = scenarios.read(PROCESSES)
KEYS = sorted(path.stem for path in PROCESSES.glob("*.bpmn"))


@cache
def played(index: int) -> Played:
    """Each scenario is played once, whoever asks."""
    scenarios.prepare()
    return scenarios.play(AGREED[index], PROCESSES)


def title(scenario: Scenario) -> str:
    """TS-002 Cash of a prepayment."""
    return f"{scenario.process} {scenario.name_en or scenario.name}"


@pytest.mark.parametrize("index", range(len(AGREED)), ids=[title(scenario) for scenario in AGREED])
def test_it_goes_as_agreed(index: int) -> None:
    """The path, the end, the ledger and the variables are those that the file names."""
    assert played(index).differences == ()


@pytest.mark.parametrize("key", KEYS)
def test_every_flow_is_taken_by_some_scenario(key: str) -> None:
    """A flow that no scenario takes is a flow about which nobody has agreed anything."""
    everything = [played(index) for index in range(len(AGREED))]
    (found,) = scenarios.coverage(PROCESSES, everything, [key])
    assert found.never == ()


def test_no_step_of_the_manual_falls_back() -> None:
    """What is declared is taken by a scenario or a test, and the page says what is: `./desk coverage --write`."""
    ids = coverage.manual_ids(coverage.MANUAL)
    flows = {flow for index in range(len(AGREED)) if played(index).ok for flow in played(index).flows}
    answers = answered(coverage.survey(PROCESSES, ids), ids, flows)
    assert [one for one in answers if one.state != "done"] == []
    assert manual_page.render(answers) == PAGE.read_text(encoding="utf-8")
