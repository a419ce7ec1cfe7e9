"""What each service task that moves money enters in the ledger, said again from its recorded parameters and answer; no database.

This is the other half of the handlers' `gateway()` calls: verification compares it with the journal. A topic that is not listed moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

CASH, ADJUSTMENT, SUSPENSE = ("cash", None), ("adjustment", None), ("recharge_suspense", None)
STAFF = ("staff_receivable", None)
KEPT = ("prepayment", "deposit")
OWED = {"charge": "receivable", "late_fee": "late_fee"}

BACK = {"hold": "receivable"}
LEAVES = ("cash", "prepayment")

Account = tuple[str, str | None]


class Move(NamedTuple):
    """One posting: `amount` fen from the credited account to the debited one. An account is its kind and its number.

    The number is None for the operator's own accounts, and ANY where the record does not name it. `case` is the case that the entry names
    where another one called for it.
    """

    kind: str
    debit: Account
    credit: Account
    amount: int
    case: str | None = None


ANY = "*"
Values = Mapping[str, Any]


def expected(topic: str, parameters: Values, result: Values) -> tuple[Move, ...]:
    """Return the postings that belong to an answered call, in order; none when it moves nothing."""
    effect = _EFFECTS.get(topic)
    moves = effect(parameters, result) if effect is not None else ()
    return tuple(move for move in ((moves,) if isinstance(moves, Move) else moves) if move.amount)


def other_way(moves: Sequence[Move], debt: int = 0, *, handed_back: bool = False) -> tuple[Move, ...]:
    """Return the postings that take these back; `debt` fen of it had left, in cash or spent by the number that got it, and are owed by whoever got them.

    Cash that was `handed_back` is there again.
    """
    reversals: list[Move] = []
    there = sum(move.amount for move in moves if move.credit[0] in LEAVES) - debt
    for move in moves:
        share = move.amount
        if move.credit[0] in LEAVES:
            share = 0 if move.credit == CASH and not handed_back else min(move.amount, there)
            there -= share
        source = (BACK.get(move.credit[0], move.credit[0]), move.credit[1])
        due = ("receivable", ANY if move.credit == CASH else move.credit[1])
        reversals += [Move("reversal", source, move.debit, share), *_owing(due, move.debit, move.amount - share)]
    return tuple(move for move in reversals if move.amount)


def _owing(due: Account, source: Account, amount: int) -> list[Move]:
    if source[0] == due[0]:
        return [Move("reversal", due, ADJUSTMENT, amount), Move("reversal", ADJUSTMENT, source, amount)]
    return [Move("reversal", due, source, amount)]


def _late_fee(kind: str, number: str, result: Values) -> Move:
    """Return what falls of the late fee with a line that is given back."""
    return Move(kind, ADJUSTMENT, ("late_fee", number), result.get("late_fee") or 0)


def _number(parameters: Values, name: str = "msisdn") -> str:
    """Return the number as the call named it; ANY once the case has been erased."""
    return str(parameters.get(name) or ANY)


def _transfer(parameters: Values, result: Values) -> Move:
    debit, credit = ("prepayment", _number(parameters, "source")), ("prepayment", _number(parameters, "target"))
    return Move("prepayment_transfer", debit, credit, result["amount"])


def _cash(parameters: Values, result: Values) -> tuple[Move, ...]:
    kind, number, unpaid_share = parameters["kind"], _number(parameters), result.get("fallen") or 0
    source = result.get("source") or (kind if kind in KEPT else "adjustment")
    reduction = Move(f"{kind}_refund", ADJUSTMENT, (OWED.get(kind, "receivable"), number), unpaid_share)
    payout = Move(f"{kind}_refund", (source, number) if source in KEPT else ADJUSTMENT, CASH, result["amount"])
    return reduction, payout, _late_fee(f"{kind}_refund", number, result)


def _deposit(parameters: Values, result: Values) -> Move:
    return Move("deposit_refund", ("deposit", _number(parameters)), CASH, result["amount"])


def _cancelled_prepayment(parameters: Values, result: Values) -> tuple[Move, ...]:
    ways = {"cash": CASH, "new_card": SUSPENSE}
    into = ways.get(parameters["method"]) or ("prepayment", _number(parameters, "target"))
    return _of_card("prepayment_refund", ("prepayment", _number(parameters)), _number(parameters), into, result)


def _of_card(kind: str, source: Account, number: str, into: Account, result: Values) -> tuple[Move, ...]:
    """Return what lay in the prepayment, and what arrears had swallowed and is owed again."""
    reopened, late = result.get("reopened") or 0, result.get("reopened_late_fee") or 0
    return (
        Move(kind, source, into, result["amount"] - reopened - late),
        Move(kind, ("receivable", number), into, reopened),
        Move(kind, ("late_fee", number), into, late),
    )


def _credit(parameters: Values, result: Values, *, into: str | None = None) -> tuple[Move, ...]:
    kind, number = parameters["kind"], _number(parameters)
    if not result.get("into"):
        return (Move(f"{kind}_credit", ADJUSTMENT, (OWED[kind], number), result["amount"]),)
    unpaid_share = result.get("fallen") or 0
    rest = (str(result.get("into")), into or number)
    return (
        Move(f"{kind}_credit", ADJUSTMENT, (OWED[kind], number), unpaid_share),
        Move(f"{kind}_credit", ADJUSTMENT, rest, result["amount"] - unpaid_share),
        _late_fee(f"{kind}_credit", number, result),
    )


def _other_number(parameters: Values, result: Values) -> tuple[Move, ...]:
    return _credit(parameters, result, into=_number(parameters, "target"))


def _by_staff(parameters: Values, result: Values) -> tuple[Move, ...]:
    pairs = ((STAFF, ADJUSTMENT), (CASH, STAFF), (ADJUSTMENT, CASH))
    return tuple(Move("paid_by_staff", debit, credit, result["amount"]) for debit, credit in pairs)


def _waiver(parameters: Values, result: Values) -> tuple[Move, ...]:
    kind, number, paid_share = "late_fee_waiver", _number(parameters), result.get("credited") or 0
    return (
        Move(kind, ADJUSTMENT, ("late_fee", number), result["amount"] - paid_share),
        Move(kind, ADJUSTMENT, ("receivable", number), paid_share),
    )


def _hold(parameters: Values, result: Values) -> Move:
    number = _number(parameters)
    return Move("charge_hold", ("hold", number), ("receivable", number), result.get("parked", result["amount"]))


def _settled(parameters: Values, result: Values) -> tuple[Move, ...]:
    kind, paid_share = f"charge_hold_{result['outcome']}", result.get("paid") or 0
    into = ADJUSTMENT if result["outcome"] == "credited" else ("receivable", ANY)
    return (
        Move(kind, into, ("hold", ANY), result["amount"] - paid_share),
        Move(kind, ADJUSTMENT, (result.get("into") or ANY, ANY), paid_share),
        _late_fee(kind, ANY, result),
    )


def _lifted(parameters: Values, result: Values) -> Move:
    return Move("charge_hold_withdrawn", ("receivable", ANY), ("hold", ANY), result["amount"])


def _applied(parameters: Values, result: Values) -> tuple[Move, ...]:
    if not result["applied"] or result.get("credited_before"):
        return ()
    credit = Move("secondary_pricing", ADJUSTMENT, ("receivable", ANY), result["amount"])
    with_it = _late_fee("secondary_pricing", ANY, result)
    return tuple(move._replace(case=result.get("promised_by")) for move in (credit, with_it))


def _moved(parameters: Values, result: Values) -> tuple[Move, ...]:
    return _of_card("recharge_move", (ANY, ANY), ANY, ("prepayment", str(result["target"] or ANY)), result)


def _bank(parameters: Values, result: Values) -> tuple[Move, ...]:
    """Return what came out of each account, in order, into each that it was put to."""
    number = _number(parameters)
    sources = [(CASH, "from_cash"), (("prepayment", ANY), "from_prepayment"), (("receivable", ANY), "from_receivable")]
    sinks = [
        (("receivable", number), "into_receivable"),
        (("prepayment", number), "into_prepayment"),
        (CASH, "into_cash"),
    ]
    room = {name: result.get(name) or 0 for _, name in sinks}
    moves = []
    for source, out in sources:
        amount = result.get(out) or 0
        for sink, name in sinks:
            share = min(amount, room[name])
            amount, room[name] = amount - share, room[name] - share
            moves.append(Move("bank_payment_correction", source, sink, share))
    return tuple(moves)


def _taken(parameters: Values, result: Values) -> tuple[Move, ...]:
    number = _number(parameters)
    accounts = ("receivable", "late_fee", "prepayment")
    return tuple(Move("counter_payment", CASH, (kind, number), result.get(f"into_{kind}") or 0) for kind in accounts)


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
    "charge_hold/decide": _settled,
    "charge_hold/lift": _lifted,
    "secondary_pricing/apply": _applied,
    "recharge/move": _moved,
    "liability/paid_on_spot": _by_staff,
    "bank_payments/correct": _bank,
    "payments/take": _taken,
}
MOVING = frozenset(_EFFECTS)
