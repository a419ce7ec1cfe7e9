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


class RedInvoice(NamedTuple):
    """What reversed an electronic invoice for cash, in fen; void since the cash was handed back."""

    number: str
    invoice: str
    amount: int
    at: datetime
    case_number: str | None
    is_void: bool


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A receipt, or a replacement over the rest of one; `refunded` of its amount went back.

    `left` is what its payment still holds, nothing on a paper that stands no more. `original` is the receipt of the payment itself, `current` the paper
    that now stands for it and is the only one against which cash is paid: another one where this was replaced or is void. `owed` is cash against it that
    was taken back and has not come back.
    """

    number: str
    subscription_id: int
    kind: str
    amount: int
    refunded: int
    left: int
    issued_at: datetime
    medium: str
    original: str
    current: str
    owed: int = 0
    red_invoices: tuple[RedInvoice, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether cash may be paid against this paper."""
        return self.number == self.current


class Exchanged(NamedTuple):
    """What came of a receipt for cash: kind replacement, over what is left, or red_invoice, over the cash; its number and fen."""

    kind: str
    number: str
    amount: int


class Document(NamedTuple):
    """A numbered paper that moved money: refund, credit note or late-fee waiver. `form` is what stands on it."""

    number: str
    amount: int
    entry: int
    form: dict[str, Any]

    @property
    def exchange(self) -> Exchanged | None:
        """What came of the receipt against which it was paid."""
        exchange = self.form.get("exchange")
        return Exchanged(**exchange) if exchange else None

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


class Standing(NamedTuple):
    """What stands of a card, in fen: `remaining` of the card itself, `balance` on the number it was charged to, `set_off` there against arrears since
    it was charged, `others` of cards that strangers charged after the number was cancelled."""

    remaining: int
    balance: int
    set_off: int = 0
    others: int = 0


class BankFinding(NamedTuple):
    """What became of a bank payment: `finding` not_posted, elsewhere, twice or in_order; `amount` in fen is what has to be corrected of it."""

    finding: str
    amount: int
    bank: str
    paid_at: datetime


class BankCorrection(NamedTuple):
    """What a correction moved, in fen: from the bank's cash, another account's prepayment or receivable, into the receivable, the prepayment or cash; and what came of the receipt."""

    amount: int
    from_cash: int = 0
    from_prepayment: int = 0
    from_receivable: int = 0
    into_receivable: int = 0
    into_prepayment: int = 0
    into_cash: int = 0
    exchange: Exchanged | None = None
