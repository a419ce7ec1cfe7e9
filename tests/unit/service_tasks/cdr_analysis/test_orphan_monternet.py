"""Orphan Monternet charges: what came after the number could no longer be used."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service_tasks.cdr_analysis.orphan_monternet import Charge, Number, Order, StateChange, find

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
    orphans = find(number, [charge(99), charge(100), charge(130)])
    assert [(orphan.charge.at.day, orphan.after) for orphan in orphans] == [
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


CHANGED = OPENED + timedelta(days=100)


def ordered(day: float, site: str = "新浪", fee: int = 0, until: float | None = None) -> Order:
    """An order of so many days after the opening."""
    ended = None if until is None else OPENED + timedelta(days=until)
    return Order(site, OPENED + timedelta(days=day), ended, fee)


@pytest.mark.parametrize(
    "carried, again, fee, orphan",
    [
        ([], [], {}, False),
        ([ordered(5)], [], {}, True),
        ([ordered(5, fee=800)], [], {}, True),
        ([ordered(5, fee=800)], [], {"amount": 100}, False),
        ([ordered(5, fee=800, until=90)], [], {}, False),
        ([ordered(5, fee=800)], [ordered(105)], {}, False),
        ([ordered(5, fee=800)], [ordered(105, "搜狐")], {}, True),
        ([ordered(5, "搜狐")], [], {}, False),
        ([ordered(5)], [], {"site": None}, False),
        ([], [ordered(5)], {}, True),
        ([], [ordered(5, until=60)], {}, False),
        ([], [ordered(105)], {}, False),
        ([ordered(5, fee=800)], [ordered(150)], {}, True),
        ([ordered(5, fee=800)], [], {"at": OPENED + timedelta(days=99)}, False),
    ],
)
def test_after_a_number_change_only_what_came_along_is_an_orphan(
    carried: list[Order], again: list[Order], fee: dict[str, Any], orphan: bool
) -> None:
    """Used on demand, cancelled before, ordered again or another provider's: the customer's own. Ordered on the old number: not."""
    number = Number(MSISDN, (history(),), CHANGED, tuple(again), tuple(carried))
    assert bool(find(number, [charge(140, **fee)])) is orphan


@pytest.mark.parametrize(
    "stopped, charged, orphan",
    [("2025-04-10", "2025-04-30", False), ("2025-04-10", "2025-05-31", True), ("2025-04-01", "2025-04-30", True)],
)
def test_a_monthly_fee_arises_on_its_first_day(stopped: str, charged: str, orphan: bool) -> None:
    """The first of the month in Shanghai, not the day it was collected; what is used once counts by its use."""
    states = (StateChange(OPENED, "in_service", None), StateChange(shanghai(stopped), "suspended", "arrears"))
    number = Number(MSISDN, (states,), ordered=(ordered(0, fee=800),))
    assert bool(find(number, [charge(0, at=shanghai(charged))])) is orphan
    assert find(number, [charge(0, at=shanghai(charged), amount=100)])


def test_a_fee_ordered_within_the_month_arises_with_the_order() -> None:
    """Ordered on the 20th, stopped on the 10th before: nobody can have ordered it."""
    order = Order("新浪", shanghai("2025-04-20"), None, 800)
    states = (StateChange(OPENED, "in_service", None), StateChange(shanghai("2025-04-10"), "cancelled", "request"))
    (orphan,) = find(Number(MSISDN, (states,), ordered=(order,)), [charge(0, at=shanghai("2025-04-30"))])
    assert orphan.counted_at == shanghai("2025-04-20")


def shanghai(day: str) -> datetime:
    """Midnight of a day in Shanghai."""
    return datetime.fromisoformat(f"{day}T00:00:00+08:00")


def test_nothing_is_said_about_another_number_or_a_free_message() -> None:
    """Orphans are charges, and of the number in question."""
    number = Number(MSISDN, (history((100, "cancelled", None)),))
    assert find(number, [charge(120, msisdn="13900000002"), charge(120, amount=0)]) == []


def test_a_number_nobody_ever_had_has_no_orphans() -> None:
    """Before the first holder there is no state to come after."""
    assert find(Number(MSISDN, ()), [charge(10)]) == []
    assert find(Number(MSISDN, (history(),)), [charge(-10)]) == []
