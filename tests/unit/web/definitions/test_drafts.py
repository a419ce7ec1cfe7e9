"""The editor's contract: what is read, saved, checked and refused as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.unit.engine.ground.test_yaml import BOMB

PROCESSES = Path(__file__).parents[4] / "processes"


@pytest.fixture
def app(desk: Flask) -> Flask:
    """An app over a copy of the office; every request has its own context."""
    return desk


def entered(app: Flask, name: str) -> FlaskClient:
    """A browser in which somebody has logged in."""
    client = app.test_client()
    assert client.post("/login", data={"name": name, "password": f"{name}-reception-desk"}).status_code == 302
    return client


@pytest.fixture
def olu(app: Flask) -> FlaskClient:
    """The process owner's browser."""
    return entered(app, "olu")


def save(client: FlaskClient, files: dict[str, Any], revision: int = 0, key: str = "TS-002") -> Any:
    return client.put(f"/processes/{key}/draft", json={"revision": revision, "files": files})


def test_a_draft_is_opened_from_the_newest_version(olu: FlaskClient) -> None:
    """The editor gets every file of the process before anything is stored."""
    found = olu.get("/processes/TS-002/draft").json
    assert found is not None
    assert (found["base_version"], found["revision"], found["state"], found["problems"]) == (1, 0, "editing", [])
    assert {"TS-002.bpmn", "SUB-001.bpmn", "decisions/cause.dmn", "forms/ts002_receipt.form"} <= found["files"].keys()


def test_what_is_saved_is_there_again(olu: FlaskClient) -> None:
    """A reload loses nothing; who saved it stands beside it."""
    text = olu.get("/processes/TS-002/draft").json["files"]["TS-002.bpmn"].replace("要退现而票据遗失？", "票据在？")  # type: ignore[index]
    saved = save(olu, {"TS-002.bpmn": text}).json
    assert (saved["revision"], saved["saved_by"], saved["problems"]) == (1, "欧璐", [])
    assert olu.get("/processes/TS-002/draft").json["files"]["TS-002.bpmn"] == text  # type: ignore[index]


def test_a_colleagues_work_is_not_overwritten(app: Flask, olu: FlaskClient) -> None:
    """Whoever saves over a revision that is no longer the last is told whose it is."""
    save(olu, {"forms/new.form": "{}"})
    late = save(entered(app, "otto"), {"forms/new.form": "[]"})
    assert late.status_code == 409
    assert late.mimetype == "application/problem+json"
    assert (late.json["code"], late.json["saved_by"], late.json["revision"]) == ("StaleDraft", "欧璐", 1)
    assert late.json["own"] is False
    assert save(olu, {"forms/new.form": "[]"}).json["own"] is True, "another window of one's own"


KEYS = sorted(path.stem for path in PROCESSES.glob("*.bpmn"))
USUAL = ("BATCH-001", "SUB-005", "TS-007")  # begun by time, called, and a caller of several


@pytest.mark.parametrize("key", [pytest.param(key, marks=() if key in USUAL else pytest.mark.long) for key in KEYS])
def test_a_draft_is_saved_as_it_was_opened(olu: FlaskClient, key: str) -> None:
    """Whoever sends every file back unchanged has changed nothing, the files of called processes and forms used by several among them."""
    files = olu.get(f"/processes/{key}/draft").json["files"]  # type: ignore[index]
    saved = save(olu, files, key=key)
    told = [one for one in saved.json["problems"] if one["rule"] != "refused_for_ever"]  # has its own test
    assert (saved.status_code, told) == (200, [])
    assert olu.get(f"/processes/{key}/draft").json["files"] == files  # type: ignore[index]


def test_the_file_of_a_called_process_is_changed_with_that_process(olu: FlaskClient) -> None:
    """It is refused as what it is, beside files that are sent back as they are; nothing of the request is kept."""
    files = olu.get("/processes/TS-006/draft").json["files"]  # type: ignore[index]
    refused = save(olu, {**files, "SUB-001.bpmn": files["SUB-001.bpmn"] + "<!-- -->"}, key="TS-006")
    assert (refused.status_code, refused.json["values"]["why"]) == (422, "of_another_process")
    assert olu.get("/processes/TS-006/draft").json["revision"] == 0  # type: ignore[index]


