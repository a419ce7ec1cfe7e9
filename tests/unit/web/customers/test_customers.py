"""The page of a customer tells what a clerk must know before anything more is given."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

import engine
from bench.office import customers
from models.base import transaction
from office import fixtures, tokens
from service_tasks.gateway import Effect, LinePart, gateway
from tests.support.furnishing import CASH, JUDGED, PAID, begin, complete, open_tasks
from tests.support.visitors import Caller, Visitor
from tests.unit.web.test_costs import Counted, clerk
from web.tasks import papers


def test_what_was_paid_back_in_cash_stands_on_the_page(desk: Flask) -> None:
    """Cash leaves no mark on a balance: when, how much, against which receipt, with the case; and nothing on a number that got none."""
    refunded, other = customers.all_of_them(2, engine.now())
    with desk.app_context(), transaction():
        fixtures.build(customers.given([refunded, other], engine.now()))
    list(clerk(desk, Counted()).case(refunded))
    sam = Visitor(desk, "sam")
    (row,) = sam.get("/customers", msisdn=refunded.msisdn).tree.xpath("//*[@id='in-cash']//tbody/tr")
    said = " ".join(row.text_content().split())
    assert ("88.00" in said, refunded.brings["receipt_number"] in said) == (True, True)
    assert row.xpath(".//a[starts-with(@href, '/cases/AJ-')]")
    assert not sam.get("/customers", msisdn=other.msisdn).tree.xpath("//*[@id='in-cash']")
    case = row.xpath("string(.//a)")
    acts = sam.get(f"/cases/{case}", tab="acts")
    (key,) = acts.tree.xpath("//input[@name='reverse_entry']/@value")
    assert "taken back" not in said
    assert sam.post(f"/cases/{case}/reversals", reverse_entry=key, reverse_reason="票据不符").status == 302
    assert Visitor(desk, "sue").post(f"/cases/{case}/reversals/1/agreement", grant_tell="phone").status == 302
    (row,) = sam.get("/customers", msisdn=refunded.msisdn).tree.xpath("//*[@id='in-cash']//tbody/tr")
    assert "已收回" in row.text_content()


def test_what_became_of_a_line_stands_beside_it(desk: Flask) -> None:
    """A credit leaves no mark on a bill that was issued: the line says what of it was given, in which case and when, at intake too; an older line says it below."""
    msisdn, now = "13912380001", engine.now()
    item = {"kind": "function_fee", "text": "彩铃", "amount": 1000}
    effect = Effect(key="a-credit", at=now, case="AJ-2026-990001")
    with desk.app_context(), transaction():
        bills = [{"period": period, "items": [item, item]} for period in ("2026-09", "2026-10")]
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "bills": bills}]}, at=now)
        own = gateway().subscription(msisdn).id
        parts = [
            LinePart(f"bill-item:{line}", fen, reason="多收") for line, fen in (("2026-10:2", 300), ("2026-09:1", 500))
        ]
        gateway().credit(own, 800, "charge", effect, lines=parts)
    sam = Visitor(desk, "sam", "zh")
    for path in ("/customers", "/intake/caller"):
        tree = sam.get(path, msisdn=msisdn).tree
        rows = [" ".join(row.text_content().split()) for row in tree.xpath("//*[@data-became]/..")]
        assert [("彩铃" in row, "3.00" in row) for row in rows] == [(True, True), (True, False)]
        assert all("已冲减" in row and "AJ-2026-990001" in row for row in rows)
        (older,) = tree.xpath("//*[@id='settled']//tr")
        assert "5.00" in older.text_content()


@pytest.mark.skipif(not papers.FONTS.is_dir(), reason="the fonts come with ./desk build")
def test_a_receipt_is_printed_again_as_a_marked_duplicate_and_its_page_says_why(
    desk: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receipt that the customer has lost: without a reason there is none, and everybody at a counter sees afterwards that a second paper is about."""
    said: list[dict[str, Any]] = []
    monkeypatch.setattr(papers, "typeset", lambda key, content, fonts: said.append(content) or b"%PDF-")
    cleo = Visitor(desk, "cleo", "zh")
    assert cleo.post("/receipts/SJ-0201/prints").status == 422
    answer = cleo.client.post("/receipts/SJ-0201/prints", data={"reason": "lost"})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert (said[0]["duplicate"], said[0]["amount"]) == ("补打 · 第 1 次", "138.00")
    assert ["补打原因", "客户遗失"] in said[0]["facts"]
    page = cleo.get("/customers", msisdn="13900000201")
    assert "补打（第 1 次）：客户遗失" in page.text
    assert cleo.post("/receipts/SJ-0210/prints", reason="lost").status == 409
    assert Visitor(desk, "amy", "zh").post("/receipts/SJ-0203/prints", reason="lost").status == 403


