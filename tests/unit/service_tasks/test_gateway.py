"""The billing gateway: what it enters once, what it refuses, and what stands on the accounts afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

import engine
from models.base import session
from models.billing import JournalEntry, LedgerAccount, Posting, Refund
from models.customer import Subscription as SubscriptionRow
from office.fixtures import build
from service_tasks.gateway import (
    BILLING,
    Account,
    Balances,
    Effect,
    KeyUsedDifferently,
    Line,
    Refused,
    SubscriptionUnknown,
    gateway,
    next_number,
)
from tests.support.worlds import accounts

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
THURSDAY = date(2026, 11, 26)
BILL = {"period": "2026-10", "items": [{"kind": "call", "text": "通话费", "amount": 5000}]}
RECEIPTS = [
    {"number": "SJ-1", "kind": "charge", "amount": 1200},
    {"number": "SJ-2", "kind": "prepayment", "amount": 10000},
    {"number": "SJ-3", "kind": "deposit", "amount": 20000},
]
GIVEN = {
    "subscriptions": [
        {
            "msisdn": "13900000001",
            "prepayment": 3000,
            "deposit": 20000,
            "late_fee": 120,
            "bill": BILL,
            "receipts": RECEIPTS,
        },
        {"msisdn": "13900000002"},
        {"msisdn": "13900000003", "state": "cancelled", "reason": "request"},
    ],
    "cards": [
        {"serial": "K1", "state": "used", "charged_msisdn": "13900000099"},
        {"serial": "K2", "state": "used", "charged_msisdn": "13900000003"},
        {"serial": "K3"},
    ],
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], autouse=True)
def accounts_on_either_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The accounts of GIVEN, on either database, inside a transaction."""
    with accounts(GIVEN, at=AT, url="" if request.param == "sqlite" else request.getfixturevalue("postgresql_tables")):
        yield


def effect(key: str) -> Effect:
    """Why money moves in these tests."""
    return Effect(key=key, at=AT, case="AJ-2026-000001")


def number(last: int) -> int:
    """The subscription of a number of GIVEN, by its last digit."""
    return gateway().subscription(f"1390000000{last}").id


def refused(call: Callable[[], Any]) -> str:
    """The reason of a refusal, which must have posted nothing."""
    before = session().scalar(select(func.count()).select_from(Posting))
    with pytest.raises(Refused) as raised:
        call()
    assert session().scalar(select(func.count()).select_from(Posting)) == before
    return raised.value.reason


def test_a_key_is_posted_once() -> None:
    """The same call twice moves money once, and says that it had been done."""
    first = gateway().transfer(number(1), number(2), 1000, effect("t"))
    again = gateway().transfer(number(1), number(2), 1000, effect("t"))
    assert (again.id, again.repeated, first.repeated) == (first.id, True, False)
    assert gateway().balances(number(2)).prepayment == 1000


def test_a_key_with_other_lines_is_a_conflict() -> None:
    """A key that stands for another amount is not silently taken for the same."""
    gateway().transfer(number(1), number(2), 1000, effect("t"))
    with pytest.raises(KeyUsedDifferently):
        gateway().transfer(number(1), number(2), 1001, effect("t"))


