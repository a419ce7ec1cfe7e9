"""Charge holds: placed once, settled once, on a Thursday that is still to come."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import delete, select

from models.base import session
from models.billing import Bill
from models.lines import DisputedLine, LineClaim, LineRejection
from service_tasks.charge_hold import thursdays_from
from service_tasks.gateway import Effect, gateway

NUMBER = {"msisdn": "13900000001", "bill": {"items": [{"kind": "monternet", "text": "信息费", "amount": 5000}]}}
ASKED: dict[str, Any] = {"msisdn": "13900000001", "amount": 1200, "disputed_amount": 2000}
THURSDAY = "2026-11-26"


def test_a_hold_parks_the_amount_once(desk: Any) -> None:
    """The rest of the bill can be paid; the disputed part waits for Thursday."""
    desk.given(NUMBER)
    answer = desk.twice("charge_hold/place", **ASKED)
    assert (answer["amount"], answer["settle_on"]) == (1200, THURSDAY)
    assert desk.moved() == {"13900000001.hold": 1200, "13900000001.receivable": -1200}


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"amount": 2001}, "exceeds_disputed"),
        ({"amount": 5001, "disputed_amount": 9000}, "exceeds_bill"),
        ({"msisdn": "13900000009"}, "exceeds_bill"),
    ],
)
def test_a_hold_beyond_dispute_or_bill_is_refused(desk: Any, changed: dict[str, Any], code: str) -> None:
    """Nobody parks more than is in doubt, nor more than is due."""
    desk.given(NUMBER)
    assert desk.refused("charge_hold/place", **{**ASKED, **changed}) == code


@pytest.mark.parametrize("decision, receivable", [("credited", -1200), ("rejected", 0)])
def test_a_hold_is_settled_once(desk: Any, decision: str, receivable: int) -> None:
    """Credited, the amount is gone; rejected, it is due again."""
    desk.given(NUMBER)
    hold = desk.run("charge_hold/place", call_key="7:1", **ASKED)["hold_id"]
    answer = desk.twice("charge_hold/settle", call_key="7:2", hold_id=hold, decision=decision)
    assert answer == {"amount": 1200, "outcome": decision}
    changes = desk.moved()
    assert changes.get("13900000001.hold", 0) == 0
    assert changes.get("13900000001.receivable", 0) == receivable


def test_after_the_batch_is_released_the_next_thursday_counts(desk: Any) -> None:
    """A case that waited for a Thursday already settled would wait for ever."""
    desk.given(NUMBER)
    desk.run("batches/release", call_key="9:1", message="charge_hold_settled", batch="charge_hold", key=THURSDAY)
    assert desk.run("charge_hold/place", **ASKED)["settle_on"] == "2026-12-03"


def test_thursdays_follow_each_other() -> None:
    """The desk settles weekly; a case after closing time on Thursday belongs to the next one."""
    monday = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert list(islice(thursdays_from(monday), 3)) == [THURSDAY, "2026-12-03", "2026-12-10"]
    assert next(thursdays_from(monday + timedelta(days=3, hours=10))) == "2026-12-03"


PART = {"line": "bill-item:2026-10:1", "amount": 3000, "reason": "查实"}
HALF_PAID = {
    "msisdn": "13900000001",
    "bill": {"period": "2026-10", "paid": 4000, "items": [{"kind": "call", "text": "通话费", "amount": 5000}]},
}
OF_LINES: dict[str, Any] = {"msisdn": "13900000001", "amount": 3000, "disputed_amount": 3000, "lines": [PART]}
SETTLED: dict[str, Any] = {"msisdn": "13900000001", "amount": 3000, "lines": [PART]}


@pytest.mark.parametrize("paid_fen, parked", [(0, 3000), (4000, 1000), (5000, 0)])
def test_what_is_paid_of_a_line_waits_beside_the_hold(desk: Any, paid_fen: int, parked: int) -> None:
    """Only what is owed is parked; on Thursday all of it is credited, once, the paid part on the next bill."""
    desk.given({**HALF_PAID, "bill": {**HALF_PAID["bill"], "paid": paid_fen}})
    hold = desk.run("charge_hold/place", call_key="7:1", **OF_LINES)
    assert (hold["amount"], hold["parked"], hold["hold_id"] is None) == (3000, parked, not parked)
    assert desk.moved().get("13900000001.hold", 0) == parked
    answer = desk.twice("charge_hold/settle", call_key="7:2", hold_id=hold["hold_id"], decision="credited", **SETTLED)
    assert (answer["amount"], answer.get("paid", 0)) == (3000, 3000 - parked)
    assert (desk.moved().get("13900000001.hold", 0), desk.moved()["13900000001.receivable"]) == (0, -3000)


@pytest.mark.parametrize("paid_fen", [0, 4000, 5000])
@pytest.mark.parametrize("topic", ["charge_hold/settle", "charge_hold/lift"])
def test_a_hold_that_is_rejected_or_withdrawn_frees_its_lines(desk: Any, topic: str, paid_fen: int) -> None:
    """Due again, and another case may have the lines at once, what waited beside the hold as well."""
    desk.given({**HALF_PAID, "bill": {**HALF_PAID["bill"], "paid": paid_fen}})
    hold = desk.run("charge_hold/place", call_key="7:1", **OF_LINES)
    ended = (
        {"decision": "rejected", **SETTLED}
        if topic.endswith("settle")
        else {"msisdn": "13900000001", "lines": [PART], "reason": "误会"}
    )
    desk.twice(topic, call_key="7:2", hold_id=hold["hold_id"], **ended)
    assert all(fen == 0 for fen in desk.moved().values())
    assert session().scalars(select(LineClaim.state)).all() == []
    assert gateway().given("AJ-2026-000001") == []  # so that the case may still be withdrawn
    # Whoever picks them again sees that accounting said no; a withdrawal is no refusal.
    expected = [("AJ-2026-000001", 3000)] if topic.endswith("settle") else []
    rejections = session().execute(select(LineRejection.case_number, LineRejection.amount))
    assert [(*row,) for row in rejections] == expected


def test_a_line_on_hold_is_nobody_else_s(desk: Any) -> None:
    """A second hold of the same line parks nothing."""
    desk.given({**HALF_PAID, "bill": {**HALF_PAID["bill"], "paid": 0}})
    whole = {**OF_LINES, "amount": 5000, "disputed_amount": 5000, "lines": [{**PART, "amount": 5000}]}
    desk.run("charge_hold/place", call_key="7:1", **whole)
    assert desk.refused("charge_hold/place", call_key="7:9", **whole) == "exceeds_disputed"


def _part(amount: int) -> dict[str, Any]:
    part = {**PART, "amount": amount}
    return {"msisdn": "13900000001", "amount": amount, "lines": [part]}


def _reserved() -> list[int]:
    claim = LineClaim
    return list(session().scalars(select(claim.amount).where(claim.state == "reserved").order_by(claim.id)))


@pytest.mark.parametrize("first, amounts_left", [("credited", [1500]), ("rejected", [1500])])
def test_two_holds_of_a_case_on_one_half_paid_line_keep_their_own(
    desk: Any, first: str, amounts_left: list[int]
) -> None:
    """What is paid of the first waits beside it, whatever a second of the same case reserves; settling one leaves the other all of its own."""
    desk.given(HALF_PAID)
    first_hold = desk.run("charge_hold/place", call_key="7:1", **_part(1800))
    second_hold = desk.run("charge_hold/place", call_key="7:2", **_part(1500))
    assert (first_hold["parked"], second_hold["parked"], _reserved()) == (1000, 0, [800, 1500])
    answer = desk.twice(
        "charge_hold/settle",
        call_key="7:3",
        hold_id=first_hold["hold_id"],
        decision=first,
        reserved_as=first_hold["reserved_as"],
        **_part(1800),
    )
    assert _reserved() == amounts_left
    rest = {"hold_id": None, "decision": "credited", "reserved_as": second_hold["reserved_as"], **_part(1500)}
    assert desk.twice("charge_hold/settle", call_key="7:4", **rest)["amount"] == 1500
    assert (answer.get("amount"), _reserved()) == (1800 if first == "credited" else 1000, [])


def test_another_pick_of_the_case_leaves_what_waits_beside_a_hold(desk: Any) -> None:
    """Whoever picks lines again in the same case has no hold's paid part to give up, nor can it be paid in cash beside it."""
    desk.given({**HALF_PAID, "receipts": [{"number": "SJ-1", "kind": "charge", "amount": 4000}]})
    desk.run("charge_hold/place", call_key="7:1", **_part(4000))
    assert (
        desk.refused("lines/reserve", call_key="7:2", msisdn="13900000001", lines=_part(1500)["lines"]) == "line_taken"
    )
    desk.run("lines/reserve", call_key="7:3", msisdn="13900000001", lines=_part(1000)["lines"])
    assert _reserved() == [3000, 1000]


