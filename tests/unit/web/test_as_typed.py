"""Numbers, amounts and days as people type them: understood or refused at their field, on every page and by the API, never cut."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

import engine
from engine import language
from engine.language.calendar import Calendar
from office import intake
from service_tasks.zone import ZONE
from tests.support.actors import CLEO
from tests.support.furnishing import open_tasks
from tests.support.population import PROCESSES
from tests.support.visitors import Visitor

TO_COME = {"ask_again_on", "follow_by", "improvement_by"}
SCOPE = language.feel.Scope(engine.now(), Calendar(frozenset(), frozenset()))

TAKEN = {
    "action": "accept",
    "text": "多收了话费",
    "channel": "counter",
    "process": "TS-002",
    "overrule_reason": "客户要求",
}


@pytest.mark.parametrize(
    "typed", ["139 0000 0202", "+86 13900000202", "8613900000202", "139-0000-0202", "１３９00000202"]
)
def test_a_number_is_understood_at_the_intake_and_in_every_search(desk: Flask, typed: str) -> None:
    """What is pasted out of another program finds the customer as the eleven digits do."""
    cleo = Visitor(desk, "cleo")
    assert cleo.post("/intake", **TAKEN, msisdn=typed, disputed_amount="¥58。00").status == 302
    for address in ("/cases", "/tasks"):
        assert "AJ-" in cleo.get(address, text=typed).text
    assert cleo.get("/customers", msisdn=typed).text.count("desk-figures") == 1


@pytest.mark.parametrize("typed", ["1234567890123", "1390000020", "139000002022"])
def test_what_is_no_mobile_number_is_told(desk: Flask, typed: str) -> None:
    """It is neither cut to eleven digits nor answered with an empty list as if nobody had complained."""
    cleo = Visitor(desk, "cleo")
    refused = cleo.post("/intake", **TAKEN, msisdn=typed)
    assert (refused.status, refused.typed("msisdn")) == (422, typed)
    assert "手机号码为 11 位" in refused.text
    assert "不是手机号码" in cleo.get("/cases", text=typed).text
    assert "不是手机号码" in cleo.get("/tasks", text=typed).text
    assert "手机号码为 11 位" in cleo.get("/customers", msisdn=typed).text


@pytest.mark.parametrize("typed", ["58,00", "5²", "1e3", "--5", "1,00"])
def test_an_amount_that_can_be_read_in_two_ways_is_refused(desk: Flask, typed: str) -> None:
    """A comma in the wrong place is not fifty-eight hundred."""
    refused = Visitor(desk, "cleo").post("/intake", **TAKEN, msisdn="13900000202", disputed_amount=typed)
    assert (refused.status, refused.typed("disputed_amount")) == (422, typed)


def test_days_in_the_wrong_order_are_told_at_the_filter(desk: Flask) -> None:
    """From after to is refused in words, and days written with slashes are days."""
    cleo = Visitor(desk, "cleo")
    assert cleo.get("/cases", **{"from": "2026/11/02", "to": "20261103"}).status == 200
    wrong = cleo.get("/cases", **{"from": "2026/11/04", "to": "2026-11-03"})
    assert (wrong.status, "2026-11-03" in wrong.text) == (422, True)


def test_nothing_cuts_what_is_pasted(desk: Flask) -> None:
    """A field that takes the first eleven characters of thirteen takes another number."""
    cleo = Visitor(desk, "cleo")
    for address in ("/intake", "/customers", "/login"):
        assert re.search("maxlength", cleo.get(address).text, re.IGNORECASE) is None


def first_task(desk: Flask, process: str) -> int:
    """The first task of a case that has just been taken in."""
    with desk.app_context():
        taken = intake.Intake(
            msisdn="13900000202", text="多收了话费", channel="counter", process=process, overrule_reason="客户要求"
        )
        return open_tasks(intake.accept(taken, by=CLEO, at=engine.now()))[0]


@pytest.mark.parametrize(
    ("process", "field"),
    [
        ("TS-006", "event_on"),
        ("TS-007", "call_since"),
        ("TS-007", "call_until"),
        ("TS-008", "mandated_on"),
    ],
)
def test_a_day_that_can_only_be_past_is_not_one_to_come(desk: Flask, process: str, field: str) -> None:
    """A call, a mandate or a change of tomorrow is refused at its field; one of today is not."""
    today = engine.now().astimezone(ZONE).date()
    place, cleo = f"/tasks/{first_task(desk, process)}/completion", Visitor(desk, "cleo", "zh")
    told = [cleo.post(place, number_event="cancelled", **{field: str(today + timedelta(days=days))}) for days in (1, 0)]
    assert [(page.status, f"不得晚于 {today}" in page.beside(field)) for page in told] == [(422, True), (422, False)]


def test_every_day_a_form_asks_for_is_past() -> None:
    """All the days of the manual's forms are those of calls, mandates and changes that customers complain of; an improvement, what is followed up and when it is asked again are to come."""
    asked = [
        (field.key, *(field.expressions[name].text if name in field.expressions else "" for name in ("min", "max")))
        for file in sorted((PROCESSES / "forms").glob("*.form"))
        for field in language.forms.Form.parse(file.read_bytes()).inputs
        if field.type == "datetime"
    ]
    assert {key for key, *_ in asked if key in TO_COME} == TO_COME
    assert {(least, most) for key, least, most in asked if key in TO_COME} == {("today()", "")}
    assert {most for key, _, most in asked if key not in TO_COME} == {"today()"}


