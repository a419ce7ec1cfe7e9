"""What stands on a number: its state and balances, read for the person at the desk; nothing is changed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler
from service_tasks import schemas
from service_tasks.gateway import Balances, Bill, Subscription, gateway


class LookUpParameters(schemas.Parameters):
    """What account/look_up takes."""

    msisdn = schemas.msisdn(required=True)


class LookUpResult(Schema):
    """What account/look_up returns."""

    status = schemas.text("号码状态", "State of the number")
    reason = schemas.text("停机或销号原因", "Why suspended or cancelled")
    kind = schemas.text("用户类别", "Kind of subscription")
    prepayment = schemas.fen("预付金", "Prepayment", signed=True)
    bill_due = schemas.fen("应缴话费", "Bill due", signed=True)
    late_fee = schemas.fen("滞纳金", "Late fee")
    deposit = schemas.fen("存款", "Deposit")
    held = schemas.fen("挂帐金额", "On hold")
    last_bill_period = schemas.text("最近帐单月份", "Period of the last bill")


def overview(subscription: Subscription, balances: Balances, bills: Sequence[Bill]) -> dict[str, Any]:
    """Return the account in one object.

    Shape: `bills` newest first; `last_bill_period` is None while no bill was issued, `reason` while the number is in service.
    Units: balances in fen; `bill_due` below zero is a credit that waits for the next bill.
    Source: TS-001.5, TS-006.2, TS-008.2.
    """
    return {
        "status": subscription.state,
        "reason": subscription.reason,
        "kind": subscription.kind,
        **balances._asdict(),
        "last_bill_period": bills[0].period if bills else None,
    }


@handler(
    "account/look_up",
    parameters=LookUpParameters,
    result=LookUpResult,
    errors={"subscription_unknown": ("msisdn",)},
    manual_ref="TS-001.5, TS-006.2, TS-008.2",
    title_zh="帐户查询",
    title_en="Account look-up",
)
def look_up(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Show what stands on a number."""
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        raise BpmnError("subscription_unknown")
    return overview(subscription, gateway().balances(subscription.id), gateway().bills(subscription.id))
