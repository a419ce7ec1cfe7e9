"""The papers of a customer as they lie beside a step: every line that can be disputed, what is left of it, and which case has the rest.

Five statements however many papers there are; nothing is decided or changed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, case, cast, func, literal, null, select, union_all

from models.base import session
from models.billing import (
    Bill,
    BillItem,
    LateFeeAccrual,
    LedgerAccount,
    Posting,
    Receipt,
    SecondaryPricingItem,
)
from models.lines import BillPayment, DisputedLine, LineClaim
from models.usage import COMPONENTS, BankMandate, Cdr, DirectDebit, RechargeCard
from service_tasks.gateway.lines import BROUGHT, PAYMENTS, on_bills, owned_calls

MOST_CALLS = 5_000
HELD_BY = {"originating": "call", "terminating": "call", "forwarded": "call", "sms": "call", "data": "call"}


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A line that can be picked; `amount` and `left` in fen, `cases` those that have something of it, `code` its kind of item, call or payment."""

    group: str
    line: str
    text: str = ""
    code: str = ""
    period: str = ""
    at: datetime | None = None
    seconds: int = 0
    amount: int = 0
    left: int = 0
    cases: tuple[str, ...] = ()
    state: str = ""


@dataclass(frozen=True)
class BillListed:
    """A bill with what was paid on it."""

    period: str
    total: int
    paid: int
    lines: tuple[Listed, ...]


@dataclass(frozen=True)
class Listing:
    """Everything that can be picked: bills, calls with information fees, and the other papers, the newest first."""

    bills: tuple[BillListed, ...] = ()
    calls: tuple[Listed, ...] = ()
    others: tuple[Listed, ...] = ()

    def each(self) -> Iterator[Listed]:
        """Every line."""
        for bill in self.bills:
            yield from bill.lines
        yield from self.calls
        yield from self.others

    def information_fees(self) -> Listing:
        """What sites charged alone: as it was collected, and as it stands on the bills."""
        bills = (
            replace(one, lines=tuple(line for line in one.lines if line.code == "monternet")) for one in self.bills
        )
        return Listing(tuple(one for one in bills if one.lines), tuple(one for one in self.calls if one.group == "fee"))


def papers(subscription_id: int, *, own_case: str | None = None) -> Listing:
    """The papers of a subscription; what `own_case` has in reserve counts as left."""
    bills = _bills(subscription_id)
    claimed = _claimed(subscription_id, own_case)
    calls = _calls(subscription_id, [one[0] for one in bills])
    periods = {one[0]: one[1] for one in bills}

    return Listing(
        tuple(
            BillListed(period, total, paid, tuple(map(claimed.stands, lines)))
            for _, period, total, paid, lines in bills
        ),
        tuple(claimed.stands(replace(one, period=periods.get(bill or 0, ""))) for bill, one in calls),
        tuple(map(claimed.stands, _others(subscription_id, periods))),
    )


def _bills(subscription_id: int) -> list[tuple[int, str, int, int, list[Listed]]]:
    paid = select(func.coalesce(func.sum(BillPayment.amount), 0)).where(BillPayment.bill_id == Bill.id)
    query = (
        select(
            Bill.id, Bill.period, paid.scalar_subquery(), BillItem.line, BillItem.kind, BillItem.text, BillItem.amount
        )
        .join(BillItem, BillItem.bill_id == Bill.id)
        .where(Bill.subscription_id == subscription_id)
        .order_by(Bill.period.desc(), BillItem.line)
    )
    found: dict[int, tuple[str, int, list[Listed]]] = {}
    for bill, period, amount_paid, number, kind, text, amount in session().execute(query):
        lines = found.setdefault(bill, (period, int(amount_paid), []))[2]
        line = f"bill-item:{period}:{number}"
        lines.append(Listed(group="bill", line=line, text=text, code=kind, period=period, amount=amount))
    return [
        (bill, period, sum(one.amount for one in lines), amount_paid, lines)
        for bill, (period, amount_paid, lines) in found.items()
    ]


def _calls(subscription_id: int, bills: list[int]) -> list[tuple[int | None, Listed]]:
    columns = [getattr(Cdr, name) for name in COMPONENTS]
    whole = sum(columns[1:], columns[0])
    party = func.coalesce(Cdr.service_provider, Cdr.other_party)
    query = select(Cdr.id, Cdr.bill_id, Cdr.kind, Cdr.start, Cdr.duration_s, party, Cdr.information, whole)
    own = query.where(owned_calls(subscription_id, bills), whole > 0)
    rows = session().execute(own.order_by(Cdr.start.desc(), Cdr.id.desc()).limit(MOST_CALLS))
    found = []
    for id, bill, kind, start, seconds, party, information, amount in rows:
        common: dict[str, Any] = {"text": party, "code": kind, "at": start, "seconds": seconds}
        if amount - information:
            line = Listed(group="call", line=f"call:{id}", amount=amount - information, **common)
            found.append((bill, line))
        if information:
            found.append((bill, Listed(group="fee", line=f"information-fee:{id}", amount=information, **common)))
    return found