@pytest.mark.parametrize(("typed", "right"), [("abc¥", False), ("abc", False), ("6222 0000-0000 0000 001", True)])
def test_an_account_is_digits(desk: Flask, typed: str, right: bool) -> None:
    """Nothing else is taken for the number of an account, however its digits are grouped."""
    task = first_task(desk, "TS-008")
    page = Visitor(desk, "cleo").post(f"/tasks/{task}/completion", account=typed)
    assert (page.status, page.beside("account") == "") == (422, right)


def test_what_one_step_takes_the_next_one_takes() -> None:
    """An account is kept in one way in every form, and what stands in a field before anybody typed is in that way too."""
    forms = [*PROCESSES.glob("forms/*.form")]
    asked = [one for form in forms for one in language.Form.parse(form.read_text()).inputs if one.key == "account"]
    assert {one.written for one in asked} == {"account"}
    grouped = {"account": "62220200-00000000801", "mandate": {"account": "6222 0200-00000000801"}}
    for form in (language.Form.parse(one.read_text()) for one in forms if one.stem.startswith("ts008_")):
        stands = form.prefill(grouped, SCOPE).get("account")
        assert stands in (None, "6222020000000000801"), form.id


@pytest.mark.parametrize(
    ("first", "second", "same"), [("孙 敏", "孙敏", True), ("ＬＩ Lei", "li lei", True), ("孙敏", "孙明", False)]
)
def test_a_name_is_one_however_it_is_written(first: str, second: str, same: bool) -> None:
    """Blanks, width and case make nobody somebody else."""
    assert (language.written.name(first) == language.written.name(second)) is same


def test_the_number_of_a_paper_is_read_in_any_case() -> None:
    """A receipt, a proof and a card are printed in capital letters; a PIN is kept as it is typed."""
    kinds = {
        one.key: one.written
        for form in PROCESSES.glob("forms/*.form")
        for one in language.Form.parse(form.read_text()).inputs
    }
    papers = ("receipt_number", "serial", "new_serial", "proof_reference")
    assert {kinds[key] for key in papers} == {"paper"}
    assert (language.written.KINDS["paper"].read("sj- 0201"), kinds["pin"]) == ("SJ-0201", "code")


@pytest.mark.parametrize("typed", ["abc¥", "收据一", "a/b"])
def test_a_code_is_letters_digits_and_hyphens(typed: str) -> None:
    """What a form says to hold a code holds no other signs."""
    assert language.written.KINDS["code"].read(typed) is None
    assert language.written.KINDS["code"].read("SJ-02 01") == "SJ-0201"
