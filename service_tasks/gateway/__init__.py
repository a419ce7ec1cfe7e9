"""The only door from service tasks and screens to billing: what may be asked of it, and the billing that answers.

The verbs follow the TM Forum Open APIs (TMF629 customer, TMF654 prepay balance, TMF678 customer bill), so that a client of an operator's
own system can take the place of the embedded tables. Every amount is an integer number of fen. What a complaint entitles a customer to is
not decided here: the gateway refuses only what the accounts and papers do not allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, Protocol

from service_tasks.gateway import embedded
from service_tasks.gateway.documents import next_number
from service_tasks.gateway.values import (
    Account,
    Balances,
    Bill,
    BillItem,
    Customer,
    Document,
    Effect,
    Entry,
    Hold,
    KeyUsedDifferently,
    LateFee,
    Line,
    LinePart,
    PricingItem,
    Receipt,
    Refused,
    Subscription,
    SubscriptionUnknown,
)

__all__ = [
    "Account",
    "Balances",
    "Bill",
    "BillItem",
    "BillingGateway",
    "Customer",
    "Document",
    "Effect",
    "Entry",
    "Hold",
    "KeyUsedDifferently",
    "LateFee",
    "Line",
    "LinePart",
    "PricingItem",
    "Receipt",
    "Refused",
    "Subscription",
    "SubscriptionUnknown",
    "gateway",
    "next_number",
    "using",
]


class BillingGateway(Protocol):
    """What billing can be asked. Every changing verb is idempotent by `effect.key` and raises Refused with a reason code."""

    def find(self, msisdn: str) -> Subscription | None:
        """The subscription of a number: the one in use, else the one cancelled last; None for a number never put into service."""

    def subscription(self, msisdn: str) -> Subscription:
        """As `find`. Errors: SubscriptionUnknown."""

    def customer(self, customer_id: int) -> Customer:
        """The holder of a subscription (TMF629)."""

    def balances(self, subscription_id: int, *, lock: bool = False) -> Balances:
        """What stands on a subscription (TMF654); `lock` keeps it so until the end of the transaction."""

    def bills(self, subscription_id: int) -> list[Bill]:
        """Its bills (TMF678), newest first."""

    def receipt(self, number: str) -> Receipt | None:
        """The receipt of that number."""

    def receipts(self, subscription_id: int) -> list[Receipt]:
        """All its receipts, newest first."""

    def post(self, effect: Effect, kind: str, lines: Sequence[Line], *, memo: str = "") -> Entry:
        """Enter lines once. Errors: Refused(insufficient_prepayment …), KeyUsedDifferently."""

    def reserve(
        self, subscription_id: int, parts: Sequence[LinePart], effect: Effect, *, kind: str | None = None
    ) -> int:
        """Let the case have these parts of lines, of this kind, and no others, in reserve; fen in all.

        Refused: line_unknown, line_twice, line_unfit, line_taken, part_without_reason.
        """

    def release(self, case_number: str | None) -> None:
        """Free what the case has in reserve."""

    def reverse(self, entry_id: int, effect: Effect) -> Entry:
        """Enter a journal entry the other way; its lines may be given again. Refused: entry_unknown, entry_reversed."""

    def transfer(
        self, source: int, target: int, amount: int, effect: Effect, *, lines: Sequence[LinePart] = ()
    ) -> Entry:
        """Move prepayment from one subscription (id) to another. Refused: insufficient_prepayment, and as `reserve`."""

    def refund_cash(
        self,
        receipt_number: str,
        amount: int,
        effect: Effect,
        *,
        form: dict[str, Any] | None = None,
        lines: Sequence[LinePart] = (),
    ) -> Document:
        """Pay cash against an original receipt; a prepayment is withdrawn first, and of `lines` what is still owed falls first.

        Refused: receipt_unknown, receipt_used (nothing of it is left), exceeds_receipt, insufficient_prepayment.
        """

    def paid_by_staff(
        self, subscription_id: int, amount: int, kind: str, effect: Effect, lines: Sequence[LinePart]
    ) -> Entry:
        """Enter what staff paid the customer of their own for these lines. Refused: as `reserve`, exceeds_disputed."""

    def refund_deposit(self, receipt_number: str, effect: Effect, *, form: dict[str, Any] | None = None) -> Document:
        """Pay the whole deposit back in cash and close the subscription for deposits. Refused: receipt_unknown, no_deposit."""

    def refund_prepayment(
        self, subscription_id: int, effect: Effect, *, target: int | None = None, form: dict[str, Any] | None = None
    ) -> Document:
        """Pay out the whole prepayment, in cash or to the subscription `target` (id). Refused: nothing_left."""

    def credit(
        self,
        subscription_id: int,
        amount: int,
        kind: str,
        effect: Effect,
        *,
        form: dict[str, Any] | None = None,
        lines: Sequence[LinePart] = (),
        target: int | None = None,
    ) -> Document:
        """Credit against what is owed; kind "charge" or "late_fee". Refused: exceeds_bill, exceeds_late_fee.

        Of `lines` what is owed falls first; the rest is a credit on the next bill, of the subscription `target` (id) where one is named.
        """

    def waive_late_fee(
        self, subscription_id: int, amount: int, effect: Effect, *, form: dict[str, Any] | None = None
    ) -> Document:
        """Give up a late fee. Refused: exceeds_late_fee."""

    def late_fees_drawn(self, subscription_id: int) -> list[LateFee]:
        """The late fees drawn, whether still owed or not, in order of days."""

    def accrue_late_fee(self, bill_id: int, on: date, effect: Effect) -> int:
        """Draw the late fee of one day on an overdue bill; what is on hold draws none. Returns the fen drawn."""

    def place_hold(
        self, subscription_id: int, amount: int, settle_on: date, effect: Effect, *, lines: Sequence[LinePart] = ()
    ) -> Hold:
        """Park a disputed amount of the bill. Refused: exceeds_bill."""

    def settle_hold(self, hold_id: int, decision: str, effect: Effect) -> Hold:
        """Settle a hold; "credited" releases it as a credit, "rejected" makes it due again. Refused: hold_unknown, hold_settled."""

    def enter_secondary_pricing(
        self,
        subscription_id: int,
        period: str,
        amount: int,
        item: str,
        effect: Effect,
        *,
        lines: Sequence[LinePart] = (),
    ) -> PricingItem:
        """Collect a correction for the run of `period`; `lines` stay reserved until then."""

    def hand_in_secondary_pricing(self, period: str) -> tuple[int, int]:
        """Hand in all that was collected for `period`: how many items, how many fen."""

    def apply_secondary_pricing(self, item_id: int, effect: Effect) -> PricingItem:
        """Credit the item against the bill, unless the run left it out (state omitted). Refused: item_unknown."""

    def secondary_pricing_item(self, item_id: int) -> PricingItem:
        """One item as it stands. Refused: item_unknown."""

    def move_recharge(self, serial: str, target: int, effect: Effect) -> int:
        """Move what is left of a recharge card to the subscription `target` (id); fen moved. Refused: unknown_card, nothing_left."""


_current: ContextVar[BillingGateway | None] = ContextVar("billing_gateway", default=None)


def gateway() -> BillingGateway:
    """The billing in use: the embedded tables, unless `using` says otherwise."""
    return _current.get() or embedded


@contextmanager
def using(other: BillingGateway) -> Iterator[None]:
    """Let `other` answer inside the block."""
    token = _current.set(other)
    try:
        yield
    finally:
        _current.reset(token)
