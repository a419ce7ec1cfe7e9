"""Charge holds (SUB.1): a disputed part of the bill is parked until accounting settles it on a Thursday; what of it is paid waits beside it.

What the batch of a Thursday lists, and what it decides itself, is `thursday`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler
from service_tasks import batches, dates, liabilities, schemas
from service_tasks import lines as disputed
from service_tasks.authority import grants
from service_tasks.calls import effect, refusing
from service_tasks.gateway import Effect, gateway
from service_tasks.prepayment import check_disputed

KIND = "charge_hold"
DECISIONS = ("credited", "rejected")
RELEASED = "charge_hold_settled"  # the message that the weekly batch brings to the cases


class PlaceParameters(schemas.Parameters):
    """What charge_hold/place takes."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("挂帐金额", "Amount to hold", least=1, required=True)
    disputed_amount = schemas.fen("争议金额", "Disputed amount", least=0, load_default=None, allow_none=True)
    lines = disputed.picked()
    approval = schemas.approval()


class PlaceResult(Schema):
    """What charge_hold/place returns. `amount` is all of it, `parked` what is still owed; where nothing is, there is no hold to lift.

    `reserved_as` is the key under which what is paid already waits beside it, as does the `late_fee` that falls with what is parked.
    """

    hold_id = schemas.number("挂帐编号", "Hold", allow_none=True)
    amount = schemas.fen("挂帐金额", "Amount held")
    parked = schemas.fen("其中未缴", "Of it not paid")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that falls with it")
    settle_on = schemas.day("统一处理日期", "Day of settlement")
    reserved_as = schemas.text("登记号", "Reserved under")


class SettleParameters(schemas.Parameters):
    """What charge_hold/settle takes. With lines, what of them was paid already is credited with the hold; a process from before names the hold alone.

    `late_fee` is what placing it found to fall with it; a process from before does not say it.
    """

    hold_id = schemas.number("挂帐编号", "Hold", required=True, allow_none=True)
    decision = schemas.choice("核算结果", "Decision", DECISIONS, required=True)
    msisdn = schemas.msisdn(load_default=None, allow_none=True)
    amount = schemas.fen("核算金额", "Amount settled", least=1, load_default=None, allow_none=True)
    lines = disputed.picked()
    reserved_as = schemas.text("登记号", "Reserved under", load_default=None, allow_none=True)
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that falls with it", least=0, load_default=None, allow_none=True)
    fault = schemas.fault()


class SettleResult(Schema):
    """What charge_hold/settle returns; `paid` of the amount was not on hold, and goes back `into` the receivable or the prepayment."""

    amount = schemas.fen("挂帐金额", "Amount held")
    outcome = schemas.text("结果", "Outcome")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that fell with it")
    paid = schemas.fen("其中已缴", "Of it paid before")
    into = schemas.text("退到", "Given back into")


class LiftParameters(schemas.Parameters):
    """What charge_hold/lift takes."""

    hold_id = schemas.number("挂帐编号", "Hold", required=True, allow_none=True)
    msisdn = schemas.msisdn(required=True)
    lines = disputed.picked()
    reserved_as = schemas.text("登记号", "Reserved under", load_default=None, allow_none=True)
    reason = schemas.text("撤回原因", "Why it is lifted", longest=300, personal=True, load_default="", allow_none=True)


class LiftResult(Schema):
    """What charge_hold/lift returns."""

    amount = schemas.fen("恢复应缴金额", "Due again")
    outcome = schemas.text("结果", "Outcome")
    reason = schemas.text("撤回原因", "Why it is lifted", personal=True)


def thursdays_from(at: datetime) -> Iterator[str]:
    """Yield the days the charge-hold desk settles, from `at` on, as ISO dates. Source: TS-002.11, SUB.1."""
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
    parts = disputed.parts(parameters["lines"])
    with refusing("exceeds_bill", "exceeds_disputed", renamed=disputed.NOT_HELD):
        day = date.fromisoformat(thursday)
        hold = gateway().place_hold(subscription.id, amount, day, effect(call), lines=parts)
    grants.carry_out(parameters["approval"], call, way="credit", amount=amount, payee=subscription.msisdn)
    answer = {"hold_id": hold.id, "amount": amount, "parked": hold.amount, "settle_on": hold.settle_on}
    return answer | {"late_fee": hold.late_fee, "reserved_as": call.key}


@handler(
    "charge_hold/settle",
    parameters=SettleParameters,
    result=SettleResult,
    manual_ref="SUB.1, TS-002.11",
    title_zh="挂帐核销",
    title_en="Settle a charge hold",
)
def settle(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Release the held amount as a credit, with what of the lines was paid already, or make it due again and the lines free."""
    decision, at, parts = parameters["decision"], effect(call), disputed.parts(parameters["lines"])
    subscription = gateway().find(parameters["msisdn"]) if parameters["msisdn"] else None
    amount = parameters["amount"] or sum(part.amount for part in parts)
    own = subscription.id if subscription else None
    hold = gateway().settle_hold(
        parameters["hold_id"],
        decision,
        at,
        subscription_id=own,
        amount=amount,
        lines=parts if subscription else (),
        reserved=parameters["reserved_as"],
        late_fee=parameters["late_fee"],
    )
    if decision == "rejected":
        _free(parameters, at, is_refused=True)
    else:
        liabilities.enter(call, parameters["fault"], hold.amount + hold.beside)
    optional = {"late_fee": hold.late_fee, "paid": hold.beside, "into": hold.into}
    return {
        "amount": hold.amount + hold.beside,
        "outcome": decision,
        **{name: value for name, value in optional.items() if value},
    }


def _free(parameters: dict[str, Any], at: Effect, *, is_refused: bool = False) -> None:
    """Free what the hold had of these lines in reserve; another hold of the case keeps its own."""
    subscription = gateway().find(parameters["msisdn"]) if parameters["msisdn"] else None
    parts = disputed.parts(parameters["lines"])
    if subscription is not None and parts:
        gateway().free(subscription.id, parts, at, key=parameters["reserved_as"], is_refused=is_refused)


@handler(
    "charge_hold/lift",
    parameters=LiftParameters,
    result=LiftResult,
    manual_ref="SUB.1",
    title_zh="撤销挂帐",
    title_en="Lift a charge hold",
)
def lift(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Lift a hold that the customer withdraws: the amount is due again, no late fee is drawn for the time it was on hold, and the lines are free."""
    hold_id, amount = parameters["hold_id"], 0
    if hold_id is not None:
        amount = gateway().settle_hold(hold_id, "withdrawn", effect(call)).amount
    _free(parameters, effect(call))
    return {"amount": amount, "outcome": "withdrawn", "reason": parameters["reason"] or ""}
