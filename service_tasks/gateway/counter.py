"""The counter: what it asks for, takes and gives out, with its receipts and cards of the stock; no SQL. Fen."""

from __future__ import annotations

from typing import NamedTuple


class Issued(NamedTuple):
    """A card of the stock that is given out instead of money: its serial number, who gives it, to which number."""

    serial: str
    by: str
    to: str


class TakenReceipt(NamedTuple):
    """A receipt that the counter gave out: kind charge, late_fee or prepayment; fen."""

    receipt: str
    kind: str
    amount: int


class Due(NamedTuple):
    """What is owed of a bill ("bill", by its period), of what stands on none ("other") or as "late_fee", in fen."""

    kind: str
    period: str
    amount: int


class Taken(NamedTuple):
    """What the counter took, in fen: in all, by the kind of account that it reached, and the receipts for it."""

    amount: int
    shares: dict[str, int]
    receipts: tuple[TakenReceipt, ...]