def test_a_posting_costs_three_statements() -> None:
    """Lock, entry, lines: a ledger effect stays within what a commit may cost."""
    source, target, statements = number(1), number(2), []
    gateway().transfer(source, target, 1, effect("opens the accounts"))
    event.listen(session().get_bind(), "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    line = Line(Account("prepayment", source), Account("prepayment", target), 1)
    gateway().post(effect("t"), "prepayment_transfer", [line])
    assert len(statements) == 3, statements


def test_kept_balances_are_the_sum_of_postings() -> None:
    """After every kind of movement, each kept balance still equals what its postings add up to."""
    gateway().credit(number(1), 500, "charge", effect("a"))
    gateway().refund_cash("SJ-2", 700, effect("b"))
    gateway().settle_hold(gateway().place_hold(number(1), 300, THURSDAY, effect("c")).id, "rejected", effect("d"))
    for account_id, kind, balance in session().execute(
        select(LedgerAccount.id, LedgerAccount.kind, LedgerAccount.balance)
    ):
        debit, credit = (
            session().scalar(select(func.coalesce(func.sum(Posting.amount), 0)).where(side == account_id)) or 0
            for side in (Posting.debit_account_id, Posting.credit_account_id)
        )
        owed_to_us = kind in ("receivable", "late_fee", "hold")
        assert balance is None or balance == (debit - credit if owed_to_us else credit - debit), kind


def test_a_number_in_use_is_found_before_cancelled_ones() -> None:
    """A number given out again means its present holder, not the one who cancelled later than it was opened."""
    old = session().get_one(SubscriptionRow, number(3))
    again = {"msisdn": old.msisdn, "state_since": AT - timedelta(days=300)}
    build({"subscriptions": [again]}, at=AT)
    assert gateway().subscription(old.msisdn).state == "in_service"


def test_a_number_never_in_service_is_unknown() -> None:
    """An invalid number is None when looked for, and an error when it has to be there."""
    assert gateway().find("13900000099") is None
    with pytest.raises(SubscriptionUnknown):
        gateway().subscription("13900000099")


def test_balances_and_bills_say_what_stands_on_a_subscription() -> None:
    """Opening balances arrive in the ledger, and the bill with its items beside them."""
    assert gateway().balances(number(1)) == Balances(
        prepayment=3000, bill_due=5000, late_fee=120, deposit=20000, held=0
    )
    (bill,) = gateway().bills(number(1))
    assert (bill.period, bill.total, bill.state, bill.items[0].text) == ("2026-10", 5000, "open", "通话费")


def test_the_newest_receipt_comes_first() -> None:
    """Receipts are listed with what has been paid back against them, a replacement among them."""
    gateway().refund_cash("SJ-1", 200, effect("r"))
    issued = gateway().receipts(number(1))
    assert issued[0].number.startswith("HJ-")
    assert {receipt.number: receipt.refunded for receipt in issued[1:]} == {
        "SJ-1": 200,
        "SJ-2": 0,
        "SJ-3": 0,
    }


def test_prepayment_cannot_be_overdrawn() -> None:
    """One fen more than there is: refused, nothing posted."""
    assert refused(lambda: gateway().transfer(number(1), number(2), 3001, effect("t"))) == "insufficient_prepayment"


def test_nothing_cannot_be_moved() -> None:
    """An amount of zero is refused before the database has to."""
    assert refused(lambda: gateway().transfer(number(1), number(2), 0, effect("t"))) == "amount_not_positive"


def test_cash_against_a_charge_receipt_leaves_prepayment_alone() -> None:
    """A charge paid back is the operator's loss: the prepayment of the number stays as it was."""
    document = gateway().refund_cash("SJ-1", 1200, effect("r"), form={"reason": "错办"})
    assert gateway().balances(number(1)).prepayment == 3000
    assert (document.number, document.form["reason"]) == ("TF-2026-000001", "错办")


def test_cash_against_a_prepayment_receipt_withdraws_it_first() -> None:
    """Paid in cash, the prepayment is gone from the number; more than is on it cannot be paid."""
    exchange = gateway().refund_cash("SJ-2", 1000, effect("r")).exchange
    assert exchange is not None
    assert gateway().balances(number(1)).prepayment == 2000
    assert refused(lambda: gateway().refund_cash(exchange.number, 2001, effect("s"))) == "insufficient_prepayment"


def test_a_refund_repeated_is_the_same_paper() -> None:
    """The same call twice: one paper, one number, one amount on the receipt."""
    assert gateway().refund_cash("SJ-1", 700, effect("r")) == gateway().refund_cash("SJ-1", 700, effect("r"))
    receipt = gateway().receipt("SJ-1")
    assert receipt is not None
    assert receipt.refunded == 700
    assert session().scalar(select(func.count()).select_from(Refund)) == 1


@pytest.mark.parametrize(
    ("receipt", "amount", "reason"), [("SJ-0", 1, "receipt_unknown"), ("SJ-1", 1201, "exceeds_receipt")]
)
def test_cash_needs_a_receipt_that_covers_it(receipt: str, amount: int, reason: str) -> None:
    """An unknown receipt, or one of a smaller amount, pays nothing."""
    assert refused(lambda: gateway().refund_cash(receipt, amount, effect("r"))) == reason


def test_a_receipt_is_used_up() -> None:
    """Once all of it is paid back, the receipt pays no more."""
    gateway().refund_cash("SJ-1", 1200, effect("r"))
    assert refused(lambda: gateway().refund_cash("SJ-1", 1, effect("s"))) == "receipt_used"


def test_a_deposit_is_paid_back_whole_and_once() -> None:
    """The deposit is emptied and the subscription closed for deposits; a second request finds none."""
    assert gateway().refund_deposit("SJ-3", effect("r")).amount == 20000
    subscription = gateway().subscription("13900000001")
    assert (gateway().balances(subscription.id).deposit, subscription.deposits_closed) == (0, True)
    assert refused(lambda: gateway().refund_deposit("SJ-3", effect("s"))) == "no_deposit"


def test_a_cancelled_numbers_prepayment_goes_to_another_number() -> None:
    """All of it is moved, on paper, and then nothing is left."""
    assert gateway().refund_prepayment(number(3), effect("r"), target=number(2)).amount == 5000
    assert gateway().balances(number(2)).prepayment == 5000
    assert refused(lambda: gateway().refund_prepayment(number(3), effect("s"))) == "nothing_left"
    assert refused(lambda: gateway().move_recharge("K2", number(2), effect("m"))) == "nothing_left"


def test_a_credit_lowers_the_bill_and_no_further() -> None:
    """A credit of more than is due is refused; one of all that is due closes the bill."""
    assert refused(lambda: gateway().credit(number(1), 5001, "charge", effect("c"))) == "exceeds_bill"
    gateway().credit(number(1), 5000, "charge", effect("d"))
    assert (gateway().balances(number(1)).bill_due, gateway().bills(number(1))[0].state) == (0, "paid")


def test_a_late_fee_is_waived_up_to_what_is_owed() -> None:
    """The waiver lowers the late fee; more than is owed cannot be waived."""
    assert refused(lambda: gateway().waive_late_fee(number(1), 121, effect("w"))) == "exceeds_late_fee"
    assert gateway().waive_late_fee(number(1), 120, effect("v")).number == "JM-2026-000001"
    assert gateway().balances(number(1)).late_fee == 0


def test_a_held_amount_draws_no_late_fee() -> None:
    """Three per mille a day of what is due: with 2,000 of 5,000 fen on hold, nine fen instead of fifteen, once a day."""
    (bill,) = gateway().bills(number(1))
    gateway().place_hold(number(1), 2000, THURSDAY, effect("h"))
    assert gateway().accrue_late_fee(bill.id, date(2026, 11, 20), effect("l1")) == 9
    assert gateway().accrue_late_fee(bill.id, date(2026, 11, 20), effect("l2")) == 0
    assert gateway().balances(number(1)).late_fee == 129


def test_no_late_fee_before_the_bill_is_overdue() -> None:
    """On the due day itself nothing is drawn."""
    (bill,) = gateway().bills(number(1))
    assert gateway().accrue_late_fee(bill.id, bill.due_on, effect("l")) == 0


@pytest.mark.parametrize(("decision", "due"), [("credited", 3000), ("rejected", 5000)])
def test_a_hold_parks_the_amount_until_it_is_settled(decision: str, due: int) -> None:
    """While held only the rest is due; credited it stays so, rejected all is due again; it is settled once."""
    hold = gateway().place_hold(number(1), 2000, THURSDAY, effect("h"))
    assert gateway().balances(number(1))[1::3] == (3000, 2000)
    settled = gateway().settle_hold(hold.id, decision, effect("s"))
    assert gateway().settle_hold(hold.id, decision, effect("s")) == settled
    assert gateway().balances(number(1))[1::3] == (due, 0)
    assert refused(lambda: gateway().settle_hold(hold.id, "credited", effect("z"))) == "hold_settled"


def test_a_hold_placed_twice_is_one_hold() -> None:
    """The same call gives the same hold; more than is due cannot be held."""
    hold = gateway().place_hold(number(1), 2000, THURSDAY, effect("h"))
    assert gateway().place_hold(number(1), 2000, THURSDAY, effect("h")) == hold
    assert refused(lambda: gateway().place_hold(number(1), 3001, THURSDAY, effect("i"))) == "exceeds_bill"


def test_secondary_pricing_credits_the_bill_once() -> None:
    """Collected, handed in with count and total, applied; applying it again changes nothing."""
    item = gateway().enter_secondary_pricing(number(1), "2026-11", 800, "function_fee", effect("e"))
    assert gateway().enter_secondary_pricing(number(1), "2026-11", 800, "function_fee", effect("e")) == item
    assert gateway().hand_in_secondary_pricing("2026-11") == (1, 800)
    for key in ("a", "b"):
        assert gateway().apply_secondary_pricing(item.id, effect(key)).state == "applied"
    assert gateway().balances(number(1)).bill_due == 4200


def test_secondary_pricing_may_exceed_the_bill() -> None:
    """A number without a bill is credited ahead of its next one."""
    item = gateway().enter_secondary_pricing(number(2), "2026-11", 600, "reward", effect("e"))
    gateway().apply_secondary_pricing(item.id, effect("a"))
    assert gateway().balances(number(2)).bill_due == -600


def test_an_item_the_run_leaves_out_is_applied_by_the_next() -> None:
    """The first application of an omitted number does nothing, however often that call is repeated; another one applies it."""
    build({"subscriptions": [{"msisdn": "13900000004", "omitted_by_next_run": True}]}, at=AT)
    item = gateway().enter_secondary_pricing(number(4), "2026-11", 600, "call", effect("e"))
    states = [gateway().apply_secondary_pricing(item.id, effect(key)).state for key in ("a", "a", "b")]
    assert states == ["omitted", "omitted", "applied"]
    following = gateway().enter_secondary_pricing(number(4), "2026-12", 600, "call", effect("f"))
    assert gateway().apply_secondary_pricing(following.id, effect("c")).state == "applied"


@pytest.mark.parametrize("serial", ["K1", "K2"], ids=["from suspense", "from a cancelled number"])
def test_a_recharge_card_is_moved_from_where_it_lies(serial: str) -> None:
    """Charged to an invalid or to a cancelled number, the money arrives on the right one, once."""
    assert gateway().move_recharge(serial, number(2), effect("m")).amount == 5000
    assert gateway().move_recharge(serial, number(2), effect("m")).amount == 5000
    assert gateway().balances(number(2)).prepayment == 5000
    assert refused(lambda: gateway().move_recharge(serial, number(2), effect("n"))) == "nothing_left"


@pytest.mark.parametrize(("serial", "reason"), [("K0", "unknown_card"), ("K3", "nothing_left")])
def test_a_card_that_was_never_charged_is_not_moved(serial: str, reason: str) -> None:
    """An unknown or unused card has nothing that could be moved."""
    assert refused(lambda: gateway().move_recharge(serial, number(2), effect("m"))) == reason


def test_any_lines_can_be_posted() -> None:
    """An entry of several lines keeps their order and its case."""
    lines = [
        Line(Account("staff_receivable"), Account("adjustment"), 100),
        Line(Account("cash"), Account("adjustment"), 1),
    ]
    entry = gateway().post(effect("p"), "liability", lines)
    stored = session().get_one(JournalEntry, entry.id)
    assert ([posting.amount for posting in stored.postings], stored.case_number) == ([100, 1], "AJ-2026-000001")


def test_numbers_follow_the_offices_year() -> None:
    """The series starts anew at midnight in Shanghai, not in UTC."""
    late, early = datetime(2026, 12, 31, 15, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert [next_number("X", at) for at in (late, late, early)] == ["X-2026-000001", "X-2026-000002", "X-2027-000001"]


def test_another_billing_can_answer(runtime: engine.runtime.Runtime) -> None:
    """Inside an office whose billing is another every caller asks that one; in an office beside it, and outside of any, the embedded one."""
    embedded = gateway()
    substitute: Any = object()
    with engine.runtime.entered(replace(runtime, answered_by={BILLING: substitute})):
        assert gateway() is substitute
    assert gateway() is embedded
