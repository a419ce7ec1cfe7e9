"""The page of a customer tells what a clerk must know before anything more is given."""

from __future__ import annotations

from flask import Flask

import engine
from bench.office import customers
from models.base import transaction
from office import fixtures
from tests.unit.web.test_costs import Counted, clerk
from tests.visitors import Visitor


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
