"""What each service task that moves money enters in the ledger, said again from its recorded parameters and answer; no database.

This is the other half of the handlers' `gateway()` calls: verification compares it with the journal. A topic that is not listed moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

CASH, ADJUSTMENT, SUSPENSE = ("cash", None), ("adjustment", None), ("recharge_suspense", None)
STAFF = ("staff_receivable", None)
KEPT = ("prepayment", "deposit")
OWED = {"charge": "receivable", "late_fee": "late_fee"}

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


def expected(topic: str, given: Values, result: Values) -> tuple[Move, ...]:
    """The postings that belong to an answered call, in order; none when it moves nothing."""
    effect = _EFFECTS.get(topic)
    moves = effect(given, result) if effect is not None else ()
    return tuple(one for one in ((moves,) if isinstance(moves, Move) else moves) if one.amount)


def other_way(moves: Iterable[Move]) -> tuple[Move, ...]:
    """The postings that take these back."""
    back = {"hold": "receivable"}
    return tuple(
        Move("reversal", (back.get(one.credit[0], one.credit[0]), one.credit[1]), one.debit, one.amount)
        for one in moves
    )


def _late_fee(kind: str, number: str, result: Values) -> Move:
    """What falls of the late fee with a line that is given back."""
    return Move(kind, ADJUSTMENT, ("late_fee", number), result.get("late_fee") or 0)


def _number(given: Values, name: str = "msisdn") -> str:
    """The number as the call named it; ANY once the case has been erased."""
    return str(given.get(name) or ANY)


def _transfer(given: Values, result: Values) -> Move:
    debit, credit = ("prepayment", _number(given, "source")), ("prepayment", _number(given, "target"))
    return Move("prepayment_transfer", debit, credit, result["amount"])


def _cash(given: Values, result: Values) -> tuple[Move, ...]:
    kind, number, fallen = given["kind"], _number(given), result.get("fallen") or 0
    source = result.get("source") or (kind if kind in KEPT else "adjustment")
    owed = Move(f"{kind}_refund", ADJUSTMENT, (OWED.get(kind, "receivable"), number), fallen)
    paid = Move(f"{kind}_refund", (source, number) if source in KEPT else ADJUSTMENT, CASH, result["amount"])
    return owed, paid, _late_fee(f"{kind}_refund", number, result)


def _deposit(given: Values, result: Values) -> Move:
    return Move("deposit_refund", ("deposit", _number(given)), CASH, result["amount"])


def _cancelled_prepayment(given: Values, result: Values) -> tuple[Move, ...]:
    ways = {"cash": CASH, "new_card": SUSPENSE}
    into = ways.get(given["method"]) or ("prepayment", _number(given, "target"))
    return _of_card("prepayment_refund", ("prepayment", _number(given)), _number(given), into, result)


def _of_card(kind: str, source: Account, number: str, into: Account, result: Values) -> tuple[Move, ...]:
    """What lay in the prepayment, and what arrears had swallowed and is owed again."""
    owed, late = result.get("reopened") or 0, result.get("reopened_late_fee") or 0
    return (
        Move(kind, source, into, result["amount"] - owed - late),
        Move(kind, ("receivable", number), into, owed),
        Move(kind, ("late_fee", number), into, late),
    )


def _credit(given: Values, result: Values, *, into: str | None = None) -> tuple[Move, ...]:
    kind, number = given["kind"], _number(given)
    if not result.get("into"):
        return (Move(f"{kind}_credit", ADJUSTMENT, (OWED[kind], number), result["amount"]),)
    fallen = result.get("fallen") or 0
    rest = (str(result.get("into")), into or number)
    return (
        Move(f"{kind}_credit", ADJUSTMENT, (OWED[kind], number), fallen),
        Move(f"{kind}_credit", ADJUSTMENT, rest, result["amount"] - fallen),
        _late_fee(f"{kind}_credit", number, result),
    )


def _other_number(given: Values, result: Values) -> tuple[Move, ...]:
    return _credit(given, result, into=_number(given, "target"))


def _by_staff(given: Values, result: Values) -> tuple[Move, ...]:
    pairs = ((STAFF, ADJUSTMENT), (CASH, STAFF), (ADJUSTMENT, CASH))
    return tuple(Move("paid_by_staff", debit, credit, result["amount"]) for debit, credit in pairs)


def _waiver(given: Values, result: Values) -> Move:
    return Move("late_fee_waiver", ADJUSTMENT, ("late_fee", _number(given)), result["amount"])


def _hold(given: Values, result: Values) -> Move:
    number = _number(given)
    return Move("charge_hold", ("hold", number), ("receivable", number), result.get("parked", result["amount"]))


def _settled(given: Values, result: Values) -> tuple[Move, ...]:
    kind, paid = f"charge_hold_{result['outcome']}", result.get("paid") or 0
    into = ADJUSTMENT if result["outcome"] == "credited" else ("receivable", ANY)
    return (
        Move(kind, into, ("hold", ANY), result["amount"] - paid),
        Move(kind, ADJUSTMENT, (result.get("into") or ANY, ANY), paid),
        _late_fee(kind, ANY, result),
    )


def _lifted(given: Values, result: Values) -> Move:
    return Move("charge_hold_withdrawn", ("receivable", ANY), ("hold", ANY), result["amount"])


def _applied(given: Values, result: Values) -> tuple[Move, ...]:
    if not result["applied"]:
        return ()
    owed = Move("secondary_pricing", ADJUSTMENT, ("receivable", ANY), result["amount"])
    return owed, _late_fee("secondary_pricing", ANY, result)


def _moved(given: Values, result: Values) -> tuple[Move, ...]:
    return _of_card("recharge_move", (ANY, ANY), ANY, ("prepayment", str(result["target"] or ANY)), result)


def _bank(given: Values, result: Values) -> tuple[Move, ...]:
    """What came out of each account, in order, into each that it was put to."""
    number = _number(given)
    sources = [(CASH, "from_cash"), (("prepayment", ANY), "from_prepayment"), (("receivable", ANY), "from_receivable")]
    sinks = [
        (("receivable", number), "into_receivable"),
        (("prepayment", number), "into_prepayment"),
        (CASH, "into_cash"),
    ]
    left = {name: result.get(name) or 0 for _, name in sinks}
    moves = []
    for source, out in sources:
        amount = result.get(out) or 0
        for sink, name in sinks:
            share = min(amount, left[name])
            amount, left[name] = amount - share, left[name] - share
            moves.append(Move("bank_payment_correction", source, sink, share))
    return tuple(moves)


_EFFECTS: dict[str, Callable[[Values, Values], Move | tuple[Move, ...]]] = {
    "prepayment/transfer": _transfer,
    "refunds/cash": _cash,
    "refunds/deposit": _deposit,
    "refunds/cancelled_prepayment": _cancelled_prepayment,
    "refunds/credit": _credit,
    "refunds/other_number": _other_number,
    "refunds/late_fee_waiver": _waiver,
    "charge_hold/place": _hold,
    "charge_hold/settle": _settled,
    "charge_hold/lift": _lifted,
    "secondary_pricing/apply": _applied,
    "recharge/move": _moved,
    "liability/paid_on_spot": _by_staff,
    "bank_payments/correct": _bank,
}
MOVING = frozenset(_EFFECTS)
