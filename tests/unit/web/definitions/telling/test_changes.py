"""What a draft changes, in the words of the reader: no ids, no words of files, no true and false."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask, g

from engine import definitions, published
from tests.support.drawing import end, package, path, process, start, user
from tests.support.visitors import Visitor
from web.definitions.telling import changes

GATEWAY = '<bpmn:{kind} id="exclusive_gateway_1"/>'
FORM = '{{"components": [{{"key": "way", "type": "textfield", "label": "方式", "properties": {{"label_en": "The way", {more}}}}}]}}'


def content(kind: str, more: str) -> definitions.Package:
    gateway = GATEWAY.format(kind=kind)
    drawn = process("P", start(), user("x"), gateway, end(), path("begun", "x", "exclusive_gateway_1", "finished"))
    drawn = drawn.replace('name="x"', 'name="登记"')
    files = {"forms/f.form": FORM.format(more=more), "translations/P.en.yaml": "x: Take it in\n"}
    return package("P", drawn, files)


@pytest.mark.parametrize(
    ("language", "gateway", "kinds", "personal"),
    [
        (
            "en",
            "parallel gateway after ‘Take it in’",
            "kind was gateway, now parallel gateway",
            "personal was no, now yes",
        ),
        ("zh", "‘登记’之后的并行网关", "网关", "个人信息"),
    ],
)
def test_changes_are_told_in_words(app: Flask, language: str, gateway: str, kinds: str, personal: str) -> None:
    """A gateway that was replaced is called by what it is now, its kinds in words, a tick as yes and no."""
    g.language = language
    old = content("exclusiveGateway", '"personal": "false", "description_en": "a"')
    new = content("parallelGateway", '"personal": "true", "description_en": "b"')
    told = " ".join(changes.text(one) for one in changes.between(old, new))
    assert gateway in told
    assert kinds in told
    assert personal in told
    for raw in ("exclusive_gateway_1", "Gateway", "description_en", "true", "false"):
        assert raw not in told


WISH: dict[str, Any] = {
    "type": "number", "key": "wish", "label": "要求的金额", "description": "看收据", "decimalDigits": 2,
    "properties": {"label_en": "Amount wished", "description_en": "See the receipt", "unit": "fen", "min": "1"},
    "validate": {"required": True}, "conditional": {"hide": "=way = null"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "facts"),
    [
        ("zh", ("数字", "要求的金额", "Amount wished", "看收据", "See the receipt", "金额（元）", "0.01 元", "必填", "way = null")),
        ("en", ("number", "要求的金额", "Amount wished", "看收据", "See the receipt", "money (yuan)", "¥0.01", "required is now yes", "way = null")),
    ],
)  # fmt: skip
def test_whoever_approves_reads_all_of_a_new_field(app: Flask, language: str, facts: tuple[str, ...]) -> None:
    """Its kind, both its titles and hints, what it is counted in, what may be entered and when it is shown; and the same where one of them changes."""
    g.language = language
    old = content("exclusiveGateway", '"personal": "false"')
    form = json.loads(old.files["forms/f.form"])
    new = definitions.package_with(old, {"forms/f.form": json.dumps({"components": [*form["components"], WISH]})})
    sentences = " ".join(changes.text(one) for one in changes.between(old, new))
    assert [fact for fact in facts if fact not in sentences] == []
    more = {**WISH, "properties": {**WISH["properties"], "min": "250"}}
    later = definitions.package_with(old, {"forms/f.form": json.dumps({"components": [*form["components"], more]})})
    (difference,) = changes.between(new, later)
    assert "2.50" in changes.text(difference)


def test_what_a_file_says_by_a_code_is_told_in_words(app: Flask) -> None:
    """An owner who approves knows neither met nor RULE ORDER."""
    g.language = "zh"
    codes = [("property caseLimit", "met"), ("unit", "fen"), ("typeRef", "dateTime"), ("hitPolicy", "RULE ORDER")]
    assert not any(changes.shown(code, fact).isascii() for fact, code in codes)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_files_are_headed_by_what_they_are(app: Flask, language: str) -> None:
    """Diagram, form, table and English names; a path says nothing to an owner."""
    g.language = language
    for file in ("P.bpmn", "forms/f.form", "decisions/d.dmn", "translations/P.en.yaml"):
        assert "/" not in changes.sheet(file)
        assert "." not in changes.sheet(file)


@pytest.mark.parametrize(
    ("language", "form", "table"),
    [
        ("zh", "表单“核对挂帐清单”", "决策表“投诉奖励标准”"),
        ("en", "Form “Check the list of holds”", "Decision table “The grade gives the figure"),
    ],
)
def test_a_form_and_a_table_are_headed_by_what_they_are_called(
    desk: Flask, language: str, form: str, table: str
) -> None:
    """By the steps that use them and, in Chinese, a table by its own name; never by an id, unless nobody calls them anything."""
    files = {"BATCH-002": "forms/batch002_check.form", "TS-003": "decisions/reward.dmn", "TS-001": "forms/new.form"}
    headings = []
    with desk.test_request_context("/"):
        g.language = language
        for key, file in files.items():
            change = definitions.Difference(file=file, element="x", kind="added", what="number", name="x")
            (sheet,) = changes.by_file([change], None, published.newest_package(key))
            headings.append(sheet.heading)
    assert (headings[0], headings[1][: len(table)]) == (form, table)
    assert "new" in headings[2]


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "流程 TS-006 没有第 99 版"), ("en", "The process TS-006 has no version 99")]
)
def test_a_version_that_is_not_there_leads_to_its_process(desk: Flask, language: str, said: str) -> None:
    """The page says which version is missing, with a way to the process."""
    olu = Visitor(desk, "olu")
    olu.post("/language", language=language)
    page = olu.get("/processes/TS-006/versions/99")
    assert page.status == 404
    assert said in page.text
    assert page.tree.xpath("//main//a[@href='/processes/TS-006']")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_key_that_is_refused_says_how_one_is_written(desk: Flask, language: str) -> None:
    """Letters, digits and hyphens: the format stands beside the field."""
    olu = Visitor(desk, "olu")
    olu.post("/language", language=language)
    sent = {"file": (io.BytesIO(b"<a/>"), "a.bpmn"), "key": "1 bad"}
    answer = olu.client.post("/processes/import", data=sent)
    assert answer.status_code == 422
    assert answer.text.count("NET-001") == 2


TIMER = '<bpmn:boundaryEvent id="wait" attachedToRef="x" cancelActivity="false"><bpmn:timerEventDefinition><bpmn:timeDuration>duration("{length}")</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>'


def timed(*events: str) -> definitions.Package:
    """A process whose step has events at it."""
    return package(
        "P",
        process(
            "P", start(), user("x").replace('name="x"', 'name="登记"'), *events, end(), path("begun", "x", "finished")
        ),
    )


def test_what_a_new_event_at_a_step_does_is_told(app: Flask) -> None:
    """An owner who approves reads at which step a timer sits, that it does not end it, and after how long; before there was none of it."""
    g.language = "en"
    found = changes.between(timed(), timed(TIMER.format(length="PT24H")))
    told = {one.what: (changes.shown(one.before, one.what), changes.shown(one.after, one.what)) for one in found}
    assert told["attached_to"] == ("—", "登记")
    assert told["interrupting"] == ("—", "no")
    assert told["timer_kind"] == ("—", "after a duration")
    assert told["timer"] == ("—", 'duration("PT24H")')


def test_what_a_changed_timer_did_before_is_told(app: Flask) -> None:
    """From what time to what time."""
    g.language = "en"
    found = changes.between(timed(TIMER.format(length="PT24H")), timed(TIMER.format(length="PT48H")))
    assert [(one.what, one.before, one.after) for one in found if one.what == "timer"] == [
        ("timer", 'duration("PT24H")', 'duration("PT48H")')
    ]


def test_what_was_not_there_is_not_called_like_the_process(app: Flask) -> None:
    """A second person that nobody had named, and the ends of a new flow, were nothing before; never the name of the process."""
    g.language = "en"
    old = timed()
    text = old.files["P.bpmn"]
    again = text.replace(
        "</bpmn:process>",
        '<bpmn:userTask id="y" name="y"/><bpmn:sequenceFlow id="more" sourceRef="x" targetRef="y"/></bpmn:process>',
    )
    assert {
        one.before for one in changes.between(old, definitions.Package(key="P", files={**old.files, "P.bpmn": again}))
    } == {""}
    assert changes.shown("", "property notBy") == "—"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("extensionElements[1].properties[1].property[approves].name", "how name of the approval is written"),
        ("extensionElements[1].properties[1].property[due].value", "limit"),
        ("extensionElements[1].properties[1].property[colour].value", "colour in the file"),
        ("laneSet[1].lane[a].isImmediate", "a in the file"),
    ],
)
def test_places_in_the_file_are_told_in_words(app: Flask, path: str, said: str) -> None:
    """No path of elements and numbers is shown to an owner."""
    g.language = "en"
    assert changes.fact(f"written {path}") == said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_was_typed_is_shown_as_typed(app: Flask, language: str) -> None:
    """A condition that became false is not “no”; a tick box that became one is."""
    g.language = language
    yes, no = ("是", "否") if language == "zh" else ("yes", "no")
    for fact in ("condition", "parameter amount", "property skippedWhen", "hide", "defaultValue", "cell 结果", ""):
        assert (changes.shown("true", fact), changes.shown("false", fact)) == ("true", "false"), fact
    for fact, values in (("interrupting", "True False"), ("property customerWaits", "true false")):
        assert [changes.shown(value, fact) for value in values.split()] == [yes, no]
    assert changes.shown("None", "interrupting") == "—"