@pytest.mark.parametrize("name", ["SUB-001.bpmn", "../x.bpmn", "forms/x.py", "TS-002", "forms/sub001_hold.form"])
def test_a_file_of_no_place_is_refused(olu: FlaskClient, name: str) -> None:
    """Neither another process's file nor one outside the package can be written."""
    assert save(olu, {name: "x"}).status_code == 422


def test_the_diagram_cannot_be_taken_out(olu: FlaskClient) -> None:
    """A form can be deleted, the process itself cannot."""
    assert save(olu, {"TS-002.bpmn": None}).status_code == 422
    assert save(olu, {"forms/ts002_receipt.form": None}).status_code == 200


def test_unsaved_content_is_checked(olu: FlaskClient) -> None:
    """A problem names its file and element and reads in the page's language; nothing is stored by asking."""
    text = olu.get("/processes/TS-002/draft").json["files"]["TS-002.bpmn"]  # type: ignore[index]
    broken = text.replace('name="form" value="ts002_receipt"', 'name="form" value="nowhere"')
    found, *later = olu.post("/processes/TS-002/draft/check", json={"files": {"TS-002.bpmn": broken}}).json["problems"]  # type: ignore[index]
    assert (found["file"], found["element"], found["rule"]) == ("TS-002.bpmn", "ask_receipt", "unknown_form")
    assert "nowhere" in found["text"]
    assert {one["rule"] for one in later} == {"names_not_judged", "ways_not_judged"}
    assert olu.get("/processes/TS-002/draft").json["revision"] == 0  # type: ignore[index]


@pytest.mark.parametrize("text", ["", "<", "<a/>", "<!DOCTYPE x><a/>", "\ud800"])
def test_a_diagram_that_cannot_be_read_is_a_problem_not_an_error(olu: FlaskClient, text: str) -> None:
    """Whatever is typed into the file, the answer is a finding or a refusal."""
    body = json.dumps({"files": {"TS-002.bpmn": text}})
    answer = olu.post("/processes/TS-002/draft/check", data=body, content_type="application/json")
    assert answer.status_code in (200, 422)


def test_discarding_begins_anew(olu: FlaskClient) -> None:
    """A draft thrown away leaves the newest version."""
    save(olu, {"forms/new.form": "{}"})
    assert olu.delete("/processes/TS-002/draft").status_code == 204
    assert olu.get("/processes/TS-002/draft").json["revision"] == 0  # type: ignore[index]


@pytest.mark.parametrize(("name", "reads"), [("sam", 200), ("ada", 200), ("cleo", 403), ("nora", 403)])
def test_only_owners_write(app: Flask, name: str, reads: int) -> None:
    """Supervisors and auditors may look at a draft; clerks do not see one before it is published."""
    client = entered(app, name)
    assert client.get("/processes/TS-002/draft").status_code == reads
    assert save(client, {"forms/new.form": "{}"}).status_code == 403
    assert client.delete("/processes/TS-002/draft").status_code == 403


def test_variables_known_at_an_element(olu: FlaskClient) -> None:
    """What a form asked before is known after it, and not before it."""
    query = "/processes/TS-002/draft/variables?file=TS-002.bpmn&element="
    after = {one["name"]: one for one in olu.get(f"{query}pay_cash").json["variables"]}  # type: ignore[index]
    before = {one["name"] for one in olu.get(f"{query}judge_cause").json["variables"]}  # type: ignore[index]
    assert (after["right_delivered"]["from"], after["right_delivered"]["type"]) == ("ask_receipt", "boolean")
    assert "right_delivered" not in before
    assert {"msisdn", "complaint_text", "cause_verified"} <= before


