"""Whoever enters what is to be given back reads on that page who approves what is beyond their own authority."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import definitions
from engine.definitions import Definition
from engine.diagrams.diagram import Diagram

PROCESSES = Path(__file__).parents[2] / "processes"
KEYS = sorted(file.stem for file in PROCESSES.glob("*.bpmn"))
WEIGHS = "SUB-005"
WHO = "主管"


def _before(diagram: Diagram, element_id: str) -> set[str]:
    """The user tasks from which a token comes to an element without passing another one; and a start from which it does."""
    steps: set[str] = set()
    pending, visited = [element_id], set[str]()
    while pending:
        id = pending.pop()
        element = diagram.elements[id]
        if id in visited:
            continue
        visited.add(id)
        sources = {flow.source for flow in diagram.incoming(id)}
        if element.type == "startEvent":
            sources.add(element.parent if element.parent in diagram.elements else "")
        if element.attached_to:
            sources.add(element.attached_to)
        steps |= {source for source in sources if not source or diagram.elements[source].type == "userTask"}
        pending += [source for source in sources if source and diagram.elements[source].type != "userTask"]
    return steps


def _definition(process: str) -> Definition:
    return Definition(definitions.read_package(PROCESSES, process))


def _asking() -> list[tuple[str, str]]:
    """Process and step of everything that is weighed next, in the process itself or in one that it calls."""
    diagrams = {key: _definition(key).processes[key].diagram for key in KEYS}
    steps: set[tuple[str, str]] = set()
    pending = [WEIGHS]
    while pending:
        weighing = pending.pop()
        for key, diagram in diagrams.items():
            calls = [element.id for element in diagram.elements.values() if element.called == weighing]
            before = {step for call in calls for step in _before(diagram, call)}
            pending += [key] if "" in before else []
            steps |= {(key, step) for step in before if step}
    return sorted(steps)


@pytest.mark.parametrize(("process", "step"), _asking())
def test_the_page_says_who_approves_more(process: str, step: str) -> None:
    """Nobody finds out afterwards that somebody else has to be asked: the step itself says so, or the one before it where the amount was settled."""
    definition = _definition(process)
    diagram = definition.processes[process].diagram
    ids = {step, *_before(diagram, step)} - {""}
    fields = [field for id in ids for field in definition.form_by_id(diagram.elements[id].properties["form"]).fields]
    assert [field for field in fields if not field.is_input and WHO in field.text and "supervisor" in field.text_en]
