"""The papers of a customer as they lie beside a step, a query for each kind: every line that can be disputed, what is left of it, and which case has the rest.

Five statements however many papers there are; nothing is decided or changed here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

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
from models.customer import Subscription
from models.lines import BillPayment, ClaimState, DisputedLine, LineClaim, LineRejection
from models.usage import COMPONENTS, BankMandate, Cdr, DebitState, DirectDebit, RechargeCard
from service_tasks.gateway import receipts, rejections
from service_tasks.gateway.lines import BROUGHT, OWED_AGAIN, OWN_BALANCE, PAYMENTS, USAGE, Papers, on_bills, owned_calls

MOST_CALLS = 5_000
MONEY = {"late-fee": "late_fee", "card": "prepayment", "deposit": "deposit"}  # of the other groups it is a charge
FEES = "monternet"
LINE_REJECTED = "line_rejected"  # beside the states of claims, in words of its own
WAIVER = "late_fee_waiver"  # the entry that gives up a late fee, and the word for what became of it
_Text = str | SQLColumnExpression[str]
_Fen = SQLColumnExpression[int]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A line that can be picked; `amount` and `left` in fen, `cases` those that have something of it, `became` each case that has or had something of it, with what became of that, `rejected` each that asked for it and was refused, and when, `code` its kind of item, call or payment.

    `held` is where its money lies on a bill, each kind of item with the fen in it, in the order in which a part of it is taken; empty for what lies on none.
    `long_distance` says of a call that it bears a long-distance or IP charge and none for roaming: all of it is given back where it was too short.
    """

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
    became: tuple[tuple[str, str], ...] = ()
    rejected: tuple[tuple[str, datetime], ...] = ()
    state: str = ""
    held: tuple[tuple[str, int], ...] = ()
    long_distance: bool = False

    def divided(self, fen: int) -> tuple[tuple[str, int], ...]:
        """Return a part of it by where it lies: the first give what they have, the last the rest."""
        rest, shares = fen, []
        for at, (kind, most) in enumerate(self.held, start=1):
            share = rest if at == len(self.held) else min(rest, most)
            rest -= share
            shares.append((kind, share))
        return tuple((kind, share) for kind, share in shares if share)

    def is_of(self, kind: str | None) -> bool:
        """Tell whether a case that repays this kind of money, or of None any, can pick it; a promised credit is only taken over."""
        money = self.code if self.group == "payment" else MONEY.get(self.group, "charge")
        return self.group != "promised-credit" and kind in (None, money)


@dataclass(frozen=True)
class BillListed:
    """A bill with what was paid on it."""

    period: str
    total: int
    paid: int
    lines: tuple[Listed, ...]


@dataclass(frozen=True)
class Listing:
    """Everything that can be picked: bills, calls with information fees, and the other papers, the newest first.

    `prepayment` is what stands on a number of which nothing can be picked, in fen, and `is_prepaid` whether it pays from there; of any other it is not asked for.
    """

    bills: tuple[BillListed, ...] = ()
    calls: tuple[Listed, ...] = ()
    others: tuple[Listed, ...] = ()
    prepayment: int = 0
    is_prepaid: bool = False

    def each(self) -> Iterator[Listed]:
        """Yield every line."""
        for bill in self.bills:
            yield from bill.lines
        yield from self.calls
        yield from self.others

    def is_left(self, kind: str | None) -> bool:
        """Tell whether something of this kind of money can still be picked."""
        return any(line.left and line.is_of(kind) for line in self.each())

    def information_fees(self) -> Listing:
        """Return what sites charged alone: as it was collected, and as it stands on the bills."""
        bills = (
            replace(bill, lines=tuple(line for line in bill.lines if line.code == "monternet")) for bill in self.bills
        )
        return Listing(
            tuple(bill for bill in bills if bill.lines), tuple(call for call in self.calls if call.group == "fee")
        )

    def of_calls(self) -> Listing:
        """Return calls alone: as they were made, and as they stand on the bills."""
        bills = (replace(bill, lines=tuple(line for line in bill.lines if line.code in USAGE)) for bill in self.bills)
        return Listing(
            tuple(bill for bill in bills if bill.lines), tuple(call for call in self.calls if call.group == "call")
        )


