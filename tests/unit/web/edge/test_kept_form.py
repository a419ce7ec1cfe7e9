"""Going back to a page and loading it again ask for a page, never for a form to be sent once more; a refused form stands there with its reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, url_for

import engine
from engine import cases, language
from office import intake, notices
from tests.support.actors import CLEO
from tests.support.furnishing import CASH, open_tasks
from tests.support.visitors import Page, Visitor
from web.edge import kept_form, unsent_forms

pytestmark = pytest.mark.slow
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
TAKEN = intake.Intake(
    msisdn="13900000202", text="上月多收了彩铃费", channel="counter", process="TS-002", overrule_reason="客户要求"
)
NUMBER = "13900000202"


@pytest.fixture
def case(desk: Flask) -> str:
    """A case at its first step."""
    with desk.app_context():
        return intake.accept(TAKEN, by=CLEO, at=engine.now())


def sent(visitor: Visitor, path: str, **form: Any) -> str:
    """The page that a browser is led to by a form that cannot be taken."""
    answer = visitor.client.post(path, data=form, headers=BROWSER)
    assert answer.status_code == 303
    return str(answer.location)


def twice(visitor: Visitor, path: str) -> Page:
    """The page as it stands when it is loaded a second time."""
    page, again = visitor.get(path), visitor.get(path)
    assert (page.status, page.summary) == (200, again.summary)
    return again


def test_every_form_that_is_kept_has_its_page(app: Flask) -> None:
    """The address at which it stands again exists."""
    given = {"task_id": 1, "number": "AJ-1", "key": "TS-001", "keys": "TS-001,TS-002", "version": 1}
    with app.test_request_context():
        for endpoint, page in unsent_forms.PAGES.items():
            (rule,) = app.url_map.iter_rules(endpoint)
            path = page(**{name: given[name] for name in rule.arguments})
            assert app.url_map.bind("").match(path.partition("?")[0], method="GET")
            assert url_for(endpoint, **{name: given[name] for name in rule.arguments})


def test_a_refused_step_is_a_page_to_come_back_to(desk: Flask, case: str) -> None:
    """What was typed stands there with every reason, however often it is loaded; once it is taken, nothing is kept of it."""
    with desk.app_context():
        (task,) = open_tasks(case)
    cleo, path = Visitor(desk, "cleo"), f"/tasks/{task}"
    typed = {"finding": "charge_right", "finding_note": "", "disputed_amount": "-5"}
    assert sent(cleo, f"{path}/completion", **typed) == path
    page = twice(cleo, path)
    assert set(page.summary) == {"#field-finding_note", "#field-disputed_amount"}
    assert page.typed("disputed_amount") == "-5"
    right = {**typed, "finding_note": "核实无误", "disputed_amount": "5", "unsent": page.typed("unsent")}
    assert cleo.client.post(f"{path}/completion", data=right, headers=BROWSER).status_code == 302
    assert "没有被接受" not in cleo.get(f"/cases/{case}").text


def test_a_refusal_keeps_its_way_round(desk: Flask) -> None:
    """The button that records it stands on the page that is loaded again, and takes the case on."""
    with desk.app_context():
        case = intake.accept(replace(TAKEN, msisdn="13900000201"), by=CLEO, at=engine.now())  # whose bill is paid
        (task,) = open_tasks(case)
        staff = {"finding": "staff", "error_kind": "wrong_order", "responsible_person": "李", "finding_note": "有"}
        done = cases.complete(task, form={**staff, "disputed_amount": "8"}, by=CLEO, at=engine.now())
        done = cases.complete(done.user_task_ids[0], form=CASH, by=CLEO, at=engine.now())
    cleo, path = Visitor(desk, "cleo"), f"/tasks/{done.user_task_ids[0]}"
    paid = {"receipt_number": "XX-1", "refund_amount": "89", "receipt_taken_back": "yes", "customer_signed": "yes"}
    sent(cleo, f"{path}/completion", **paid)
    page = twice(cleo, path)
    assert set(page.summary) == {"#field-receipt_number", "#field-refund_amount"}
    codes = {"despite": "receipt_unknown,exceeds_disputed"}
    assert page.tree.xpath("//button[@name='despite' and @value='receipt_unknown,exceeds_disputed']")
    assert cleo.client.post(f"{path}/completion", data={**paid, **codes}, headers=BROWSER).status_code == 302
    asked_again = cleo.get(f"/tasks/of/{case}")
    assert asked_again.title == "询问票据和退款"
    assert asked_again.typed("receipt_given_back") is not None


def test_a_refused_complaint_is_a_page_to_come_back_to(desk: Flask) -> None:
    """So is one that was only looked up."""
    cleo = Visitor(desk, "cleo")
    assert sent(cleo, "/intake", action="look_up", msisdn=NUMBER, text="", channel="counter") == "/intake"
    assert twice(cleo, "/intake").typed("msisdn") == NUMBER
    sent(cleo, "/intake", action="accept", msisdn="1", text="", channel="counter", disputed_amount="58,00")
    page = twice(cleo, "/intake")
    assert {"#field-msisdn", "#field-text", "#field-disputed_amount"} <= set(page.summary)
    assert page.typed("disputed_amount") == "58,00"


@pytest.mark.parametrize(("verb", "field"), [("comments", "text"), ("interim-replies", "told")])
def test_a_refused_word_at_a_case_is_a_page_to_come_back_to(desk: Flask, case: str, verb: str, field: str) -> None:
    """With the text, however long it is."""
    cleo = Visitor(desk, "cleo")
    place = sent(cleo, f"/cases/{case}/{verb}", **{field: "长" * 3_000})
    page = twice(cleo, place)
    assert set(page.summary) == {f"#field-{field}"}
    assert page.typed(field) == "长" * 3_000


def test_a_refused_request_for_more_time_is_a_page_to_come_back_to(desk: Flask, case: str) -> None:
    """With its day and its reason."""
    cleo = Visitor(desk, "cleo")
    place = sent(cleo, f"/cases/{case}/extensions", extend_until="2026-01-01", extend_reason="长" * 3_000)
    page = twice(cleo, place)
    assert set(page.summary) == {"#field-extend_until", "#field-extend_reason"}
    assert (page.typed("extend_until"), page.typed("extend_reason")) == ("2026-01-01", "长" * 3_000)


def test_a_refusal_is_no_alarm_after_something_else_was_done(desk: Flask, case: str) -> None:
    """The page that answers it says so; later it stands beside its fields alone, and on no other tab: neither under a raw name nor as what was just sent."""
    cleo = Visitor(desk, "cleo")
    place = sent(cleo, f"/cases/{case}/extensions", extend_until="2026-01-01", extend_reason="忙", unsent_id="mine")
    assert set(twice(cleo, place).summary) == {"#field-extend_until"}
    cleo.post(f"/cases/{case}/tries", try_channel="telephone")
    later = cleo.get(f"/cases/{case}", tab="acts")
    assert (later.summary, later.typed("extend_reason")) == (type(later.summary)(), "忙")
    assert later.tree.xpath("//*[@id='error-extend_until']")
    assert not cleo.get(f"/cases/{case}", tab="messages").summary
    assert not cleo.get(f"{place}&tab=messages" if "tab" not in place else place.replace("acts", "messages")).summary


def test_what_hangs_on_the_case_is_told_without_a_raw_name(desk: Flask, case: str) -> None:
    """A refusal that is of no field is told as a sentence, once, and not again when the case may have gone on."""
    cleo = Visitor(desk, "cleo")
    asked = {"extend_until": _in_days(desk, 3), "extend_reason": "忙"}
    assert cleo.client.post(f"/cases/{case}/extensions", data=asked, headers=BROWSER).status_code == 302
    place = sent(cleo, f"/cases/{case}/extensions", **asked, unsent_id="again")
    errors = cleo.get(place).tree.xpath("//*[contains(@class, 'desk-errors')]")
    assert errors
    assert "case" not in errors[0].text_content()
    assert not cleo.get(f"/cases/{case}", tab="acts").tree.xpath("//*[contains(@class, 'desk-errors')]")


def _in_days(desk: Flask, days: int) -> str:
    with desk.app_context():
        return (engine.now() + timedelta(days=days)).date().isoformat()


def test_a_refused_notice_is_a_page_to_come_back_to(desk: Flask) -> None:
    """And is sent once it is right."""
    sam = Visitor(desk, "sam")
    page = twice(sam, sent(sam, "/notices", text="长" * 2_000))
    assert set(page.summary) == {"#field-text"}
    answer = sam.client.post("/notices", data={"text": "统一口径", "unsent": page.typed("unsent")}, headers=BROWSER)
    assert answer.status_code == 302
    with desk.app_context():
        assert notices.unconfirmed("sam")
    assert sam.get("/notices").typed("text") == ""


def test_a_program_reads_the_refusal_itself(desk: Flask, case: str) -> None:
    """Whoever does not ask for a page is answered as before."""
    with desk.app_context():
        (task,) = open_tasks(case)
    assert Visitor(desk, "cleo").post(f"/tasks/{task}/completion", finding="").status == 422


@pytest.mark.parametrize(
    ("path", "page"),
    [("/login", "/login?next=/cases"), ("/tasks/999999/completion", "/tasks/999999"), ("/import", "/")],
)
def test_what_answers_a_form_names_the_page_to_come_back_to(desk: Flask, path: str, page: str) -> None:
    """A page that is an answer says which one stands in its place in the history of the browser."""
    visitor = Visitor(desk, "" if path == "/login" else "cleo")
    answer = visitor.post(path, name="nobody", password="x", next="/cases")
    assert answer.status >= 400
    assert answer.tree.xpath("//body/@data-page") == [page]


def test_a_reason_with_a_day_is_told_again(desk: Flask) -> None:
    """A limit that is a day stays one while the form is kept."""
    reason = language.Reason("max", {"limit": engine.now().date()})
    assert kept_form.read(kept_form.written(reason.values)) == reason.values
