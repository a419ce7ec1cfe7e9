"""Recharge cards (TS-004): what the IN platform recorded of one, and moving what is left of it to the right number."""

from __future__ import annotations

import hmac
from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler
from models.base import session
from models.customer import Subscription
from models.usage import CardState, RechargeCard, pin_hash
from service_tasks import entitlements, households, schemas
from service_tasks.authority import grants
from service_tasks.calls import effect, refusing
from service_tasks.gateway import gateway
from service_tasks.targets import open_target

CARD_ERRORS = ("unknown_card", "wrong_pin", "card_unused")
NOTHING_LEFT = dict.fromkeys(
    ("insufficient_prepayment", "line_taken", "exceeds_disputed", "unknown_card"), "nothing_left"
)


class QueryParameters(schemas.Parameters):
    """What recharge/query takes."""

    serial = schemas.text("缴费卡序列号", "Serial number", required=True)
    pin = schemas.secret("充值卡密码", "Recharge PIN", required=True)
    card_held = schemas.flag("出示了缴费卡", "The card was shown", load_default=True)


class QueryResult(Schema):
    """What recharge/query returns; `balance` is what stands on the number charged, `remaining` what of the card can still be moved."""

    charged_msisdn = schemas.msisdn("所充号码", "Number charged")
    number_state = schemas.choice("号码状态", "State of that number", tuple(entitlements.NumberState))
    cancel_reason = schemas.choice("销号原因", "Why cancelled", ("arrears", "request"))
    amount = schemas.fen("充值金额", "Amount charged")
    balance = schemas.fen("所充号码余额", "Balance of that number", signed=True)
    remaining = schemas.fen("可转金额", "Can still be moved", signed=True)
    of_card = schemas.fen("持卡人可得", "Due to the bearer")
    of_number = schemas.fen("核实身份的机主另可得", "Due to the identified holder beside it")
    cash = schemas.flag("可以退现", "Cash is possible")
    charged_at = schemas.instant("充值时间", "Charged at")


class ReserveParameters(schemas.Parameters):
    """What recharge/reserve takes."""

    serial = schemas.text("缴费卡序列号", "Serial number", required=True)


class ReserveResult(Schema):
    """What recharge/reserve returns."""

    amount = schemas.fen("登记金额", "Reserved")


class MoveParameters(schemas.Parameters):
    """What recharge/move takes."""

    serial = schemas.text("缴费卡序列号", "Serial number", required=True)
    target = schemas.msisdn("正确的充值号码", "Right number", required=True)
    approval = schemas.approval()


class MoveResult(Schema):
    """What recharge/move returns; what arrears had swallowed of the card is owed again."""

    amount = schemas.fen("转入金额", "Amount moved")
    reopened = schemas.fen("恢复的欠费", "Arrears owed again")
    reopened_late_fee = schemas.fen("恢复的滞纳金", "Late fee owed again")
    target = schemas.msisdn("转入号码", "Number paid into")
    target_balance = schemas.fen("转入号码预付金余额", "Prepayment on that number", signed=True)


def refusal(card: RechargeCard | None, pin: str) -> str | None:
    """Return why nothing is told about a card: one of CARD_ERRORS, or None. The PIN's hash is compared in constant time.

    Source: TS-004.3, reading.
    """
    if card is None:
        return "unknown_card"
    if not hmac.compare_digest(pin_hash(card.serial, pin), card.pin_hash):
        return "wrong_pin"
    return "card_unused" if card.state == CardState.UNUSED else None


@handler(
    "recharge/query",
    parameters=QueryParameters,
    result=QueryResult,
    errors={"unknown_card": ("serial",), "wrong_pin": ("pin",), "card_unused": ()},
    manual_ref="TS-004.3, TS-004.4, TS-004.8",
    title_zh="充值记录查询",
    title_en="Query of the recharge record",
)
def query(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Say which number the card was charged to and what became of that number."""
    card = session().get(RechargeCard, parameters["serial"].strip())
    code = refusal(card, parameters["pin"].strip())
    if card is None or code:
        raise BpmnError(code or "unknown_card")
    owner = session().get(Subscription, card.charged_subscription_id) if card.charged_subscription_id else None
    state = entitlements.number_state(owner.state if owner else None)
    reason = (
        entitlements.CANCEL_REASONS[owner.reason] if owner and state == entitlements.NumberState.CANCELLED else None
    )
    balance = gateway().balances(owner.id).prepayment if owner else card.remaining
    due = entitlements.of_card(card.serial, state, reason, card_held=parameters["card_held"])
    return {
        "charged_msisdn": card.charged_msisdn,
        "number_state": state,
        "cancel_reason": reason,
        "amount": card.face_value,
        "balance": balance,
        "remaining": card.remaining,
        "of_card": due.card,
        "of_number": due.own,
        "cash": due.cash,
        "charged_at": card.charged_at,
    }


@handler(
    "recharge/reserve",
    parameters=ReserveParameters,
    result=ReserveResult,
    errors={"unknown_card": ("serial",), "line_taken": ("serial",), "own_household": ("serial",)},
    manual_ref="TS-004.3, CH2.6",
    title_zh="登记缴费卡",
    title_en="Reserve a recharge card",
)
def reserve(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Let the case have what is left of the card; a second complaint about it is told which case that is, and nobody works on a card of their own household's."""
    card = session().get(RechargeCard, parameters["serial"].strip())
    households.refuse_own(call.actor, card.charged_msisdn if card is not None else None)
    with refusing("unknown_card", "line_taken"):
        return {"amount": gateway().reserve_card(parameters["serial"].strip(), effect(call))}


@handler(
    "recharge/move",
    parameters=MoveParameters,
    result=MoveResult,
    errors={
        "target_unknown": ("target",),
        "target_cancelled": ("target",),
        "target_suspended": ("target",),
        "same_number": ("target",),
        "nothing_left": (),
    },
    manual_ref="TS-004.5, TS-004.6, TS-004.7",
    title_zh="充值金额转移",
    title_en="Move a recharge",
)
def move(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Move what is due of the card to the right number, postpaid or prepaid; never in cash."""
    serial, target_msisdn = parameters["serial"].strip(), parameters["target"]
    card = session().get(RechargeCard, serial)
    target = open_target((card and card.charged_msisdn) or "", target_msisdn, gotone_only=False)
    with refusing("nothing_left", renamed=NOTHING_LEFT):
        due = entitlements.still_due(card) if card is not None else 0
        card_money = gateway().move_recharge(serial, target.id, effect(call), amount=due)
    grants.carry_out(parameters["approval"], call, way="own_money", amount=card_money.amount, payee=target.msisdn)
    return {
        "amount": card_money.amount,
        "reopened": card_money.reopened,
        "reopened_late_fee": card_money.late_fee,
        "target": target.msisdn,
        "target_balance": gateway().balances(target.id).prepayment,
    }
