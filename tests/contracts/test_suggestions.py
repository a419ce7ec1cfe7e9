"""What the system suggests in a form is what a check has found out: where a check had nothing to look at, nothing is ticked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import service_tasks  # noqa: F401  registers the handlers
from engine import definitions, language
from engine.language.calendar import Calendar
from engine.runtime import Call, handlers
from models.base import scratch, session, transaction
from office import fixtures
from service_tasks.classification import suggestion

PROCESSES = Path(__file__).parents[2] / "processes"
KEYS = sorted(path.stem for path in PROCESSES.glob("*.bpmn"))
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
SCOPE = language.feel.Scope(AT, Calendar(frozenset(), frozenset()))
MSISDN = "13900000001"
CHOICES = ("radio", "select", "checkbox", "checklist")
ANALYSES = {"cdr_analysis/border_roaming", "cdr_analysis/orphan_monternet", "cdr_analysis/ultra_short"}
CHECKS = ANALYSES | {"direct_debit/compare", "direct_debit/look_up"}
SAID = "经核查"  # a text that begins so claims that something was checked


@cache
def definition(key: str) -> definitions.Definition:
    """A process compiled as it would be published."""
    return definitions.Definition(definitions.read_package(PROCESSES, key))


def forms() -> Iterator[tuple[str, language.Form]]:
    """(process, form) of every step that somebody does."""
    for key in KEYS:
        for element in definition(key).elements.values():
            if element.type == "userTask":
                yield key, definition(key).form(element.id)


def found(topic: str) -> dict[str, Any]:
    """What a check answers for a number that is in service and of which nothing else is known."""
    handler = handlers.find(topic)
    call = Call(key="7:1", instance_id=7, business_key="", process_key="", element_id="", at=AT, actor="cleo")
    with transaction(), session().begin_nested():
        answer: dict[str, Any] = handler.gives.dump(handler.function(handler.takes.load({"msisdn": MSISDN}), call))
        return answer


def results() -> dict[str, Any]:
    """The variables of a case in which every check found nothing, by the names that the diagrams give them."""
    checked = {
        element.result_variable: found(element.topic)
        for key in KEYS
        for element in definition(key).elements.values()
        if element.topic in CHECKS
    }
    cause = definition("TS-001").decision("cause").evaluate({"finding": None}, SCOPE).value
    return {**checked, "suggestion": suggestion([], MSISDN, AT), "cause_verdict": cause}


@pytest.fixture
def untouched() -> Iterator[Mapping[str, Any]]:
    """A case in which every check ran and had nothing to look at."""
    with scratch():
        with transaction():
            fixtures.build({"subscriptions": [{"msisdn": MSISDN, "customer": {"name": "陈某"}}]}, at=AT)
        yield results()


def test_a_check_that_had_nothing_to_look_at_says_so(untouched: Mapping[str, Any]) -> None:
    """Every check counts what it looked at, and gives no verdict where that is nothing."""
    checks = {name: value for name, value in untouched.items() if isinstance(value, dict) and "examined" in value}
    assert set(checks) == {"roaming", "orphan_check", "short_calls", "comparison", "mandate"}
    for name, value in checks.items():
        assert value["examined"] == 0, name
        assert not [part for part, verdict in value.items() if isinstance(verdict, bool)], name


def test_nothing_is_ticked_that_no_check_has_found(untouched: Mapping[str, Any]) -> None:
    """In no form is there a choice, or an amount, that would say something was found out."""
    ticked = {
        (form.id, field.key)
        for _, form in forms()
        for field in form.inputs
        if (field.type in CHOICES or field.unit == "fen") and field.key in form.prefill(untouched, SCOPE)
    }
    assert ticked == set()


def test_nothing_is_said_to_be_checked_that_was_not(untouched: Mapping[str, Any]) -> None:
    """No text for the customer is suggested that tells of a check without anything to look at."""
    texts = [
        value for _, form in forms() for value in form.prefill(untouched, SCOPE).values() if str(value).startswith(SAID)
    ]
    assert texts == []


def test_no_reason_is_asked_where_nothing_was_suggested(untouched: Mapping[str, Any]) -> None:
    """Whatever is chosen then overrules nobody."""
    choices = [
        (form.id, field.key, option.value)
        for _, form in forms()
        if any(entry.key == "overrule_reason" for entry in form.inputs)
        for field in form.inputs
        for option in field.options
        if field.type == "radio"
        and any(
            entry.key == "overrule_reason"
            for entry in form.visible(untouched, form.readable({field.key: option.value}), SCOPE)
        )
    ]
    assert choices == []
