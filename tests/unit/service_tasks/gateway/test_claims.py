"""The money of a line is given once: what a case may reserve and have, across channels and cases, on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from models.base import Base, scratch, session, transaction
from models.billing import Receipt
from models.lines import BillPayment, DisputedLine, LineClaim
from models.usage import Cdr
from office.fixtures import build
from service_tasks.gateway import Effect, LinePart, Refused, gateway, payments
from service_tasks.gateway.lines import Papers
from service_tasks.gateway.listing import papers
from tests.support.worlds import accounts
from web import create_app
from web.edge import config
from web.queries.money import claims_of

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
CALLED = datetime(2026, 10, 9, 7, tzinfo=UTC)
ONE, TWO, PREPAID = "13900000001", "13900000002", "13900000003"
ITEMS = [
    {"kind": "monthly_fee", "text": "月租费", "amount": 5000},
    {"kind": "call", "text": "通话费", "amount": 500},
    {"kind": "roaming", "text": "漫游费", "amount": 300},
]
ROAMED = {"basic": 20, "long_distance": 20, "ip": 5, "forwarding": 5, "roaming": 80}
GIVEN = {
    "subscriptions": [
        {
            "msisdn": ONE,
            "bills": [
                {"period": "2026-09", "paid": True, "items": [{"kind": "call", "text": "通话费", "amount": 2000}]},
                {"period": "2026-10", "paid": True, "items": ITEMS},
            ],
            "receipts": [
                {"number": "SJ-1", "kind": "charge", "amount": 2000, "issued_at": "2026-10-12T09:00:00"},
                {"number": "SJ-2", "kind": "charge", "amount": 5800, "issued_at": "2026-11-12T09:00:00"},
            ],
        },
        {"msisdn": TWO, "late_fee": 120, "bill": {"period": "2026-10", "paid": 4000, "items": ITEMS}},
        {"msisdn": PREPAID, "kind": "prepaid", "prepayment": 1000},
    ],
    "cards": [{"serial": "K1", "state": "used", "charged_msisdn": "13900000099"}],
    "bank_payments": [{"reference": "YH-1", "msisdn": ONE, "amount": 5000}],
    "cdrs": [
        {"msisdn": ONE, "start": CALLED, "duration_s": 2, **ROAMED},
        *({"msisdn": PREPAID, "start": CALLED, "other_party": str(n), "basic": 80} for n in range(3)),
    ],
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def papers_on_either_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """The papers of GIVEN, on either database, inside a transaction."""
    with accounts(GIVEN, at=AT, url="" if request.param == "sqlite" else request.getfixturevalue("postgresql_tables")):
        yield


@pytest.fixture
def desk() -> Iterator[None]:
    """The same on SQLite only."""
    with accounts(GIVEN, at=AT):
        yield


def effect(case: str, key: str = "") -> Effect:
    """A call of a case."""
    return Effect(key=key or f"{case}:1", at=AT, case=case)


def id_of(msisdn: str) -> int:
    """The subscription of a number."""
    return gateway().subscription(msisdn).id


def call_of(msisdn: str, number: int = 0) -> str:
    """The address of a call of a number."""
    ids = session().scalars(select(Cdr.id).where(Cdr.served_msisdn == msisdn).order_by(Cdr.id)).all()
    return f"call:{ids[number]}"


def part(line: str, amount: int, component: str = "", reason: str = "查实") -> LinePart:
    """A part with a reason."""
    return LinePart(line, amount, component, reason)


def refused(call: Callable[[], Any]) -> dict[str, Any]:
    """What a refusal says."""
    with pytest.raises(Refused) as raised:
        call()
    return dict(raised.value.values)


def states(case: str) -> list[tuple[str, int]]:
    """What a case has of lines: state and fen."""
    query = select(LineClaim.state, LineClaim.amount).where(LineClaim.case_number == case).order_by(LineClaim.id)
    return [(*row,) for row in session().execute(query)]


def test_a_line_in_another_case_is_told_with_what_is_left(papers_on_either_database: None) -> None:
    """Of 58.00 the first case has 56.00; the second may have the rest, and hears which case has the others."""
    line = "bill-item:2026-10:1"
    gateway().reserve(id_of(ONE), [part(line, 4800)], effect("A"))
    refusal = refused(lambda: gateway().reserve(id_of(ONE), [part(line, 300)], effect("B")))
    assert refusal == {
        "reason": "line_taken",
        "line": line,
        "case": "A",
        "left": 200,
        "of": 5000,
        "amount": 300,
        "disputed": 200,
        "state": "reserved",
    }
    assert gateway().reserve(id_of(ONE), [part(line, 200)], effect("B")) == 200


def test_records_that_no_bill_charged_are_no_money_picked_twice() -> None:
    """Two calls are never the same money; where the bill charges for one of them only, that is what is told. A call and its item are the same."""
    calls = [{"msisdn": ONE, "start": CALLED, "other_party": str(n), "basic": 40} for n in (1, 2)]
    bill = {"period": "2026-10", "items": [{"kind": "roaming", "text": "漫游费", "amount": 50}]}
    with scratch(), transaction():
        build({"subscriptions": [{"msisdn": ONE, "bills": [bill]}], "cdrs": calls}, at=AT)
        first, second, item = call_of(ONE), call_of(ONE, 1), "bill-item:2026-10:1"
        refusal = refused(lambda: gateway().reserve(id_of(ONE), [part(first, 40), part(second, 40)], effect("A")))
        assert (refusal["because"], refusal["line"], refusal["left"], refusal.get("other")) == (
            "beyond_bill",
            second,
            10,
            None,
        )
        refusal = refused(lambda: gateway().reserve(id_of(ONE), [part(item, 50), part(second, 40)], effect("A")))
        assert (refusal["because"], refusal["line"], refusal["other"]) == ("picked_twice", second, item)
        gateway().reserve(id_of(ONE), [part(first, 40)], effect("B"))
        refusal = refused(lambda: gateway().reserve(id_of(ONE), [part(second, 40)], effect("A")))
        assert (refusal.get("because"), refusal["case"], refusal["left"]) == (None, "B", 10)


def test_a_reservation_is_the_case_s_choice_and_ends_with_it(papers_on_either_database: None) -> None:
    """What is picked anew replaces what was picked; what is released is free for the next case."""
    gateway().reserve(id_of(ONE), [part("bill-item:2026-10:1", 5000)], effect("A"))
    gateway().reserve(id_of(ONE), [part("bill-item:2026-10:2", 500)], effect("A", "A:2"))
    assert gateway().reserve(id_of(ONE), [part("bill-item:2026-10:1", 5000)], effect("B")) == 5000
    gateway().release("A")
    assert gateway().reserve(id_of(ONE), [part("bill-item:2026-10:2", 500)], effect("C")) == 500


def test_another_branch_of_a_case_keeps_what_it_has_in_reserve(papers_on_either_database: None) -> None:
    """A line of which one part is held and the other paid back: the branch that picks anew leaves the other's part alone, held already or not."""
    line, other_line = "bill-item:2026-10:1", "bill-item:2026-10:2"
    gateway().reserve(id_of(TWO), [part(line, 5000), part(other_line, 500)], effect("A"))
    gateway().reserve(
        id_of(TWO), [part(line, 3000)], effect("A", "A:2"), beside=[part(line, 2000), part(other_line, 500)]
    )
    assert sorted(states("A")) == [("reserved", 500), ("reserved", 2000), ("reserved", 3000)]
    gateway().place_hold(id_of(TWO), 1000, date(2026, 11, 26), effect("A", "A:3"), lines=[part(line, 1000)])
    gateway().reserve(
        id_of(TWO), [part(line, 3000)], effect("A", "A:4"), beside=[part(line, 1000), part(other_line, 500)]
    )
    late_fee = ("reserved", 66)  # that falls with what is held, on the same Thursday
    assert sorted(states("A")) == [("held", 1000), late_fee, ("reserved", 500), ("reserved", 1000), ("reserved", 3000)]