def _others(subscription_id: int, periods: dict[int, str]) -> list[Listed]:
    """Late fees, receipts, deposits, cards, debits and promised credits, in one statement."""
    parts = (*_late_fees(subscription_id, periods), *_payments(subscription_id))
    rows = session().execute(union_all(*parts))
    found = [
        Listed(
            group=kind, line=f"{kind}:{key}", text=key, code=code, amount=int(amount), period=period, at=_instant(at)
        )
        for kind, key, code, amount, at, period in rows
        if amount and amount > 0
    ]
    return sorted(found, key=lambda one: (one.group, one.line))


def _late_fees(subscription_id: int, periods: dict[int, str]) -> tuple[Any, ...]:
    """Drawn for the bills listed, and brought along from before them."""
    drawn = select(func.coalesce(func.sum(LateFeeAccrual.amount), 0)).where(LateFeeAccrual.bill_id.in_(periods))
    account = LedgerAccount
    debited = select(func.coalesce(func.sum(Posting.amount), 0)).join(account, account.id == Posting.debit_account_id)
    late = debited.where(account.subscription_id == subscription_id, account.kind == "late_fee").scalar_subquery()
    return (
        _part(
            "late-fee",
            Bill.period,
            "late_fee",
            func.sum(LateFeeAccrual.amount),
            func.max(LateFeeAccrual.accrued_on),
            "",
        )
        .join(Bill, Bill.id == LateFeeAccrual.bill_id)
        .where(Bill.id.in_(periods))
        .group_by(Bill.period),
        _part("late-fee", literal(BROUGHT), "late_fee", late - drawn.scalar_subquery(), null(), ""),
    )


def _payments(subscription_id: int) -> tuple[Any, ...]:
    """Receipts with what is on no bill, cards, debits that were done, and credits that were promised and have not come."""
    return (
        _part(
            case((Receipt.kind == "deposit", "deposit"), else_="payment"),
            Receipt.number,
            Receipt.kind,
            Receipt.amount - on_bills(),
            Receipt.issued_at,
            "",
        ).where(Receipt.subscription_id == subscription_id, Receipt.kind.in_((*PAYMENTS, "deposit"))),
        _part("card", RechargeCard.serial, "card", RechargeCard.remaining, RechargeCard.charged_at, "").where(
            RechargeCard.charged_subscription_id == subscription_id
        ),
        _part(
            "debit",
            cast(DirectDebit.id, String),
            "debit",
            DirectDebit.amount,
            DirectDebit.attempted_at,
            DirectDebit.period,
        )
        .join(BankMandate, BankMandate.id == DirectDebit.mandate_id)
        .where(BankMandate.subscription_id == subscription_id, DirectDebit.state == "done"),
        _part(
            "promised-credit",
            cast(SecondaryPricingItem.id, String),
            SecondaryPricingItem.item_kind,
            SecondaryPricingItem.amount,
            SecondaryPricingItem.entered_at,
            SecondaryPricingItem.period,
        ).where(SecondaryPricingItem.subscription_id == subscription_id, SecondaryPricingItem.waits()),
    )


def _part(kind: Any, key: Any, code: Any, amount: Any, at: Any, period: Any) -> Any:
    as_text = [cast(one, String) if not isinstance(one, str) else literal(one) for one in (kind, key, code)]
    return select(*as_text, amount, cast(at, String), cast(period, String))


def _instant(text: str | None) -> datetime | None:
    """What the database wrote of an instant; SQLite keeps UTC without saying so."""
    if not text or len(text) <= len("2026-11-01"):
        return None
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


@dataclass
class _Claimed:
    """What is gone of each line, what of it the case has in reserve itself, and which cases have it; `left` of what holds lines."""

    gone: dict[str, int]
    own: int
    cases: dict[str, list[str]]
    holders: dict[str, int]

    def stands(self, one: Listed) -> Listed:
        """A line with what is left of it, and of what the bill charges around it."""
        around = (f"bill:{one.period}", f"bill:{one.period}:{HELD_BY.get(one.code, one.code)}") if one.period else ()
        limits = [self.holders[address] + self.own for address in around if address in self.holders]
        left = min(one.amount - self.gone.get(one.line, 0), *limits, one.amount)
        return replace(one, left=max(0, left), cases=tuple(self.cases.get(one.line, ())))


def _claimed(subscription_id: int, own_case: str | None) -> _Claimed:
    line, claim = DisputedLine, LineClaim
    query: Any = select(line.address, line.amount - line.claimed, claim.amount, claim.case_number, claim.state)
    rows = session().execute(
        query.outerjoin(claim, claim.line_id == line.id).where(line.subscription_id == subscription_id)
    )
    found = _Claimed({}, 0, {}, {})
    for address, left, amount, number, state in rows:
        if address.startswith("bill:"):
            found.holders[address] = left
        if amount is None or state == "reversed":
            continue
        if number == own_case and state == "reserved":
            found.own += amount
            continue
        found.gone[address] = found.gone.get(address, 0) + amount
        if number and number not in found.cases.setdefault(address, []):
            found.cases[address].append(number)
    return found
