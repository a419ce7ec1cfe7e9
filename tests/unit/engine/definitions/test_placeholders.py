"""Placeholders in texts for people: what nothing fills in is told, and what a wording asks for is held against what it is given."""

from __future__ import annotations

import json

import pytest

from engine.definitions import names
from engine.ground.errors import Problem
from service_tasks import notification
from tests.support.drawing import end, node, package, path, process, service, start, user

SEND = {"msisdn": '"13900000201"', "template": '"charge_held"'}


def told(step: str, components: list[dict[str, object]] = ()) -> list[Problem]:  # type: ignore[assignment]
    """What is doubtful at a step after a form that sets amount (a number) and note (a text)."""
    diagram = process("P", start(), user("ask"), step, end(), path("begun", "ask", "x", "finished"))
    form = {"forms/f.form": json.dumps({"type": "default", "id": "f", "components": list(components)})}
    return names.check(package("P", diagram, form if components else None))


def about(problems: list[Problem]) -> list[tuple[str, str, str]]:
    return [
        (problem.rule, str(problem.values.get("part", problem.values.get("written"))), problem.values["near"])
        for problem in problems
    ]


def notice(text: str) -> str:
    return service("x", "notification/department", group='"a"', subject='"b"', text=text)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ('{amount: amount, settle_on: note}', []),
        ('{amount: amount, settle_on: note, case_number: note}', []),
        ('{amuont: amount, settle_on: note}', [("placeholder_without_value_near", "amount", "amuont")]),
        ('{amount: amount}', [("placeholder_without_value", "settle_on", "")]),
        ('{amount: amount, settle_on: note, zzz: 1}', [("value_without_placeholder", "zzz", "")]),
        ('{amount: amount, settle_on: note, amounts: 1}', [("value_without_placeholder_near", "amounts", "amount")]),
        ("note", []),
    ],
)  # fmt: skip
def test_a_wording_gets_what_it_asks_for(values: str, expected: list[tuple[str, str, str]]) -> None:
    """A message that lacks a value is never sent; a value that no wording asks for is never read."""
    problems = told(service("x", "notification/send", values=values, **SEND))
    assert about([problem for problem in problems if problem.rule != "unfit"]) == expected


def test_of_wordings_among_which_one_is_chosen_none_is_forgotten() -> None:
    """What only one of them asks for is no surplus and may be missing; what all ask for may not."""
    one_of = {**SEND, "template": 'if amount > 1 then "charge_held" else "reply"'}
    problems = told(service("x", "notification/send", values="{text: note}", **one_of))
    assert about([problem for problem in problems if problem.rule != "unfit"]) == []
    surplus = told(service("x", "notification/send", values="{text: note, amount: amount, zzz: 1}", **one_of))
    assert about([problem for problem in surplus if problem.rule != "unfit"]) == [
        ("value_without_placeholder", "zzz", "")
    ]


def test_every_wording_says_what_it_asks_for() -> None:
    """Whatever is asked for and given, a message can be written of; an unknown or a reckoned wording asks for nothing."""
    for template in notification.TEMPLATES:
        (values,) = notification.asked_for({"template": template}).values()
        assert "$" not in notification.body(template, {"case_number": "AJ-1", **dict.fromkeys(values, "1")})
        assert values["case_number"] is False or "case_number" not in values
    assert notification.asked_for({}) == notification.asked_for({"template": "nowhere"}) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"金额 {amount} 元"', [("placeholder_sent_near", "{amount}", "amount")]),
        ('"金额 ${amuont} 元"', [("placeholder_sent_near", "${amuont}", "amount")]),
        ('"{{ zzz }}" + note', [("placeholder_sent", "{{ zzz }}", "")]),
        ('"$note"', [("placeholder_sent_near", "$note", "note")]),
        ('"金额 " + string(amount)', []),
        (r'replace(note, "\\p{L}{2}(\\d)", "$1")', []),
        ('string({amount: amount})', []),
    ],
)  # fmt: skip
def test_a_placeholder_that_goes_out_as_it_is(text: str, expected: list[tuple[str, str, str]]) -> None:
    """A department would read the braces; what is meant is named when something is called so, or nearly so."""
    assert about(told(notice(text))) == expected


def test_a_placeholder_that_a_clerk_would_read() -> None:
    """In what to watch, and in the labels, hints, texts and defaults of a form."""
    watched = user("x", form="f").replace("</bpmn:userTask>", "</bpmn:userTask>")
    watched = watched.replace(">", "><bpmn:documentation>先看 {note}</bpmn:documentation>", 1)
    field = {
        "type": "textfield",
        "key": "text",
        "label": "答复 {amount}",
        "description": "${amuont}",
        "defaultValue": "{zzz}",
    }
    problems = told(watched, [field, {"type": "text", "text": "共 {{amount}} 元"}])
    assert sorted(about(problems)) == [
        ("placeholder_shown", "{zzz}", ""),
        ("placeholder_shown_near", "${amuont}", "amount"),
        ("placeholder_shown_near", "{amount}", "amount"),
        ("placeholder_shown_near", "{note}", "note"),
        ("placeholder_shown_near", "{{amount}}", "amount"),
    ]
    assert {problem.file for problem in problems} == {"P.bpmn", "forms/f.form"}


@pytest.mark.parametrize("is_called", [True, False])
def test_a_limit_of_the_case_where_the_process_is_called(is_called: bool) -> None:
    """It counts for a case of its own alone; in the case of a caller it would be passed over in silence."""
    inner = process("C", start(due='accepted_at + duration("PT4H")'), user("x"), end(), path("begun", "x", "finished"))
    outer = process("P", start(), node("callActivity", "x", 'calledElement="C"'), end(), path("begun", "x", "finished"))
    in_force = [package("P", outer, C_bpmn=inner)] if is_called else []
    problems = [
        (problem.element_id, problem.rule, problem.file, problem.values["callers"])
        for problem in names.check(package("C", inner), in_force)
    ]
    assert problems == ([("begun", "limit_when_called", "C.bpmn", "P")] if is_called else [])
    assert [problem.rule for problem in names.check(package("P", outer, C_bpmn=inner))] == ["limit_when_called"]
