"""The only door from service tasks and screens to billing: what may be asked of it, and the billing that answers.

The verbs follow the TM Forum Open APIs (TMF629 customer, TMF654 prepay balance, TMF678 customer bill), so that a client of an operator's
own system can take the place of the embedded tables. Every amount is an integer number of fen. What a complaint entitles a customer to is
not decided here: the gateway refuses only what the accounts and papers do not allow.

Accounts, bills and papers are named at this door. What cases gave has its own in `adjustments`, what passes the counter in `counter`, a run of
secondary pricing in `pricing_run`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from engine.runtime import Service
from service_tasks.gateway import embedded
from service_tasks.gateway.adjustments import CaseMoney, DueAgain, Given, GivenOfCard
from service_tasks.gateway.counter import Due, Issued, Taken
from service_tasks.gateway.documents import next_number
from service_tasks.gateway.pricing_run import PricingItem, PricingRow
from service_tasks.gateway.receipts import Custody
from service_tasks.gateway.values import (
    Account,
    Balances,
    BankCorrection,
    BankFinding,
    Bill,
    BillItem,
    Customer,
    Document,
    Effect,
    Entry,
    Exchanged,
    HeldLine,
    Hold,
    KeyUsedDifferently,
    LateFee,
    Line,
    LinePart,
    Receipt,
    RedInvoice,
    Refused,
    Standing,
    Subscription,
    SubscriptionUnknown,
)

__all__ = [
    "BILLING",
    "Account",
    "Balances",
    "BankCorrection",
    "BankFinding",
    "Bill",
    "BillItem",
    "BillingGateway",
    "Custody",
    "Customer",
    "Document",
    "Effect",
    "Entry",
    "Exchanged",
    "HeldLine",
    "Hold",
    "KeyUsedDifferently",
    "LateFee",
    "Line",
    "LinePart",
    "Receipt",
    "RedInvoice",
    "Refused",
    "Standing",
    "Subscription",
    "SubscriptionUnknown",
    "gateway",
    "next_number",
]


class BillingGateway(Protocol):
    """What billing can be asked. Every changing verb is idempotent by `effect.key` and raises Refused with a reason code."""

    def find(self, msisdn: str) -> Subscription | None:
        """Return the subscription of a number: the one in use, else the one cancelled last; None for a number never put into service."""

    def subscription(self, msisdn: str) -> Subscription:
        """Find a subscription as `find` does. Errors: SubscriptionUnknown."""

    def customer(self, customer_id: int) -> Customer:
        """Return the holder of a subscription (TMF629)."""

    def balances(self, subscription_id: int, *, lock: bool = False) -> Balances:
        """Return what stands on a subscription (TMF654); `lock` keeps it so until the end of the transaction."""

    def bills(self, subscription_id: int) -> list[Bill]:
        """Return its bills (TMF678), newest first."""

    def debit_under_way(self, subscription_id: int) -> bool:
        """Tell whether a direct debit is out whose result is not known yet; what is owed is left alone meanwhile."""

    def receipt(self, number: str) -> Receipt | None:
        """Return the receipt or replacement of that number."""

    def receipts(self, subscription_id: int) -> list[Receipt]:
        """Return all its receipts with their replacements, newest first."""

    def custody(self, subscription_id: int) -> Custody:
        """Return which of its receipts are not asked for: those that the office took back for cash and still holds, and electronic ones."""

    def exchange_of(self, entry_id: int) -> Exchanged | None:
        """Return what came of a receipt by an entry: a replacement or a red invoice."""

    def papers_voided_by(self, reversal_id: int) -> list[tuple[str, str]]:
        """Return the replacements and red invoices that are void since an entry took another back: (kind, number)."""

    def post(self, effect: Effect, kind: str, lines: Sequence[Line], *, memo: str = "") -> Entry:
        """Enter lines once. Errors: Refused(insufficient_prepayment …), KeyUsedDifferently."""

    def reserve(
        self,
        subscription_id: int,
        parts: Sequence[LinePart],
        effect: Effect,
        *,
        kind: str | None = None,
        beside: Sequence[LinePart] = (),
        item: str | None = None,
    ) -> int:
        """Let the case have these parts of lines, of this money and charge, and no others but what it has of those `beside`, in reserve; fen in all.

        Refused: line_unknown, line_twice, line_unfit, line_taken, part_without_reason.
        """

    def apart(self, subscription_id: int, parts: Sequence[LinePart]) -> tuple[list[LinePart], list[LinePart]]:
        """Return parts of lines divided into what has been paid and what is still owed. Refused: line_unknown, line_twice."""

    def still_owed(self, subscription_id: int, parts: Sequence[LinePart]) -> int:
        """Return what of these parts of lines is owed on their bills; of none, what is due on the number."""

    def release(self, case_number: str | None) -> None:
        """Free what the case has in reserve."""

    def reserved_under(self, case_number: str) -> list[str]:
        """Return the keys under which the case has lines in reserve that wait for no run and no day."""

    def free_under(self, case_number: str, keys: Collection[str], *, refused_at: datetime | None = None) -> None:
        """Free what the case has in reserve under these keys, but for what waits; when it was refused stands beside the lines from then on."""

    def release_papers(self, case_number: str) -> None:
        """Let go of the cards and the payments at a bank of which the case has not moved the money."""

    def free(
        self,
        subscription_id: int,
        parts: Sequence[LinePart],
        effect: Effect,
        *,
        key: str | None = None,
        is_refused: bool = False,
    ) -> None:
        """Free what the case has of these lines in reserve, under this key where one is named; that it was refused is kept with the lines."""

    def withhold(self, subscription_id: int, parts: Sequence[LinePart], effect: Effect) -> None:
        """Keep that the case was refused these parts of lines of which it is given the rest. Refused: line_unknown, line_twice."""

    def reverse(self, entry_id: int, effect: Effect, *, handed_back: bool = False) -> Entry:
        """Enter a journal entry the other way; its lines may be given again, and what has left is owed, but for cash that is handed back with it.

        Refused: entry_unknown, entry_reversed, cash_not_back, card_charged.
        """

    def owed_anew(self, reversal_id: int) -> int:
        """Return what somebody came to owe by the entry that took another back, in fen."""

    def cash_of_card_out(self, serial: str) -> int:
        """Return what was paid in cash of a card, was taken back and has not been handed back."""

    def owed_on_no_bill(self, subscription_id: int) -> int:
        """Return what a number owes beside its bills, in fen: cash that was given wrongly and has not come back."""

    def owed_by_bill(self, entry_id: int) -> dict[tuple[int, str], int]:
        """Return what is owed on each bill of the numbers whose charges an entry credited, in fen, by number (id) and period."""

    def due_again(self, reversal_id: int, owed_before: Mapping[tuple[int, str], int]) -> list[DueAgain]:
        """Return what the entry that took another back asks for again or took away, beside what had left; `owed_before` as `owed_by_bill` had it."""

    def given(self, case_number: str) -> list[Given]:
        """Return what a case gave and nobody has taken back, the oldest first."""

    def case_money(self, case_number: str) -> CaseMoney:
        """Return what a case gave and what was taken back of it, the fen of every posting."""

    def intended(self, case_number: str) -> set[int]:
        """Return every other amount that a case is about: reserved, on hold, waiting for a run, taken at the counter, and what they come to."""

    def given_between(self, since: datetime, upto: datetime) -> list[Given]:
        """Return what all cases gave from `since` and before `upto` and nobody had taken back by then, the oldest first."""

    def holds(self, case_number: str) -> list[Hold]:
        """Return what a case has on hold, locked."""

    def withdraw_corrections(self, case_number: str) -> list[PricingItem]:
        """Take a case's corrections off the list of a run that has not begun; those taken. Refused: correction_handed_in."""

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
        """Pay cash against the paper that stands for a payment; a prepayment is withdrawn first, and of `lines` what is still owed falls first.

        What comes of the paper, a replacement or a red invoice, stands in the document. Refused: receipt_unknown, receipt_replaced, receipt_used (nothing of it is left), exceeds_receipt, insufficient_prepayment.
        """

    def paid_by_staff(
        self, subscription_id: int, amount: int, kind: str, effect: Effect, lines: Sequence[LinePart]
    ) -> Entry:
        """Enter what staff paid the customer of their own for these lines. Refused: as `reserve`, exceeds_disputed, not_paid_yet."""

    def refund_deposit(self, receipt_number: str, effect: Effect, *, form: dict[str, Any] | None = None) -> Document:
        """Pay back in cash what a receipt stands for of the deposit; none left, the subscription is closed for deposits.

        Refused: receipt_unknown, receipt_replaced, no_deposit, line_taken.
        """

    def refund_prepayment(
        self,
        subscription_id: int,
        effect: Effect,
        *,
        target: int | None = None,
        form: dict[str, Any] | None = None,
        card: str | None = None,
        of_card: int = 0,
        own: int | None = None,
        issued: Issued | None = None,
    ) -> Document:
        """Pay out of a prepayment, in cash, to the subscription `target` (id) or as a new card: `of_card` of the card named, `own` of the number.

        Without `own` the whole prepayment. Refused: nothing_left, unknown_card, line_taken; of a new card card_not_in_stock, card_issued,
        card_value_differs.
        """

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
        self,
        subscription_id: int,
        amount: int,
        effect: Effect,
        *,
        form: dict[str, Any] | None = None,
        lines: Sequence[LinePart] = (),
    ) -> Document:
        """Give up a late fee, that of `lines` where they are named; what of these is paid already is a credit on the next bill.

        Refused: exceeds_late_fee, line_taken.
        """

    def late_fees_drawn(self, subscription_id: int) -> list[LateFee]:
        """Return the late fees drawn, whether still owed or not, in order of days."""

    def late_fees_paid(self, subscription_id: int, since: date) -> int:
        """Return what was paid of late fees from a day on and is not owed again, in fen; what was given up or credited is not paid."""

    def accrue_late_fee(self, bill_id: int, on: date, effect: Effect) -> int:
        """Draw the late fee of one day on an overdue bill; what is on hold draws none. Returns the fen drawn."""

    def place_hold(
        self, subscription_id: int, amount: int, settle_on: date, effect: Effect, *, lines: Sequence[LinePart] = ()
    ) -> Hold:
        """Park a disputed amount of the bill; of `lines` what is paid already is reserved beside it. Refused: exceeds_bill."""

    def settle_hold(
        self,
        hold_id: int | None,
        decision: str,
        effect: Effect,
        *,
        subscription_id: int | None = None,
        amount: int = 0,
        lines: Sequence[LinePart] = (),
        reserved: str | None = None,
        late_fee: int | None = None,
    ) -> Hold:
        """Settle a hold; "credited" releases it as a credit, with what of `lines` was paid and `reserved` under the key that placed it, and the `late_fee` found
        then; "rejected" and "withdrawn" make it due again.

        Refused: hold_unknown, hold_settled.
        """

    def late_fee_on_hold(self, subscription_id: int) -> int:
        """Return the late fee that waits beside the holds of a number and is not asked for meanwhile, in fen."""

    def on_hold(self, until: date) -> list[HeldLine]:
        """Return what is on hold to be settled by this day, and what is reserved beside it, line by line, in the order it was placed."""

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

    def repricing_room(self, subscription_id: int, *, but: str = "") -> int:
        """Return what may still be entered without naming lines beside the item of the key `but`, in fen; 0 for a number without a bill."""

    def secondary_pricing_rows(self, period: str) -> list[PricingRow]:
        """Return what the run of `period` is given, a row for each line."""

    def take_back_secondary_pricing(self, period: str, omitted: Collection[int], no_bill: Collection[int]) -> None:
        """Mark the items that the run left out, and those whose number gets no further bill."""

    def renew_secondary_pricing(self, subscription_id: int, item_id: int, period: str) -> PricingItem:
        """Put an item that was left out into the run of `period`. Refused: line_unknown."""

    def shown_on_bill(self, item_id: int, at: datetime) -> bool | None:
        """Tell whether a bill issued after the run shows the item as taken off; None while there is no such bill."""

    def hand_in_secondary_pricing(self, period: str, left_over: Collection[str] = ()) -> tuple[int, int]:
        """Hand in all that was collected for `period`, and what is `left_over` of others: how many items, how many fen."""

    def apply_secondary_pricing(self, item_id: int, effect: Effect, *, hands_back: bool = False) -> PricingItem:
        """Credit the item against the bill, unless the run left it out (state omitted). Refused: item_unknown."""

    def secondary_pricing_item(self, item_id: int) -> PricingItem:
        """Return one item as it stands. Refused: item_unknown."""

    def card_standing(self, serial: str) -> Standing:
        """Return what stands of a recharge card and of the number it was charged to. Refused: unknown_card."""

    def cards_of_others(self, subscription_id: int, *, but: str | None = None) -> int:
        """Return what is left of cards that were charged to a number after it was cancelled, in fen."""

    def reserve_card(self, serial: str, effect: Effect) -> int:
        """Let the case have what is left of a recharge card, and nobody else; fen. Refused: unknown_card, line_taken."""

    def move_recharge(self, serial: str, target: int, effect: Effect, *, amount: int | None = None) -> GivenOfCard:
        """Move `amount` of a recharge card, or what is left of it, to the subscription `target` (id).

        Refused: unknown_card, nothing_left, line_taken.
        """

    def to_pay(self, subscription_id: int) -> list[Due]:
        """Return what a payment would settle, in that order: the bills, the oldest first, then the late fee."""

    def take_payment(self, subscription_id: int, amount: int, into: str, effect: Effect) -> Taken:
        """Take cash for what is owed ("bill"), what is left being prepaid, or as "prepayment". Refused: debit_under_way, number_cancelled."""

    def reserve_bank_payment(self, subscription_id: int, msisdn: str, reference: str, effect: Effect) -> BankFinding:
        """Return what became of a payment at a bank, by its proof; the case has it until it ends. Refused: proof_unknown, line_taken."""

    def correct_bank_payment(
        self, subscription_id: int, msisdn: str, reference: str, effect: Effect, *, receipt: str | None = None
    ) -> BankCorrection:
        """Put a bank payment right, or pay what came twice in cash against a receipt.

        Refused: proof_unknown, nothing_left, receipt_unknown, exceeds_receipt.
        """


BILLING: Service[BillingGateway] = Service(embedded)


def gateway() -> BillingGateway:
    """Return the billing in use: the embedded tables, unless the office's runtime says who answers instead (`answered_by[BILLING]`)."""
    return BILLING.current()
