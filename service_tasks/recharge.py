"""Recharge cards (TS-004): what the IN platform recorded of one, and moving what is left of it to the right number."""

from __future__ import annotations

import hmac
from typing import Any, NamedTuple

from marshmallow import Schema

from engine.handlers import BpmnError, Call, handler
from models.base import session
from models.customer import Subscription
from models.usage import RechargeCard, pin_hash
from service_tasks import schemas
from service_tasks.calls import effect, refusing
from service_tasks.gateway import gateway
from service_tasks.targets import open_target

CARD_ERRORS = ("unknown_card", "wrong_pin", "card_unused")
NUMBER_STATES = ("in_service", "cancelled", "invalid")
CANCEL_REASONS = {"arrears": "arrears", "request": "request", "number_change": "request", None: None}


class QueryParameters(schemas.Parameters):
    """What recharge/query takes."""

    serial = schemas.text("缴费卡序列号", "Serial number", required=True)
    pin = schemas.secret("充值卡密码", "Recharge PIN", required=True)


class QueryResult(Schema):
    """What recharge/query returns; `balance` is what stands on the number charged, `remaining` what of the card can still be moved."""

    charged_msisdn = schemas.msisdn("所充号码", "Number charged")
    number_state = schemas.choice("号码状态", "State of that number", NUMBER_STATES)
    cancel_reason = schemas.choice("销号原因", "Why cancelled", ("arrears", "request"))
    amount = schemas.fen("充值金额", "Amount charged")
    balance = schemas.fen("所充号码余额", "Balance of that number")
    remaining = schemas.fen("可转金额", "Can still be moved")
    of_card = schemas.fen("持卡人可得", "Due to the bearer")
    of_number = schemas.fen("核实身份的机主另可得", "Due to the identified holder beside it")
    cash = schemas.flag("可以退现", "Cash is possible")
    charged_at = schemas.instant("充值时间", "Charged at")


class Entitlement(NamedTuple):
    """What may be returned of a card and of the number it was charged to, in fen: to whoever bears the card, and to the number's holder.

    `card` goes to the bearer; `own` to the identified holder beside it; `cash` says whether any of it may be paid out in cash.
    """

    card: int
    own: int
    cash: bool


class MoveParameters(schemas.Parameters):
    """What recharge/move takes."""

    serial = schemas.text("缴费卡序列号", "Serial number", required=True)
    target = schemas.msisdn("正确的充值号码", "Right number", required=True)


class MoveResult(Schema):
    """What recharge/move returns."""

    amount = schemas.fen("转入金额", "Amount moved")
    target = schemas.msisdn("转入号码", "Number paid into")
    target_balance = schemas.fen("转入号码预付金余额", "Prepayment on that number")


def refusal(card: RechargeCard | None, pin: str) -> str | None:
    """Why nothing is told about a card: one of CARD_ERRORS, or None. The PIN's hash is compared in constant time.

    Source: TS-004.3, reading.
    """
    if card is None:
        return "unknown_card"
    if not hmac.compare_digest(pin_hash(card.serial, pin), card.pin_hash):
        return "wrong_pin"
    return "card_unused" if card.state == "unused" else None


def number_state(state: str | None) -> str:
    """What the manual calls the number that was charged, whose subscription is in `state` (None: it never had one).

    Source: TS-004.4; a suspended number is one that was put into service, and the charge went where the record says.
    """
    if state is None:
        return "invalid"
    return "cancelled" if state == "cancelled" else "in_service"


def entitlement(*, state: str, reason: str | None, remaining: int, balance: int, card_held: bool = True) -> Entitlement:
    """What a card and its number still give: two entitlements that are asked for apart.

    Shape:  `state` as `number_state` has it; `remaining` what is left of the card, `balance` what stands on the number, the card included.
            A number in service keeps what it has. What was talked away is gone; what was set off against arrears is not: a number
            cancelled for them has nothing of its own, and whether the complainant used it is for the desk to find out. No cash for a number
            never in service, nor for a card that cannot be shown.
    Units:  fen.
    Source: TS-004.4, TS-004.5, TS-004.7, TS-004.8, reading.
    """
    if state == "in_service":
        return Entitlement(0, 0, cash=False)
    if state == "invalid" or reason == "arrears":
        return Entitlement(remaining, 0, cash=state == "cancelled" and card_held)
    return Entitlement(min(remaining, balance), max(0, balance - remaining), cash=card_held)


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
    refused = refusal(card, parameters["pin"].strip())
    if card is None or refused:
        raise BpmnError(refused or "unknown_card")
    owner = session().get(Subscription, card.charged_subscription_id) if card.charged_subscription_id else None
    state = number_state(owner.state if owner else None)
    reason = CANCEL_REASONS[owner.reason] if owner and state == "cancelled" else None
    balance = gateway().balances(owner.id).prepayment if owner else card.remaining
    due = entitlement(state=state, reason=reason, remaining=card.remaining, balance=balance)
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
    """Move what is left of the card to the right number, postpaid or prepaid; never in cash."""
    serial, wanted = parameters["serial"].strip(), parameters["target"]
    card = session().get(RechargeCard, serial)
    target = open_target((card and card.charged_msisdn) or "", wanted, gotone_only=False)
    with refusing("nothing_left", renamed={"insufficient_prepayment": "nothing_left"}):
        amount = gateway().move_recharge(serial, target.id, effect(call))
    return {"amount": amount, "target": target.msisdn, "target_balance": gateway().balances(target.id).prepayment}
