"""What a recharge card and the number it was charged to still give, and to whom: the bearer of the card, the identified holder of the number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler
from models.base import session
from models.customer import Subscription as SubscriptionRow
from models.customer import SubscriptionState
from models.usage import RechargeCard
from service_tasks import households, lines, schemas
from service_tasks.calls import effect, refusing
from service_tasks.gateway import LinePart, Standing, Subscription, gateway
from service_tasks.gateway.lines import OWN_BALANCE

CANCEL_REASONS = {"arrears": "arrears", "request": "request", "number_change": "request", None: None}


class NumberState(StrEnum):
    """What the manual calls a number that was charged; one that never had a subscription is invalid."""

    IN_SERVICE = "in_service"
    CANCELLED = "cancelled"
    INVALID = "invalid"


class Entitlement(NamedTuple):
    """What may be returned of a card and of the number it was charged to, in fen: to whoever bears the card, and to the number's holder.

    `card` goes to the bearer; `own` to the identified holder beside it; `cash` says whether any of it may be paid out in cash.
    """

    card: int
    own: int
    cash: bool

    def due(self, *, identified: bool) -> int:
        """Return both, or the card's alone."""
        return self.card + (self.own if identified else 0)


def number_state(state: str | None) -> NumberState:
    """Return what the manual calls the number that was charged, whose subscription is in `state` (None: it never had one).

    Source: TS-004.4; a suspended number is one that was put into service, and the charge went where the record says.
    """
    if state is None:
        return NumberState.INVALID
    return NumberState.CANCELLED if state == SubscriptionState.CANCELLED else NumberState.IN_SERVICE


def entitlement(*, state: str, reason: str | None, standing: Standing, card_held: bool = True) -> Entitlement:
    """Return what a card and its number still give: two entitlements that are asked for apart.

    Shape:  `state` as `number_state` has it. A number in service keeps what it has. What was talked away is gone; what was set off against
            arrears is not: a number cancelled for them has nothing of its own, and whether the complainant used it is for the desk to find out.
            What strangers' cards brought after it was cancelled is theirs. No cash for a number never in service, nor without the card.
    Units:  fen.
    Source: TS-004.4, TS-004.5, TS-004.7, TS-004.8, reading.
    """
    remaining, balance, set_off, of_others = standing
    if state == NumberState.IN_SERVICE:
        return Entitlement(0, 0, cash=False)
    if state == NumberState.INVALID:
        return Entitlement(remaining, 0, cash=False)
    if reason == "arrears":
        return Entitlement(min(remaining, balance + set_off), 0, cash=card_held)
    of_card = min(remaining, balance)
    return Entitlement(of_card, max(0, balance - of_card - of_others), cash=card_held)


def of_card(serial: str, state: str, reason: str | None, *, card_held: bool) -> Entitlement:
    """Return the same of a card as it stands, less what its bearer was paid in cash, which was taken back and is still out."""
    rights = entitlement(state=state, reason=reason, standing=gateway().card_standing(serial), card_held=card_held)
    return rights._replace(card=max(0, rights.card - _still_out(serial)))


def _still_out(serial: str) -> int:
    """Return what of a card is still out in cash, as far as its number owes it yet."""
    card = session().get(RechargeCard, serial)
    number = card.charged_subscription_id if card is not None else None
    out = gateway().cash_of_card_out(serial) if number is not None else 0
    return min(out, gateway().owed_on_no_bill(number)) if out and number is not None else 0


def still_due(card: RechargeCard) -> int:
    """Return what of a card may still be moved to another number, in fen."""
    number = card.charged_subscription_id
    owner = session().get(SubscriptionRow, number) if number is not None else None
    state = number_state(owner.state if owner else None)
    return of_card(card.serial, state, owner.reason if owner else None, card_held=False).card


def of_number(subscription: Subscription, serial: str | None, *, card_held: bool) -> Entitlement:
    """Return what a cancelled number gives, with the card of that serial number or without one; a card that went elsewhere gives nothing here.

    Who still has cash that was taken back is not paid again: of the card falls what was paid of it, of the number's own balance the rest.
    """
    rights = _with_debt(subscription, serial, card_held=card_held)
    debt = gateway().owed_on_no_bill(subscription.id)
    of_card_out = _still_out(serial) if serial and _is_of(serial, subscription) else 0
    return rights._replace(own=max(0, rights.own - (debt - of_card_out)))


def _with_debt(subscription: Subscription, serial: str | None, *, card_held: bool) -> Entitlement:
    if serial and _is_of(serial, subscription):
        return of_card(serial, NumberState.CANCELLED, subscription.reason, card_held=card_held)
    of_others = gateway().cards_of_others(subscription.id)
    standing = Standing(0, gateway().balances(subscription.id).prepayment, 0, of_others)
    return entitlement(state=NumberState.CANCELLED, reason=subscription.reason, standing=standing)


