"""What goes back in another way than cash is not paid again against the receipt that stands for it, and the receipt stands again once it is taken back."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from models.base import session, transaction
from models.billing import JournalEntry, Receipt
from service_tasks.gateway import Effect, LinePart, gateway
from tests.unit.service_tasks.conftest import AT

MINE, OTHER = "13900000001", "13900000002"
BILL = {"period": "2026-10", "items": [{"kind": "call", "text": "通话费", "amount": 3000}]}
CALLS = [{"line": "bill-item:2026-10:1", "amount": 3000}]
FEE = [{"line": "late-fee:brought", "amount": 600}]
RECEIPTS = {"charge": 3000, "late_fee": 600, "prepayment": 2000}


class Way(NamedTuple):
    """A service call that gives back, without cash, what was paid by the receipt of a kind; fen."""

    topic: str
    kind: str
    amount: int
    parameters: dict[str, Any]


WAYS = {
    "charge credited": Way("refunds/credit", "charge", 3000, {"kind": "charge", "lines": CALLS}),
    "charge to another number": Way(
        "refunds/other_number", "charge", 3000, {"kind": "charge", "lines": CALLS, "target": OTHER}
    ),
    "late fee given up": Way("refunds/late_fee_waiver", "late_fee", 600, {"lines": FEE}),
    "late fee credited": Way("refunds/credit", "late_fee", 600, {"kind": "late_fee", "lines": FEE}),
    "late fee to another number": Way(
        "refunds/other_number", "late_fee", 600, {"kind": "late_fee", "lines": FEE, "target": OTHER}
    ),
}


@pytest.fixture(autouse=True)
def receipts(desk: Any) -> dict[str, str]:
    """The numbers of the receipts that the counter gave for a bill, its late fee and a prepayment, by kind."""
    desk.given({"msisdn": MINE, "late_fee": 600, "bill": BILL}, {"msisdn": OTHER})
    answer = desk.run("payments/take", call_key="0:1", msisdn=MINE, amount=5600, into="bill")
    assert {receipt["kind"]: receipt["amount"] for receipt in answer["receipts"]} == RECEIPTS
    return {receipt["kind"]: receipt["receipt"] for receipt in answer["receipts"]}


def spent() -> dict[str, int]:
    """What receipts do not stand for any longer, fen by kind."""
    session().expire_all()
    return {kind: amount for kind, amount in session().execute(select(Receipt.kind, Receipt.refunded)) if amount}


def take_back() -> None:
    """The latest entry, the other way."""
    entry = session().scalar(select(func.max(JournalEntry.id))) or 0
    with transaction():
        gateway().reverse(entry, Effect(key="9:back", at=AT))


@pytest.mark.parametrize("name", WAYS)
def test_a_receipt_is_spent_by_what_went_back_otherwise(desk: Any, receipts: dict[str, str], name: str) -> None:
    """Cash against it would give the same money twice: refused; once the other way is taken back, it is paid."""
    way = WAYS[name]
    desk.twice(way.topic, call_key="1:1", msisdn=MINE, amount=way.amount, **way.parameters)
    assert spent() == {way.kind: way.amount}
    cash = {"msisdn": MINE, "amount": way.amount, "kind": way.kind, "receipt_number": receipts[way.kind]}
    assert desk.refused("refunds/cash", call_key="2:1", **cash) == "receipt_used"
    take_back()
    assert spent() == {}
    desk.run("refunds/cash", call_key="3:1", **cash)
    assert spent() == {way.kind: way.amount}


def test_what_staff_paid_of_a_late_fee_spends_its_receipt(desk: Any) -> None:
    """The customer has had it over the counter, whoever's money it was."""
    parts = [LinePart(part["line"], part["amount"]) for part in FEE]
    with transaction():
        gateway().paid_by_staff(gateway().subscription(MINE).id, 600, "late_fee", Effect(key="1:1", at=AT), parts)
    assert spent() == {"late_fee": 600}


def test_half_a_late_fee_that_is_paid_and_half_that_is_owed(desk: Any) -> None:
    """What is owed falls first; only the rest is money back, and only as much is spent of the receipt."""
    desk.given({"msisdn": "13900000003", "late_fee": 600})
    desk.run("payments/take", call_key="0:2", msisdn="13900000003", amount=200, into="bill")
    answer = desk.run("refunds/late_fee_waiver", call_key="1:1", msisdn="13900000003", amount=600, lines=FEE)
    assert answer["credited"] == 200
    assert spent() == {"late_fee": 200}


def test_a_prepayment_moved_spends_the_receipt_that_was_picked(desk: Any) -> None:
    """Two receipts of a prepayment: the one whose line was moved is spent, not the older one."""
    later = desk.run("payments/take", call_key="0:2", msisdn=MINE, amount=1500, into="prepayment")["receipts"][0]
    line = {"line": f"payment:{later['receipt']}", "amount": 1500}
    desk.run("prepayment/transfer", call_key="1:1", source=MINE, target=OTHER, amount=1500, lines=[line])
    rows = session().execute(select(Receipt.number, Receipt.refunded).where(Receipt.refunded > 0)).all()
    assert [tuple(row) for row in rows] == [(later["receipt"], 1500)]


def test_a_payment_that_paid_no_bill_is_spent_when_it_is_credited(desk: Any) -> None:
    """A receipt over more than the bills charged: the rest is a line of its own, given once."""
    receipt = {"number": "SJ-9", "kind": "charge", "amount": 4000}
    bill = {**BILL, "paid": True}
    desk.given({"msisdn": "13900000003", "bill": bill, "receipts": [receipt]})
    line = {"line": "payment:SJ-9", "amount": 1000}
    about = {"msisdn": "13900000003", "amount": 1000, "kind": "charge", "lines": [line]}
    desk.run("refunds/credit", call_key="1:1", **about)
    assert spent() == {"charge": 1000}
    take_back()
    assert spent() == {}


def test_what_a_hold_gave_of_a_paid_bill_is_restored_with_it(desk: Any) -> None:
    """Nothing was owed, so Thursday credited all of it: the receipt is spent by that, and holds again once it is taken back."""
    parts = [LinePart(part["line"], part["amount"]) for part in CALLS]
    number = gateway().subscription(MINE).id
    with transaction():
        gateway().place_hold(number, 3000, AT.date(), Effect(key="1:1", at=AT, case="AJ-1"), lines=parts)
        about: dict[str, Any] = {"subscription_id": number, "amount": 3000, "lines": parts, "reserved": "1:1"}
        gateway().settle_hold(None, "credited", Effect(key="1:2", at=AT, case="AJ-1"), **about)
    assert spent() == {"charge": 3000}
    take_back()
    assert spent() == {}
