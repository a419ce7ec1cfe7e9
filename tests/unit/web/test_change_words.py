"""What a draft changes, in the words of the reader: no ids, no words of files, no true and false."""

from __future__ import annotations

import io

import pytest
from flask import Flask, g

import engine
from tests.drawing import end, package, path, process, start, user
from tests.visitors import Visitor
from web.queries import changes

GATEWAY = '<bpmn:{kind} id="exclusive_gateway_1"/>'
FORM = '{{"components": [{{"key": "way", "type": "textfield", "label": "方式", "properties": {{"label_en": "The way", {more}}}}}]}}'


def content(kind: str, more: str) -> engine.Package:
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
            "parallel gateway after “Take it in”",
            "kind was gateway, now parallel gateway",
            "personal was no, now yes",
        ),
        ("zh", "“登记”之后的并行网关", "网关", "个人信息"),
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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_files_are_headed_by_what_they_are(app: Flask, language: str) -> None:
    """Diagram, form, table and English names; a path says nothing to an owner."""
    g.language = language
    for file in ("P.bpmn", "forms/f.form", "decisions/d.dmn", "translations/P.en.yaml"):
        assert "/" not in changes.sheet(file)
        assert "." not in changes.sheet(file)


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
