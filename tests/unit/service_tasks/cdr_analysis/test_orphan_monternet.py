"""Orphan Monternet charges: what came after the number could no longer be used."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service_tasks.cdr_analysis.orphan_monternet import Charge, Number, StateChange, find

OPENED = datetime(2025, 1, 1, tzinfo=UTC)
MSISDN = "13900000001"
STOPPED = OPENED + timedelta(days=100)


def history(*changes: tuple[int, str, str | None]) -> tuple[StateChange, ...]:
    """In service from the opening, then in these states from so many days after it."""
    later = [StateChange(OPENED + timedelta(days=day), state, reason) for day, state, reason in changes]
    return (StateChange(OPENED, "in_service", None), *later)


def charge(day: float, **changed: Any) -> Charge:
    """Eight yuan of a site, so many days after the opening."""
    usual = {"at": OPENED + timedelta(days=day), "msisdn": MSISDN, "site": "新浪", "amount": 800, "paid": False}
    return Charge(**{**usual, **changed})


@pytest.mark.parametrize(
    "state, reason, after",
    [
        ("suspended", "arrears", "suspension"),
        ("suspended", "request", "suspension"),
        ("suspended", None, "suspension"),
        ("cancelled", "arrears", "cancellation_arrears"),
        ("cancelled", "request", "cancellation_request"),
        ("cancelled", None, "cancellation_final"),
        ("cancelled", "number_change", "number_change"),
    ],
)
def test_a_charge_after_the_number_stopped_is_an_orphan(state: str, reason: str | None, after: str) -> None:
    """TS-006.3 names suspension, every kind of cancellation, and number change."""
    number = Number(MSISDN, (history((100, state, reason)),))
    found = find(number, [charge(99), charge(100), charge(130)])
    assert [(orphan.charge.at.day, orphan.after) for orphan in found] == [
        (charge(100).at.day, after),
        (charge(130).at.day, after),
    ]


def test_a_restored_number_is_charged_rightly() -> None:
    """Only what fell into the suspension is an orphan."""
    number = Number(MSISDN, (history((100, "suspended", "arrears"), (110, "in_service", None)),))
    assert [orphan.charge for orphan in find(number, [charge(99), charge(105), charge(111)])] == [charge(105)]


def test_the_next_holder_s_charges_are_no_orphans() -> None:
    """A cancelled number given out again is in service, for somebody else."""
    second = (StateChange(OPENED + timedelta(days=200), "in_service", None),)
    number = Number(MSISDN, (history((100, "cancelled", "request")), second))
    assert [orphan.charge for orphan in find(number, [charge(150), charge(250)])] == [charge(150)]


def test_after_a_number_change_only_new_orders_may_charge() -> None:
    """What was ordered on the old number does not come along; what was ordered on the new one is owed."""
    changed = OPENED + timedelta(days=100)
    number = Number(MSISDN, (history(),), changed_at=changed, ordered=(("搜狐", changed + timedelta(days=5)),))
    found = find(number, [charge(90), charge(110), charge(104, site="搜狐"), charge(106, site="搜狐")])
    assert [(orphan.charge, orphan.after) for orphan in found] == [
        (charge(110), "number_change"),
        (charge(104, site="搜狐"), "number_change"),
    ]


def test_nothing_is_said_about_another_number_or_a_free_message() -> None:
    """Orphans are charges, and of the number in question."""
    number = Number(MSISDN, (history((100, "cancelled", None)),))
    assert find(number, [charge(120, msisdn="13900000002"), charge(120, amount=0)]) == []


def test_a_number_nobody_ever_had_has_no_orphans() -> None:
    """Before the first holder there is no state to come after."""
    assert find(Number(MSISDN, ()), [charge(10)]) == []
    assert find(Number(MSISDN, (history(),)), [charge(-10)]) == []