def papers(subscription_id: int, *, own_case: str | None = None) -> Listing:
    """Return the papers of a subscription; what `own_case` has in reserve counts as left."""
    bills = _bills(subscription_id)
    claimed = _claimed(subscription_id, own_case)
    calls = _calls(subscription_id, [bill[0] for bill in bills])
    periods = {bill[0]: bill[1] for bill in bills}
    kinds = {period: {line.code for line in lines} for _, period, _, _, lines in bills}

    return Listing(
        tuple(
            BillListed(period, total, amount_paid, tuple(map(claimed.stands, lines)))
            for _, period, total, amount_paid, lines in bills
        ),
        tuple(claimed.stands(_on_bill(line, periods.get(bill or 0, ""), kinds)) for bill, line in calls),
        tuple(map(claimed.stands, _others(subscription_id, periods))),
    )


def _on_bill(line: Listed, period: str, kinds: Mapping[str, set[str]]) -> Listed:
    """Return a call or an information fee as it lies on its bill: roaming in the item for roaming, where the bill has one."""
    by_kind: dict[str, int] = {}
    for kind, fen in line.held:
        names = (FEES,) if kind == FEES else USAGE[::-1] if kind == "roaming" else USAGE
        name = next((name for name in names if name in kinds.get(period, ())), "")
        by_kind[name] = by_kind.get(name, 0) + fen
    return replace(line, period=period, held=tuple(by_kind.items()))


def own_balance(subscription_id: int, *, own_case: str | None = None) -> Listing:
    """Return what a cancelled number has of its own, which only the holder's withdrawal gives; empty where there is nothing."""
    claimed = _claimed(subscription_id, own_case)
    own_papers = [paper for parts in Papers.of(subscription_id).find([OWN_BALANCE]).values() for paper in parts]
    lines = (
        Listed(group="balance", line=paper.address, code="own_balance", amount=paper.amount) for paper in own_papers
    )
    return Listing(others=tuple(map(claimed.stands, lines)))


def call_record(address: str) -> tuple[datetime, int] | None:
    """Return when the call of a call record or an information fee began, and how many seconds it took; None when the record is gone."""
    key = address.partition(":")[2]
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return None
    row = session().execute(select(Cdr.start, Cdr.duration_s).where(Cdr.id == int(key))).first()
    return (row[0], row[1]) if row is not None else None