def test_a_form_is_shown_as_the_clerk_will_see_it(olu: FlaskClient) -> None:
    """The preview is the page's own markup, and what somebody typed into a label is text."""
    form = {"components": [{"type": "textfield", "key": "note", "label": "<b>备注</b>"}]}
    html = olu.post("/processes/TS-002/draft/form-preview", json={"form": json.dumps(form)}).json["html"]  # type: ignore[index]
    assert 'name="note"' in html
    assert "&lt;b&gt;" in html
    refused = olu.post("/processes/TS-002/draft/form-preview", json={"form": "{}"})
    assert (refused.status_code, refused.json["problems"][0]["rule"]) == (422, "malformed_form")  # type: ignore[index]


def test_the_difference_names_conditions(olu: FlaskClient) -> None:
    """A changed condition is said with what it was and what it becomes; both diagrams can be fetched."""
    text = olu.get("/processes/TS-002/draft").json["files"]["TS-002.bpmn"]  # type: ignore[index]
    save(olu, {"TS-002.bpmn": text.replace('>repayment_method = "cash"', '>repayment_method != "transfer"')})
    found = olu.get("/processes/TS-002/draft/difference").json
    assert found is not None
    (change,) = found["changes"]
    assert (change["what"], change["before"][:29]) == ("condition", 'repayment_method = "cash" and')
    assert change["after"] in change["text"]
    for address in (found["old_url"], found["new_url"]):
        assert olu.get(address).mimetype == "application/xml"
    assert olu.get(found["old_url"]).data != olu.get(found["new_url"]).data


@pytest.mark.parametrize(("language", "name"), [("zh", "票据在？"), ("en", "Any receipt?")])
def test_a_change_is_told_by_the_names_of_the_draft(olu: FlaskClient, language: str, name: str) -> None:
    """What the owner has just named is called so in the list of changes, before anybody publishes it."""
    olu.post("/language", data={"language": language})
    files = olu.get("/processes/TS-002/draft").json["files"]  # type: ignore[index]
    english = files["translations/TS-002.en.yaml"].replace("Cash wanted, receipt lost?", "Any receipt?")
    drawn = files["TS-002.bpmn"].replace("要退现而票据遗失？", "票据在？")
    save(olu, {"TS-002.bpmn": drawn, "translations/TS-002.en.yaml": english})
    told = olu.get("/processes/TS-002/draft/difference").json["changes"][0]["text"]  # type: ignore[index]
    assert f"“{name}”" in told
    assert f"<span>{name}</span>" in olu.get("/processes/TS-002/publish").text


def test_the_editor_learns_what_there_is_to_choose(olu: FlaskClient) -> None:
    """Service tasks with parameters in both languages, departments, the manual and the functions of FEEL."""
    found = olu.get("/processes/modeler-config").json
    assert found is not None
    (transfer,) = [one for one in found["operators"] if one["topic"] == "prepayment/transfer"]
    assert transfer["parameters"][2] == {"name": "amount", "zh": "转存金额", "en": "Amount", "type": "number", "required": True, "unit": "fen"}  # fmt: skip
    assert {"service_hall"} <= {one["code"] for one in found["departments"]}
    assert {"TS-002.5"} <= {one["id"] for one in found["manual"]}
    assert "textfield" in found["field_types"]
    assert found["functions"]


def rules(answer: TestResponse) -> list[str]:
    """What a saved draft has wrong, by rule."""
    problems: Any = answer.json
    return [problem["rule"] for problem in problems["problems"]]


def test_what_cannot_be_seen_is_drawn_when_a_draft_is_opened(olu: FlaskClient) -> None:
    """A stored draft whose flow lost its picture opens with it drawn, told and not yet stored; what is whole is left alone."""
    found = olu.get("/processes/TS-002/draft").json
    assert found is not None
    assert (found["mended"], found["mendings"]) == ({}, [])
    text = found["files"]["TS-002.bpmn"]
    lost = text.replace('id="flow_cash_di"', 'id="flow_hold_di"', 1)
    assert rules(save(olu, {"TS-002.bpmn": lost})) == ["picture_id_used_twice", "ways_not_judged"]
    opened = olu.get("/processes/TS-002/draft").json
    assert opened is not None
    assert opened["files"]["TS-002.bpmn"] == lost
    assert len(opened["mendings"]) == 1
    assert save(olu, opened["mended"], revision=1).json["problems"] == []