def test_lines_come_apart_into_what_was_paid_and_what_is_owed(papers_on_either_database: None) -> None:
    """Of 58.00 of which 40.00 was paid, 18.00 is still owed: what is owed comes first, a line in two parts if need be."""
    paid_parts, owed_parts = gateway().apart(
        id_of(TWO), [part("bill-item:2026-10:2", 500), part("bill-item:2026-10:1", 5000)]
    )
    assert [(share.line, share.amount) for share in owed_parts] == [
        ("bill-item:2026-10:2", 500),
        ("bill-item:2026-10:1", 1300),
    ]
    assert [(share.line, share.amount) for share in paid_parts] == [("bill-item:2026-10:1", 3700)]
    assert gateway().apart(id_of(ONE), [part("bill-item:2026-09:1", 2000)])[1] == []


def test_the_same_call_reserves_once(papers_on_either_database: None) -> None:
    """A service task that is attempted again finds its own reservation."""
    for _ in range(2):
        assert gateway().reserve(id_of(ONE), [part("bill-item:2026-10:2", 500)], effect("A")) == 500
    assert states("A") == [("reserved", 500)]


@pytest.mark.parametrize(
    "line",
    [
        "bill-item:2026-10:9",
        "bill-item:2026-11:1",
        "call:99999999999999999",
        "call:x",
        "bill:2026-10",
        "nothing",
        "payment:SJ-9",
    ],
)
def test_what_is_no_line_of_the_customer_is_refused(desk: None, line: str) -> None:
    """An address that stands for nothing, or for something that holds lines."""
    assert refused(lambda: gateway().reserve(id_of(ONE), [part(line, 1)], effect("A")))["reason"] == "line_unknown"


