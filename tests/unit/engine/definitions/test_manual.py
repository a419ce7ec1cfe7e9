"""What a process says of the manual is held against the manual, in diagrams and forms alike."""

from __future__ import annotations

from pathlib import Path

import engine

PROCESSES = Path(__file__).parents[4] / "processes"


def test_a_number_that_the_manual_does_not_have() -> None:
    """Elements and forms name what is there; without a list nothing is judged."""
    package = engine.read_package(PROCESSES, "TS-002")
    known = {"TS-002.3"}
    found = engine.unknown_manual_refs(package, known)
    assert {one.rule for one in found} == {"unknown_manual_ref"}
    assert all(one.warning and one.values["ref"] not in known for one in found)
    assert {".bpmn", ".form"} <= {Path(one.file).suffix for one in found}
    assert engine.unknown_manual_refs(package, ()) == []
