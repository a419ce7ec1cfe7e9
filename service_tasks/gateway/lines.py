"""Addresses of everything that can be disputed, a function for each kind, and the customer's own papers they stand for; nothing is claimed or paid here.

    bill-item:2026-11:3      line 3 of the bill of that month
    call:17                  a call detail record, on a bill, deducted from a prepayment, or not billed yet
    information-fee:17       what a service provider took with it
    late-fee:2026-11         late fee drawn on a bill; late-fee:brought, what stood before any was drawn here
    deposit:SJ-1             a deposit, by its receipt
    payment:SJ-2             a prepayment, or what of another payment paid no bill, by its receipt
    card:8800000401          a recharge card that was charged to the number
    debit:5                  a direct debit that was carried out
    promised-credit:9        a correction entered for secondary pricing that did not come
    balance:prepayment       what a cancelled number has of its own, without the cards that were charged to it and are somebody's to claim

A call is charged in components, each of which is a line of its own. What a bill charges for one kind of thing ("bill:2026-11:call"), and the bill
("bill:2026-11"), are lines too, that others lie inside; they are picked by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Exists, ScalarSelect, bindparam, func, literal, select

from models.base import session
from models.billing import (
    Bill,
    BillItem,
    JournalEntry,
    LateFeeAccrual,
    LedgerAccount,
    Posting,
    Receipt,
    SecondaryPricingItem,
)
from models.customer import Subscription, SubscriptionState
from models.lines import BillPayment, ClaimState, DisputedLine, LineClaim
from models.usage import COMPONENTS, BankMandate, Cdr, DebitState, DirectDebit, RechargeCard
from service_tasks.gateway import ledger, receipts
from service_tasks.gateway.adjustments import MARK, OPENING_AGAIN
from service_tasks.gateway.values import LinePart, Refused

BROUGHT = "brought"
OWN_BALANCE = "balance:prepayment"
OWED_AGAIN = (MARK, *OPENING_AGAIN)  # no late fee is drawn by these: it was drawn before
USAGE = ("call", "roaming")
PAYMENTS = ("prepayment", "charge")
COUNTER_PAYMENT = "counter_payment"
PAYMENT, LATE_FEE = "payment:", "late_fee"
OF_CALL = tuple(name for name in COMPONENTS if name != "information")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A line as the papers have it. `inside` is an address.

    `money` is where its money lies: charge, late_fee, deposit or prepayment; own_balance is a prepayment that only the holder's withdrawal gives.
    """

    address: str
    amount: int
    money: str
    component: str = ""
    bill_id: int | None = None
    inside: str | None = None


