"""Forms that nobody could fill in are refused, those that would be tedious are not; what is never shown is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine import published
from engine.definitions import form_lint
from engine.language.forms import Form
from tests.support.drawing import end, package, path, process, start, user

NUMBER = {"type": "number", "key": "x"}
TEXT = {"type": "textfield", "key": "x"}
FEN = {"unit": "fen"}
YES_NO = [{"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]
MUST = {"type": "radio", "key": "x", "label": "x", "values": YES_NO, "validate": {"required": True}}


def form(component: dict[str, Any]) -> Form:
    return Form.parse(json.dumps({"id": "f", "components": [component]}))


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({**NUMBER, "properties": {"min": "5", "max": "4"}}, "limits_exclude_each_other"),
        ({**NUMBER, "validate": {"min": 5, "max": 4}}, "limits_exclude_each_other"),
        ({**NUMBER, "properties": {**FEN, "max": "-1"}}, "limits_exclude_each_other"),
        ({**TEXT, "validate": {"minLength": 9, "maxLength": 8}}, "limits_exclude_each_other"),
        ({**TEXT, "validate": {"minLength": 201}}, "limits_exclude_each_other"),
        (
            {"type": "datetime", "key": "x", "properties": {"min": '@"2026-02-01"', "max": '@"2026-01-01"'}},
            "limits_exclude_each_other",
        ),
        ({**MUST, "properties": {"allowed": "[]"}}, "nothing_to_choose"),
        ({**MUST, "properties": {"allowed": '["maybe"]'}}, "nothing_to_choose"),
        ({**MUST, "properties": {"allowed": '["yes"]', "boolean": "true"}}, "nothing_to_choose"),
        ({**NUMBER, "defaultValue": 7, "properties": {"max": "5"}}, "default_refused"),
        ({**NUMBER, "defaultValue": "1.00", "properties": {**FEN, "min": "101"}}, "default_refused"),
        ({**NUMBER, "defaultValue": "-1", "properties": FEN}, "default_refused"),
        ({**TEXT, "defaultValue": "abc", "validate": {"pattern": "^[0-9]+$"}}, "default_refused"),
        ({**TEXT, "validate": {"pattern": "^[0-9]{11}$", "maxLength": 5}}, "pattern_excludes_lengths"),
        ({**TEXT, "validate": {"pattern": "[0-9]{3}-[0-9]{8}", "maxLength": 11}}, "pattern_excludes_lengths"),
        ({**TEXT, "validate": {"pattern": "^[A-Z]{2}[0-9]?$", "minLength": 4}}, "pattern_excludes_lengths"),
        ({**TEXT, "validate": {"pattern": "[0-9]{201}"}}, "pattern_excludes_lengths"),
    ],
)
def test_what_cannot_be_filled_in(component: dict[str, Any], rule: str) -> None:
    """Whatever the variables are, nothing that a clerk enters is taken."""
    assert [problem.rule for problem in form_lint.problems(form(component))] == [rule]


@pytest.mark.parametrize(
    "component",
    [
        {**NUMBER, "properties": {"min": "5", "max": "5"}, "defaultValue": 5},
        {**MUST, "properties": {"allowed": '["no"]'}},
        {**MUST, "properties": {"allowed": "choices"}},
        {**MUST, "properties": {"allowed": "[false]", "boolean": "true"}},
        {**MUST, "validate": {}, "properties": {"allowed": "[]"}},
        {**NUMBER, "properties": {"min": "5", "max": "limit"}, "defaultValue": 6},
        {**NUMBER, "properties": {"min": "limit", "max": "4"}, "defaultValue": 4},
        {**NUMBER, "properties": {**FEN, "min": "1"}, "defaultValue": "12.50"},
        {**NUMBER, "properties": {"max": "day of year(today())"}, "defaultValue": 400},
        {**TEXT, "validate": {"pattern": "^[a-z]+$", "minLength": 3}, "defaultValue": "abc"},
        {**TEXT, "validate": {"pattern": "^[0-9]{11}$", "minLength": 11, "maxLength": 11}},
        {**TEXT, "validate": {"pattern": "^[0-9]+$", "minLength": 12}},
        {**TEXT, "validate": {"pattern": "[0-9]{3}", "minLength": 12}},
        {**TEXT, "validate": {"pattern": "^[0-9]$|^[a-z]{4}$", "minLength": 4}},
        {**TEXT, "validate": {"pattern": "^[0-9]+$"}, "properties": {"prefill": "known"}},
        {**TEXT, "validate": {"pattern": "^[0-9]+$"}, "properties": {"prefill": '"15"'}},
        {"type": "radio", "key": "x", "values": YES_NO, "properties": {"boolean": "true", "prefill": "false"}},
        {"type": "checkbox", "key": "x", "defaultValue": True},
        {"type": "checkbox", "key": "x", "defaultValue": False, "validate": {"required": True}},
        {"type": "datetime", "key": "x", "defaultValue": "2026-01-01", "properties": {"min": '@"2026-01-01"'}},
        {
            "type": "checklist",
            "key": "x",
            "values": [{"value": "a", "label": "a"}, {"value": "b", "label": "b"}],
            "defaultValue": ["a"],
        },
        {**TEXT, "validate": {"required": True}, "conditional": {"hide": "=other = 1"}},
    ],
)
def test_what_can_be_filled_in(component: dict[str, Any]) -> None:
    """Limits that depend on variables are not held against each other, nor against a default."""
    assert form_lint.problems(form(component)) == form_lint.warnings(form(component)) == []


@pytest.mark.parametrize(
    "component",
    [
        {**TEXT, "validate": {"pattern": "^[0-9]{11}$"}, "properties": {"prefill": '"abc"'}},
        {**TEXT, "validate": {"maxLength": 2}, "properties": {"prefill": '"abc"'}},
        {**NUMBER, "properties": {"prefill": "7", "max": "5"}},
        {**NUMBER, "properties": {**FEN, "prefill": "-1"}},
        {"type": "datetime", "key": "x", "properties": {"prefill": '@"2026-01-01"', "min": '@"2026-02-01"'}},
    ],
)
def test_what_is_filled_in_beforehand_is_taken(component: dict[str, Any]) -> None:
    """Else whoever comes to the step is refused what the form itself has entered."""
    assert [problem.rule for problem in form_lint.warnings(form(component))] == ["prefill_refused"]


def test_choices_can_be_told_apart() -> None:
    """In both languages, each by its title."""
    titles = [("甲", "Cash"), ("甲", "Credit"), ("乙", "Cash "), ("", "")]
    values = [
        {"value": str(number), "label": zh, "properties": {"label_en": en}} for number, (zh, en) in enumerate(titles)
    ]
    problems = form_lint.warnings(form({"type": "select", "key": "x", "values": values}))
    assert [(problem.rule, problem.values["title"]) for problem in problems] == [
        ("options_of_one_title_zh", "甲"),
        ("options_of_one_title_en", "Cash"),
    ]


def test_a_required_field_that_is_never_shown() -> None:
    """Whoever required it meant it to be asked."""
    never_shown = {**TEXT, "validate": {"required": True}, "conditional": {"hide": "=true"}}
    (problem,) = form_lint.warnings(form(never_shown))
    assert (problem.rule, problem.values["field"], problem.warning) == ("required_never_shown", "x", True)
    assert form_lint.warnings(form({**never_shown, "validate": {}})) == []


def test_a_process_with_such_a_form_cannot_be_published() -> None:
    """The problem names the task and the file."""
    diagram = process("P", start(), user("x", form="f"), end(), path("begun", "x", "finished"))
    text = json.dumps({"id": "f", "components": [{**NUMBER, "properties": {"min": "5", "max": "4"}}]})
    (problem,) = published.problems(package("P", diagram, {"forms/f.form": text}))
    assert (problem.element_id, problem.rule, problem.file) == ("x", "limits_exclude_each_other", "forms/f.form")


@pytest.mark.parametrize("setting", ["minLength", "maxLength"])
def test_a_count_that_is_none_is_told(setting: str) -> None:
    """What was typed where a number belongs is kept, has no effect, and says so."""
    component = {"type": "textfield", "key": "a", "label": "甲", "validate": {setting: "abc"}}
    (problem,) = form_lint.problems(form(component))
    assert (problem.rule, problem.values["setting"], problem.values["value"]) == ("not_a_count", setting, "abc")


def test_what_nobody_can_name_is_told() -> None:
    """A field has a label, a choice a title and a paragraph a text, in Chinese and in English: nobody is shown what was never translated."""
    required = {"type": "textfield", "key": "a", "label": " ", "validate": {"required": True}}
    assert [problem.rule for problem in form_lint.unlabelled(form(required))] == ["no_label"]
    choice = {"type": "select", "key": "a", "label": "甲", "values": [{"label": "", "value": "b"}]}
    assert [problem.rule for problem in form_lint.unlabelled(form(choice))] == ["option_without_label"]
    assert [problem.rule for problem in form_lint.half_labelled(form(choice))] == ["no_english_label"]
    half = {**choice, "values": [{"label": "乙", "value": "b"}, {"label": "GoTone", "value": "c"}]}
    paragraph = {"type": "text", "text": "请看"}
    problems = form_lint.half_labelled(form({**half, "properties": {"label_en": "A"}}))
    assert [(problem.rule, problem.values["value"]) for problem in problems] == [("option_without_english", "b")]
    assert [problem.rule for problem in form_lint.half_labelled(form(paragraph))] == ["no_english_text"]
