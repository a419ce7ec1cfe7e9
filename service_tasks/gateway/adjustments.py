"""Adjustments: what cases gave a customer, what was taken back of it, and the kinds of journal entries that say so; no SQL. Fen."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

MARK = "reversal"
# Money that went to the customer's account and is taken off it again; what was paid in cash, or was the customer's own, is owed then.
CREDITS = frozenset(
    {
        *("charge_credit", "late_fee_credit", "late_fee_waiver", "charge_hold_credited", "secondary_pricing"),
        "prepayment_transfer",
    }
)
# Entries after which arrears that a payment had settled are owed again.
OPENING_AGAIN = ("recharge_move", "prepayment_refund")
BY_STAFF = "paid_by_staff"  # the money was somebody else's: nobody owes it to us, it is handed back or stays given

# Money that was the customer's already, posted where it belongs or where they want it.
POSTED = frozenset({"bank_payment_correction", "recharge_move", "prepayment_transfer"})


class GivenOfCard(NamedTuple):
    """What was given of a card, in fen; of it `reopened` and `late_fee` are owed again, for arrears had swallowed them."""

    amount: int
    reopened: int = 0
    late_fee: int = 0


class DueAgain(NamedTuple):
    """What stands on a number (id) since a credit was taken back, in fen: owed on the "bill" of `period`, not taken off its "next_bill" any more, a
    "late_fee" owed again, or gone from its "prepayment"."""

    kind: str
    subscription_id: int
    amount: int
    period: str = ""


class Given(NamedTuple):
    """What a case gave in one journal entry, in fen, `cash` of it over the counter; `is_credit` where it stands on an account still."""

    id: int
    key: str
    kind: str
    at: datetime
    amount: int
    cash: int = 0
    case: str = ""

    @property
    def is_credit(self) -> bool:
        return self.kind in CREDITS

    @property
    def way(self) -> str:
        """How it reached the customer: "cash" over the counter, "posted" to an account or "credited" to it, "mixed" where a part is cash."""
        if self.cash:
            return "cash" if self.cash == self.amount else "mixed"
        return "posted" if self.kind in POSTED else "credited"


class CaseMoney(NamedTuple):
    """What a case gave, and what of it was taken back: the fen of each posting, entry by entry, the oldest first."""

    given: tuple[tuple[int, ...], ...]
    taken_back: tuple[tuple[int, ...], ...]
