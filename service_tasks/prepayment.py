"""Moving prepayment from the disputed number to another one; withdrawals in cash are `refunds`, which numbers may be paid into `targets`."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler, together
from service_tasks import lines as disputed
from service_tasks import schemas
from service_tasks.authority import grants
from service_tasks.calls import effect, refusing
from service_tasks.gateway import gateway
from service_tasks.targets import TARGET_ERRORS, target_refusal


class TransferParameters(schemas.Parameters):
    """What prepayment/transfer takes."""

    source = schemas.msisdn("争议号码", "Disputed number", required=True)
    target = schemas.msisdn("转入号码", "Number to pay into", required=True)
    amount = schemas.fen("转存金额", "Amount", least=1, required=True)
    disputed_amount = schemas.fen("争议金额", "Disputed amount", least=0, load_default=None, allow_none=True)
    lines = disputed.picked()
    approval = schemas.approval()


class TransferResult(Schema):
    """What prepayment/transfer returns."""

    amount = schemas.fen("转存金额", "Amount")
    source_balance = schemas.fen("争议号码预付金余额", "Prepayment left on the disputed number")
    target_balance = schemas.fen("转入号码预付金余额", "Prepayment on the other number")
    entry = schemas.number("分录号", "Journal entry")


def beyond_disputed(amount: int, disputed_amount: int | None) -> list[BpmnError]:
    """Return the refusal of more than is in dispute; without a disputed amount on record only the other limits hold.

    Units:  fen.
    Source: TS-002, reading of 9 and 10.
    """
    if disputed_amount is None or amount <= disputed_amount:
        return []
    return [BpmnError("exceeds_disputed", amount=amount, disputed=disputed_amount)]


def check_disputed(amount: int, disputed_amount: int | None) -> None:
    """Refuse more than is in dispute. Errors: BpmnError exceeds_disputed."""
    for refusal in beyond_disputed(amount, disputed_amount):
        raise refusal


@handler(
    "prepayment/transfer",
    parameters=TransferParameters,
    result=TransferResult,
    errors={
        **dict.fromkeys(TARGET_ERRORS, ("target",)),
        "insufficient_prepayment": ("amount",),
        "exceeds_disputed": ("amount",),
    },
    manual_ref="TS-002.9, TS-002.10",
    title_zh="预付金转存",
    title_en="Prepayment transfer",
)
def transfer(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Withdraw from one prepayment and pay exactly the same into the other, as one journal entry."""
    amount = parameters["amount"]
    target = gateway().find(parameters["target"])
    code = target_refusal(parameters["source"], parameters["target"], target)
    if target is None or code:
        beyond = beyond_disputed(amount, parameters["disputed_amount"])
        raise together(BpmnError(code or "target_unknown"), *beyond)
    check_disputed(amount, parameters["disputed_amount"])
    source = gateway().find(parameters["source"])
    if source is None:
        raise BpmnError("insufficient_prepayment", balance=0, amount=amount)
    parts = disputed.parts(parameters["lines"])
    with refusing("insufficient_prepayment", "exceeds_disputed", renamed=disputed.NOT_HELD):
        entry = gateway().transfer(source.id, target.id, amount, effect(call), lines=parts)
    grants.carry_out(parameters["approval"], call, way="other_number", amount=amount, payee=target.msisdn)
    return {
        "amount": amount,
        "source_balance": gateway().balances(source.id).prepayment,
        "target_balance": gateway().balances(target.id).prepayment,
        "entry": entry.id,
    }
