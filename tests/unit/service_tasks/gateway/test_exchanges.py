"""Cash against a receipt: what is left of one that is taken back stands on a replacement, an electronic invoice is reversed; the cash handed back puts both right."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models.base import session, transaction
from models.billing import Receipt
from models.receipt_exchange import ReceiptExchange
from office.derived import totals
from service_tasks.gateway import Effect, gateway
from service_tasks.gateway.listing import papers
from tests.unit.service_tasks.conftest import AT

pytestmark = pytest.mark.manual("TS-002.5", "CH2.6")
MSISDN, CASE = "13900000001", "AJ-2026-000001"
ITEMS = [
    {"kind": "monthly_fee", "text": "月租费", "amount": 5000},
    {"kind": "call", "text": "通话费", "amount": 3000},
    {"kind": "function_fee", "text": "彩铃", "amount": 5800},
]
NUMBER = {
    "msisdn": MSISDN,
    "deposit": 20000,
    "bill": {"period": "2026-10", "paid": True, "items": ITEMS},
    "receipts": [
        {"number": "SJ-1", "kind": "charge", "amount": 13800},
        {"number": "SJ-2", "kind": "deposit", "amount": 30000},
        {"number": "DZ-3", "kind": "prepayment", "amount": 9000, "medium": "electronic"},
    ],
    "prepayment": 9000,
}


@pytest.fixture(autouse=True)
def world(desk: Any) -> None:
    """A paid bill of 138.00 and its receipt, a deposit, and a prepayment with an electronic invoice."""
    desk.given(NUMBER)


def repay(desk: Any, key: str, receipt: str, item: int, amount: int, *, refused: bool = False) -> Any:
    """Pay an item of the bill back in cash against a paper."""
    line = {"line": f"bill-item:2026-10:{item}", "amount": amount, "reason": "部分"}
    call = desk.refused if refused else desk.run
    return call(
        "refunds/cash",
        call_key=key,
        msisdn=MSISDN,
        receipt_number=receipt,
        amount=amount,
        disputed_amount=amount,
        kind="charge",
        lines=[line],
    )


def hand_back(entry: int, key: str, *, handed_back: bool = True) -> None:
    """Take the nth payment of the case back."""
    with transaction():
        gateway().reverse(gateway().given(CASE)[entry].id, Effect(key=key, at=AT, case=CASE), handed_back=handed_back)


def standing() -> dict[str, int]:
    """What the paper says that stands for the bill's payment, less what went back since it was given out, in fen."""
    session().expire_all()
    papers = gateway().receipts(gateway().subscription(MSISDN).id)
    return {
        paper.number: paper.amount - paper.refunded for paper in papers if paper.original == "SJ-1" and paper.is_current
    }


def test_a_receipt_with_138_over_several_items_that_repays_50_is_replaced_over_88(desk: Any) -> None:
    """The customer has a paper over what was not paid back, and the old number pays nothing any more."""
    refund = repay(desk, "7:1", "SJ-1", 1, 5000)
    assert (refund["replacement"], refund["replacement_amount"]) == ("HJ-2026-000001", 8800)
    assert standing() == {"HJ-2026-000001": 8800}
    row = session().get_one(ReceiptExchange, "HJ-2026-000001")
    assert (row.kind, row.replaces, row.case_number, row.at) == ("replacement", "SJ-1", CASE, AT)
    assert repay(desk, "7:2", "SJ-1", 2, 3000, refused=True) == "receipt_replaced"
    assert desk.run("lines/reserve", call_key="7:3", msisdn=MSISDN)["receipts_in_hand"] == []


def test_a_replacement_is_repaid_again_and_once_more_replaced_until_nothing_is_left(desk: Any) -> None:
    """50.00, 30.00 and 58.00 come back on three papers one after the other; the last leaves none, and none of them pays twice."""
    assert repay(desk, "7:1", "SJ-1", 1, 5000)["replacement"] == "HJ-2026-000001"
    second = repay(desk, "7:2", "hj-2026-000001", 2, 3000)
    assert (second["replacement"], second["replacement_amount"]) == ("HJ-2026-000002", 5800)
    for number in ("SJ-1", "HJ-2026-000001"):
        assert repay(desk, "7:3", number, 3, 5800, refused=True) == "receipt_replaced"
    assert "replacement" not in repay(desk, "7:4", "HJ-2026-000002", 3, 5800)
    assert standing() == {"HJ-2026-000002": 0}
    assert session().scalar(select(Receipt.refunded).where(Receipt.number == "SJ-1")) == 13800
    assert list(totals.verify_receipts()) == []


def test_the_same_call_gives_out_one_replacement(desk: Any) -> None:
    """A call that is repeated after a crash answers with the paper that was given out, though the receipt stands no more."""
    assert repay(desk, "7:1", "SJ-1", 1, 5000) == repay(desk, "7:1", "SJ-1", 1, 5000)
    desk.twice("refunds/deposit", call_key="7:2", msisdn=MSISDN, receipt_number="SJ-2", identity_checked=True)
    assert len(list(session().scalars(select(ReceiptExchange.number)))) == 2


def test_an_electronic_invoice_is_reversed_by_what_is_repaid_and_goes_on(desk: Any) -> None:
    """Nothing is taken back at the counter: two payments leave two red invoices, each over its cash, and the invoice holds the rest."""
    payment = {"msisdn": MSISDN, "receipt_number": "DZ-3", "kind": "prepayment"}
    first = desk.run("refunds/cash", call_key="7:1", amount=2000, disputed_amount=2000, **payment)
    assert (first["red_invoice"], "replacement" in first) == ("HC-2026-000001", False)
    second = desk.run("refunds/cash", call_key="7:2", amount=7000, disputed_amount=7000, **payment)
    assert second["red_invoice"] == "HC-2026-000002"
    invoice = gateway().receipt("DZ-3")
    assert invoice is not None
    assert [(red.amount, red.invoice) for red in invoice.red_invoices] == [(7000, "DZ-3"), (2000, "DZ-3")]
    assert (invoice.is_current, invoice.left) == (True, 0)
    reserved = desk.run("lines/reserve", call_key="7:3", msisdn=MSISDN)
    assert (reserved["electronic_invoices"], reserved["receipts_in_hand"]) == (["DZ-3"], [])
    assert gateway().receipt("HC-2026-000001") is None


