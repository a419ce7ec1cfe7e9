"""What a process says of the manual is held against the manual, in diagrams and forms alike."""

from __future__ import annotations

from pathlib import Path

from engine import definitions

PROCESSES = Path(__file__).parents[4] / "processes"


def test_a_number_that_the_manual_does_not_have() -> None:
    """Elements and forms name what is there; without a list nothing is judged."""
    package = definitions.read_package(PROCESSES, "TS-002")
    manual_ids = {"TS-002.3"}
    problems = definitions.unknown_manual_refs(package, manual_ids)
    assert {problem.rule for problem in problems} == {"unknown_manual_ref"}
    assert all(problem.warning and problem.values["ref"] not in manual_ids for problem in problems)
    assert {".bpmn", ".form"} <= {Path(problem.file).suffix for problem in problems}
    assert definitions.unknown_manual_refs(package, ()) == []