def items_billed(msisdn: str, addresses: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return text and kind of the bill items of these addresses, as far as the number has them."""
    periods = {
        address.split(":")[1] for address in addresses if address.startswith("bill-item:") and address.count(":") == 2
    }
    if not periods:
        return {}
    query = (
        select(Bill.period, BillItem.line, BillItem.text, BillItem.kind)
        .join(BillItem, BillItem.bill_id == Bill.id)
        .join(Subscription, Subscription.id == Bill.subscription_id)
        .where(Subscription.msisdn == msisdn, Bill.period.in_(periods))
    )
    items_by_address = {
        f"bill-item:{period}:{line}": (text, kind) for period, line, text, kind in session().execute(query)
    }
    return {address: items_by_address[address] for address in addresses if address in items_by_address}


_OWNER: BindParameter[int] = bindparam("subscription")
_ON_BILLS: BindParameter[int] = bindparam("bills", expanding=True)
_ON_BILL = select(func.coalesce(func.sum(BillPayment.amount), 0)).where(BillPayment.bill_id == Bill.id)
_BILLS = (
    select(
        Bill.id, Bill.period, _ON_BILL.scalar_subquery(), BillItem.line, BillItem.kind, BillItem.text, BillItem.amount
    )
    .join(BillItem, BillItem.bill_id == Bill.id)
    .where(Bill.subscription_id == _OWNER)
    .order_by(Bill.period.desc(), BillItem.line)
)


def _bills(subscription_id: int) -> list[tuple[int, str, int, int, list[Listed]]]:
    by_bill: dict[int, tuple[str, int, list[Listed]]] = {}
    for bill, period, amount_paid, number, kind, text, amount in session().execute(
        _BILLS, {"subscription": subscription_id}
    ):
        lines = by_bill.setdefault(bill, (period, int(amount_paid), []))[2]
        line = f"bill-item:{period}:{number}"
        shares = ((kind, amount),)
        lines.append(Listed(group="bill", line=line, text=text, code=kind, period=period, amount=amount, held=shares))
    return [
        (bill, period, sum(entry.amount for entry in lines), amount_paid, lines)
        for bill, (period, amount_paid, lines) in by_bill.items()
    ]


_PARTS: list[ColumnElement[int]] = [getattr(Cdr, name) for name in COMPONENTS]
_WHOLE = sum(_PARTS[1:], _PARTS[0])
_PARTY = func.coalesce(Cdr.service_provider, Cdr.other_party)
_FAR = Cdr.long_distance + Cdr.ip
_CALLS = (
    select(Cdr.id, Cdr.bill_id, Cdr.kind, Cdr.start, Cdr.duration_s, _PARTY, Cdr.roaming, Cdr.information, _FAR, _WHOLE)
    .where(owned_calls(_OWNER, _ON_BILLS), _WHOLE > 0)
    .order_by(Cdr.start.desc(), Cdr.id.desc())
    .limit(MOST_CALLS)
)


def _calls(subscription_id: int, bills: list[int]) -> list[tuple[int | None, Listed]]:
    rows = session().execute(_CALLS, {"subscription": subscription_id, "bills": bills})
    calls: list[tuple[int | None, Listed]] = []
    for id, bill, kind, start, seconds, party, roaming, information, far, amount in rows:
        line_of = partial(Listed, text=party, code=kind, at=start, seconds=seconds)
        if amount - information:
            parts = (("call", amount - information - roaming), ("roaming", roaming))
            shares = tuple((kind, fen) for kind, fen in parts if fen)
            call = line_of(group="call", line=f"call:{id}", amount=amount - information, held=shares)
            calls.append((bill, replace(call, long_distance=bool(far) and not roaming)))
        if information:
            fee, shares = f"information-fee:{id}", ((FEES, information),)
            calls.append((bill, line_of(group="fee", line=fee, amount=information, held=shares)))
    return calls


def _others(subscription_id: int, periods: dict[int, str]) -> list[Listed]:
    """Return late fees, receipts, deposits, cards, debits and promised credits, in one statement."""
    rows = session().execute(_all_others(), {"subscription": subscription_id, "bills": list(periods)})
    lines = [
        Listed(
            group=kind, line=f"{kind}:{key}", text=key, code=code, amount=int(amount), period=period, at=_instant(at)
        )
        for kind, key, code, amount, at, period in rows
        if amount and amount > 0
    ]
    return sorted(lines, key=lambda line: (line.group, line.line))


@cache
def _all_others() -> CompoundSelect[str, str, str, int, str, str]:
    return union_all(*_late_fees(), *_payments())


def _late_fees() -> tuple[Select[str, str, str, int, str, str], ...]:
    """Return what was drawn for the bills listed, and brought along from before them."""
    accruals = select(func.coalesce(func.sum(LateFeeAccrual.amount), 0)).where(LateFeeAccrual.bill_id.in_(_ON_BILLS))
    account = LedgerAccount
    debited = select(func.coalesce(func.sum(Posting.amount), 0)).join(account, account.id == Posting.debit_account_id)
    debited = debited.join(JournalEntry, JournalEntry.id == Posting.entry_id).where(
        JournalEntry.kind.not_in(OWED_AGAIN)
    )
    late = debited.where(account.subscription_id == _OWNER, account.kind == "late_fee").scalar_subquery()
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
        .where(Bill.id.in_(_ON_BILLS))
        .group_by(Bill.period),
        _part("late-fee", literal(BROUGHT), "late_fee", late - accruals.scalar_subquery(), null(), ""),
    )


def _payments() -> tuple[Select[str, str, str, int, str, str], ...]:
    """Return receipts with what is on no bill, cards, debits that were done, and credits that were promised and have not come."""
    return (
        _part(
            case((Receipt.kind == "deposit", "deposit"), else_="payment"),
            Receipt.number,
            Receipt.kind,
            Receipt.amount - on_bills(),
            Receipt.issued_at,
            "",
        ).where(Receipt.subscription_id == _OWNER, Receipt.kind.in_((*PAYMENTS, "deposit")), ~receipts.of_debt()),
        _part("card", RechargeCard.serial, "card", RechargeCard.remaining, RechargeCard.charged_at, "").where(
            RechargeCard.charged_subscription_id == _OWNER
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
        .where(BankMandate.subscription_id == _OWNER, DirectDebit.state == DebitState.DONE),
        _part(
            "promised-credit",
            cast(SecondaryPricingItem.id, String),
            SecondaryPricingItem.item_kind,
            SecondaryPricingItem.amount,
            SecondaryPricingItem.entered_at,
            SecondaryPricingItem.period,
        ).where(SecondaryPricingItem.subscription_id == _OWNER, SecondaryPricingItem.waits()),
    )


def _part(
    kind: _Text, key: _Text, code: _Text, amount: _Fen, at: SQLColumnExpression[Any], period: _Text
) -> Select[str, str, str, int, str, str]:
    return select(_text(kind), _text(key), _text(code), amount, cast(at, String), cast(period, String))


def _text(column: _Text) -> ColumnElement[str]:
    return literal(column) if isinstance(column, str) else cast(column, String)


def _instant(text: str | None) -> datetime | None:
    """Return what the database wrote of an instant; SQLite keeps UTC without saying so."""
    if not text or len(text) <= len("2026-11-01"):
        return None
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@dataclass
class _Claimed:
    """What is gone of each line, what of it the case has in reserve itself, and which cases have it; `left` of what holds lines."""

    gone: dict[str, int]
    own: int
    cases: dict[str, list[str]]
    became: dict[str, dict[str, str]]
    rejected: dict[str, dict[str, datetime]]
    holders: dict[str, int]

    def stands(self, line: Listed) -> Listed:
        """Return a line with what is left of it, and of what the bill charges around it."""
        bill = f"bill:{line.period}"
        inside = (
            sum(min(fen, self._left(f"{bill}:{kind}", fen)) for kind, fen in line.held) if line.held else line.amount
        )
        rest = min(line.amount - self.gone.get(line.line, 0), inside, self._left(bill, line.amount))
        cases, became = self.cases.get(line.line, ()), self.became.get(line.line, {})
        rejected = tuple(self.rejected.get(line.line, {}).items())
        return replace(line, left=max(0, rest), cases=tuple(cases), became=tuple(became.items()), rejected=rejected)

    def _left(self, address: str, fen: int) -> int:
        return self.holders[address] + self.own if address in self.holders else fen


# What became of a claim; of a late fee that was given up nothing is credited.
BECAME = case(
    ((LineClaim.state == ClaimState.CREDITED) & (JournalEntry.kind == WAIVER), WAIVER), else_=LineClaim.state
).label("became")
_CLAIMED: CompoundSelect[str, int, int, str, str, datetime] = union_all(
    select(
        DisputedLine.address,
        DisputedLine.amount - DisputedLine.claimed,
        LineClaim.amount,
        LineClaim.case_number,
        BECAME,
        LineClaim.changed_at,
    )
    .outerjoin(LineClaim, LineClaim.line_id == DisputedLine.id)
    .outerjoin(JournalEntry, JournalEntry.id == LineClaim.entry_id)
    .where(DisputedLine.subscription_id == _OWNER),
    rejections.standing(
        DisputedLine.address,
        DisputedLine.amount - DisputedLine.claimed,
        rejections.STANDS,
        LineRejection.case_number,
        literal(LINE_REJECTED),
        LineRejection.rejected_at,
    ).where(DisputedLine.subscription_id == _OWNER),
)


def _claimed(subscription_id: int, own_case: str | None) -> _Claimed:
    rows = session().execute(_CLAIMED, {"subscription": subscription_id})
    claimed = _Claimed({}, 0, {}, {}, {}, {})
    for address, rest, amount, number, state, at in rows:
        if state == LINE_REJECTED:
            if number != own_case:
                claimed.rejected.setdefault(address, {})[number] = at
            continue
        if address.startswith("bill:"):
            claimed.holders[address] = rest
        if number and number != own_case and state is not None:
            _note(claimed.became.setdefault(address, {}), number, state)
        if state in (None, ClaimState.REVERSED):  # nothing of it, or nothing any more
            continue
        if number == own_case and state == ClaimState.RESERVED:
            claimed.own += amount
            continue
        claimed.gone[address] = claimed.gone.get(address, 0) + amount
        if number and number not in claimed.cases.setdefault(address, []):
            claimed.cases[address].append(number)
    return claimed


def _note(became: dict[str, str], number: str, state: str) -> None:
    """Compare what became of money: what stands tells more than what was taken back, and money more than a reservation."""
    weaker = (ClaimState.REVERSED, ClaimState.RESERVED)
    if number not in became or became[number] in weaker[: 1 if state == ClaimState.RESERVED else 2]:
        became[number] = state
