"""What the billing gateway takes and returns, in the words of the TM Forum Open APIs; no SQL. Every amount is an integer number of fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from engine import Conflict, NotFound


class SubscriptionUnknown(NotFound):
    """No subscription has this number."""


class KeyUsedDifferently(Conflict):
    """This idempotency key already stands in the ledger with other lines."""


class Refused(Conflict):
    """The ledger or a document does not allow this; `reason` says why, in the code the diagrams use."""

    @property
    def reason(self) -> str:
        return str(self.values["reason"])


class Account(NamedTuple):
    """An account by what it is: a customer's names the subscription, the operator's own none."""

    kind: str
    subscription_id: int | None = None

    @property
    def keeps_balance(self) -> bool:
        return self.subscription_id is not None or self.kind == "recharge_suspense"


class Line(NamedTuple):
    """One posting to be: `amount` from the credited account to the debited one."""

    debit: Account
    credit: Account
    amount: int


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Why money moves: the idempotency key of the call, its instant, and the case it belongs to."""

    key: str
    at: datetime
    case: str | None = None


class LinePart(NamedTuple):
    """What somebody wants of a disputed line: its address, fen, the component of a call where only that is meant, and why it is not all."""

    line: str
    amount: int
    component: str = ""
    reason: str = ""


class Entry(NamedTuple):
    """A journal entry; `repeated` when the key had been entered before and nothing was posted now."""

    id: int
    key: str
    repeated: bool


@dataclass(frozen=True, kw_only=True)
class Customer:
    """TMF629 customer; everything in it is personal."""

    id: int
    kind: str
    name: str
    id_number: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A number and who may use it. `state` in_service, suspended or cancelled; `reason` arrears, request, number_change or None."""

    id: int
    msisdn: str
    customer_id: int
    kind: str
    state: str
    reason: str | None
    state_since: datetime
    number_changed_from: str | None
    deposits_closed: bool


class Balances(NamedTuple):
    """What stands on a subscription, in fen. `bill_due` leaves out what is `held`; below zero it waits for the next bill."""

    prepayment: int = 0
    bill_due: int = 0
    late_fee: int = 0
    deposit: int = 0
    held: int = 0


class BillItem(NamedTuple):
    """One line of a customer bill; `line` is its number there."""

    line: int
    kind: str
    text: str
    amount: int
    service_provider: str | None


@dataclass(frozen=True, kw_only=True)
class Bill:
    """TMF678 customer bill of one period ("2026-11"); `total` as issued."""

    id: int
    period: str
    issued_at: datetime
    due_on: date
    state: str
    items: tuple[BillItem, ...]

    @property
    def total(self) -> int:
        return sum(item.amount for item in self.items)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """An original receipt; `refunded` has been paid back against it already."""

    number: str
    subscription_id: int
    kind: str
    amount: int
    refunded: int
    issued_at: datetime


class Document(NamedTuple):
    """A numbered paper that moved money: refund, credit note or late-fee waiver. `form` is what stands on it."""

    number: str
    amount: int
    entry: int
    form: dict[str, Any]

    @property
    def fallen(self) -> int:
        """What fell of a debt of the customer's own, beside or within the amount, when lines were given back."""
        return int(self.form.get("fallen", 0))

    @property
    def late_fee(self) -> int:
        """The late fee that fell with it."""
        return int(self.form.get("late_fee", 0))


class LateFee(NamedTuple):
    """The late fee of one day on the bill of `period`, in fen."""

    on: date
    period: str
    amount: int


class Hold(NamedTuple):
    """A charge hold: amount, state (held, credited, rejected), the Thursday it is settled on, and the late fee that fell with it.

    `beside` is what of the lines is paid already: it stays reserved until that day, and goes back `into` an account. Where nothing is owed there is
    no hold, and no id.
    """

    id: int | None
    subscription_id: int
    amount: int
    state: str
    settle_on: date
    late_fee: int = 0
    beside: int = 0
    into: str = ""


class HeldLine(NamedTuple):
    """A line that waits for a Thursday: state held, or reserved beside a hold; fen. `line` is empty where a hold names none, `hold_id` that of a hold."""

    case_number: str
    line: str
    component: str
    amount: int
    state: str
    msisdn: str
    customer: str
    settle_on: date
    hold_id: int | None


class PricingItem(NamedTuple):
    """A correction for the secondary-pricing run; `late_fee` fell with it. Entered under `key`, and credited by the entry under `credited`.

    State: collected, handed_in, applied, omitted, or no_bill where the number gets no further bill.
    """

    id: int
    subscription_id: int
    period: str
    amount: int
    state: str
    late_fee: int = 0
    case_number: str | None = None
    item: str = ""
    key: str = ""
    credited: str | None = None


class Standing(NamedTuple):
    """What stands of a card, in fen: `remaining` of the card itself, `balance` on the number it was charged to, `set_off` there against arrears since
    it was charged, `others` of cards that strangers charged after the number was cancelled."""

    remaining: int
    balance: int
    set_off: int = 0
    others: int = 0


class GivenOfCard(NamedTuple):
    """What was given of a card, in fen; of it `reopened` and `late_fee` are owed again, for arrears had swallowed them."""

    amount: int
    reopened: int = 0
    late_fee: int = 0


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


class DueAgain(NamedTuple):
    """What stands on a number (id) since a credit was taken back, in fen: owed on the "bill" of `period`, not taken off its "next_bill" any more, a
    "late_fee" owed again, or gone from its "prepayment"."""

    kind: str
    subscription_id: int
    amount: int
    period: str = ""


class Taken(NamedTuple):
    """What the counter took, in fen: in all, by the kind of account that it reached, and the receipts for it."""

    amount: int
    shares: dict[str, int]
    receipts: tuple[TakenReceipt, ...]


class BankFinding(NamedTuple):
    """What became of a bank payment: `finding` not_posted, elsewhere, twice or in_order; `amount` in fen is what has to be corrected of it."""

    finding: str
    amount: int
    bank: str
    paid_at: datetime


class BankCorrection(NamedTuple):
    """What a correction moved, in fen: from the bank's cash, another account's prepayment or receivable, into the receivable, the prepayment or cash."""

    amount: int
    from_cash: int = 0
    from_prepayment: int = 0
    from_receivable: int = 0
    into_receivable: int = 0
    into_prepayment: int = 0
    into_cash: int = 0


MARK = "reversal"
# Money that went to the customer's account and is taken off it again; what was paid in cash, or was the customer's own, is owed then.
CREDITS = frozenset(
    {
        *("charge_credit", "late_fee_credit", "late_fee_waiver", "charge_hold_credited", "secondary_pricing"),
        "prepayment_transfer",
    }
)
OPENING_AGAIN = (
    "recharge_move",
    "prepayment_refund",
)  # entries after which arrears that a payment had settled are owed again
BY_STAFF = "paid_by_staff"  # the money was somebody else's: nobody owes it to us, it is handed back or stays given


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


class CaseMoney(NamedTuple):
    """What a case gave, and what of it was taken back: the fen of each posting, entry by entry, the oldest first."""

    given: tuple[tuple[int, ...], ...]
    taken_back: tuple[tuple[int, ...], ...]


class PricingRow(NamedTuple):
    """A row of what the run is given: a line of an item, or the item where it names none; `amount` in fen."""

    item_id: int
    case_number: str | None
    msisdn: str
    line: str
    component: str
    item: str
    amount: int
