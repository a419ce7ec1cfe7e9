"""Who bears an error, and how large it is."""

from typing import Any

import pytest

from service_tasks.liability import assess, bound


def assessed(**changed: Any) -> Any:
    """A wrong order in an own hall, with what differs."""
    usual = {
        "right_charge": 0,
        "charged": 5000,
        "cause": "staff",
        "error_kind": "wrong_order",
        "unit_kind": "own",
        "person": "李某",
    }
    return assess(**{**usual, **changed})


@pytest.mark.parametrize(
    "right, charged, amount, direction",
    [(8000, 5000, 3000, "too_little"), (0, 5000, -5000, "too_much"), (5000, 5000, 0, "none")],
)
def test_the_error_amount_is_what_was_right_less_what_was_charged(
    right: int, charged: int, amount: int, direction: str
) -> None:
    """CH2.9: the sign says which way the money has to go."""
    assessment = assessed(right_charge=right, charged=charged)
    assert (assessment.error_amount, assessment.direction) == (amount, direction)


@pytest.mark.parametrize("cause", ["system", "management", "technology", "equipment", "engineering", "other"])
def test_the_company_bears_what_no_person_caused(cause: str) -> None:
    """CH2.10: a system failure or another objective cause must never fall on a clerk."""
    assessment = assessed(cause=cause, error_kind=None)
    assert (assessment.bearer, assessment.bearer_name) == ("company", None)


@pytest.mark.parametrize("unit, bearer", [("own", "person"), ("franchised", "agency"), ("agency", "agency")])
def test_staff_errors_fall_on_the_person_or_the_agency(unit: str, bearer: str) -> None:
    """CH2.10: in an own hall the person bears it, elsewhere the agency."""
    assessment = assessed(unit_kind=unit)
    assert (assessment.bearer, assessment.bearer_name) == (bearer, "李某")


def test_the_operators_cause_with_an_order_error_is_a_staff_error() -> None:
    """CH2.8: wrong, unrequested and missed orders are done by somebody."""
    assert assessed(cause="operator", error_kind="missed_order").bearer == "person"
    assert assessed(cause="operator", error_kind=None).bearer == "company"


def test_the_topic_takes_an_unnamed_unit_as_an_own_hall(desk: Any) -> None:
    """FEEL gives null for what the form did not ask."""
    answer = desk.run(
        "liability/assess", right_charge=0, charged=300, cause="staff", error_kind=None, unit_kind=None, person=None
    )
    assert answer == {
        "error_amount": -300,
        "direction": "too_much",
        "bearer": "person",
        "bearer_name": None,
        "refundable": 300,
        "borne": 300,
    }


@pytest.mark.parametrize(
    "kind, right, charged, delivered, refundable, borne",
    [
        ("missed_order", 8000, 10000, True, 2000, 2000),
        ("missed_order", 1500, 0, True, 0, 1500),
        ("wrong_order", 3000, 5000, True, 2000, 2000),
        ("wrong_order", 3000, 5000, False, 5000, 5000),
        ("wrong_order", 8000, 5000, True, 0, 3000),
        ("wrong_order", 8000, 5000, False, 5000, 5000),
        ("unrequested_order", 5000, 5000, True, 5000, 5000),
        ("wrong_order", 5000, 5000, True, 0, 0),
    ],
)
def test_the_error_amount_bounds_what_comes_back(
    kind: str, right: int, charged: int, delivered: bool, refundable: int, borne: int
) -> None:
    """A missed discount comes back; a missed paid service is not collected, the liable party bears it; a right service that was not given costs nothing."""
    assessment = assessed(right_charge=right, charged=charged, error_kind=kind, right_delivered=delivered)
    assert (assessment.refundable, assessment.borne) == (refundable, borne)


@pytest.mark.parametrize(
    "changed, refundable, borne",
    [
        ({}, 2000, 0),
        ({"right_delivered": False}, 10000, 0),
        ({"error_kind": "unrequested_order"}, 10000, 0),
        ({"error_kind": "missed_order", "missed": "discount"}, 2000, 0),
        ({"error_kind": "missed_order", "missed": "paid_service", "charged": 0, "right_charge": 1500}, 0, 1500),
        ({"right_charge": 12000}, 0, 2000),
        ({"finding": "equipment"}, 10000, 0),
        ({"finding": "equipment", "approved_most": 1000}, 1000, 0),
        ({"approved_most": 1000}, 1000, 0),
        ({"finding": "staff", "error_kind": None}, 10000, 0),
    ],
)
def test_what_may_be_paid_back_is_known_before_money_moves(changed: Any, refundable: int, borne: int) -> None:
    """Of a clerk's error the difference, of anything else the picked lines, and never more than was approved."""
    usual: dict[str, Any] = {"charged": 10000, "finding": "staff", "error_kind": "wrong_order", "right_charge": 8000}
    beside = {"right_delivered": True, "missed": None, "approved_most": None}
    limits = bound(**{**usual, **beside, **changed})
    assert (limits["refundable"], limits["borne"]) == (refundable, borne)


def test_of_what_may_be_paid_back_the_part_still_owed_is_no_cash() -> None:
    """Of 50.00 on a bill of which 31.80 are unpaid the clerk counts out 18.20: it is said before, not after."""
    beside: dict[str, Any] = {"error_kind": None, "right_charge": 0, "right_delivered": False, "missed": None}
    limits = bound(charged=5000, finding="system", approved_most=None, debt=3180, **beside)
    assert (limits["refundable"], limits["falls"], limits["cash"]) == (5000, 3180, 1820)
    less = bound(charged=5000, finding="system", approved_most=3000, debt=3180, **beside)
    assert (less["falls"], less["cash"]) == (3000, 0)


def test_of_a_prepayment_no_more_comes_back_than_stands_there() -> None:
    """Of 30.00 on a receipt 6.00 are left on the number: the clerk reads 6.00 before the form is signed, and what is gone is told."""
    beside: dict[str, Any] = {"error_kind": None, "right_charge": 0, "right_delivered": False, "missed": None}
    limits = bound(charged=3000, finding="debit_program", approved_most=None, standing=600, **beside)
    assert (limits["refundable"], limits["cash"], limits["spent"]) == (600, 600, 2400)
    assert bound(charged=3000, finding="debit_program", approved_most=None, **beside)["spent"] == 0


def test_what_was_rightly_charged_of_the_lines_is_told_apart() -> None:
    """Of 100.00 the right service costs 80.00: the reply can say why only 20.00 come back."""
    beside: dict[str, Any] = {"error_kind": "wrong_order", "missed": None, "approved_most": None}
    limits = bound(charged=10000, finding="staff", right_charge=8000, right_delivered=True, **beside)
    assert (limits["refundable"], limits["right"]) == (2000, 8000)