def test_another_customer_s_line_is_refused(desk: None) -> None:
    """Somebody else's call or receipt is unknown, not merely taken."""
    for line in (call_of(ONE), "bill-item:2026-09:1"):
        assert (
            refused(lambda line=line: gateway().reserve(id_of(TWO), [part(line, 1)], effect("A")))["reason"]
            == "line_unknown"
        )


def test_a_payment_is_no_line_beside_the_bill_it_paid(desk: None) -> None:
    """What a receipt paid on a bill is disputed by the lines of the bill, so that it is not given twice."""
    assert (
        refused(lambda: gateway().reserve(id_of(ONE), [part("payment:SJ-2", 1)], effect("A")))["reason"]
        == "line_unknown"
    )
    assert [line.line for line in papers(id_of(ONE)).others] == []


def test_the_papers_say_what_is_left_and_who_has_it(papers_on_either_database: None) -> None:
    """Beside a step: every line with what is left of it; what the case itself has in reserve counts as left."""
    gateway().credit(id_of(ONE), 3000, "charge", effect("A"), lines=[part("bill-item:2026-10:1", 3000)])
    gateway().reserve(id_of(ONE), [part("bill-item:2026-10:1", 500)], effect("B"))
    lines_by_address = {line.line: line for line in papers(id_of(ONE), own_case="B").each()}
    assert lines_by_address["bill-item:2026-10:1"].left == 2000
    assert lines_by_address["bill-item:2026-10:1"].cases == ("A",)
    assert {line.left for line in papers(id_of(ONE), own_case="C").each() if line.line == "bill-item:2026-10:1"} == {
        1500
    }
    assert (lines_by_address[call_of(ONE)].left, lines_by_address[call_of(ONE)].seconds) == (130, 2)
    late = [(line.line, line.amount) for line in papers(id_of(TWO)).others]
    assert late == [("late-fee:brought", 120)]


def test_a_part_of_a_line_has_a_reason(desk: None) -> None:
    """Less than what is left is picked for a reason; a component of a call is one."""
    refusal = refused(lambda: gateway().reserve(id_of(ONE), [LinePart("bill-item:2026-10:1", 4999)], effect("A")))
    assert refusal["reason"] == "part_without_reason"
    assert gateway().reserve(id_of(ONE), [LinePart(call_of(ONE), 20, "basic")], effect("A")) == 20


def test_a_call_is_not_given_beside_the_item_that_charges_it(papers_on_either_database: None) -> None:
    """What a call cost lies in what the bill charges for calls: both together never exceed it."""
    gateway().credit(id_of(ONE), 500, "charge", effect("A"), lines=[part("bill-item:2026-10:2", 500)])
    refusal = refused(lambda: gateway().reserve(id_of(ONE), [part(call_of(ONE), 20, "basic")], effect("B")))
    assert (refusal["reason"], refusal["case"], refusal["left"]) == ("line_taken", "A", 0)
    assert gateway().reserve(id_of(ONE), [part(call_of(ONE), 80, "roaming")], effect("B")) == 80


