"""Secondary pricing (TS-003): a correction is entered for the month's run, handed in with the batch, credited, and checked after the bill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler
from models.batch import BatchState
from models.billing import CorrectionState
from service_tasks import amounts, batches, dates, liabilities, pricing_file, promises, rewards, schemas
from service_tasks import lines as disputed
from service_tasks.authority import grants
from service_tasks.calls import effect, refusing
from service_tasks.gateway import gateway
from service_tasks.gateway.pricing_run import PricingItem

KIND = "secondary_pricing"
REWARD = "complaint_reward"
NOBODYS = ("not_our_fault", "reward")  # what is given on these grounds nobody inside bears
REWARDS_BY = "day_of_month(at, 20)"  # DUE.7: what is audited later is on the next month's list
MOST_REWARD = max(map(max, rewards.FEN.values()))  # REW.2: whatever a table says and whoever approves


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
    amount = schemas.fen("批价金额", "Amount")
    form = schemas.mapping("二次批价汇总表", "Row of the summary sheet", personal=True)


class PromiseParameters(schemas.Parameters):
    """What secondary_pricing/promise takes: one line, the credit that was promised."""

    msisdn = schemas.msisdn(required=True)
    lines = disputed.picked()


class PromiseResult(Schema):
    """What secondary_pricing/promise returns; `case` is the case that promised it."""

    item_id = schemas.number("项目编号", "Item")
    period = schemas.text("批次月份", "Period")
    amount = schemas.fen("批价金额", "Amount")
    item = schemas.text("优惠项目", "Item")
    case = schemas.text("原案件", "Old case")


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
    """What secondary_pricing/apply takes; `hands_back` where what gets no further bill is settled in another way."""

    hands_back = schemas.flag("无帐单时退回", "Handed back without a bill", load_default=False)
    fault = schemas.fault()


class ApplyResult(Schema):
    """What secondary_pricing/apply returns; `outcome` is applied, omitted (the run left it out) or no_bill (the number gets no further bill)."""

    applied = schemas.flag("已批价", "Applied")
    outcome = schemas.text("批价结果", "Outcome of the run")
    month = schemas.text("批价月份", "Month of the run")
    amount = schemas.fen("批价金额", "Amount")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that fell with it")
    credited_before = schemas.flag("此前已入帐", "Credited before, by another call")
    promised_by = schemas.text("原承诺案件", "Case that promised it")


class CheckResult(Schema):
    """What secondary_pricing/check returns; `on_bill` says that a bill was there to read."""

    applied = schemas.flag("已批价", "Applied")
    on_bill = schemas.flag("已见于帐单", "Seen on a bill")


def months_from(period: str) -> Iterator[str]:
    """Yield `period` and every month after it."""
    while True:
        yield period
        period = dates.month_after(period)


def summary_row(entered: PricingItem, *, msisdn: str, customer: str, item: str, call: Call) -> dict[str, Any]:
    """Return one row of 《二次批价汇总表》.

    Units:  `amount` in fen, `amount_yuan` as it stands on the sheet.
    Source: TS-003.4.
    """
    return {
        "sheet": KIND,
        "number": entered.id,
        "period": entered.period,
        "case_number": call.business_key,
        "msisdn": msisdn,
        "customer": customer,
        "item": item,
        "amount": entered.amount,
        "amount_yuan": amounts.yuan(entered.amount),
        "entered_on": dates.day_of(call.at).isoformat(),
        "entered_by": call.actor,
    }


def _check_charged(subscription_id: int, amount: int, key: str) -> None:
    """Check that nobody has more priced again than is left of what all their bills charge; without a bill nothing is.

    Units:  fen.
    Errors: BpmnError exceeds_charged.
    """
    room = gateway().repricing_room(subscription_id, but=key)
    if amount > room:
        raise BpmnError("exceeds_charged", amount=amount, balance=room)


@handler(
    "secondary_pricing/enter",
    parameters=EnterParameters,
    result=EnterResult,
    errors={
        "exceeds_charged": ("amount",),
        **dict.fromkeys((*disputed.REFUSALS, "exceeds_disputed"), ("lines", "amount")),
    },
    manual_ref="TS-003.4, TS-003.5, TS-005.6",
    title_zh="登记二次批价",
    title_en="Enter for secondary pricing",
)
def enter(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Collect the correction for this month's run; once that is handed in, or for a reward audited after the 20th, for the next month's."""
    subscription = gateway().subscription(parameters["msisdn"])
    amount, item = parameters["amount"], parameters["item"]
    due_at = dates.due(REWARDS_BY, call.at) if item == REWARD else call.at
    period = batches.collecting(KIND, months_from(dates.month_of(due_at)), call.at)
    way = "reward" if item == REWARD else "credit"
    parts = disputed.parts(parameters["lines"]) if item != REWARD else []
    if item == REWARD and amount > MOST_REWARD:
        raise BpmnError("exceeds_charged", amount=amount, balance=MOST_REWARD)
    if item != REWARD and not parts:
        _check_charged(subscription.id, amount, effect(call).key)
    addresses = [part.line for part in parts]
    grants.carry_out(parameters["approval"], call, way=way, amount=amount, payee=subscription.msisdn, lines=addresses)
    codes = (*disputed.REFUSALS, "exceeds_disputed")
    with refusing(*codes, renamed={"line_twice": "line_unknown"}):
        entered = gateway().enter_secondary_pricing(subscription.id, period, amount, item, effect(call), lines=parts)
    customer = gateway().customer(subscription.customer_id)
    form = summary_row(entered, msisdn=subscription.msisdn, customer=customer.name, item=item, call=call)
    return {"item_id": entered.id, "period": entered.period, "amount": entered.amount, "form": form}


