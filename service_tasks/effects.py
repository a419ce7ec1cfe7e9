"""What each service task that moves money enters in the ledger, said again from its recorded parameters and answer; no database.

This is the other half of the handlers' `gateway()` calls: verification compares it with the journal. A topic that is not listed moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

CASH, ADJUSTMENT = ("cash", None), ("adjustment", None)
KEPT = ("prepayment", "deposit")

Account = tuple[str, str | None]


class Move(NamedTuple):
    """One posting: `amount` fen from the credited account to the debited one. An account is its kind and its number.

    The number is None for the operator's own accounts, and ANY where the record does not name it.
    """

    kind: str
    debit: Account
    credit: Account
    amount: int


ANY = "*"
Values = Mapping[str, Any]


def expected(topic: str, given: Values, result: Values) -> Move | None:
    """The posting that belongs to an answered call; None when it moves nothing."""
    effect = _EFFECTS.get(topic)
    return effect(given, result) if effect is not None else None


def _number(given: Values, name: str = "msisdn") -> str:
    """The number as the call named it; ANY once the case has been erased."""
    return str(given.get(name) or ANY)


def _transfer(given: Values, result: Values) -> Move:
    debit, credit = ("prepayment", _number(given, "source")), ("prepayment", _number(given, "target"))
    return Move("prepayment_transfer", debit, credit, result["amount"])


def _cash(given: Values, result: Values) -> Move:
    kind = given["kind"]
    source = (kind, _number(given)) if kind in KEPT else ADJUSTMENT
    return Move(f"{kind}_refund", source, CASH, result["amount"])


def _deposit(given: Values, result: Values) -> Move:
    return Move("deposit_refund", ("deposit", _number(given)), CASH, result["amount"])


def _cancelled_prepayment(given: Values, result: Values) -> Move:
    into = CASH if given["method"] == "cash" else ("prepayment", _number(given, "target"))
    return Move("prepayment_refund", ("prepayment", _number(given)), into, result["amount"])


def _credit(given: Values, result: Values) -> Move:
    kind = given["kind"]
    owed = "late_fee" if kind == "late_fee" else "receivable"
    return Move(f"{kind}_credit", ADJUSTMENT, (owed, _number(given)), result["amount"])


def _waiver(given: Values, result: Values) -> Move:
    return Move("late_fee_waiver", ADJUSTMENT, ("late_fee", _number(given)), result["amount"])


def _hold(given: Values, result: Values) -> Move:
    number = _number(given)
    return Move("charge_hold", ("hold", number), ("receivable", number), result["amount"])


def _settled(given: Values, result: Values) -> Move:
    into = ADJUSTMENT if result["outcome"] == "credited" else ("receivable", ANY)
    return Move(f"charge_hold_{result['outcome']}", into, ("hold", ANY), result["amount"])


def _applied(given: Values, result: Values) -> Move | None:
    if not result["applied"]:
        return None
    return Move("secondary_pricing", ADJUSTMENT, ("receivable", ANY), result["amount"])


def _moved(given: Values, result: Values) -> Move:
    return Move("recharge_move", (ANY, ANY), ("prepayment", str(result["target"] or ANY)), result["amount"])


_EFFECTS: dict[str, Callable[[Values, Values], Move | None]] = {
    "prepayment/transfer": _transfer,
    "refunds/cash": _cash,
    "refunds/deposit": _deposit,
    "refunds/cancelled_prepayment": _cancelled_prepayment,
    "refunds/credit": _credit,
    "refunds/late_fee_waiver": _waiver,
    "charge_hold/place": _hold,
    "charge_hold/settle": _settled,
    "secondary_pricing/apply": _applied,
    "recharge/move": _moved,
}
MOVING = frozenset(_EFFECTS)
