"""Trying a draft: a case is stepped through on it with real forms and time at will, and the office never hears of it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from flask import Flask
from lxml import html

from engine.runtime.permissions import FourEyesViolation
from tests.support.visitors import Page, Visitor, contents
from web.definitions.queries import trial_standing

pytestmark = pytest.mark.slow
TRY = "/processes/TS-002/try"
CASH = "预付金退现"
JUDGED = {
    "finding": "staff",
    "error_kind": "wrong_order",
    "responsible_person": "李某",
    "finding_note": "底单与录入不符",
    "disputed_amount": "50.00",
}
RECEIPT = {
    "disputed_lines": "payment:SJ-1 50.00 客户只要求一部分",
    "right_delivered": "no",
    "refund_kind": "prepayment",
    "receipt_held": "yes",
    "repayment_method": "cash",
}


class Owner(Visitor):
    """An owner in the middle of a try."""

    so_far = ""

    def begin(self, **values: Any) -> Page:
        return self._followed(self.client.post(TRY, data={"scenario": CASH, **values}))

    def step(self, **asked: Any) -> Page:
        given = {name.replace("try_", "try-"): value for name, value in asked.items()}
        return self._followed(self.client.post(f"{TRY}/step", data={"try-so-far": self.so_far, **given}))

    def _followed(self, answer: Any) -> Page:
        page = Page(self.client.get(answer.location)) if answer.status_code == 302 else Page(answer)
        found = page.tree.xpath("//input[@name='try-so-far']/@value")
        self.so_far = found[0] if found else ""
        return page


@pytest.fixture
def olu(desk: Flask) -> Owner:
    """The process owner."""
    return Owner(desk, "olu")


def test_a_try_goes_its_way_and_leaves_nothing(desk: Flask, olu: Owner) -> None:
    """Two steps with their forms lead to the third, money moves on the page, and every table of the office is as before."""
    before = contents(desk)
    assert olu.begin().title == "判断投诉原因"
    assert olu.step(try_task="judge_cause", **JUDGED).title == "询问票据和退款"
    assert olu.step(try_task="ask_receipt", **RECEIPT).title == "收票据并确认金额"
    paid = olu.step(try_agreed="yes")
    assert "13900000001 预付金" in paid.text
    assert contents(desk) == before


def test_a_form_says_what_is_wrong_with_it(olu: Owner) -> None:
    """The real form with its real rules: an amount that is none is marked, what was typed stays, and nothing was done."""
    olu.begin()
    page = olu.step(try_task="judge_cause", **{**JUDGED, "disputed_amount": "much"})
    assert (page.status, page.typed("disputed_amount")) == (422, "much")
    assert page.beside("disputed_amount")
    assert "已做 0 步" in page.text


def test_fields_come_with_a_choice(olu: Owner) -> None:
    """What a choice asks for appears in a try as it does at work."""
    olu.begin()
    shown = olu.post(f"{TRY}/fields", **{"try-so-far": olu.so_far, "try-task": "judge_cause", "finding": "staff"})
    assert shown.tree.xpath("//*[@name='responsible_person']")


def test_time_passes_at_will(olu: Owner) -> None:
    """A day later the clock of the try says so, and a limit that has passed is shown as late."""
    olu.begin(at="2026-03-05T09:30")
    olu.step(try_task="judge_cause", **JUDGED)
    assert "限 2026-03-05" in olu.step(try_task="ask_receipt", **RECEIPT).text
    page = olu.step(try_advance="P2D")
    assert "2026-03-07 09:30" in page.text
    assert "逾期" in page.tree.xpath("string(//*[contains(@class, 'state-late')])")


def test_the_draft_is_tried_and_what_it_no_longer_allows_is_said(olu: Owner) -> None:
    """A try goes on the draft as it is now: a step that has gone meanwhile is named, and those before it stand."""
    olu.begin()
    olu.step(try_task="judge_cause", **JUDGED)
    olu.step(try_task="ask_receipt", **RECEIPT)
    draft: Any = olu.client.get("/processes/TS-002/draft").json
    renamed = draft["files"]["TS-002.bpmn"].replace("ask_receipt", "ask_for_it").replace("询问票据和退款", "请出示票据")
    body = {"revision": draft["revision"], "files": {"TS-002.bpmn": renamed}}
    assert olu.client.put("/processes/TS-002/draft", json=body).status_code == 200
    page = olu.get(TRY, **{"try-so-far": olu.so_far})
    assert page.title == "请出示票据"
    assert "第 2 步做不下去了" in page.text


def test_values_to_begin_with_are_checked_and_used(olu: Owner) -> None:
    """What the owner enters is what the case begins with; an amount that is no number is refused at its field."""
    refused = olu.begin(**{"variable-disputed_amount": "five"})
    assert (refused.status, bool(refused.beside("variable-disputed_amount"))) == (422, True)
    assert "多收了漫游费" in olu.begin(**{"variable-complaint_text": "多收了漫游费"}).text


def test_amounts_to_begin_with_are_yuan(olu: Owner) -> None:
    """They are shown and entered as everywhere, with two decimals; the process reckons with the fen."""
    assert str(olu.get(TRY).typed("variable-disputed_amount")).endswith(".00")
    assert olu.begin(**{"variable-disputed_amount": "12.5"}).typed("disputed_amount") == "12.50"
    assert olu.begin(**{"variable-disputed_amount": "12.505"}).beside("variable-disputed_amount")


def test_a_try_becomes_a_scenario(olu: Owner) -> None:
    """What was done can be taken away as a scenario that says what was given, done and reached."""
    olu.begin()
    olu.step(try_task="judge_cause", **JUDGED)
    answer = olu.client.get(f"{TRY}/scenario.yaml", query_string={"try-so-far": olu.so_far})
    (found,) = yaml.safe_load(answer.text)["scenarios"]
    assert [step["task"] for step in found["steps"]] == ["judge_cause"]
    assert "ask_receipt" in found["expect"]["path"]


def test_an_address_that_was_made_up_is_refused(olu: Owner) -> None:
    """Only steps that were taken through the page are played; the address of another process is none."""
    olu.begin()
    for path, so_far in ((TRY, "e30.made-up"), ("/processes/TS-005/try", olu.so_far)):
        assert olu.get(path, **{"try-so-far": so_far}).status == 404


def test_only_readers_of_drafts_try_them(desk: Flask) -> None:
    """A clerk does not see what is being drawn."""
    assert Visitor(desk, "cleo").get(TRY).status == 403


@pytest.mark.parametrize(
    ("language", "label", "channel"), [("zh", "客户反映", "营业厅"), ("en", "What the customer said", "at the counter")]
)
def test_a_try_begins_and_goes_on_in_words(desk: Flask, language: str, label: str, channel: str) -> None:
    """What a case begins with is called as everywhere, a channel chosen by its name; what is tried is a draft, and the office's version otherwise."""
    olu = Owner(desk, "olu")
    olu.post("/language", language=language)
    page = olu.get(TRY)
    labels = " ".join(page.tree.xpath("//form[@method='post']//label/text()"))
    assert label in labels
    assert not {"case_number", "msisdn", "complaint_text", "channel", "demand"} & set(labels.split())
    chosen = page.tree.xpath("string(//select[@name='variable-channel']/option[@selected])")
    assert (chosen, page.tree.xpath("//select[@name='variable-channel']/option[@selected]/@value")) == (
        channel,
        ["counter"],
    )
    draft: Any = olu.client.get("/processes/TS-002/draft").json
    drawn = draft["files"]["TS-002.bpmn"].replace("询问票据和退款", "请出示票据")
    assert olu.begin().text.count({"zh": "版本 1", "en": "version 1"}[language]) == 1
    olu.client.put("/processes/TS-002/draft", json={"revision": draft["revision"], "files": {"TS-002.bpmn": drawn}})
    opened = olu.begin().text
    assert {"zh": "草稿", "en": "draft"}[language] in opened
    assert {"zh": "版本 1", "en": "version 1"}[language] not in opened


