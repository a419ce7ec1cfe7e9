"""A pattern that our reader refuses never fits anything: wherever it is written out, it is refused before anybody publishes it."""

from __future__ import annotations

import json

import pytest

from engine import published
from engine.definitions import names
from tests.support.drawing import catch, decide, end, flow, gateway, package, path, process, service, start, user

LOOKING_AHEAD = 'matches(note, "(?=a)b")'
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d" name="Levels"><decisionTable hitPolicy="FIRST">
<input id="i" label="Note"><inputExpression><text>note</text></inputExpression></input><output id="o" name="level" label="Level"/>
<rule id="r1"><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>"a"</text></outputEntry></rule></decisionTable></decision></definitions>"""


def line(*middle: str, ids: tuple[str, ...] = ("x",)) -> str:
    return process("P", start(), *middle, end(), path("begun", *ids, "finished"))


def form(**beside: object) -> dict[str, str]:
    field = {"type": "textfield", "key": "note", "label": "备注"} | beside
    return {"forms/f.form": json.dumps({"type": "default", "id": "f", "components": [field]})}


def choosing(condition: str) -> str:
    parts = (start(), user("ask"), gateway("which", default="flow_which_finished"), user("more"), end())
    ways = path("begun", "ask", "which") + flow("which", "more", condition) + path("which", "finished")
    return process("P", *parts, ways, path("more", "finished"))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (LOOKING_AHEAD, "pattern_refused"),
        ('matches(note, "a(")', "pattern_refused"),
        (r'matches(note, "(a)\\1")', "pattern_refused"),
        ('matches(note, "a", "q")', "pattern_refused"),
        ('replace(note, "[", "")', "pattern_refused"),
        ('replace(note, "a*", "")', "pattern_of_nothing"),
        ('replace(note, "a", "$")', "replacement_refused"),
        ('split(note, "")', "pattern_of_nothing"),
        ('if true then [1][matches(note, "*")] else []', "pattern_refused"),
        ('matches(note, "^[0-9]{4}$")', ""),
        (r'replace(note, "(\\d+) (\\w)", "$2 $1")', ""),
        ("matches(note, pattern)", ""),
        ('matches(note, "a(" + more)', ""),
    ],
)
def test_a_pattern_written_in_a_condition(text: str, rule: str) -> None:
    """Refused when it is certain, and told once: a problem is no warning as well."""
    content = package("P", choosing(text))
    assert [(problem.element_id, problem.rule) for problem in published.problems(content)] == (
        [("flow_which_more", rule)] if rule else []
    )
    assert not {problem.rule for problem in names.check(content)} & {rule}


@pytest.mark.parametrize(
    ("diagram", "files", "file"),
    [
        (line(user("x", due=f'if {LOOKING_AHEAD} then now() else null')), {}, "P.bpmn"),
        (line(catch("x", timer=f'if {LOOKING_AHEAD} then now() else now()')), {}, "P.bpmn"),
        (line(service("x", "notification/department", group='"a"', subject='"b"', text='replace("x", "(?=a)b", "")')), {}, "P.bpmn"),
        (line(user("x", form="f")), form(conditional={"hide": LOOKING_AHEAD}), "forms/f.form"),
        (line(user("x", form="f")), form(validate={"pattern": "(?=a)b"}), "forms/f.form"),
        (line(decide("x", "d", "r")), {"decisions/d.dmn": TABLE.format(cell='matches(?, "(?=a)b")')}, "decisions/d.dmn"),
    ],
    ids=["limit", "timer", "parameter", "form's condition", "form's pattern", "cell"],
)  # fmt: skip
def test_wherever_a_pattern_may_stand(diagram: str, files: dict[str, str], file: str) -> None:
    """Limits, timers, parameters, forms and tables alike; the problem names the file and the element."""
    (problem,) = published.problems(package("P", diagram, files))
    assert (problem.rule in ("pattern_refused", "malformed_pattern"), problem.file, problem.element_id) == (
        True,
        file,
        "x",
    )