def test_a_short_call_while_roaming_keeps_its_roaming_component(papers_on_either_database: None) -> None:
    """A call of 1.30, 0.80 of it roaming: four components come back and the rest stays free."""
    components = [("basic", 20), ("long_distance", 20), ("ip", 5), ("forwarding", 5)]
    gateway().credit(
        id_of(ONE), 50, "charge", effect("A"), lines=[part(call_of(ONE), n, name) for name, n in components]
    )
    assert gateway().balances(id_of(ONE)).bill_due == -50
    refusal = refused(lambda: gateway().reserve(id_of(ONE), [part(call_of(ONE), 20, "basic")], effect("B")))
    assert refusal["case"] == "A"
    rest = select(DisputedLine.amount - DisputedLine.claimed).where(DisputedLine.address == "bill:2026-10:call")
    assert session().scalar(rest) == 450


def test_a_late_fee_given_up_is_not_called_credited(papers_on_either_database: None) -> None:
    """What is given up says so, to the clerk who picks the line and in the case's money."""
    with transaction():
        gateway().waive_late_fee(id_of(TWO), 120, effect("A"), lines=[part("late-fee:brought", 120)])
    (late_fee,) = papers(id_of(TWO)).others
    assert late_fee.became == (("A", "late_fee_waiver"),)
    assert [line.state for line in claims_of("A")] == ["late_fee_waiver"]


def test_moved_to_another_number_the_receipt_found_later_pays_nothing(papers_on_either_database: None) -> None:
    """25 of the bill went to another number without the receipt; the receipt pays what is left of it and no more."""
    gateway().credit(
        id_of(ONE), 5000, "charge", effect("A"), lines=[part("bill-item:2026-10:1", 5000)], target=id_of(TWO)
    )
    assert gateway().balances(id_of(TWO)).bill_due == 1800 - 5000
    receipt = gateway().receipt("SJ-2")
    assert receipt is not None
    assert receipt.refunded == 5000
    refusal = refused(
        lambda: gateway().refund_cash("SJ-2", 5000, effect("B"), lines=[part("bill-item:2026-10:1", 5000)])
    )
    assert refusal["reason"] in ("line_taken", "exceeds_receipt")
    assert refused(lambda: gateway().refund_cash("SJ-2", 5000, effect("C")))["reason"] == "exceeds_receipt"


def test_cash_without_lines_is_kept_with_the_bill(papers_on_either_database: None) -> None:
    """An older process pays a receipt without naming lines: the bill it paid has that much less to give."""
    gateway().refund_cash("SJ-1", 1500, effect("A"))
    refusal = refused(lambda: gateway().reserve(id_of(ONE), [part("bill-item:2026-09:1", 501)], effect("B")))
    assert (refusal["reason"], refusal["case"], refusal["left"]) == ("line_taken", "A", 500)


def test_what_a_receipt_gave_before_counts_on_what_it_paid(papers_on_either_database: None) -> None:
    """Receipts that come with money given back already: their bill, prepayment and late fee have that much less to give, whatever the way out."""
    bill = {"period": "2026-10", "paid": True, "items": ITEMS[:1]}
    receipts = [
        {"number": "SJ-8", "kind": "charge", "amount": 5000, "refunded": 4000},
        {"number": "SJ-9", "kind": "late_fee", "amount": 120, "refunded": 120},
        {"number": "SJ-10", "kind": "prepayment", "amount": 700, "refunded": 700},
    ]
    with transaction():
        subscription = {"msisdn": "13900000008", "bill": bill, "late_fee": 150, "prepayment": 900, "receipts": receipts}
        build({"subscriptions": [subscription]}, at=AT)
    own, fee = id_of("13900000008"), part("bill-item:2026-10:1", 1001)
    for give in (
        lambda: gateway().reserve(own, [fee], effect("B")),
        lambda: gateway().credit(own, 1001, "charge", effect("C"), lines=[fee]),
        lambda: gateway().credit(own, 1001, "charge", effect("D"), lines=[fee], target=id_of(TWO)),
        lambda: gateway().reserve(own, [part("late-fee:brought", 31)], effect("B")),
        lambda: gateway().reserve(own, [part("payment:SJ-10", 1)], effect("B")),
    ):
        with pytest.raises(Refused, match="line_taken"), session().begin_nested():
            give()
    rest = {line.line: line.left for line in papers(own).each()}
    assert rest == {"bill-item:2026-10:1": 1000, "late-fee:brought": 30, "payment:SJ-10": 0}
    assert gateway().balances(own).bill_due == 0


