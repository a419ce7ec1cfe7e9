"""What is personal in a step is told by its place: the envelope never is, what people and services said is by name, at any depth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import service_tasks  # noqa: F401 - what they say is personal or secret
from engine import definitions
from engine.definitions.compiled import Definition
from engine.record import sealing
from engine.runtime.personal import Personal

PROCESSES = Path(__file__).parents[4] / "processes"
MARKED = Personal(frozenset({"form", "told", "note", "msisdn"}), {"tell": frozenset({"text"})}, frozenset({"msisdn"}))


def hidden(step: dict[str, Any], personal: Personal = MARKED) -> Any:
    """The step with a star for everything personal."""
    return personal.replaced(step, lambda _: "*")


@pytest.mark.parametrize(
    ("step", "visible"),
    [
        ({"type": "user_task_created", "form": "ts002_cash"}, {"form": "ts002_cash"}),
        ({"type": "user_task_completed", "form": {"amount": 1, "note": "x"}}, {"form": {"amount": 1, "note": "*"}}),
        ({"type": "job_completed", "result": {"form": {"title": "x"}, "n": 1}}, {"result": {"form": "*", "n": 1}}),
        ({"type": "job_created", "element": "tell", "parameters": {"text": "x"}}, {"parameters": {"text": "*"}}),
        ({"type": "job_created", "element": "say", "parameters": {"text": "x"}}, {"parameters": {"text": "x"}}),
        ({"type": "decision_evaluated", "variable": "note", "value": "x"}, {"value": "*"}),
        ({"type": "call_entered", "variables": {"a": [{"note": "x"}]}}, {"variables": {"a": [{"note": "*"}]}}),
        ({"type": "case_limit_met", "told": "x"}, {"told": "*"}),
        ({"type": "job_refused", "code": "note", "values": {"note": None}}, {"values": {"note": None}}),
    ],
)
def test_only_what_was_said_is_personal(step: dict[str, Any], visible: dict[str, Any]) -> None:
    """A form's id stays, a form's fields go by their own names, a parameter by its element."""
    assert hidden(step) == {**step, **visible}


def test_what_is_secret_is_a_part_of_what_is_personal() -> None:
    """Whoever may see personal values still sees no secret, and everything else."""
    step = {"type": "user_task_completed", "form": {"msisdn": "1", "note": "x"}}
    assert hidden(step, MARKED.only_secret())["form"] == {"msisdn": "*", "note": "x"}
    assert hidden({"type": "case_limit_met", "told": "x"}, MARKED.only_secret())["told"] == "x"


@pytest.mark.parametrize(
    ("process", "names", "calls"),
    [
        ("TS-002", {"liable_person", "responsible_person", "demand"}, {"keep_name": "person"}),
        ("TS-003", {"liable_person"}, {"find_promise": "lines", "keep_name": "person"}),
        ("TS-004", {"pin", "cancelled_msisdn", "charged_msisdn"}, {"query_recharge": "pin"}),
        ("TS-008", {"account", "holder"}, {"renew": "holder"}),
    ],
)
def test_names_of_people_and_numbers_are_personal(process: str, names: set[str], calls: dict[str, str]) -> None:
    """Who bears an error, a number passed on under another name, and a text that a number was written into."""
    definition = Definition(definitions.read_package(PROCESSES, process))
    assert names <= definition.personal
    assert all(name in definition.private.calls[element] for element, name in calls.items())


@pytest.mark.parametrize("process", ["CH-002", "TS-003", "SUB-003"])
def test_what_lines_come_to_is_not_personal(process: str) -> None:
    """Picked lines are, and a text made of them; their sum, and whether there are any, is not, so that the record says how much was disputed after an erasure too."""
    personal = Definition(definitions.read_package(PROCESSES, process)).personal
    assert ("disputed_lines" in personal, personal & {"disputed_amount", "payment_amount"}) == (True, set())


def test_a_pin_is_secret() -> None:
    """Nobody needs to see a card's PIN again, and nothing else is secret."""
    assert Definition(definitions.read_package(PROCESSES, "TS-004")).private.secret == {"pin"}


@pytest.mark.parametrize("wrong", [b"", b"x", b"x" * 40, "text", None])
def test_what_was_never_sealed_does_not_open(wrong: Any) -> None:
    """Whatever stands in the place of a sealed value is unreadable, in our own words."""
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(b"k" * 32, wrong)


@pytest.mark.parametrize(
    "expression", ["complaint_text", "lower case(complaint_text)", "lines[complaint_text != null]"]
)
def test_what_a_decision_asks_of_a_personal_variable_is_personal(expression: str) -> None:
    """Inputs stand under the expression that was asked, and what it came to is as personal as what it read."""
    step = {"type": "decision_evaluated", "inputs": {expression: "words", "complaint_texts": "kept", "amount": 5}}
    private = Personal(frozenset({"complaint_text"}))
    assert private.replaced(step, lambda _: "gone")["inputs"] == {
        expression: "gone",
        "complaint_texts": "kept",
        "amount": 5,
    }
