"""Packages: what belongs to the process itself, and how the newest of what it calls gets in."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import definitions

PROCESSES = Path(__file__).parents[4] / "processes"
KEYS = sorted(path.stem for path in PROCESSES.glob("*.bpmn"))


def published(key: str) -> definitions.Package | None:
    """What stands in processes/, as if it were published."""
    return definitions.read_package(PROCESSES, key) if key in KEYS else None


@pytest.mark.parametrize("key", KEYS)
def test_own_files_and_what_is_called_make_the_package(key: str) -> None:
    """Taking the own files alone and completing them gives the same fingerprint: nothing is lost, nothing added."""
    content = definitions.read_package(PROCESSES, key)
    own = definitions.Package(key=key, files={name: content.files[name] for name in definitions.own_files(content)})
    assert definitions.completed_package(own, published).sha256 == content.sha256
    assert definitions.pruned_package(content).sha256 == content.sha256


def test_a_form_nobody_refers_to_is_left_out_when_published() -> None:
    """A form drawn and not yet used stays in the draft and not in the version."""
    content = definitions.package_with(definitions.read_package(PROCESSES, "SUB-004"), {"forms/later.form": "{}"})
    assert "forms/later.form" in definitions.own_files(content)
    assert "forms/later.form" not in definitions.pruned_package(content).files


def test_a_process_no_longer_called_goes() -> None:
    """Without the call activity the called diagram is not carried along."""
    content = definitions.read_package(PROCESSES, "TS-004")
    text = content.files["TS-004.bpmn"].replace('calledElement="SUB-002"', "")
    completed = definitions.completed_package(definitions.package_with(content, {"TS-004.bpmn": text}), published)
    assert "SUB-002.bpmn" not in completed.files


def test_variables_are_known_after_what_gives_them() -> None:
    """A form's field, a decision's result and a refusal are known after their element, and not before it."""
    content = definitions.read_package(PROCESSES, "TS-002")
    after = {variable.name: variable for variable in definitions.variables.at(content, "TS-002", "pay_cash")}
    assert (after["receipt_held"].element_id, after["receipt_held"].type) == ("ask_receipt", "boolean")
    assert after["cause_verdict.operator_fault"].element_id == "classify_cause"
    assert "receipt_held" not in {
        variable.name for variable in definitions.variables.at(content, "TS-002", "judge_cause")
    }
    assert "receipt_held" in {variable.name for variable in definitions.variables.at(content, "TS-002", "flow_cash")}
    assert definitions.variables.at(definitions.Package(key="X", files={"X.bpmn": "<"}), "X", "y") == []
