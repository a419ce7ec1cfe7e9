"""Whatever is refused by right or by four eyes is in the stream of whoever tried it, on pages and in the API alike: who, when, what, why."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

import engine
from engine import record
from office import guesses, tokens, verification
from tests.support.furnishing import EXPLAINED, begin, open_tasks
from tests.support.visitors import Caller, Visitor


def recorded(desk: Flask, user: str) -> list[Any]:
    """What stands in a person's stream, without when."""
    with desk.app_context():
        return [step for entry in record.read_history("user", user) for step in entry.steps]


def refusals(desk: Flask, user: str) -> list[Any]:
    """What of it they were refused."""
    return [step for step in recorded(desk, user) if step["type"] == "act_refused"]


def case_at(desk: Flask) -> tuple[str, int, str]:
    """A case that has begun: its number, its step, and a token of Nora, who has nothing to do with it."""
    with desk.app_context():
        number = begin("13900000201", process="TS-002")
        return number, open_tasks(number)[0], tokens.create("nora", at=engine.now())


def test_a_forced_act_leaves_who_what_and_why(desk: Flask) -> None:
    """A colleague's step, an export with personal data, a page of another role, an intake: each names its case, nothing that was typed."""
    number, task, token = case_at(desk)
    sam, ada, nora = Visitor(desk, "sam"), Visitor(desk, "ada"), Visitor(desk, "nora")
    program = Caller(desk.test_client(), token)
    answers = [
        sam.get(f"/cases/{number}/history.json?personal=1").status,
        ada.post(f"/tasks/{task}/completion", **EXPLAINED).status,
        ada.post("/intake", msisdn="13900000201", remark="13912345678").status,
        nora.get("/audit").status,
        nora.get(f"/cases/{number}/history.csv").status,
        program.post(f"/tasks/{task}/claim", {}).status_code,
    ]
    assert answers == [403] * len(answers)
    assert refusals(desk, "sam") == [
        {"type": "act_refused", "what": "audit.history", "why": "RoleMissing", "case": number, "personal": True}
    ]
    assert [(step["what"], step.get("case"), step.get("number")) for step in refusals(desk, "ada")] == [
        ("tasklist.complete", number, None),
        ("intake.accept", None, "139****0201"),
    ]
    assert [step["what"] for step in refusals(desk, "nora")] == ["audit.overview", "audit.history", "api.TaskClaim"]
    said = str([recorded(desk, user) for user in ("sam", "ada", "nora")])
    assert ("13912345678" in said, "13900000201" in said) == (False, False)


def test_twenty_of_a_kind_within_the_hour_and_one_kind_hides_no_other(desk: Flask) -> None:
    """A script that knocks again and again fills nobody's stream, and the last one says that more are left out."""
    nora = Visitor(desk, "nora")
    for _time in range(22):
        nora.get("/audit")
    nora.get("/supervision")
    steps = refusals(desk, "nora")
    assert [step["what"] for step in steps] == ["audit.overview"] * 20 + ["supervision.board"]
    assert [number for number, step in enumerate(steps, 1) if step.get("last")] == [20]


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "想导出案件记录，被拒绝"), ("en", "wanted to take the history of a case away")]
)
def test_the_auditor_finds_it_among_the_refusals(desk: Flask, language: str, words: str) -> None:
    """By the kind and by the day; another day and another kind have it not."""
    number, _task, _token = case_at(desk)
    Visitor(desk, "sam").get(f"/cases/{number}/history.json?personal=1")
    ada, today = Visitor(desk, "ada", language=language), f"{engine.now():%Y-%m-%d}"
    page = ada.get(f"/audit/people?show=refusals&from={today}").text
    assert (words in page, number in page) == (True, True)
    assert words not in ada.get("/audit/people?show=refusals&to=2020-01-01").text
    assert words not in ada.get("/audit/people?show=looks").text


def test_names_of_nobody_at_the_log_in_are_recorded(desk: Flask) -> None:
    """As a mark and never as it was typed, which may be a password; at most twenty for an address and hour."""
    with desk.app_context():
        for _time in range(21):
            guesses.note("13912345678", "10.0.0.1", at=engine.now(), works_here=False)
        guesses.note("root", "10.0.0.2", at=engine.now(), works_here=False)
    steps = recorded(desk, engine.SYSTEM.user)
    assert [step["address"] for step in steps] == ["10.0.0.1"] * 20 + ["10.0.0.2"]
    assert (len({step["mark"] for step in steps}), any("13912345678" in str(step) for step in steps)) == (2, False)
    assert "10.0.0.2" in Visitor(desk, "ada").get("/audit/people?show=logins&person=system").text


def test_the_last_verification_of_the_office_is_on_the_audit_page(desk: Flask) -> None:
    """When it was and with which result, for those who have no shell on the server; before the first it says that there is none."""
    ada = Visitor(desk, "ada", language="en")
    assert "No verification of the whole office is in the record yet." in ada.get("/audit").text
    with desk.app_context():
        assert verification.record_run(3, 20, 0, engine.now())
    assert "3 cases, 20 entries, no contradiction" in ada.get("/audit").text
    with desk.app_context():
        assert verification.record_run(3, 20, 2, engine.now())
    assert "contradictions: 2" in ada.get("/audit").text
    with desk.app_context():
        assert verification.verify_office() == []