@handler(
    "secondary_pricing/promise",
    parameters=PromiseParameters,
    result=PromiseResult,
    errors={"line_unknown": ("lines",)},
    manual_ref="TS-003.1, TS-003.8",
    title_zh="承接原案承诺",
    title_en="Take over a promised credit",
)
def promise(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Put a credit that was promised and has not come into the run that collects now; its cause and approval stay those of its case."""
    subscription = gateway().find(parameters["msisdn"])
    parts = disputed.parts(parameters["lines"])
    address = parts[0].line if parts else "—"
    number = address.removeprefix("promised-credit:")
    if subscription is None or len(parts) != 1 or number == address or not number.isdecimal():
        raise BpmnError("line_unknown", line=address)
    period = batches.collecting(KIND, months_from(dates.month_of(call.at)), call.at)
    with refusing("line_unknown"):
        item = gateway().renew_secondary_pricing(subscription.id, int(number), period)
    answer = {"item_id": item.id, "period": item.period, "amount": item.amount}
    return {**answer, "item": item.item, "case": item.case_number or ""}


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

    What earlier months collected and no run of theirs took is handed in with it.

    Errors: PeriodUnknown.
    """
    period = parameters["period"]
    batches.check_come(KIND, period, call)
    batch = batches.locked(KIND, period, call.at)
    if batch.state == BatchState.OPEN:
        left_over = batches.lapsed(KIND, period)
        count, total = gateway().hand_in_secondary_pricing(period, left_over)
        batches.close(batch, call, count=count, total=total)
    elif batch.instance_id != call.instance_id:
        raise BpmnError("batch_closed", period=period)
    return {"count": batch.count, "total": batch.total}


class TakeBackParameters(schemas.Parameters):
    """What secondary_pricing/take_back takes: the text of the file that marketing handed back."""

    period = schemas.text("批次月份", "Period", longest=7, required=True)
    file = schemas.text(
        "批价文件", "File of the run", longest=1_000_000, personal=True, load_default="", allow_none=True
    )


class TakeBackResult(Schema):
    """What secondary_pricing/take_back returns: how many items were priced, were left out, or get no further bill."""

    priced = schemas.number("已批价笔数", "Items priced")
    omitted = schemas.number("遗漏笔数", "Items left out")
    no_bill = schemas.number("无下期帐单笔数", "Items without a further bill")


@handler(
    "secondary_pricing/take_back",
    parameters=TakeBackParameters,
    result=TakeBackResult,
    errors={"file_wrong": ("file",)},
    manual_ref="TS-003.6",
    title_zh="收回批价文件",
    title_en="Take back the file of the run",
)
def take_back(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Hold the file against what was handed over; nothing is taken over of one in which a row is wrong."""
    period = parameters["period"]
    taken_back = pricing_file.read(parameters["file"] or "", gateway().secondary_pricing_rows(period))
    if taken_back.wrong:
        wrong_rows = {kind: rows[: pricing_file.MOST_TOLD] for kind, rows in taken_back.wrong.items()}
        raise BpmnError("file_wrong", rows=wrong_rows, count=sum(map(len, taken_back.wrong.values())))
    gateway().take_back_secondary_pricing(period, taken_back.omitted, taken_back.no_bill)
    return {"priced": len(taken_back.priced), "omitted": len(taken_back.omitted), "no_bill": len(taken_back.no_bill)}


class LeaveOutParameters(schemas.Parameters):
    """What secondary_pricing/leave_out takes."""

    period = schemas.text("批次月份", "Period", longest=7, required=True)


@handler(
    "secondary_pricing/leave_out",
    parameters=LeaveOutParameters,
    result=TakeBackResult,
    manual_ref="TS-003.6",
    title_zh="全部列为遗漏",
    title_en="Leave everything out",
)
def leave_out(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Leave out every item of the run, since no file that agrees came back; each case has its own made good."""
    period = parameters["period"]
    items = {row.item_id for row in gateway().secondary_pricing_rows(period)}
    gateway().take_back_secondary_pricing(period, items, ())
    return {"priced": 0, "omitted": len(items), "no_bill": 0}


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
    item = gateway().apply_secondary_pricing(parameters["item_id"], effect(call), hands_back=parameters["hands_back"])
    if item.state == CorrectionState.APPLIED:
        liabilities.enter(call, _fault(parameters["fault"], item), item.amount, key=item.credited)
    more: dict[str, Any] = {"late_fee": item.late_fee} if item.late_fee else {}
    if item.credited not in (None, call.key):
        more["credited_before"] = True
    if item.case_number not in (None, call.business_key):
        more["promised_by"] = item.case_number
    return {
        "applied": item.state == CorrectionState.APPLIED,
        "outcome": item.state,
        "month": dates.month_of(call.at),
        "amount": item.amount,
        **more,
    }


def _fault(cause: str | None, item: PricingItem) -> str | None:
    """Return whose fault a credit is; of one that another case promised it is what that case found, and a supervisor's to say where it does not say."""
    if cause != liabilities.PROMISED:
        return cause
    basis = grants.basis_of(item.key)
    if item.item == REWARD or basis in NOBODYS:
        return None
    proved = "system" if basis == "proved_credit" else None
    return promises.cause(item.case_number, item.id) or proved or cause


@handler(
    "secondary_pricing/check",
    parameters=ItemParameters,
    result=CheckResult,
    manual_ref="TS-003.8",
    title_zh="核查二次批价",
    title_en="Check secondary pricing",
)
def check(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """See whether the bill that came after the run shows the correction; what no bill has shown yet goes by what was entered."""
    item = gateway().secondary_pricing_item(parameters["item_id"])
    on_bill = gateway().shown_on_bill(item.id, call.at)
    return {"applied": item.state == CorrectionState.APPLIED and on_bill is not False, "on_bill": on_bill is not None}
