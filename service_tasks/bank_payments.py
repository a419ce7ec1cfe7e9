"""Payments at a bank that were not posted, posted to another number or posted twice: found by the bank's proof of payment, and put right once."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler
from service_tasks import schemas
from service_tasks.authority import grants
from service_tasks.calls import effect, refusing
from service_tasks.exchanged import ExchangedResult, exchanged
from service_tasks.gateway import gateway

FINDINGS = ("not_posted", "elsewhere", "twice", "in_order")


class FindParameters(schemas.Parameters):
    """What bank_payments/find takes."""

    msisdn = schemas.msisdn(required=True)
    reference = schemas.text("银行缴费凭证号", "Number of the bank's proof", longest=40, required=True)


class FindResult(Schema):
    """What bank_payments/find returns; `amount` is what has to be put right."""

    finding = schemas.choice("核查结果", "Finding", FINDINGS)
    amount = schemas.fen("差错金额", "Amount")
    bank = schemas.text("银行", "Bank")
    paid_at = schemas.instant("缴费时间", "Paid at")


class CorrectParameters(FindParameters):
    """What bank_payments/correct takes; cash, for what was paid twice, against the counter's receipt."""

    method = schemas.choice("处理方式", "Way", ("account", "cash"), load_default="account", allow_none=True)
    receipt_number = schemas.text("营业厅收据号", "Counter's receipt", load_default=None, allow_none=True)
    approval = schemas.approval()


class CorrectResult(ExchangedResult):
    """What bank_payments/correct returns: what left and reached which kind of account, and what came of the receipt."""

    amount = schemas.fen("更正金额", "Amount")
    from_cash = schemas.fen("银行未入帐款", "From the bank")
    from_prepayment = schemas.fen("从误入的预付金转出", "From a prepayment")
    from_receivable = schemas.fen("从误抵的话费转出", "Owed again or overpaid")
    into_receivable = schemas.fen("抵缴话费", "Into the bill")
    into_prepayment = schemas.fen("转入预付金", "Into the prepayment")
    into_cash = schemas.fen("退现", "In cash")


@handler(
    "bank_payments/find",
    parameters=FindParameters,
    result=FindResult,
    errors={"proof_unknown": ("reference",), "line_taken": ("reference",)},
    manual_ref="CH2.2",
    title_zh="核查银行缴费",
    title_en="Look up a payment at a bank",
)
def find(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Say what became of a payment, and let the case have it; another case that has it is named."""
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        raise BpmnError("proof_unknown")
    with refusing("proof_unknown", "line_taken"):
        finding = gateway().reserve_bank_payment(
            subscription.id, subscription.msisdn, parameters["reference"].strip(), effect(call)
        )
    return finding._asdict()


@handler(
    "bank_payments/correct",
    parameters=CorrectParameters,
    result=CorrectResult,
    errors={
        "proof_unknown": ("reference",),
        "nothing_left": (),
        "receipt_unknown": ("receipt_number",),
        "receipt_replaced": ("receipt_number",),
        "exceeds_receipt": ("receipt_number",),
    },
    manual_ref="CH2.2, CH2.6",
    title_zh="更正银行缴费",
    title_en="Put a payment at a bank right",
)
def correct(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Post it where it belongs; what came twice goes into the prepayment, or back in cash against the receipt."""
    subscription = gateway().find(parameters["msisdn"])
    cash = parameters["method"] == "cash"
    if subscription is None:
        raise BpmnError("proof_unknown")
    if cash and not parameters["receipt_number"]:
        raise BpmnError("receipt_unknown", receipt="—")
    receipt = parameters["receipt_number"] if cash else None
    with refusing("proof_unknown", "nothing_left", "receipt_unknown", "receipt_replaced", "exceeds_receipt"):
        reference = parameters["reference"].strip()
        correction = gateway().correct_bank_payment(
            subscription.id, subscription.msisdn, reference, effect(call), receipt=receipt
        )
    grants.carry_out(parameters["approval"], call, way="own_money", amount=correction.amount, payee=subscription.msisdn)
    shares = {name: value for name, value in correction._asdict().items() if name != "exchange"}
    return shares | exchanged(correction.exchange)
