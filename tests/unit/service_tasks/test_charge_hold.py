"""Charge holds: placed once, settled once, on a Thursday that is still to come."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from sqlalchemy import select

from models.base import session
from models.lines import LineClaim
from service_tasks.charge_hold import thursdays_from
from service_tasks.gateway import gateway

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
    moved = desk.moved()
    assert moved.get("13900000001.hold", 0) == 0
    assert moved.get("13900000001.receivable", 0) == receivable


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


@pytest.mark.parametrize("paid, parked", [(0, 3000), (4000, 1000), (5000, 0)])
def test_what_is_paid_of_a_line_waits_beside_the_hold(desk: Any, paid: int, parked: int) -> None:
    """Only what is owed is parked; on Thursday all of it is credited, once, the paid part on the next bill."""
    desk.given({**HALF_PAID, "bill": {**HALF_PAID["bill"], "paid": paid}})
    placed = desk.run("charge_hold/place", call_key="7:1", **OF_LINES)
    assert (placed["amount"], placed["parked"], placed["hold_id"] is None) == (3000, parked, not parked)
    assert desk.moved().get("13900000001.hold", 0) == parked
    answer = desk.twice("charge_hold/settle", call_key="7:2", hold_id=placed["hold_id"], decision="credited", **SETTLED)
    assert (answer["amount"], answer.get("paid", 0)) == (3000, 3000 - parked)
    assert (desk.moved().get("13900000001.hold", 0), desk.moved()["13900000001.receivable"]) == (0, -3000)


@pytest.mark.parametrize("paid", [0, 4000, 5000])
@pytest.mark.parametrize("topic", ["charge_hold/settle", "charge_hold/lift"])
def test_a_hold_that_is_rejected_or_withdrawn_frees_its_lines(desk: Any, topic: str, paid: int) -> None:
    """Due again, and another case may have the lines at once, what waited beside the hold as well."""
    desk.given({**HALF_PAID, "bill": {**HALF_PAID["bill"], "paid": paid}})
    placed = desk.run("charge_hold/place", call_key="7:1", **OF_LINES)
    ended = (
        {"decision": "rejected", **SETTLED}
        if topic.endswith("settle")
        else {"msisdn": "13900000001", "lines": [PART], "reason": "误会"}
    )
    desk.twice(topic, call_key="7:2", hold_id=placed["hold_id"], **ended)
    assert all(moved == 0 for moved in desk.moved().values())
    assert session().scalars(select(LineClaim.state)).all() == []
    assert gateway().given("AJ-2026-000001") == []  # so that the case may still be withdrawn


def test_a_line_on_hold_is_nobody_else_s(desk: Any) -> None:
    """A second hold of the same line parks nothing."""
    desk.given({**HALF_PAID, "bill": {**HALF_PAID["bill"], "paid": 0}})
    whole = {**OF_LINES, "amount": 5000, "disputed_amount": 5000, "lines": [{**PART, "amount": 5000}]}
    desk.run("charge_hold/place", call_key="7:1", **whole)
    assert desk.refused("charge_hold/place", call_key="7:9", **whole) == "exceeds_disputed"