def test_no_more_goes_back_than_the_receipts_of_a_bill_still_hold(papers_on_either_database: None) -> None:
    """An office from before, whose used receipt marked no line: the credit is refused where nothing of the payment is left, and nothing moves."""
    with transaction():
        session().execute(update(Receipt).where(Receipt.number == "SJ-2").values(refunded=5000))
    lines = [part("bill-item:2026-10:1", 5000)]
    with pytest.raises(Refused) as raised, session().begin_nested():
        gateway().credit(id_of(ONE), 5000, "charge", effect("A"), lines=lines)
    values = raised.value.values
    assert (raised.value.reason, values["amount"], values["disputed"]) == ("exceeds_disputed", 5000, 800)
    assert gateway().balances(id_of(ONE)).bill_due == 0
    gateway().credit(id_of(ONE), 800, "charge", effect("A"), lines=[part("bill-item:2026-10:1", 800)])
    assert gateway().balances(id_of(ONE)).bill_due == -800


def test_a_receipt_pays_up_to_what_it_paid_on_the_disputed_bill(papers_on_either_database: None) -> None:
    """The receipt of another bill pays nothing."""
    refusal = refused(lambda: gateway().refund_cash("SJ-1", 500, effect("A"), lines=[part("bill-item:2026-10:2", 500)]))
    assert (refusal["reason"], refusal["left"]) == ("exceeds_receipt", 0)
    assert gateway().refund_cash("SJ-2", 500, effect("B"), lines=[part("bill-item:2026-10:2", 500)]).amount == 500


def test_what_is_owed_falls_first_and_its_late_fee_with_it(papers_on_either_database: None) -> None:
    """58 charged, 40 paid, late fee 1.20: of a line of 50, 18 fall with all of the late fee, and 32 are credited."""
    note = gateway().credit(
        id_of(TWO), 5000, "charge", effect("A"), lines=[part("bill-item:2026-10:1", 5000)], target=id_of(ONE)
    )
    assert (note.amount, note.fallen, note.late_fee) == (5000, 1800, 120)
    assert gateway().balances(id_of(TWO))[1:3] == (0, 0)
    assert gateway().balances(id_of(ONE)).bill_due == -3200


def test_half_of_what_is_owed_takes_half_of_the_late_fee(papers_on_either_database: None) -> None:
    """The late fee falls in proportion to what is still owed."""
    note = gateway().credit(id_of(TWO), 900, "charge", effect("A"), lines=[part("bill-item:2026-10:1", 900)])
    assert (note.fallen, note.late_fee) == (900, 60)
    again = gateway().credit(id_of(TWO), 900, "charge", effect("B"), lines=[part("bill-item:2026-10:1", 900)])
    assert (again.fallen, again.late_fee) == (900, 60)


def test_calls_deducted_from_a_prepayment_go_back_into_it(papers_on_either_database: None) -> None:
    """Three calls of 2.40 in all: the own prepayment grows by as much, once."""
    lines = [LinePart(call_of(PREPAID, number), 80) for number in range(3)]
    gateway().credit(id_of(PREPAID), 240, "charge", effect("A"), lines=lines)
    assert gateway().balances(id_of(PREPAID)).prepayment == 1240
    assert refused(lambda: gateway().reserve(id_of(PREPAID), lines[:1], effect("B")))["case"] == "A"


def test_a_hold_that_is_lifted_frees_its_lines(papers_on_either_database: None) -> None:
    """Held while accounting decides; rejected, the lines may be disputed again, credited they may not."""
    line = [part("bill-item:2026-10:1", 1800)]
    first = gateway().place_hold(id_of(TWO), 1800, date(2026, 11, 26), effect("A"), lines=line)
    assert states("A") == [("held", 1800), ("reserved", 120)]  # and the late fee that falls with it
    gateway().settle_hold(first.id, "rejected", effect("A", "A:2"))
    assert states("A") == []
    second = gateway().place_hold(id_of(TWO), 1800, date(2026, 11, 26), effect("B"), lines=line)
    settled = gateway().settle_hold(second.id, "credited", effect("B", "B:2"))
    assert (states("B")[0], settled.late_fee) == (("credited", 1800), 120)
    assert gateway().balances(id_of(TWO))[1:3] == (0, 0)


