"""Mandates as they are written: a correction is written when it is made, and what a debit that is out forbids waits for its result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.runtime import BpmnError
from models.base import session
from models.usage import BankMandate
from tests.unit.service_tasks.conftest import AT
from tests.unit.service_tasks.test_direct_debit import AGREED, MSISDN, number

RIGHT = {"msisdn": MSISDN, **AGREED}


def standing() -> list[tuple[str, str | None]]:
    """State and keyed account of every mandate."""
    query = select(BankMandate.state, BankMandate.keyed_account).order_by(BankMandate.id)
    return [(*row,) for row in session().execute(query)]


def test_a_correction_is_written_when_it_is_made(desk: Any) -> None:
    """TS-008.4, at once: the wrong mandate is replaced before anything else is asked, and the next comparison finds no difference."""
    desk.given(number(keyed={**AGREED, "account": "6222020200012345687"}))
    answer = desk.twice("direct_debit/correct", **RIGHT)
    assert answer["effective_on"] == "2026-12-01"
    assert standing() == [("replaced", "6222020200012345687"), ("active", AGREED["account"])]
    assert desk.run("direct_debit/compare", call_key="7:2", msisdn=MSISDN)["differences"] == []


def test_a_mandate_that_is_right_is_not_written_again(desk: Any) -> None:
    """Where the program erred and the data were right, nothing is replaced."""
    desk.given(number())
    assert desk.run("direct_debit/correct", **RIGHT)["mandate_id"]
    assert len(standing()) == 1


def test_the_renewal_confirms_what_was_corrected_until_it_is_in_force(desk: Any) -> None:
    """Relief may take days: the correction stays the mandate, and its day; after that day a renewal is a new one."""
    desk.given(number(keyed=None))
    corrected = desk.run("direct_debit/correct", **RIGHT)
    parameters = {**RIGHT, "correction": corrected["mandate_id"]}
    assert desk.run("direct_debit/renew", call_key="7:2", at=AT + timedelta(days=3), **parameters) == corrected
    later = desk.run("direct_debit/renew", call_key="7:3", at=AT + timedelta(days=40), **parameters)
    assert later["mandate_id"] != corrected["mandate_id"]


@pytest.mark.parametrize(
    "topic, parameters, code",
    [
        ("direct_debit/correct", AGREED, "debit_under_way"),
        ("refunds/late_fee_waiver", {"amount": 600}, "exceeds_late_fee"),
        ("refunds/credit", {"amount": 100, "kind": "charge"}, "exceeds_bill"),
    ],
)
def test_what_is_owed_is_left_alone_while_a_debit_is_out(
    desk: Any, topic: str, parameters: dict[str, Any], code: str
) -> None:
    """TS-008.7: correction, waiver and credit wait for the result; once it is recorded they go through."""
    desk.given(number(debit_under_way=True, keyed=None))
    assert desk.refused(topic, msisdn=MSISDN, **parameters) == code
    answer = desk.run("direct_debit/record_result", call_key="7:2", msisdn=MSISDN, result="failed")
    assert answer == {"was_under_way": True, "result": "failed"}
    assert desk.run(topic, call_key="7:3", msisdn=MSISDN, **parameters)


def test_the_refusal_names_the_debit_that_is_out(desk: Any) -> None:
    """The clerk reads that a debit is out, and not that the amount is too large."""
    desk.given(number(debit_under_way=True))
    with pytest.raises(BpmnError) as refusal:
        desk.run("refunds/late_fee_waiver", msisdn=MSISDN, amount=600)
    assert refusal.value.values["because"] == "awaits_debit"


def test_only_the_late_fee_that_the_failure_caused_is_waived(desk: Any) -> None:
    """Six are approved and named; seven, another late fee, or one that nothing caused stay."""
    desk.given(number())
    line = {"line": "late-fee:brought", "amount": 600}
    caused = desk.run("direct_debit/compare", msisdn=MSISDN)["late_fees"]
    assert caused == []
    for caused_fees in (caused, [{**line, "amount": 599}], [{"line": "late-fee:2026-09", "amount": 600}]):
        parameters = {"msisdn": MSISDN, "amount": 600, "lines": [line], "caused": caused_fees}
        assert desk.refused("refunds/late_fee_waiver", **parameters) == "exceeds_late_fee"
    desk.twice("refunds/late_fee_waiver", msisdn=MSISDN, amount=600, lines=[line], caused=[line])
    assert desk.refused("direct_debit/relief", call_key="7:9", msisdn=MSISDN, lines=[line]) == "line_taken"


def test_relief_tells_late_fees_and_charges_apart(desk: Any) -> None:
    """Both are reserved in one case; what is neither is refused at the field."""
    desk.given({**number(), "prepayment": 1000, "receipts": [{"number": "SJ-1", "kind": "prepayment", "amount": 1000}]})
    late = {"line": "late-fee:brought", "amount": 600}
    charge = {"line": "bill-item:2026-09:1", "amount": 2000, "reason": "录错"}
    answer = desk.twice("direct_debit/relief", msisdn=MSISDN, lines=[late, charge])
    assert (answer["late_fee"], answer["charge"]) == (600, 2000)
    assert [row["line"] for row in answer["charges"]] == ["bill-item:2026-09:1"]
    paid_in = {"line": "payment:SJ-1", "amount": 1000}
    assert desk.refused("direct_debit/relief", call_key="7:5", msisdn=MSISDN, lines=[paid_in]) == "line_unfit"