def test_a_draft_without_a_drawing_is_opened_with_one(olu: FlaskClient) -> None:
    """Whatever wrote it, the owner sees all of it."""
    text = olu.get("/processes/TS-002/draft").json["files"]["TS-002.bpmn"]  # type: ignore[index]
    bare = text[: text.index("<bpmndi:BPMNDiagram")] + text[text.index("</bpmn:definitions>") :]
    assert rules(save(olu, {"TS-002.bpmn": bare})) == ["no_picture", "ways_not_judged"]
    opened = olu.get("/processes/TS-002/draft").json
    assert opened is not None
    assert opened["mendings"] == ["文件里没有图，已画好，可以随意调整位置。"]
    assert save(olu, opened["mended"], revision=1).json["problems"] == []


NO_FORM = "forms/ts002_receipt.form"
BEYOND = {
    "a catalogue of aliases": ({"translations/TS-002.en.yaml": BOMB}, "malformed_catalogue"),
    "a diagram of five thousand steps": ({"TS-002.bpmn": "{steps}"}, "malformed_xml"),
    "a diagram a hundred levels deep": ({"TS-002.bpmn": "<a>" * 200 + "</a>" * 200}, "malformed_xml"),
    "a form of a million brackets": ({NO_FORM: "[" * 900_000}, "malformed_form"),
    "a form of thousands of choices": ({NO_FORM: "{choices}"}, "too_many_options"),
    "a form of thousands of fields": ({NO_FORM: "{fields}"}, "too_many_components"),
    "a table of a million cells": ({"decisions/cause.dmn": "{cells}"}, "too_many"),
    "findings without end": ({"TS-002.bpmn": "{loose}"}, "more_findings"),
}


def beyond(text: str, drawn: str) -> str:
    """Files too long to be written out."""
    start, end = drawn.index("<bpmn:startEvent"), drawn.index("</bpmn:process>")
    steps = [f'<bpmn:userTask id="x{n}" name="x"/>' for n in range(5_000)]
    choices = [{"value": str(n), "label": "x"} for n in range(5_000)]
    made = {
        "{steps}": drawn[:start] + "".join(steps) + drawn[start:],
        "{loose}": drawn[:start] + "".join(steps[:300]) + drawn[end:],
        "{choices}": json.dumps({"components": [{"type": "select", "key": "a", "values": choices}]}),
        "{fields}": json.dumps({"components": [{"type": "textfield", "key": f"a{n}"} for n in range(5_000)]}),
        "{cells}": f'<definitions><decision id="cause"><decisionTable>{"<output/>" * 150}{"<rule/>" * 1_500}</decisionTable></decision></definitions>',
    }
    return made.get(text, text)


@pytest.mark.parametrize("kind", BEYOND)
def test_a_draft_beyond_a_limit_opens_with_that_as_its_problem(olu: FlaskClient, kind: str) -> None:
    """Whoever brought it in can see what is wrong and take it out again, on every page of the draft, and none of them is large."""
    drawn = (PROCESSES / "TS-002.bpmn").read_text(encoding="utf-8")
    files, rule = BEYOND[kind]
    assert save(olu, {name: beyond(text, drawn) for name, text in files.items()}).status_code == 200
    found = olu.get("/processes/TS-002/draft").json
    assert found is not None
    assert rule in [one["rule"] for one in found["problems"]]
    assert len(found["problems"]) <= 201
    for page in ("publish", "try", "edit", "draft/difference", "draft/variables"):
        answer = olu.get(f"/processes/TS-002/{page}")
        assert (answer.status_code, len(answer.data) < 6_000_000) == (200, True), page
