"""What giving back the money of lines comes to: what is still owed on their bills falls first, only the rest is money back. Nothing is posted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from models.base import session
from models.lines import ClaimState, DisputedLine, LineClaim
from service_tasks.gateway import ledger, payments
from service_tasks.gateway.claims import Wanted
from service_tasks.gateway.lines import BROUGHT, LATE_FEE, PAYMENT, Paper, Papers, late_fees, wanted
from service_tasks.gateway.values import LinePart


@dataclass
class Split:
    """Parts of lines divided: what `falls` of a bill's debt and what is money `back`, by bill; late fees fall with their bill.

    `other` is what stands on no bill; `late_fee` of that is owed still; `late_fees` are the lines that fall in proportion.
    """

    papers: Papers
    asked: list[Wanted]
    falls: dict[int, int] = field(default_factory=dict)
    back: dict[int | None, int] = field(default_factory=dict)
    other: int = 0
    late_fee_owed: int = 0
    late_fees: list[tuple[Paper, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All of it, without what falls in proportion."""
        return sum(amount for _, amount, _ in self.asked)

    @property
    def fallen(self) -> int:
        """What falls of the bills' debts."""
        return sum(self.falls.values())

    @property
    def paid_back(self) -> dict[int | str | None, int]:
        """What is money back, by what a receipt stands for: a bill, the late fee, or a payment that paid no bill."""
        by_paid: dict[int | str | None, int] = dict(self.back.items())
        late_fee = sum(amount for paper, amount, _ in self.asked if paper.money == LATE_FEE)
        by_paid[LATE_FEE] = late_fee - self.late_fee_owed
        for paper, amount, _ in self.asked:
            if paper.address.startswith(PAYMENT):
                by_paid[paper.address] = amount
        return by_paid

    @property
    def with_it(self) -> int:
        """The late fee that falls in proportion."""
        return sum(amount for _, amount in self.late_fees)

    def settled(self, back: ClaimState) -> list[tuple[ClaimState, list[Wanted]]]:
        """Return the parts by what becomes of them: what falls is credited, the rest is `back`."""
        if back == ClaimState.CREDITED:
            return [(ClaimState.CREDITED, [*self.asked, *self._late()])]
        room = {("charge", bill): amount for bill, amount in self.falls.items()}
        room["late_fee", 0] = self.late_fee_owed
        credited: list[Wanted] = []
        rest: list[Wanted] = []
        for paper, amount, reason in self.asked:
            debt = (paper.money, paper.bill_id or 0) if paper.money == "charge" else (paper.money, 0)
            share = min(amount, room.get(debt, 0))
            if share:
                room[debt] -= share
                credited.append((paper, share, reason))
            if amount > share:
                rest.append((paper, amount - share, reason))
        return [(ClaimState.CREDITED, [*credited, *self._late()]), (back, rest)]

    def _late(self) -> list[Wanted]:
        return [(paper, amount, "") for paper, amount in self.late_fees]


def apart(subscription_id: int, parts: Sequence[LinePart]) -> tuple[list[LinePart], list[LinePart]]:
    """Return parts of lines divided: what has been paid, and what is still owed on their bills; of a late fee, what is still owed.

    Refused: line_unknown, line_twice.
    """
    papers = Papers.of(subscription_id)
    owed_picks, paid_picks = (parts for _, parts in split(papers, wanted(papers, parts)).settled(ClaimState.REFUNDED))
    names = {(paper.address, paper.component) for paper, *_ in wanted(papers, parts)}
    return _as_parts(paid_picks), [part for part in _as_parts(owed_picks) if (part.line, part.component) in names]


def _as_parts(picks: Sequence[Wanted]) -> list[LinePart]:
    return [LinePart(paper.address, amount, paper.component, reason) for paper, amount, reason in picks]


def split(papers: Papers, picks: Sequence[Wanted]) -> Split:
    """Divide parts of lines, the accounts of the subscription being locked."""
    division = Split(papers, list(picks))
    balances = ledger.balances(papers.subscription_id, lock=True)
    charged: dict[int, int] = {}
    for paper, amount, _ in picks:
        if paper.money == "charge" and paper.bill_id:
            charged[paper.bill_id] = charged.get(paper.bill_id, 0) + amount
        elif paper.money == "late_fee":
            division.late_fee_owed += amount
        else:
            division.other += amount
    division.late_fee_owed = min(division.late_fee_owed, balances.get("late_fee", 0))
    due = payments.owed(papers) if charged else {}
    receivable = max(0, balances.get("receivable", 0))
    on_no_bill = max(0, receivable - sum(due.values())) if charged else 0  # cash that was wrongly paid and is owed back
    for bill, amount in charged.items():
        of_bill = min(amount, due[bill], receivable)
        division.falls[bill] = of_bill + min(amount - of_bill, on_no_bill)
        division.back[bill] = amount - division.falls[bill]
        receivable -= division.falls[bill]
        on_no_bill -= division.falls[bill] - of_bill
    division.late_fees = _with_it(papers, division, due, balances.get("late_fee", 0) - division.late_fee_owed)
    return division


def still_owed(subscription_id: int, parts: Sequence[LinePart]) -> int:
    """Return what of these parts of lines is owed on their bills; of none, what is due on the number. In fen."""
    if not parts:
        return max(0, ledger.balances(subscription_id).get("receivable", 0))
    papers = Papers.of(subscription_id)
    division = split(papers, [(paper, amount, reason) for paper, amount, reason in wanted(papers, parts)])
    return division.fallen + division.late_fee_owed


def proportion(
    papers: Papers, falls: Mapping[int, int], due: Mapping[int, int], late_fee: int
) -> list[tuple[Paper, int]]:
    """Return the late fee that falls with what falls of each bill: as large a part of it as the line is of what was owed.

    Source: READINGS, "late fee on a credited line"; rounded down to the fen.
    """
    if not late_fee or not any(falls.values()):
        return []
    fees = late_fees(papers)
    fees_claimed = _gone(papers.subscription_id)
    oldest = min((bill for bill in due if due[bill]), key=list(papers.bills).index, default=None)
    falling = []
    for bill, fall in falls.items():
        if not fall or not due[bill]:
            continue
        for period in [papers.bills[bill].period, *([BROUGHT] if bill == oldest else [])]:
            address = f"late-fee:{period}"
            rest = fees.get(period, 0) - fees_claimed.get(address, 0)
            share = min(late_fee, rest * min(fall, due[bill]) // due[bill])
            if share > 0:
                paper = Paper(address=address, amount=fees[period], money="late_fee", bill_id=bill)
                falling.append((paper, share))
                late_fee -= share
    return falling


def _with_it(papers: Papers, division: Split, due: Mapping[int, int], late_fee: int) -> list[tuple[Paper, int]]:
    addresses = {paper.address for paper, *_ in division.asked}
    return [fee for fee in proportion(papers, division.falls, due, late_fee) if fee[0].address not in addresses]


def _gone(subscription_id: int) -> dict[str, int]:
    """Return what is claimed of the late fees already."""
    line = DisputedLine
    query = select(line.address, func.sum(LineClaim.amount)).join(LineClaim, LineClaim.line_id == line.id)
    own = query.where(line.subscription_id == subscription_id, line.address.like("late-fee:%"))
    rows = session().execute(own.where(LineClaim.state != ClaimState.REVERSED).group_by(line.address))
    return {address: int(amount) for address, amount in rows}