def test_a_diagram_from_before_settles_what_waits_beside_its_hold(desk: Any) -> None:
    """It does not name what was reserved; it gets it all the same."""
    desk.given({**HALF_PAID, "bill": {**HALF_PAID["bill"], "paid": 5000}})
    hold = desk.run("charge_hold/place", call_key="7:1", **_part(3000))
    answer = desk.twice(
        "charge_hold/settle", call_key="7:2", hold_id=hold["hold_id"], decision="credited", **_part(3000)
    )
    assert (answer["paid"], _reserved()) == (3000, [])


LATE = {
    "msisdn": "13900000001",
    "late_fee": 300,
    "bill": {
        "period": "2026-10",
        "paid": 5000,
        "items": [
            {"kind": "monthly_fee", "text": "套餐费", "amount": 4000},
            {"kind": "function_fee", "text": "彩铃功能费", "amount": 2500},
        ],
    },
}
FIVE = {"line": "bill-item:2026-10:2", "amount": 500, "reason": "查实"}
FIVE_HELD: dict[str, Any] = {"msisdn": "13900000001", "amount": 500, "lines": [FIVE]}


def _waits() -> list[tuple[str, int]]:
    line, claim = DisputedLine, LineClaim
    query = select(line.address, claim.amount).join(claim, claim.line_id == line.id)
    return [(row[0], row[1]) for row in session().execute(query.where(claim.state == "reserved").order_by(claim.id))]


