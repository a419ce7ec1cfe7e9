"""What came of a scenario in the words of the reader: elements, fields and variables by their names, incidents by what went wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

from engine import definitions, published
from office import scenarios
from office.scenarios.differences import Difference
from tests.support.drawing import end, package, path, process, start, user
from web.definitions.telling import differences

FORM = """{"type": "default", "id": "f", "components": [
 {"type": "textfield", "key": "resolution", "label": "答复", "properties": {"label_en": "The reply"}},
 {"type": "number", "key": "amount", "label": "金额", "properties": {"label_en": "The amount", "unit": "fen"}},
 {"type": "radio", "key": "way", "label": "方式", "values": [{"value": "cash", "label": "现金", "properties": {"label_en": "In cash"}}], "properties": {"label_en": "The way"}}]}"""
GATEWAY = '<bpmn:parallelGateway id="gateway_1"/>'


@pytest.fixture
def content(app: Flask) -> definitions.Package:
    """A process with a form, English names, and a gateway without any name."""
    drawn = process("P", start(), user("x"), GATEWAY, end(), path("begun", "x", "gateway_1", "finished"))
    files = {"forms/f.form": FORM, "translations/P.en.yaml": "x: Take it in\n"}
    return package("P", drawn.replace('name="x"', 'name="登记"'), files)


def told(content: definitions.Package, language: str, kind: str, **values: Any) -> str:
    g.language = language
    (found,) = differences.texts([Difference(kind, values)], content, published.newest_package(content.key))
    return found


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "Incident at “parallel gateway after ‘Take it in’”: the case stands still, because nothing comes from “Take it in” any more.",
        ),
        ("zh", "“‘登记’之后的并行网关”出了故障：案件停在这里，因为“登记”不会再来。"),
    ],
)
def test_an_incident_says_what_went_wrong(content: definitions.Package, language: str, said: str) -> None:
    """Neither ids nor kinds of errors; a gateway without a name is told by its kind and what stands before it."""
    incidents = [{"element": "gateway_1", "kind": "StandsStill", "message": "x", "trace": ""}]
    text = told(content, language, "end", expected="finished", stands=["gateway_1"], incidents=incidents)
    assert said in text
    assert "gateway_1" not in text


def test_every_error_has_words_in_an_incident(content: definitions.Package) -> None:
    """Whatever stops a step, its sentence ends once and names no class."""
    for kind in ("UncaughtBpmnError", "SeveralRulesMatch", "FeelLimit", "LimitNotReckoned"):
        incidents = [{"element": "x", "kind": kind, "message": "same_number", "trace": ""}]
        text = told(content, "en", "not_open", element="x", open=[], incidents=incidents)
        assert kind not in text
        assert ".." not in text


@pytest.mark.parametrize(
    ("language", "name", "expected", "found", "said"),
    [
        ("en", "resolution", "已退还", "ok", "The reply: “已退还” was agreed, it is ok."),
        ("en", "amount", 1500, 1600, "The amount: ¥15.00 was agreed, it is ¥16.00."),
        ("en", "way", "cash", None, "The way: In cash was agreed, it is nothing."),
        ("zh", "way", "cash", None, "方式：约定是 现金，实际是 无。"),
    ],
)  # fmt: skip
def test_variables_are_called_as_their_fields(
    content: definitions.Package, language: str, name: str, expected: Any, found: Any, said: str
) -> None:
    """By the label of the field, with money in yuan and choices by their texts."""
    assert told(content, language, "variable", name=name, expected=expected, found=found) == said


def test_a_refused_form_names_its_fields(content: definitions.Package) -> None:
    """The label that the clerk sees, not the key."""
    assert "The amount: Please fill this in." in told(
        content, "en", "form", element="x", why={"amount": ["required", {}]}
    )


def test_a_refused_form_says_how_much(content: definitions.Package) -> None:
    """The figures that a reason has are told, not only its kind."""
    why = {"resolution": ["amount_not_given", {"amounts": [130], "given": [260]}]}
    assert "The text names ¥1.30; by the books this case has given ¥2.60." in told(
        content, "en", "form", element="x", why=why
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_agreed_refusal_reads_without_its_figures(content: definitions.Package, language: str) -> None:
    """A scenario agrees on a kind of refusal only; whichever of them it is, the sentence has no hole."""
    agreed = scenarios.read(Path("processes"))
    codes = {code for play in agreed for step in play.steps for code in (step.get("refused") or {}).values()}
    assert {"max", "amount_not_given", "line_taken"} <= codes
    for code in sorted(codes):
        text = told(content, language, "not_refused", element="x", refused={"amount": code})
        assert not re.search(r"None| [.;,]|[：，；。]\s*[；。，]|  |¥0|¥ ", text), (code, text)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Take it in → parallel gateway after ‘Take it in’"), ("zh", "登记 → ‘登记’之后的并行网关")],
)
def test_the_way_taken_has_no_ids(content: definitions.Package, language: str, said: str) -> None:
    """What nobody named is told by its kind."""
    assert said in told(content, language, "path", element="finished", reached=["x", "gateway_1"])
