"""Secondary pricing (TS-003): a correction is entered for the month's run, handed in with the batch, credited, and checked after the bill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema

from engine.handlers import BpmnError, Call, handler
from service_tasks import amounts, batches, dates, liabilities, schemas
from service_tasks import lines as disputed
from service_tasks.authority import grants
from service_tasks.calls import effect
from service_tasks.gateway import PricingItem, gateway

KIND = "secondary_pricing"
REWARD = "complaint_reward"
ITEMS_ZH = {
    "function_fee": "功能费",
    "monthly_fee": "月租费",
    "call_charge": "通话费",
    "complaint_reward": "投诉奖励",
    "border_roaming": "边界漫游话费",
}


class EnterParameters(schemas.Parameters):
    """What secondary_pricing/enter takes."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("批价金额", "Amount", least=1, required=True)
    item = schemas.text("优惠项目", "Item", longest=40, required=True)
    lines = disputed.picked()
    approval = schemas.approval()


class EnterResult(Schema):
    """What secondary_pricing/enter returns; `form` is the row of 《二次批价汇总表》."""

    item_id = schemas.number("项目编号", "Item")
    period = schemas.text("批次月份", "Period")
    form = schemas.mapping("二次批价汇总表", "Row of the summary sheet", personal=True)


class CloseParameters(schemas.Parameters):
    """What secondary_pricing/close_batch takes."""

    period = schemas.text("批次月份", "Period", longest=7, required=True)


class CloseResult(Schema):
    """What secondary_pricing/close_batch returns."""

    count = schemas.number("笔数", "Items")
    total = schemas.fen("合计金额", "Total")


class ItemParameters(schemas.Parameters):
    """What secondary_pricing/check takes."""

    item_id = schemas.number("项目编号", "Item", required=True)


class ApplyParameters(ItemParameters):
    """What secondary_pricing/apply takes."""

    fault = schemas.fault()


class ApplyResult(Schema):
    """What secondary_pricing/apply returns."""

    applied = schemas.flag("已批价", "Applied")
    amount = schemas.fen("批价金额", "Amount")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that fell with it")


class CheckResult(Schema):
    """What secondary_pricing/check returns."""

    applied = schemas.flag("已批价", "Applied")


def months_from(period: str) -> Iterator[str]:
    """`period` and every month after it."""
    while True:
        yield period
        period = dates.month_after(period)


def summary_row(entered: PricingItem, *, msisdn: str, customer: str, item: str, call: Call) -> dict[str, Any]:
    """One row of 《二次批价汇总表》.

    Units:  `amount` in fen, `amount_yuan` as it stands on the sheet.
    Source: TS-003.4.
    """
    return {
        "title": "二次批价汇总表",
        "number": entered.id,
        "period": entered.period,
        "case_number": call.business_key,
        "msisdn": msisdn,
        "customer": customer,
        "item": item,
        "item_name": ITEMS_ZH.get(item, item),
        "amount": entered.amount,
        "amount_yuan": amounts.yuan(entered.amount),
        "entered_on": dates.day_of(call.at).isoformat(),
        "entered_by": call.actor,
    }


def _check_charged(subscription_id: int, amount: int) -> None:
    """Nobody has more priced again than all their bills come to; without a bill there is nothing to compare with.

    Units:  fen.
    Errors: BpmnError exceeds_charged.
    """
    charged = sum(bill.total for bill in gateway().bills(subscription_id))
    if charged and amount > charged:
        raise BpmnError("exceeds_charged", amount=amount, balance=charged)


@handler(
    "secondary_pricing/enter",
    parameters=EnterParameters,
    result=EnterResult,
    errors={"exceeds_charged": ("amount",)},
    manual_ref="TS-003.4, TS-003.5, TS-005.6",
    title_zh="登记二次批价",
    title_en="Enter for secondary pricing",
)
def enter(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Collect the correction for this month's run; once that is handed in, for the next month's."""
    subscription = gateway().subscription(parameters["msisdn"])
    period = batches.collecting(KIND, months_from(dates.month_of(call.at)), call.at)
    amount, item = parameters["amount"], parameters["item"]
    way = "reward" if item == REWARD else "credit"
    if item != REWARD:
        _check_charged(subscription.id, amount)
    grants.carry_out(parameters["approval"], call, way=way, amount=amount, payee=subscription.msisdn)
    wanted = disputed.parts(parameters["lines"])
    entered = gateway().enter_secondary_pricing(subscription.id, period, amount, item, effect(call), lines=wanted)
    customer = gateway().customer(subscription.customer_id)
    form = summary_row(entered, msisdn=subscription.msisdn, customer=customer.name, item=item, call=call)
    return {"item_id": entered.id, "period": entered.period, "form": form}


@handler(
    "secondary_pricing/close_batch",
    parameters=CloseParameters,
    result=CloseResult,
    errors={"batch_closed": ("period",)},
    manual_ref="TS-003.5",
    title_zh="二次批价上报",
    title_en="Hand in the month's secondary pricing",
)
def close_batch(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Hand in all that was collected for the month, once: the instance that closed it gets the same answer again, any other is refused.

    Errors: PeriodUnknown.
    """
    period = parameters["period"]
    batches.check_come(KIND, period, call.at)
    batch = batches.locked(KIND, period, call.at)
    if batch.state == "open":
        count, total = gateway().hand_in_secondary_pricing(period)
        batches.close(batch, call, count=count, total=total)
    elif batch.instance_id != call.instance_id:
        raise BpmnError("batch_closed", period=period)
    return {"count": batch.count, "total": batch.total}


@handler(
    "secondary_pricing/apply",
    parameters=ApplyParameters,
    result=ApplyResult,
    manual_ref="TS-003.6",
    title_zh="二次批价入帐",
    title_en="Apply secondary pricing",
)
def apply(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Credit the correction against the customer's next bill; a run that leaves the item out leaves it unapplied."""
    item = gateway().apply_secondary_pricing(parameters["item_id"], effect(call))
    if item.state == "applied":
        liabilities.enter(call, parameters["fault"], item.amount)
    with_it = {"late_fee": item.late_fee} if item.late_fee else {}
    return {"applied": item.state == "applied", "amount": item.amount, **with_it}


@handler(
    "secondary_pricing/check",
    parameters=ItemParameters,
    result=CheckResult,
    manual_ref="TS-003.8",
    title_zh="核查二次批价",
    title_en="Check secondary pricing",
)
def check(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """See after the bill whether the customer really was re-priced."""
    return {"applied": gateway().secondary_pricing_item(parameters["item_id"]).state == "applied"}