def test_a_deposit_of_which_more_stood_on_the_receipt_is_replaced_too(desk: Any) -> None:
    """The account holds 200.00 of the 300.00 on the receipt: what was paid is told by 200.00 in cash and a replacement over 100.00."""
    deposit = {"msisdn": MSISDN, "receipt_number": "SJ-2", "identity_checked": True}
    answer = desk.run("refunds/deposit", **deposit)
    assert (answer["amount"], answer["replacement"], answer["replacement_amount"]) == (20000, "HJ-2026-000001", 10000)
    again = {"msisdn": MSISDN, "receipt_number": "SJ-2", "again": False}
    assert desk.refused("refunds/reserve_deposit", call_key="7:2", **again) == "receipt_replaced"


def test_cash_that_is_handed_back_brings_the_receipt_back(desk: Any) -> None:
    """Replacement and red invoice are void, and what the customer has is what they had."""
    repay(desk, "7:1", "SJ-1", 1, 5000)
    desk.run("refunds/cash", call_key="7:2", msisdn=MSISDN, receipt_number="DZ-3", kind="prepayment", amount=2000)
    hand_back(1, "back:1")
    hand_back(0, "back:2")
    assert standing() == {"SJ-1": 13800}
    assert session().scalars(select(ReceiptExchange.voided_by).where(ReceiptExchange.voided_by.is_(None))).all() == []
    assert repay(desk, "7:3", "HJ-2026-000001", 2, 3000, refused=True) == "receipt_replaced"
    assert repay(desk, "7:4", "SJ-1", 2, 3000)["replacement_amount"] == 10800


def test_the_last_cash_back_brings_the_paper_before_it_back_and_an_earlier_one_another(desk: Any) -> None:
    """Of 138.00 were 50.00 and 30.00 paid: without the 30.00 the first replacement stands again, without the 50.00 a new one over 108.00."""
    repay(desk, "7:1", "SJ-1", 1, 5000)
    repay(desk, "7:2", "HJ-2026-000001", 2, 3000)
    hand_back(1, "back:1")
    assert standing() == {"HJ-2026-000001": 8800}
    assert repay(desk, "7:3", "HJ-2026-000001", 2, 3000)["replacement"] == "HJ-2026-000003"
    hand_back(0, "back:2")
    assert standing() == {"HJ-2026-000004": 10800}
    hand_back(0, "back:3")
    assert standing() == {"SJ-1": 13800}


def test_cash_that_is_owed_stands_on_no_paper(desk: Any) -> None:
    """Taken back and not handed back: the customer still has 50.00 and the replacement over 88.00, together what was paid; with 8.00 credited and 30.00 in cash another says 50.00."""
    repay(desk, "7:1", "SJ-1", 1, 5000)
    hand_back(0, "back:1", handed_back=False)
    assert standing() == {"HJ-2026-000001": 8800}
    line = {"line": "bill-item:2026-10:3", "amount": 5800}
    credit = {"msisdn": MSISDN, "amount": 5800, "disputed_amount": 5800, "kind": "charge", "lines": [line]}
    assert desk.run("refunds/credit", call_key="7:2", **credit)["fallen"] == 5000
    assert standing() == {"HJ-2026-000001": 8800}
    assert repay(desk, "7:3", "HJ-2026-000001", 2, 3000)["replacement_amount"] == 5000


def test_a_credit_that_is_taken_back_stands_on_a_replacement_again(desk: Any) -> None:
    """30.00 were credited before 50.00 were paid in cash, so that the replacement says 58.00: with the credit gone another says 88.00."""
    line = {"line": "bill-item:2026-10:2", "amount": 3000}
    desk.run("refunds/credit", call_key="7:1", msisdn=MSISDN, amount=3000, kind="charge", lines=[line])
    assert repay(desk, "7:2", "SJ-1", 1, 5000)["replacement_amount"] == 5800
    hand_back(0, "back:1", handed_back=False)
    assert standing() == {"HJ-2026-000002": 8800}


def test_cash_that_was_owed_and_is_paid_is_no_charge_again(desk: Any) -> None:
    """58.00 were paid out wrongly and come in at the counter: their receipt is no charge to dispute beside the item, which is disputed once more, and once only."""
    repay(desk, "7:1", "SJ-1", 3, 5800)
    hand_back(0, "8:1", handed_back=False)
    own = gateway().subscription(MSISDN).id
    assert gateway().owed_on_no_bill(own) == 5800
    (receipt,) = desk.run("payments/take", call_key="9:1", msisdn=MSISDN, amount=5800, into="bill")["receipts"]
    line = {"line": f"payment:{receipt['receipt']}", "amount": 5800, "reason": ""}
    assert desk.refused("lines/reserve", call_key="9:2", msisdn=MSISDN, lines=[line]) == "line_unknown"
    assert line["line"] not in [row.line for row in papers(own).each()]
    repay(desk, "9:3", receipt["receipt"], 3, 5800)
    assert repay(desk, "9:4", "HJ-2026-000001", 3, 5800, refused=True) == "exceeds_disputed"
    assert (standing(), gateway().owed_on_no_bill(own)) == ({"HJ-2026-000001": 8000}, 0)