def test_what_a_called_process_begins_with_is_called_by_what_takes_it(desk: Flask) -> None:
    """SUB-005 has no form that asks for the amount it is handed: it is called, and counts, as the service task takes it; no bare name, no fen under yuan."""
    page = html.fromstring(Visitor(desk, "olu").client.get("/processes/SUB-005/try").text)
    (field,) = page.xpath("//input[@name='variable-payment_amount']")
    (label,) = page.xpath("//label[@for='field-variable-payment_amount']")
    assert field.get("value") == "50.00"
    assert "payment_amount" not in label.text_content()
    assert not [one for one in page.xpath("//form//label/text()") if "_" in one]


def test_lines_are_picked_in_a_try(olu: Owner) -> None:
    """The papers of the try's own customer stand at the field, and a part that is ticked there goes on as in the office."""
    olu.begin()
    page = olu.step(try_task="judge_cause", **JUDGED)
    assert "payment:SJ-1" in "".join(page.tree.xpath("//*[@data-lines='disputed_lines']//input/@value"))
    sought = {"try-so-far": olu.so_far, "try-task": "ask_receipt", **RECEIPT}
    again = Page(olu.client.post(f"{TRY}/lines", data=sought))
    assert (again.status, again.tree.xpath("//*[@data-lines-total]/text()")) == (200, ["50.00 元"])
    picked = {**RECEIPT, "disputed_lines": "payment:SJ-1 100.00", "disputed_lines@payment:SJ-1": "50.00"}
    why = {"disputed_lines@payment:SJ-1@why": "只要求一部分"}
    assert olu.step(try_task="ask_receipt", **picked, **why).title == "收票据并确认金额"


def test_two_others_may_do_a_step_of_a_try(olu: Owner) -> None:
    """Where two approve, neither of them may be the one who asked."""
    people = olu.begin().tree.xpath("//select[@name='try-person']/option/@value")
    assert people == ["1", "2", "3"]
    olu.step(try_task="judge_cause", try_person="3", **JUDGED)
    scenario = olu.client.get(f"{TRY}/scenario.yaml", query_string={"try-so-far": olu.so_far}).text
    assert yaml.safe_load(scenario)["scenarios"][0]["steps"][0]["by"] == "third person"


@pytest.mark.parametrize(("language", "words"), [("en", "The person chosen"), ("zh", "所选的人")])
def test_who_may_not_do_a_step_of_a_try_is_the_person_chosen(desk: Flask, language: str, words: str) -> None:
    """Whoever tries has prepared nothing; another person is one choice away."""
    with desk.test_request_context(headers={"Accept-Language": language}):
        assert trial_standing.why(FourEyesViolation(task=1)).startswith(words)


def test_what_is_handed_to_a_service_task_is_chosen_from_what_it_takes(olu: Owner) -> None:
    """A called process has no form that asks for it; its codes stand there by their titles."""
    page = olu.get("/processes/SUB-005/try")
    shown = page.tree.xpath("//select[@name='variable-authority_basis']/option/text()")
    assert len(shown) > 5
    assert not [text for text in shown if text.strip().isascii()]
