"""Payments that the counter takes from a customer in a case: what is owed, or a prepayment; while a direct debit is out only the latter (TS-008.7)."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler
from models.customer import SubscriptionState
from service_tasks import schemas
from service_tasks.calls import effect, refusing
from service_tasks.gateway import gateway

WAYS = ("bill", "prepayment")


class TakeParameters(schemas.Parameters):
    """What payments/take takes."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("收款金额", "Amount", least=1, required=True)
    into = schemas.choice("款项", "What it pays", WAYS, required=True)


class IssuedReceipt(Schema):
    """A receipt that the customer is handed."""

    receipt = schemas.text("收据号", "Receipt")
    kind = schemas.text("款项", "Kind of payment")
    amount = schemas.fen("金额", "Amount")


class TakeResult(Schema):
    """What payments/take returns: the amount, the receipts, and how much of it reached which account."""

    amount = schemas.fen("收款金额", "Amount")
    receipts = schemas.rows("收据", "Receipts", IssuedReceipt)
    into_receivable = schemas.fen("抵缴话费", "Into the bill")
    into_late_fee = schemas.fen("抵缴滞纳金", "Into the late fee")
    into_prepayment = schemas.fen("存入预付金", "Into the prepayment")


class OwedParameters(schemas.Parameters):
    """What payments/owed takes."""

    msisdn = schemas.msisdn(required=True)


class OwedRow(Schema):
    """What is owed of one thing, and what a payment has to come to so that it is settled too."""

    owed_for = schemas.choice(
        "应缴项目",
        "What is owed",
        {
            "bill": ("帐单费用", "charges of the bill"),
            "other": ("其他费用", "other charges"),
            "late_fee": ("滞纳金", "late fee"),
        },
    )
    period = schemas.text("帐单月份", "Bill of")
    amount = schemas.fen("应缴", "Owed")
    up_to = schemas.fen("缴到此项共需", "Paid up to here")


class OwedResult(Schema):
    """What payments/owed returns, in the order in which a payment settles it.

    With `debit_under_way` nothing is taken for the bill now; a number that is `cancelled` takes no more than it owes.
    """

    rows = schemas.rows("应缴明细", "What is owed", OwedRow)
    total = schemas.fen("应缴合计", "Owed in all")
    prepayment = schemas.fen("预付金", "Prepayment", signed=True)
    held = schemas.fen("挂帐金额", "On hold")
    late_fee_held = schemas.fen("随挂帐的滞纳金", "Late fee that goes with it")
    debit_under_way = schemas.flag("托收在途", "A debit is under way")
    cancelled = schemas.flag("已销号", "Cancelled")


@handler(
    "payments/owed",
    parameters=OwedParameters,
    result=OwedResult,
    manual_ref="TS-008.7, SUB.1, TS-006.5",
    title_zh="查询应缴费用",
    title_en="What is to be paid",
)
def owed(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Show what a payment would settle before anybody counts the cash; of a number that nobody knows nothing is owed."""
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        blank = {"rows": [], "total": 0, "prepayment": 0, "held": 0, "late_fee_held": 0}
        return blank | {"debit_under_way": False, "cancelled": False}
    rows, total = [], 0
    for due in gateway().to_pay(subscription.id):
        total += due.amount
        rows.append({"owed_for": due.kind, "period": due.period or None, "amount": due.amount, "up_to": total})
    stands = gateway().balances(subscription.id)
    under_way = gateway().debit_under_way(subscription.id)
    late_fee = gateway().late_fee_on_hold(subscription.id)
    beside = {"prepayment": stands.prepayment, "held": stands.held, "late_fee_held": late_fee}
    beside |= {"debit_under_way": under_way, "cancelled": subscription.state == SubscriptionState.CANCELLED}
    return {"rows": rows, "total": total, **beside}


@handler(
    "payments/take",
    parameters=TakeParameters,
    result=TakeResult,
    errors={"debit_under_way": ("into",), "number_cancelled": ("amount",), "number_unknown": ()},
    manual_ref="TS-008.7, SUB.1, TS-006.5",
    title_zh="窗口收款",
    title_en="Take a payment at the counter",
)
def take(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Take the cash once: it pays the oldest bill first, then the late fee, and what is left is prepaid; a direct debit that is out is not paid twice."""
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        raise BpmnError("number_unknown", msisdn=parameters["msisdn"])
    try:
        with refusing("debit_under_way", "number_cancelled"):
            payment = gateway().take_payment(subscription.id, parameters["amount"], parameters["into"], effect(call))
    except BpmnError as refusal:
        if refusal.code == "debit_under_way":
            raise BpmnError(refusal.code, because="pays_by_debit") from refusal
        raise
    into = {f"into_{kind}": payment.shares.get(kind, 0) for kind in ("receivable", "late_fee", "prepayment")}
    return {"amount": payment.amount, "receipts": [receipt._asdict() for receipt in payment.receipts], **into}