def test_a_correction_keeps_its_lines_until_the_run(papers_on_either_database: None) -> None:
    """What waits for secondary pricing is reserved, whatever the case picks next, and re-priced by the run."""
    line = [part("bill-item:2026-10:1", 5000)]
    gateway().reserve(id_of(ONE), line, effect("A"))
    item = gateway().enter_secondary_pricing(id_of(ONE), "2026-11", 5000, "monthly_fee", effect("A", "A:2"), lines=line)
    gateway().reserve(id_of(ONE), [], effect("A", "A:3"))
    assert states("A") == [("reserved", 5000)]
    gateway().apply_secondary_pricing(item.id, effect("A", "A:4"))
    assert states("A") == [("re_priced", 5000)]


def test_what_was_reserved_is_used_up_by_what_is_paid(papers_on_either_database: None) -> None:
    """What a payment does not name stays with the case until it ends."""
    gateway().reserve(id_of(ONE), [part("bill-item:2026-10:1", 5000)], effect("A"))
    line = [part("bill-item:2026-10:1", 3000)]
    gateway().credit(id_of(ONE), 3000, "charge", effect("A", "A:2"), lines=line)
    assert sorted(states("A")) == [("credited", 3000), ("reserved", 2000)]
    gateway().release("A")
    assert states("A") == [("credited", 3000)]


@pytest.mark.parametrize("way", ["cash", "credit", "hold", "run", "staff"])
def test_less_than_was_claimed_frees_the_rest_at_once(papers_on_either_database: None, way: str) -> None:
    """Of 55.00 in reserve 20.00 are given, however it is done: the rest is anybody's when the money moves, not when the case closes."""
    lines = [part("bill-item:2026-10:1", 5000), part("bill-item:2026-10:2", 500)]
    gateway().reserve(id_of(ONE), lines, effect("A", "A:1"))
    paying = effect("A", "A:2")
    ways: dict[str, Callable[[], Any]] = {
        "cash": lambda: gateway().refund_cash("SJ-2", 2000, paying, lines=lines),
        "credit": lambda: gateway().credit(id_of(ONE), 2000, "charge", paying, lines=lines),
        "hold": lambda: gateway().place_hold(id_of(ONE), 2000, AT.date(), paying, lines=lines),
        "run": lambda: gateway().enter_secondary_pricing(
            id_of(ONE), "2026-11", 2000, "monthly_fee", paying, lines=lines
        ),
        "staff": lambda: gateway().paid_by_staff(id_of(ONE), 2000, "charge", paying, lines),
    }
    ways[way]()
    assert sum(fen for _, fen in states("A")) == 2000
    assert gateway().reserve(id_of(ONE), [part("bill-item:2026-10:1", 3000)], effect("B", "B:1")) == 3000
    assert gateway().reserve(id_of(ONE), [part("bill-item:2026-10:2", 500)], effect("C", "C:1")) == 500


def test_less_than_was_claimed_leaves_another_branch_its_lines(papers_on_either_database: None) -> None:
    """What the payment was not given is not its to free."""
    part_a, beside = [part("bill-item:2026-10:1", 5000)], [part("bill-item:2026-10:2", 500)]
    gateway().reserve(id_of(ONE), [*part_a, *beside], effect("A", "A:1"))
    gateway().refund_cash("SJ-2", 2000, effect("A", "A:2"), lines=part_a)
    assert sorted(states("A")) == [("refunded", 2000), ("reserved", 500)]


def test_more_than_the_lines_is_refused(desk: None) -> None:
    """One fen more than was picked."""
    refusal = refused(
        lambda: gateway().credit(id_of(ONE), 501, "charge", effect("A"), lines=[part("bill-item:2026-10:2", 500)])
    )
    assert (refusal["reason"], refusal["disputed"]) == ("exceeds_disputed", 500)


def test_what_is_taken_back_may_be_given_again(papers_on_either_database: None) -> None:
    """A wrong credit is entered the other way, once, and what is left of its line grows again."""
    line = [part("bill-item:2026-10:2", 500)]
    note = gateway().credit(id_of(ONE), 500, "charge", effect("A"), lines=line)
    reversal = gateway().reverse(note.entry, effect("A", "A:2"))
    assert gateway().reverse(note.entry, effect("A", "A:2")) == (reversal.id, reversal.key, True)
    assert refused(lambda: gateway().reverse(note.entry, effect("A", "A:3")))["reason"] == "entry_reversed"
    assert gateway().balances(id_of(ONE)).bill_due == 0
    assert gateway().reserve(id_of(ONE), line, effect("B")) == 500