@pytest.mark.parametrize("paid_fen, late_fee", [(0, 200), (1000, 200), (1200, 0), (1500, 0)])
def test_the_late_fee_that_falls_is_the_share_at_placing(desk: Any, paid_fen: int, late_fee: int) -> None:
    """5 of the 15 that are owed: a third of the late fee falls on Thursday, whatever is paid before, and the counter asks for the rest of it alone."""
    desk.given(LATE)
    hold = desk.twice("charge_hold/place", call_key="7:1", **FIVE_HELD)
    assert (hold["parked"], hold["late_fee"], _waits()) == (500, 100, [("late-fee:brought", 100)])
    counter = desk.run("payments/owed", msisdn="13900000001")
    assert (counter["total"], counter["held"], counter["late_fee_held"]) == (1200, 500, 100)
    if paid_fen:
        desk.run("payments/take", call_key="7:2", msisdn="13900000001", amount=paid_fen, into="bill")
    settled = {"hold_id": hold["hold_id"], "decision": "credited", "reserved_as": "7:1", "late_fee": 100, **FIVE_HELD}
    assert desk.twice("charge_hold/settle", call_key="7:3", **settled)["late_fee"] == 100
    assert (_stands("late_fee"), _stands("held"), _waits()) == (late_fee, 0, [])
    assert _stands("prepayment") == max(0, paid_fen - 1200)


@pytest.mark.parametrize("topic", ["charge_hold/settle", "charge_hold/lift"])
def test_no_late_fee_waits_beside_a_hold_that_is_over(desk: Any, topic: str) -> None:
    """Due again, the late fee is owed whole and free for another case."""
    desk.given(LATE)
    hold = desk.run("charge_hold/place", call_key="7:1", **FIVE_HELD)
    decision = {"decision": "rejected", "amount": 500} if topic.endswith("settle") else {}
    desk.twice(
        topic,
        call_key="7:2",
        hold_id=hold["hold_id"],
        msisdn="13900000001",
        lines=[FIVE],
        reserved_as="7:1",
        **decision,
    )
    assert (_waits(), _stands("late_fee")) == ([], 300)


def test_a_hold_from_before_has_its_late_fee_found_on_thursday(desk: Any) -> None:
    """A case whose hold was placed when nothing was kept of the late fee still has it fall; one whose placing found none has none."""
    desk.given(LATE)
    hold = desk.run("charge_hold/place", call_key="7:1", **FIVE_HELD)
    session().execute(delete(LineClaim).where(LineClaim.state == "reserved"))
    settled = {"hold_id": hold["hold_id"], "decision": "credited", "reserved_as": "7:1", **FIVE_HELD}
    assert desk.run("charge_hold/settle", call_key="7:2", late_fee=None, **settled)["late_fee"] == 100


def test_what_is_drawn_after_placing_is_no_late_fee_of_the_hold(desk: Any) -> None:
    """What is on hold draws none, so that what is drawn meanwhile is all of the rest."""
    desk.given({**LATE, "late_fee": 0})
    hold = desk.run("charge_hold/place", call_key="7:1", **FIVE_HELD)
    entry = Effect(key="7:9", at=datetime(2026, 12, 20, tzinfo=UTC), case=None)
    assert gateway().accrue_late_fee(session().scalars(select(Bill.id)).one(), date(2026, 12, 20), entry) > 0
    settled = {"hold_id": hold["hold_id"], "decision": "credited", "reserved_as": "7:1", **FIVE_HELD}
    assert "late_fee" not in desk.run("charge_hold/settle", call_key="7:2", late_fee=hold["late_fee"], **settled)


def _stands(kind: str) -> int:
    return int(getattr(gateway().balances(gateway().subscription("13900000001").id), kind))
