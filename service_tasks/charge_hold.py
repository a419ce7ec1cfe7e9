"""Charge holds (SUB.1): a disputed part of the bill is parked until accounting settles it on a Thursday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import Schema

from engine.handlers import BpmnError, Call, handler
from service_tasks import batches, dates, liabilities, schemas
from service_tasks import lines as disputed
from service_tasks.authority import grants
from service_tasks.calls import effect, refusing
from service_tasks.gateway import gateway
from service_tasks.prepayment import check_disputed

KIND = "charge_hold"
DECISIONS = ("credited", "rejected")


class PlaceParameters(schemas.Parameters):
    """What charge_hold/place takes."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("挂帐金额", "Amount to hold", least=1, required=True)
    disputed_amount = schemas.fen("争议金额", "Disputed amount", least=0, load_default=None, allow_none=True)
    lines = disputed.picked()
    approval = schemas.approval()


class PlaceResult(Schema):
    """What charge_hold/place returns."""

    hold_id = schemas.number("挂帐编号", "Hold")
    amount = schemas.fen("挂帐金额", "Amount held")
    settle_on = schemas.day("统一处理日期", "Day of settlement")


class SettleParameters(schemas.Parameters):
    """What charge_hold/settle takes."""

    hold_id = schemas.number("挂帐编号", "Hold", required=True)
    decision = schemas.choice("核算结果", "Decision", DECISIONS, required=True)
    fault = schemas.fault()


class SettleResult(Schema):
    """What charge_hold/settle returns."""

    amount = schemas.fen("挂帐金额", "Amount held")
    outcome = schemas.text("结果", "Outcome")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that fell with it")


def thursdays_from(at: datetime) -> Iterator[str]:
    """The days the charge-hold desk settles, from `at` on, as ISO dates. Source: TS-002.11, SUB.1."""
    while True:
        yield dates.settling_thursday(at).isoformat()
        at += timedelta(days=7)


@handler(
    "charge_hold/place",
    parameters=PlaceParameters,
    result=PlaceResult,
    errors={"exceeds_disputed": ("amount",), "exceeds_bill": ("amount",)},
    manual_ref="SUB.1, TS-002.11, TS-005.7, TS-006.4",
    title_zh="话费挂帐",
    title_en="Place a charge hold",
)
def place(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Park the amount until the next Thursday whose batch is not released yet; a number without a bill has nothing to park."""
    amount = parameters["amount"]
    check_disputed(amount, parameters["disputed_amount"])
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        raise BpmnError("exceeds_bill", balance=0, amount=amount)
    thursday = batches.collecting(KIND, thursdays_from(call.at), call.at)
    wanted = disputed.parts(parameters["lines"])
    with refusing("exceeds_bill", "exceeds_disputed", renamed=disputed.NOT_HELD):
        day = date.fromisoformat(thursday)
        hold = gateway().place_hold(subscription.id, amount, day, effect(call), lines=wanted)
    grants.carry_out(parameters["approval"], call, way="credit", amount=amount, payee=subscription.msisdn)
    return {"hold_id": hold.id, "amount": hold.amount, "settle_on": hold.settle_on}


@handler(
    "charge_hold/settle",
    parameters=SettleParameters,
    result=SettleResult,
    manual_ref="SUB.1, TS-002.11",
    title_zh="挂帐核销",
    title_en="Settle a charge hold",
)
def settle(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Release the held amount as a credit, or make it due again."""
    hold = gateway().settle_hold(parameters["hold_id"], parameters["decision"], effect(call))
    if hold.state == "credited":
        liabilities.enter(call, parameters["fault"], hold.amount)
    return {"amount": hold.amount, "outcome": hold.state, **({"late_fee": hold.late_fee} if hold.late_fee else {})}
