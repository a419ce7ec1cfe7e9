"""Packages: what belongs to the process itself, and how the newest of what it calls gets in."""

from __future__ import annotations

from pathlib import Path

import pytest

import engine
import service_tasks

PROCESSES = Path(__file__).parents[4] / "processes"
REGISTERED = (service_tasks,)
KEYS = sorted(path.stem for path in PROCESSES.glob("*.bpmn"))


def published(key: str) -> engine.Package | None:
    """What stands in processes/, as if it were published."""
    return engine.read_package(PROCESSES, key) if key in KEYS else None


@pytest.mark.parametrize("key", KEYS)
def test_own_files_and_what_is_called_make_the_package(key: str) -> None:
    """Taking the own files alone and completing them gives the same fingerprint: nothing is lost, nothing added."""
    content = engine.read_package(PROCESSES, key)
    own = engine.Package(key=key, files={name: content.files[name] for name in engine.own_files(content)})
    assert engine.completed_package(own, published).sha256 == content.sha256
    assert engine.pruned_package(content).sha256 == content.sha256


def test_a_form_nobody_refers_to_is_left_out_when_published() -> None:
    """A form drawn and not yet used stays in the draft and not in the version."""
    content = engine.package_with(engine.read_package(PROCESSES, "SUB-004"), {"forms/later.form": "{}"})
    assert "forms/later.form" in engine.own_files(content)
    assert "forms/later.form" not in engine.pruned_package(content).files


def test_a_process_no_longer_called_goes() -> None:
    """Without the call activity the called diagram is not carried along."""
    content = engine.read_package(PROCESSES, "TS-004")
    text = content.files["TS-004.bpmn"].replace('calledElement="SUB-002"', "")
    left = engine.completed_package(engine.package_with(content, {"TS-004.bpmn": text}), published)
    assert "SUB-002.bpmn" not in left.files


def test_variables_are_known_after_what_gives_them() -> None:
    """A form's field, a decision's result and a refusal are known after their element, and not before it."""
    content = engine.read_package(PROCESSES, "TS-002")
    after = {known.name: known for known in engine.variables.at(content, "TS-002", "pay_cash")}
    assert (after["receipt_held"].element_id, after["receipt_held"].type) == ("ask_receipt", "boolean")
    assert after["cause_verdict.operator_fault"].element_id == "classify_cause"
    assert "receipt_held" not in {known.name for known in engine.variables.at(content, "TS-002", "judge_cause")}
    assert "receipt_held" in {known.name for known in engine.variables.at(content, "TS-002", "flow_cash")}
    assert engine.variables.at(engine.Package(key="X", files={"X.bpmn": "<"}), "X", "y") == []
