"""Cash for a bill that was paid in part: what is counted out and what is taken off the bill are said before, on the paper and after."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

import engine
from models.base import transaction
from office import fixtures
from tests.support.furnishing import CASH, JUDGED, begin, complete, open_tasks
from tests.support.visitors import Visitor
from web.tasks import papers

MSISDN, LINE = "13912360001", "bill-item:2026-10:1 50.00"
ITEMS = [{"kind": "monthly_fee", "text": "月租费", "amount": 5180}]
NUMBER: dict[str, Any] = {"msisdn": MSISDN, "bill": {"period": "2026-10", "paid": 2000, "items": ITEMS}}
RECEIPT = {"number": "SJ-Z1", "kind": "charge", "amount": 2000, "issued_at": "2026-11-12T09:00:00"}
PAID = {"receipt_number": "SJ-Z1", "refund_amount": "18.20", "receipt_taken_back": "yes", "customer_signed": "yes"}


def at_the_counter() -> tuple[str, int]:
    """Of 51.80 on the bill 20.00 were paid; 50.00 come back: 31.80 of them are owed."""
    with transaction():
        fixtures.build({"subscriptions": [{**NUMBER, "receipts": [RECEIPT]}]}, at=engine.now())
    case = begin(MSISDN)
    for form in ({**JUDGED, "disputed_amount": "50.00"}, {**CASH, "disputed_lines": f"{LINE} 其余已用"}):
        complete(open_tasks(case)[0], form)
    return case, open_tasks(case)[0]


def test_the_clerk_counts_out_what_is_really_cash(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page, field, paper and banner say 18.20 in cash and 31.80 off the bill, once accounting has settled it; more cash than that is refused at its field."""
    sheets: list[Any] = []

    def typeset(_template: str, content: Any, _fonts: object) -> bytes:
        sheets.append(content)
        return b"%PDF-"

    monkeypatch.setattr(papers, "typeset", typeset)
    with desk.app_context():
        case, task = at_the_counter()
    cleo = Visitor(desk, "cleo")
    page = cleo.get(f"/tasks/{task}")
    assert ("31.80" in page.text, page.typed("refund_amount")) == (True, "18.20")
    cleo.client.post(f"/tasks/{task}/papers/refund_form", data=PAID)
    facts = dict(map(tuple, sheets[0]["facts"]))
    assert (sheets[0]["amount"], facts["退还现金"], facts["冲减未缴话费"]) == ("18.20", "18.20 元", "31.80 元")
    assert cleo.post(f"/tasks/{task}/completion", **{**PAID, "refund_amount": "50.00"}).status == 422
    cleo.post(f"/tasks/{task}/completion", **PAID)
    with desk.app_context():
        (settling,) = open_tasks(case)
    amy = Visitor(desk, "amy")
    amy.post(f"/tasks/{settling}/completion", second_approved="yes", second_opinion="复核无误")
    said = amy.get("/").tree.xpath("//main//*[contains(@class, 'desk-note-ok')]")[0].text_content()
    assert ("50.00" in said, "现金 18.20" in said, "冲减未缴 31.80" in said) == (True, True, True)
