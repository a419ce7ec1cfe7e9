"""What a case says was suggested is what the intake showed: a process only where the desk was sure of one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from models.base import session
from models.complaint import Complaint
from office import intake
from tests.support.furnishing import JUDGED, begin, complete, open_tasks
from tests.support.visitors import Visitor
from web.telling import code_texts, refusals, suggestions

SENT = {"action": "accept", "msisdn": "13900000204", "channel": "counter"}
SERVICE_TASKS = Path(__file__).parents[4] / "service_tasks"


def taken_in(desk: Flask, **typed: str) -> tuple[str, str]:
    """The text of a fresh case's page and of its replay, in English."""
    cleo = Visitor(desk, "cleo")
    cleo.post("/language/en")
    assert cleo.post("/intake", **SENT, **typed).status == 302
    with desk.app_context():
        number = session().scalars(select(Complaint.case_number)).one()
    return _said(cleo, f"/cases/{number}"), _said(Visitor(desk, "ada"), f"/cases/{number}/replay")


def _said(visitor: Visitor, address: str) -> str:
    visitor.post("/language/en")
    page = visitor.get(address)
    assert page.status == 200
    return " ".join(page.tree.text_content().split())


def test_nothing_recognised_is_no_suggestion(desk: Flask) -> None:
    """Neither the case nor its timeline nor its replay names a process with 0 %."""
    for said in taken_in(desk, text="收费不对", process="on_the_spot"):
        assert "nothing was recognised" in said
        assert not re.search(r"\b0 %|Confidence 0\b", said)


def test_what_was_not_sure_was_not_suggested(desk: Flask) -> None:
    """Below half the likeliest are named as what they were: shown for choice."""
    for said in taken_in(desk, text="多收了话费", process="TS-002"):
        assert "not sure enough to suggest one; most likely were: " in said


def test_what_was_sure_is_named(desk: Flask) -> None:
    """The process that was ticked stands there with how sure the desk was."""
    for said in taken_in(desk, text="多收了月租费", process="TS-001"):
        assert re.search(r"Suggested.{0,80} · [5-9]\d %", said)


def test_reasons_are_told_in_the_language_of_the_page(desk: Flask) -> None:
    """What was recorded as a code is worded where it is read: at the intake and in the replay, in either language."""
    typed = {"msisdn": "13900000204", "text": "多收了月租费"}
    english = Visitor(desk, "cleo", "en").post("/intake/suggestion", **typed).tree.text_content()
    assert re.search("The customer says “月租”, which points to “Charge dispute", english)
    cleo = Visitor(desk, "cleo")
    cleo.post("/language/zh")
    chinese = cleo.post("/intake/suggestion", **typed).tree.text_content()
    assert re.search("客户提到“月租”，指向“", chinese)
    _, replayed = taken_in(desk, text="多收了月租费", process="TS-001")
    assert "The customer says “月租”, which points to “" in replayed


@pytest.mark.parametrize("kind", suggestions.FACTS)
def test_every_reason_has_its_words(desk: Flask, kind: str) -> None:
    """One thing is no several things, and nothing of the sentence is missing in Chinese."""
    with desk.test_request_context(headers={"Accept-Language": "en"}):
        one, two = (suggestions.reason({"process": "TS-001", "kind": kind, "points": 3, "count": n}) for n in (1, 2))
    assert one.startswith(("1 ", "The"))
    assert one != two or kind in ("word", "own_balance")
    assert not re.search(r"^1 \w+s ", one)
    with desk.test_request_context(headers={"Accept-Language": "zh"}):
        chinese = suggestions.reason({"process": "TS-001", "kind": kind, "points": 3, "count": 2})
    assert re.search("，指向“[^“”A-Za-z0-9]+”$", chinese)
    assert not re.search("[a-z]{3}", chinese)


def test_reasons_of_earlier_versions_stay_readable(desk: Flask) -> None:
    """They were recorded as sentences in both languages, and records do not change."""
    kept = {"process": "TS-001", "kind": "word", "points": 3, "text": "客户提到", "text_en": "The customer says"}
    for language, text in (("en", "The customer says"), ("zh", "客户提到")):
        with desk.test_request_context(headers={"Accept-Language": language}):
            assert suggestions.reason(kept) == code_texts.reason_text(kept) == text


@pytest.mark.parametrize("file", sorted(SERVICE_TASKS.rglob("*.py")), ids=lambda one: one.stem)
def test_kinds_and_causes_of_service_tasks_have_words(file: Path) -> None:
    """What a service task gives as kind, cause or reason is no raw code on a page."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Record":
            found.add(ast.literal_eval(node.args[1]))
        elif isinstance(node, ast.Dict):
            found |= {
                value.value
                for name, value in zip(node.keys, node.values, strict=True)
                if isinstance(name, ast.Constant)
                and name.value in ("kind", "cause", "reason")
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            }
    assert found <= {*code_texts.CODES, *refusals.SENTENCES, ""}


def test_a_case_shows_the_amount_it_knows_by_now(desk: Flask) -> None:
    """What a step entered after the intake stands there with the step it comes from; the task says how to read all earlier steps."""
    with desk.app_context():
        number = begin("13900000202")
        complete(open_tasks(number)[0], {**JUDGED, "disputed_amount": "66.00"})
        task = open_tasks(number)[0]
    cleo = Visitor(desk, "cleo", "en")
    facts = cleo.get(f"/cases/{number}").tree.xpath("//dt[text()='Disputed amount']/../dd")
    assert re.search(r"66\.00.*entered at “.+”", " ".join(facts[0].text_content().split()))
    page = cleo.get(f"/tasks/{task}")
    assert re.search(r"The newest \d steps? (is|are) shown\.", page.text)
    assert page.tree.xpath(f"//main//a[@href='/cases/{number}'][text()='All steps of the case']")


@pytest.mark.parametrize(
    ("text", "process"),
    [
        ("Border roaming! I never left Zhuhai", "TS-005"),
        ("The direct debit failed and there is a LATE FEE", "TS-008"),
        ("Monternet information fees of a website", "TS-006"),
        ("I paid at the bank and it was not posted", "SUB-006"),
        ("Ultra-short call charges that never connected", "TS-007"),
        ("My bill shows a service I did not order, this charge is wrong", "TS-001"),
        ("I want my money back, I have the receipt", "TS-002"),
    ],
)
def test_english_words_point_to_a_process_as_chinese_ones_do(desk: Flask, text: str, process: str) -> None:
    """A complaint written down in English is suggested the same process, whatever its capitals."""
    with desk.app_context():
        suggestion = intake.suggest(text, "13900000209", engine.now())
    assert suggestion.evidence[0]["process"] == suggestion.process == process
    assert suggestion.is_sure