def _is_of(serial: str, subscription: Subscription) -> bool:
    """Tell whether a card was charged to a number."""
    card = session().get(RechargeCard, serial)
    return card is not None and card.charged_subscription_id == subscription.id


class DueParameters(schemas.Parameters):
    """What recharge/due takes."""

    msisdn = schemas.msisdn("销号号码", "Cancelled number", required=True)
    serial = schemas.text("缴费卡序列号", "Serial number", load_default=None, allow_none=True)
    card_held = schemas.flag("出示了缴费卡", "The card was shown", load_default=False)
    holder_identified = schemas.flag("机主身份相符", "The holder was identified", load_default=False)
    again = schemas.flag("重新支取", "To be paid again", load_default=False)


class DueResult(Schema):
    """What recharge/due returns; `amount` is both, or the card's alone where the holder was not identified."""

    msisdn = schemas.msisdn("销号号码", "Cancelled number")
    cancel_reason = schemas.choice("销号原因", "Why cancelled", ("arrears", "request"))
    of_card = schemas.fen("持卡人可得", "Due to the bearer")
    of_number = schemas.fen("核实身份的机主另可得", "Due to the identified holder beside it")
    owed = schemas.fen("已收回、尚未交回的款项", "Taken back and still out", allow_none=True)
    amount = schemas.fen("本次可支取", "Due now")
    cash = schemas.flag("可以退现", "Cash is possible")
    lines = schemas.rows("号码余额", "Of the number, as a line", lines.Part, personal=True)


@handler(
    "recharge/due",
    parameters=DueParameters,
    result=DueResult,
    errors={"not_cancelled": ("msisdn",), "nothing_due": ("again",)},
    manual_ref="SUB.2, TS-004.8",
    title_zh="可支取金额核算",
    title_en="What may be withdrawn",
)
def due(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Say what the card and the number give, as the records have them.

    Errors: BpmnError not_cancelled; nothing_due where it is to be paid again and nothing is.
    """
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None or subscription.state != SubscriptionState.CANCELLED:
        raise BpmnError("not_cancelled")
    rights = of_number(subscription, parameters["serial"], card_held=parameters["card_held"])
    amount, debt = rights.due(identified=parameters["holder_identified"]), gateway().owed_on_no_bill(subscription.id)
    if parameters["again"] and not amount:
        raise BpmnError("nothing_due", owed=debt)
    return {
        **({"owed": debt} if debt else {}),
        "msisdn": subscription.msisdn,
        "cancel_reason": CANCEL_REASONS[subscription.reason],
        "of_card": rights.card,
        "of_number": rights.own,
        "amount": amount,
        "cash": rights.cash,
        "lines": _as_lines(rights.own) if parameters["holder_identified"] else [],
    }


def _as_lines(own: int) -> list[dict[str, Any]]:
    return [LinePart(OWN_BALANCE, own)._asdict()] if own else []


def picked_of_own(rows: Iterable[Mapping[str, Any]]) -> int:
    """Return what was picked of the number's own balance, in fen."""
    return sum(row["amount"] for row in rows if row["line"] == OWN_BALANCE)


class ReserveDueParameters(DueParameters):
    """What recharge/reserve_due takes."""

    lines = lines.picked()


class ReserveDueResult(Schema):
    """What recharge/reserve_due returns."""

    amount = schemas.fen("本次支取", "Withdrawn in all")
    of_number = schemas.fen("其中号码余额", "Of it the number's own")


@handler(
    "recharge/reserve_due",
    parameters=ReserveDueParameters,
    result=ReserveDueResult,
    errors={
        "not_cancelled": ("msisdn",),
        **dict.fromkeys((*lines.REFUSALS, "own_household", "nothing_picked"), ("lines",)),
    },
    manual_ref="SUB.2, TS-004.7",
    title_zh="登记支取项目",
    title_en="Reserve what is withdrawn",
)
def reserve_due(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Let the case have what was picked of the number's own balance, beside its card; another case that has it is named."""
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None or subscription.state != SubscriptionState.CANCELLED:
        raise BpmnError("not_cancelled")
    households.refuse_own(call.actor, subscription.msisdn)
    serial = (parameters["serial"] or "").strip()
    rights = of_number(subscription, serial, card_held=parameters["card_held"])
    parts = lines.parts(parameters["lines"])
    own_fen = picked_of_own(parameters["lines"])
    for part in parts:
        if part.line != OWN_BALANCE or not parameters["holder_identified"]:
            raise BpmnError("line_unfit", line=part.line)
    if not rights.card + own_fen:
        raise BpmnError("nothing_picked")
    card = [LinePart(f"card:{serial}", rights.card)] if rights.card else []
    with refusing(*lines.REFUSALS, renamed={"line_twice": "line_unknown"}):
        gateway().reserve(subscription.id, parts, effect(call), kind="own_balance", beside=card)
    if own_fen > rights.own:
        raise BpmnError("line_unfit", line=OWN_BALANCE)
    return {"amount": rights.card + own_fen, "of_number": own_fen}
