"""Receipts that the counter prints: the original once, then marked duplicates, each with who and why; none of what was taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

import engine
from models.base import session, transaction
from models.billing import Receipt
from office import fixtures, intake, receipts
from service_tasks.gateway import gateway
from service_tasks.gateway.values import Effect
from tests.support.actors import CLEO

pytestmark = pytest.mark.manual("TS-002.5", "TS-008.7")
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
ACCOUNTING = engine.Actor("amy", frozenset({"accounting_office"}), frozenset({"clerk"}))


@pytest.fixture(autouse=True)
def paid(office: Flask) -> Iterator[None]:
    """A number with a receipt of 50 yuan."""
    with office.app_context():
        if session().get(Receipt, "SJ-P1") is None:
            receipt = {"number": "SJ-P1", "kind": "prepayment", "amount": 5000}
            number = {"msisdn": "13812340001", "prepayment": 5000, "receipts": [receipt]}
            with transaction():
                fixtures.build({"subscriptions": [number]}, at=AT)
        yield


def test_the_first_print_is_the_original_and_every_later_one_a_duplicate_with_its_reason() -> None:
    """A lost receipt's replacement leaves its trace: who printed it, when, which copy and why; without a reason there is none."""
    subscription = gateway().find("13812340001")
    assert subscription is not None
    taking = Effect(key="taking", at=AT)
    with transaction():
        (issued,) = gateway().take_payment(subscription.id, 5000, "prepayment", taking).receipts
    receipts.print_out(issued.receipt, reason="", by=CLEO, at=AT)
    for reason in ("", "stolen"):
        with pytest.raises(receipts.NoReasonForCopy):
            receipts.print_out(issued.receipt, reason=reason, by=CLEO, at=AT)
    receipts.print_out(issued.receipt, reason="lost", by=CLEO, at=AT + timedelta(hours=1))
    rows = receipts.prints_of([issued.receipt])[issued.receipt]
    assert [(row.copy, row.by, row.reason) for row in rows] == [(0, "cleo", ""), (1, "cleo", "lost")]


def test_of_a_receipt_that_was_given_out_before_only_duplicates_are_printed() -> None:
    """The customer has its original, so that a second one would be money for nothing."""
    with pytest.raises(receipts.NoReasonForCopy):
        receipts.print_out("SJ-P1", reason="", by=CLEO, at=AT)
    assert receipts.print_out("SJ-P1", reason="lost", by=CLEO, at=AT).print.copy == 1
    assert receipts.print_out("SJ-P1", reason="spoiled", by=CLEO, at=AT).print.copy == 2


def test_only_a_counter_prints_and_nothing_of_what_is_spent() -> None:
    """Whoever has got the money back gets no second paper for it."""
    with pytest.raises(intake.NotAtACounter):
        receipts.print_out("SJ-P1", reason="lost", by=ACCOUNTING, at=AT)
    with pytest.raises(receipts.UnknownReceipt):
        receipts.print_out("SJ-none", reason="", by=CLEO, at=AT)
    with transaction():
        session().execute(update(Receipt).where(Receipt.number == "SJ-P1").values(refunded=5000))
    with pytest.raises(receipts.ReceiptGivenBack):
        receipts.print_out("SJ-P1", reason="lost", by=CLEO, at=AT)
    with transaction():
        session().execute(update(Receipt).where(Receipt.number == "SJ-P1").values(refunded=0))


def test_a_replacement_is_printed_and_what_it_replaces_no_more() -> None:
    """The first print of a replacement is its original; the receipt that was taken back for it, and an electronic invoice, have none."""
    receipt = {"number": "SJ-P2", "kind": "prepayment", "amount": 5000}
    invoice = {"number": "DZ-P2", "kind": "prepayment", "amount": 3000, "medium": "electronic"}
    with transaction():
        if session().get(Receipt, "SJ-P2") is None:
            number = {"msisdn": "13812340002", "prepayment": 8000, "receipts": [receipt, invoice]}
            fixtures.build({"subscriptions": [number]}, at=AT)
        exchange = gateway().refund_cash("SJ-P2", 2000, Effect(key="paying", at=AT)).exchange
    assert exchange is not None
    printed = receipts.print_out(exchange.number, reason="", by=CLEO, at=AT)
    assert (printed.print.copy, printed.receipt.amount, printed.receipt.original) == (0, 3000, "SJ-P2")
    assert receipts.print_out(exchange.number, reason="lost", by=CLEO, at=AT).print.copy == 1
    with pytest.raises(receipts.ReceiptGivenBack):
        receipts.print_out("SJ-P2", reason="lost", by=CLEO, at=AT)
    with pytest.raises(receipts.NotOfPaper):
        receipts.print_out("DZ-P2", reason="lost", by=CLEO, at=AT)
