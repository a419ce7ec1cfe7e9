"""Forms that nobody could fill in are refused, those that would be tedious are not; what is never shown is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

import engine
from engine.definitions import filling
from engine.language.forms import Form
from tests.drawing import end, package, path, process, start, user

NUMBER = {"type": "number", "key": "x"}
TEXT = {"type": "textfield", "key": "x"}
FEN = {"unit": "fen"}


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
        ({**NUMBER, "defaultValue": 7, "properties": {"max": "5"}}, "default_refused"),
        ({**NUMBER, "defaultValue": "1.00", "properties": {**FEN, "min": "101"}}, "default_refused"),
        ({**NUMBER, "defaultValue": "-1", "properties": FEN}, "default_refused"),
        ({**TEXT, "defaultValue": "abc", "validate": {"pattern": "^[0-9]+$"}}, "default_refused"),
    ],
)
def test_what_cannot_be_filled_in(component: dict[str, Any], rule: str) -> None:
    """Whatever the variables are, nothing that a clerk enters is taken."""
    assert [one.rule for one in filling.problems(form(component))] == [rule]


@pytest.mark.parametrize(
    "component",
    [
        {**NUMBER, "properties": {"min": "5", "max": "5"}, "defaultValue": 5},
        {**NUMBER, "properties": {"min": "5", "max": "limit"}, "defaultValue": 6},
        {**NUMBER, "properties": {"min": "limit", "max": "4"}, "defaultValue": 4},
        {**NUMBER, "properties": {**FEN, "min": "1"}, "defaultValue": "12.50"},
        {**NUMBER, "properties": {"max": "day of year(today())"}, "defaultValue": 400},
        {**TEXT, "validate": {"pattern": "^[a-z]+$", "minLength": 3}, "defaultValue": "abc"},
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
    assert filling.problems(form(component)) == filling.warnings(form(component)) == []


def test_a_required_field_that_is_never_shown() -> None:
    """Whoever required it meant it to be asked."""
    hidden = {**TEXT, "validate": {"required": True}, "conditional": {"hide": "=true"}}
    (found,) = filling.warnings(form(hidden))
    assert (found.rule, found.values["field"], found.warning) == ("required_never_shown", "x", True)
    assert filling.warnings(form({**hidden, "validate": {}})) == []


def test_a_process_with_such_a_form_cannot_be_published() -> None:
    """The problem names the task and the file."""
    drawn = process("P", start(), user("x", form="f"), end(), path("begun", "x", "finished"))
    text = json.dumps({"id": "f", "components": [{**NUMBER, "properties": {"min": "5", "max": "4"}}]})
    (found,) = engine.lint(package("P", drawn, {"forms/f.form": text}))
    assert (found.element_id, found.rule, found.file) == ("x", "limits_exclude_each_other", "forms/f.form")


@pytest.mark.parametrize("setting", ["minLength", "maxLength"])
def test_a_count_that_is_none_is_told(setting: str) -> None:
    """What was typed where a number belongs is kept, has no effect, and says so."""
    component = {"type": "textfield", "key": "a", "label": "甲", "validate": {setting: "abc"}}
    (found,) = filling.problems(form(component))
    assert (found.rule, found.values["setting"], found.values["value"]) == ("not_a_count", setting, "abc")


def test_what_nobody_can_name_is_told() -> None:
    """A field that must be filled in has a label; without its English one it is doubtful."""
    required = {"type": "textfield", "key": "a", "label": " ", "validate": {"required": True}}
    assert [one.rule for one in filling.unlabelled(form(required))] == ["no_label"]
    chosen = {"type": "select", "key": "a", "label": "甲", "values": [{"label": "", "value": "b"}]}
    assert [one.rule for one in filling.unlabelled(form(chosen))] == ["option_without_label"]
    assert [one.rule for one in filling.half_labelled(form(chosen))] == ["no_english_label"]