def test_payments_pay_the_oldest_bill_first(desk: None) -> None:
    """A payment that says nothing pays from the oldest bill on, and a bill may be paid in part."""
    build(
        {
            "subscriptions": [
                {"msisdn": "13900000009", "bills": [{"period": p, "items": ITEMS} for p in ("2026-09", "2026-10")]}
            ]
        },
        at=AT,
    )
    billed = Papers.of(id_of("13900000009"))
    older, newer = billed.bills
    payments.allocate(billed, 7000, AT)
    assert payments.owed(billed) == {older: 0, newer: 4600}
    payments.allocate(billed, 100, AT, bill_id=newer)
    assert payments.owed(billed) == {older: 0, newer: 4500}


def test_receipts_stand_for_the_bills_they_paid(desk: None) -> None:
    """The older receipt is of the older bill."""
    query = select(BillPayment.receipt_number, BillPayment.amount).order_by(BillPayment.id)
    assert [(*row,) for row in session().execute(query.join(Receipt))] == [("SJ-1", 2000), ("SJ-2", 5800)]


def test_the_database_itself_refuses_more_than_a_line_has(papers_on_either_database: None) -> None:
    """Whoever writes past the gateway: the sum of what stands never exceeds the line, nor the bill around it."""
    gateway().credit(id_of(ONE), 3000, "charge", effect("A"), lines=[part("bill-item:2026-10:1", 3000)])
    more = update(LineClaim).values(amount=5001)
    with pytest.raises(IntegrityError), session().begin_nested():
        session().execute(more)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def halls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An office over a database that two halls reach at once."""
    file = f"sqlite:///{tmp_path / 'office.db'}"
    url = file if request.param == "sqlite" else request.getfixturevalue("postgresql_tables")
    app = create_app(config.Settings(database_url=url, var=tmp_path, testing=True))
    with app.app_context():
        Base.metadata.create_all(app.extensions["sqlalchemy"].engine)
        with transaction():
            build(GIVEN, at=AT)
        yield app
        session().rollback()
        app.extensions["sqlalchemy"].engine.dispose()


def test_two_halls_in_the_same_second(halls: Flask) -> None:
    """One receipt, one line of 50, two halls: one pays, the other is told which case was first."""
    start, owner = Barrier(2), id_of(ONE)

    def pay(case: str) -> dict[str, Any]:
        with halls.app_context():
            start.wait()
            try:
                with transaction():
                    gateway().reserve(owner, [part("bill-item:2026-10:1", 5000)], effect(case))
                    gateway().refund_cash(
                        "SJ-2", 5000, effect(case, f"{case}:2"), lines=[part("bill-item:2026-10:1", 5000)]
                    )
            except Refused as no:
                return dict(no.values)
            return {"paid": case}

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(pay, ("A", "B")))
    (winner,) = (answer["paid"] for answer in answers if "paid" in answer)
    (loser,) = (answer for answer in answers if "paid" not in answer)
    assert (loser["reason"], loser["case"], loser["left"]) == ("line_taken", winner, 0)


@pytest.mark.parametrize("paper", ["card", "bank payment"])
def test_two_halls_with_a_paper_of_no_customer(halls: Flask, paper: str) -> None:
    """A card in suspense and a bank's proof stand in nobody's papers: they too go to one of two cases, and the other is told which."""
    start, owner = Barrier(2), id_of(ONE)

    def give(case: str) -> dict[str, Any]:
        with halls.app_context():
            start.wait()
            try:
                with transaction():
                    if paper == "card":
                        gateway().reserve_card("K1", effect(case))
                        gateway().move_recharge("K1", owner, effect(case, f"{case}:2"))
                    else:
                        gateway().reserve_bank_payment(owner, ONE, "YH-1", effect(case))
                        gateway().correct_bank_payment(owner, ONE, "YH-1", effect(case, f"{case}:2"))
            except Refused as no:
                return dict(no.values)
            return {"paid": case}

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(give, ("A", "B")))
    (winner,) = (answer["paid"] for answer in answers if "paid" in answer)
    (loser,) = (answer for answer in answers if "paid" not in answer)
    assert (loser["reason"], loser["case"]) == ("line_taken", winner)
    with halls.app_context():
        assert gateway().balances(owner).prepayment == 5000