@pytest.mark.skipif(not papers.FONTS.is_dir(), reason="the fonts come with ./desk build")
def test_what_came_of_a_receipt_is_printed_at_the_step_and_stands_on_the_page(
    desk: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 138.00 are 88.00 paid in cash: the clerk who answers prints the replacement over 50.00, and page and API say which paper stands."""
    said: list[dict[str, Any]] = []
    monkeypatch.setattr(papers, "typeset", lambda key, content, fonts: said.append(content) or b"%PDF-")
    with desk.app_context():
        case = begin("13900000201")
        for form in (JUDGED, CASH, PAID):
            complete(open_tasks(case)[0], form)
        task = open_tasks(case)[0]
    cleo = Visitor(desk, "cleo", "zh")
    (button,) = cleo.get(f"/tasks/{task}").tree.xpath("//*[@id='receipts']//form/@action")
    number = button.split("/")[2]
    assert cleo.client.post(button).status_code == 200
    assert (said[0]["title"], said[0]["case"], said[0]["amount"]) == ("换开收据", number, "50.00")
    assert said[0]["duplicate"] == ""
    assert ["换开自", "SJ-0201，原金额 138.00 元，已退 88.00 元，原件收回作废"] in said[0]["facts"]
    page = cleo.get("/customers", msisdn="13900000201").text
    assert (f"作废，现用 {number}" in page, "换开自 SJ-0201" in page) == (True, True)
    with desk.app_context():
        token = tokens.create("cleo", at=engine.now())
    account = Caller(desk.test_client(), token).get("/accounts/13900000201").json
    assert account is not None
    assert [(one["number"], one["left"]) for one in account["receipts"]] == [(number, 5000), ("SJ-0201", 0)]
    bar = cleo.get(f"/tasks/{task}/customer").text
    assert (f"作废，现用 {number}" in bar, "换开自 SJ-0201" in bar) == (True, True)


def test_an_electronic_invoice_shows_its_red_invoices(desk: Flask) -> None:
    """The counter asks for no paper and prints none; the demo's invoice says by how much it was reversed."""
    with desk.app_context():
        case = begin("13900000212")
        for form in (JUDGED, CASH):
            complete(open_tasks(case)[0], form)
        task = open_tasks(case)[0]
        complete(task, {"receipt_number": "DZ-0212", "refund_amount": "88.00", "customer_signed": "yes"})
    page = Visitor(desk, "cleo", "zh").get("/customers", msisdn="13900000212")
    (section,) = page.tree.xpath("//*[@id='receipts']")
    words = " ".join(section.text_content().split())
    for text in ("电子发票", "红字发票 HC-", "−88.00", case):
        assert text in words, text
    assert not section.xpath(".//form")


def test_the_demo_tells_its_receipts_beside_its_numbers(desk: Flask) -> None:
    """Whoever tries a refund in cash needs the number that stands on the receipt."""
    for page in (Visitor(desk, "cleo", "zh").get("/intake"), Visitor(desk, "", "zh").get("/login")):
        assert "收据 SJ-0201" in page.text


def test_who_comes_to_pay_is_taken_in_from_the_page(desk: Flask) -> None:
    """A number that owes has a button; the intake stands filled in, and the case is at the counter's payment at once."""
    cleo = Visitor(desk, "cleo")
    page = cleo.get("/customers", msisdn="13900000202")
    (link,) = page.tree.xpath("//a[contains(@href, 'pays=1')]/@href")
    form = cleo.get(link)
    assert form.tree.xpath("//input[@name='process' and @value='SUB-010' and @checked]")
    assert not cleo.get("/customers", msisdn="13900000201").tree.xpath("//a[contains(@href, 'pays=1')]")