@dataclass(frozen=True)
class Charged:
    """What a bill charges: its period, its total, and the sum by kind of item."""

    period: str
    kinds: Mapping[str, int]
    items: Mapping[int, tuple[str, int]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"bill:{self.period}"

    @property
    def total(self) -> int:
        return sum(self.kinds.values())

    def holding(self, *kinds: str) -> str:
        """Return the line that holds what is of the first of these kinds that the bill charges; the bill itself when it charges none."""
        return next((f"{self.address}:{kind}" for kind in kinds if kind in self.kinds), self.address)


@dataclass
class Papers:
    """The papers of one subscription, read as they are asked for."""

    subscription_id: int
    bills: dict[int, Charged] = field(default_factory=dict)

    @classmethod
    def of(cls, subscription_id: int) -> Papers:
        """Return the papers of a subscription with what its bills charge."""
        return cls(subscription_id, charged(subscription_id))

    def holders(self, papers: Iterable[Paper]) -> list[Paper]:
        """Return the lines that these lie inside, and those that these lie inside, the outermost first."""
        bill_ids = {bill.address: bill_id for bill_id, bill in self.bills.items()}
        inner = sorted({paper.inside for paper in papers if paper.inside})
        outer = sorted({":".join(address.split(":")[:2]) for address in inner})
        bills = [
            Paper(
                address=address, amount=self.bills[bill_ids[address]].total, money="charge", bill_id=bill_ids[address]
            )
            for address in outer
        ]
        return bills + [self._kind(address, bill_ids) for address in inner if address not in bill_ids]

    def _kind(self, address: str, bill_ids: Mapping[str, int]) -> Paper:
        bill, _, kind = address.rpartition(":")
        amount = self.bills[bill_ids[bill]].kinds[kind]
        return Paper(address=address, amount=amount, money="charge", bill_id=bill_ids[bill], inside=bill)

    def find(self, addresses: Iterable[str]) -> dict[str, list[Paper]]:
        """Return the lines of these addresses, a call as its components; what is unknown or another's is left out."""
        keys: dict[str, set[str]] = {}
        for address in addresses:
            kind, _, key = address.partition(":")
            keys.setdefault(kind, set()).add(key)
        papers_by_address: dict[str, list[Paper]] = {}
        for kind, keys_of_kind in keys.items():
            if kind in _KINDS:
                papers_by_address |= _KINDS[kind](self, keys_of_kind)
        return papers_by_address


_CHARGED = (
    select(Bill.id, Bill.period, BillItem.line, BillItem.kind, BillItem.amount)
    .outerjoin(BillItem)
    .where(Bill.subscription_id == bindparam("subscription"))
    .order_by(Bill.period, BillItem.line)
)


def charged(subscription_id: int) -> dict[int, Charged]:
    """Return what the bills of a subscription charge, by bill, the oldest first."""
    rows = session().execute(_CHARGED, {"subscription": subscription_id})
    by_bill: dict[int, tuple[str, dict[str, int], dict[int, tuple[str, int]]]] = {}
    for bill_id, period, line, kind, amount in rows:
        _, kinds, items = by_bill.setdefault(bill_id, (period, {}, {}))
        if line is not None:
            kinds[kind] = kinds.get(kind, 0) + amount
            items[line] = (kind, amount)
    return {bill_id: Charged(*columns) for bill_id, columns in by_bill.items()}


def wanted(papers: Papers, parts: Sequence[LinePart]) -> list[tuple[Paper, int, str]]:
    """Return what the parts come to: line, fen and reason; of a call without a component its components, in order, until the part is reached.

    Errors: Refused(line_unknown), Refused(amount_not_positive), Refused(line_twice).
    """
    papers_by_address = papers.find({part.line for part in parts})
    picks: dict[tuple[str, str], tuple[Paper, int, str]] = {}
    for part in parts:
        if part.amount <= 0:
            raise Refused(reason="amount_not_positive", line=part.line, amount=part.amount)
        for paper, amount in _divided(part, papers_by_address.get(part.line, [])):
            if (paper.address, paper.component) in picks:
                raise Refused(reason="line_twice", line=part.line)
            picks[paper.address, paper.component] = (paper, amount, part.reason)
    return list(picks.values())


def _divided(part: LinePart, papers: Sequence[Paper]) -> list[tuple[Paper, int]]:
    matching = [paper for paper in papers if part.component in ("", paper.component)]
    if not matching:
        raise Refused(reason="line_unknown", line=part.line)
    rest, shares = part.amount, []
    for paper in matching:
        share = rest if paper is matching[-1] else min(rest, paper.amount)
        rest -= share
        if share:
            shares.append((paper, share))
    return shares


def _bill_items(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    items = {
        f"{bill.period}:{line}": (bill_id, bill, kind, amount)
        for bill_id, bill in papers.bills.items()
        for line, (kind, amount) in bill.items.items()
    }
    papers_by_address = {}
    for key in keys & items.keys():
        bill_id, bill, kind, amount = items[key]
        address = f"bill-item:{key}"
        papers_by_address[address] = [
            Paper(address=address, amount=amount, money="charge", bill_id=bill_id, inside=bill.holding(kind))
        ]
    return papers_by_address


def owned_calls(subscription_id: BindParameter[int], bills: BindParameter[int]) -> ColumnElement[bool]:
    """Return the condition under which a call detail record is of this subscription: on a bill of its own, or made on its number while it had it."""
    own = select(Subscription.msisdn, Subscription.opened_at).where(Subscription.id == subscription_id).subquery()
    later = select(Subscription.id).where(
        Subscription.msisdn == Cdr.served_msisdn,
        Subscription.id != subscription_id,
        Subscription.opened_at <= Cdr.start,
        Subscription.opened_at > select(own.c.opened_at).scalar_subquery(),
    )
    unbilled = Cdr.bill_id.is_(None) & (Cdr.served_msisdn == select(own.c.msisdn).scalar_subquery())
    return Cdr.bill_id.in_(bills) | (unbilled & ~later.exists())


_RECORDS = select(Cdr.id, Cdr.bill_id, *(getattr(Cdr, name) for name in COMPONENTS)).where(
    Cdr.id.in_(bindparam("ids", expanding=True)),
    owned_calls(bindparam("subscription"), bindparam("bills", expanding=True)),
)


def _records(papers: Papers, keys: set[str]) -> list[Any]:
    ids = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19]
    values = {"ids": ids, "subscription": papers.subscription_id, "bills": list(papers.bills)}
    return list(session().execute(_RECORDS, values))


def _calls(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    return {
        f"call:{row.id}": [
            Paper(
                address=f"call:{row.id}",
                component=name,
                amount=getattr(row, name),
                money="charge" if row.bill_id else "prepayment",
                bill_id=row.bill_id,
                inside=_holder(papers, row.bill_id, *(USAGE[::-1] if name == "roaming" else USAGE)),
            )
            for name in OF_CALL
            if getattr(row, name)
        ]
        for row in _records(papers, keys)
    }


def _holder(papers: Papers, bill_id: int | None, *kinds: str) -> str | None:
    return papers.bills[bill_id].holding(*kinds) if bill_id else None


def _information_fees(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    return {
        f"information-fee:{row.id}": [
            Paper(
                address=f"information-fee:{row.id}",
                amount=row.information,
                money="charge" if row.bill_id else "prepayment",
                bill_id=row.bill_id,
                inside=_holder(papers, row.bill_id, "monternet"),
            )
        ]
        for row in _records(papers, keys)
        if row.information
    }


def late_fees(papers: Papers) -> dict[str, int]:
    """Return the late fee drawn, by period, and what was brought forward; in fen, whether still owed or not."""
    accruals = select(LateFeeAccrual.bill_id, func.sum(LateFeeAccrual.amount)).where(
        LateFeeAccrual.bill_id.in_(papers.bills)
    )
    fees = {
        papers.bills[bill].period: int(total)
        for bill, total in session().execute(accruals.group_by(LateFeeAccrual.bill_id))
    }
    own_late_fee = LedgerAccount.subscription_id == papers.subscription_id, LedgerAccount.kind == "late_fee"
    query = select(func.coalesce(func.sum(Posting.amount), 0)).join(
        LedgerAccount, LedgerAccount.id == Posting.debit_account_id
    )
    query = query.join(JournalEntry, JournalEntry.id == Posting.entry_id).where(JournalEntry.kind.not_in(OWED_AGAIN))
    carried_forward = int(session().scalar(query.where(*own_late_fee)) or 0) - sum(fees.values())
    return fees | ({BROUGHT: carried_forward} if carried_forward > 0 else {})


def _late_fees(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    bills = {bill.period: bill_id for bill_id, bill in papers.bills.items()}
    return {
        f"late-fee:{period}": [
            Paper(address=f"late-fee:{period}", amount=amount, money="late_fee", bill_id=bills.get(period))
        ]
        for period, amount in late_fees(papers).items()
        if period in keys
    }


def _deposits(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    query = select(Receipt.number, Receipt.amount).where(Receipt.number.in_(keys), Receipt.kind == "deposit")
    rows = session().execute(query.where(Receipt.subscription_id == papers.subscription_id))
    return {f"deposit:{key}": [Paper(address=f"deposit:{key}", amount=amount, money="deposit")] for key, amount in rows}


def on_bills() -> ScalarSelect[int]:
    """Return what a receipt paid on bills, whose lines are picked instead of it."""
    total = select(func.coalesce(func.sum(BillPayment.amount), 0))
    return total.where(BillPayment.receipt_number == Receipt.number).scalar_subquery()


def _payments(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    query = select(Receipt.number, Receipt.kind, Receipt.amount - on_bills()).where(
        Receipt.number.in_(keys), Receipt.kind.in_(PAYMENTS), ~receipts.of_debt()
    )
    rows = session().execute(query.where(Receipt.subscription_id == papers.subscription_id))
    return {
        f"payment:{key}": [Paper(address=f"payment:{key}", amount=int(amount), money=money)]
        for key, money, amount in rows
        if amount > 0
    }


def _cards(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    query = select(RechargeCard.serial, RechargeCard.remaining).where(
        RechargeCard.serial.in_(keys), RechargeCard.charged_subscription_id == papers.subscription_id
    )
    return {
        f"card:{serial}": [Paper(address=f"card:{serial}", amount=remaining, money="prepayment")]
        for serial, remaining in session().execute(query)
    }


def _debits(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    """Return direct debits, each in the bill of its period: what it took twice is given back once."""
    ids = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19]
    query = select(DirectDebit.id, DirectDebit.amount, DirectDebit.period).join(BankMandate)
    own = BankMandate.subscription_id == papers.subscription_id
    rows = session().execute(query.where(DirectDebit.id.in_(ids), own, DirectDebit.state == DebitState.DONE))
    bills = {bill.period: bill.address for bill in papers.bills.values()}
    return {
        f"debit:{id}": [Paper(address=f"debit:{id}", amount=amount, money="charge", inside=bills.get(period))]
        for id, amount, period in rows
    }


def _promised_credits(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    ids = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19]
    item = SecondaryPricingItem
    query = select(item.id, item.amount).where(item.id.in_(ids), item.subscription_id == papers.subscription_id)
    rows = session().execute(query.where(item.waits()))
    return {
        f"promised-credit:{id}": [Paper(address=f"promised-credit:{id}", amount=amount, money="charge")]
        for id, amount in rows
    }


def _balances(papers: Papers, keys: set[str]) -> dict[str, list[Paper]]:
    """Return what the holder of a cancelled number has there, with what was given of it; one cancelled for arrears has nothing. Source: SUB.2, reading."""
    number = session().get(Subscription, papers.subscription_id)
    if (
        "prepayment" not in keys
        or number is None
        or number.state != SubscriptionState.CANCELLED
        or number.reason == "arrears"
    ):
        return {}
    amount = own_balance(papers.subscription_id) + _given(papers.subscription_id, OWN_BALANCE)
    return {OWN_BALANCE: [Paper(address=OWN_BALANCE, amount=amount, money="own_balance")]} if amount else {}


def own_balance(subscription_id: int) -> int:
    """Return what stands on a number beside the cards that are not its holder's, in fen."""
    return max(0, ledger.balances(subscription_id).get("prepayment", 0) - cards_of_others(subscription_id))


def cards_of_others(subscription_id: int, *, but: str | None = None) -> int:
    """Return what is left of cards due to whoever bears them, in fen: charged to the number after it was cancelled, or in a case."""
    card, number = RechargeCard, Subscription
    query = select(func.coalesce(func.sum(card.remaining), 0)).join(number, number.id == card.charged_subscription_id)
    cards = query.where(
        number.id == subscription_id, number.state == SubscriptionState.CANCELLED, card.serial != (but or "")
    )
    return int(session().scalar(cards.where((card.charged_at >= number.state_since) | in_case(subscription_id))) or 0)


def in_case(subscription_id: int) -> Exists:
    """Return the condition under which a card that was charged to this number is reserved by a case."""
    line = DisputedLine
    reserved = (
        select(LineClaim.id).join(line, line.id == LineClaim.line_id).where(LineClaim.state == ClaimState.RESERVED)
    )
    of_card = line.address == literal("card:").concat(RechargeCard.serial)
    return reserved.where(line.subscription_id == subscription_id, of_card).correlate(RechargeCard).exists()


def _given(subscription_id: int, address: str) -> int:
    """Return what was given of a line and not taken back, in fen."""
    line, claim = DisputedLine, LineClaim
    query = select(func.coalesce(func.sum(claim.amount), 0)).join(line, line.id == claim.line_id)
    of_line = query.where(line.subscription_id == subscription_id, line.address == address)
    return int(session().scalar(of_line.where(claim.state.not_in((ClaimState.RESERVED, ClaimState.REVERSED)))) or 0)


_KINDS: dict[str, Callable[[Papers, set[str]], dict[str, list[Paper]]]] = {
    "bill-item": _bill_items,
    "call": _calls,
    "information-fee": _information_fees,
    "late-fee": _late_fees,
    "deposit": _deposits,
    "payment": _payments,
    "card": _cards,
    "debit": _debits,
    "promised-credit": _promised_credits,
    "balance": _balances,
}
KINDS = tuple(_KINDS)
