"""Numbers, amounts and days as people type them: understood or refused at their field, on every page and by the API, never cut."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.visitors import Visitor

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
