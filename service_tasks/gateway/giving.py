"""What giving back the money of lines comes to: what is still owed on their bills falls first, only the rest is money back. Nothing is posted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from models.base import session
from models.lines import DisputedLine, LineClaim
from service_tasks.gateway import ledger, payments
from service_tasks.gateway.claims import Wanted
from service_tasks.gateway.lines import BROUGHT, Paper, Papers, late_fees, wanted
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
    def with_it(self) -> int:
        """The late fee that falls in proportion."""
        return sum(amount for _, amount in self.late_fees)

    def settled(self, back: str) -> list[tuple[str, list[Wanted]]]:
        """The parts by what becomes of them: what falls is credited, the rest is `back`."""
        if back == "credited":
            return [("credited", [*self.asked, *self._late()])]
        left = {("charge", bill): amount for bill, amount in self.falls.items()}
        left["late_fee", 0] = self.late_fee_owed
        credited: list[Wanted] = []
        rest: list[Wanted] = []
        for paper, amount, reason in self.asked:
            debt = (paper.money, paper.bill_id or 0) if paper.money == "charge" else (paper.money, 0)
            share = min(amount, left.get(debt, 0))
            if share:
                left[debt] -= share
                credited.append((paper, share, reason))
            if amount > share:
                rest.append((paper, amount - share, reason))
        return [("credited", [*credited, *self._late()]), (back, rest)]

    def _late(self) -> list[Wanted]:
        return [(paper, amount, "") for paper, amount in self.late_fees]


def apart(subscription_id: int, parts: Sequence[LinePart]) -> tuple[list[LinePart], list[LinePart]]:
    """Parts of lines divided: what has been paid, and what is still owed on their bills; of a late fee, what is still owed.

    Refused: line_unknown, line_twice.
    """
    papers = Papers.of(subscription_id)
    owed, paid = (parts for _, parts in split(papers, wanted(papers, parts)).settled("refunded"))
    names = {(paper.address, paper.component) for paper, *_ in wanted(papers, parts)}
    return _as_parts(paid), [one for one in _as_parts(owed) if (one.line, one.component) in names]


def _as_parts(asked: Sequence[Wanted]) -> list[LinePart]:
    return [LinePart(paper.address, amount, paper.component, reason) for paper, amount, reason in asked]


def split(papers: Papers, asked: Sequence[Wanted]) -> Split:
    """Divide parts of lines, the accounts of the subscription being locked."""
    found = Split(papers, list(asked))
    balances = ledger.balances(papers.subscription_id, lock=True)
    charged: dict[int, int] = {}
    for paper, amount, _ in asked:
        if paper.money == "charge" and paper.bill_id:
            charged[paper.bill_id] = charged.get(paper.bill_id, 0) + amount
        elif paper.money == "late_fee":
            found.late_fee_owed += amount
        else:
            found.other += amount
    found.late_fee_owed = min(found.late_fee_owed, balances.get("late_fee", 0))
    due = payments.owed(papers) if charged else {}
    left = max(0, balances.get("receivable", 0))
    for bill, amount in charged.items():
        found.falls[bill] = min(amount, due[bill], left)
        found.back[bill] = amount - found.falls[bill]
        left -= found.falls[bill]
    found.late_fees = _with_it(papers, found, due, balances.get("late_fee", 0) - found.late_fee_owed)
    return found


def still_owed(subscription_id: int, parts: Sequence[LinePart]) -> int:
    """What of these parts of lines is owed on their bills; of none, what is due on the number. In fen."""
    if not parts:
        return max(0, ledger.balances(subscription_id).get("receivable", 0))
    papers = Papers.of(subscription_id)
    found = split(papers, [(paper, amount, reason) for paper, amount, reason in wanted(papers, parts)])
    return found.fallen + found.late_fee_owed


def proportion(papers: Papers, falls: Mapping[int, int], due: Mapping[int, int], owed: int) -> list[tuple[Paper, int]]:
    """The late fee that falls with what falls of each bill: as large a part of it as the line is of what was owed.

    Source: READINGS, "late fee on a credited line"; rounded down to the fen.
    """
    if not owed or not any(falls.values()):
        return []
    drawn = late_fees(papers)
    gone = _gone(papers.subscription_id)
    oldest = min((bill for bill in due if due[bill]), key=list(papers.bills).index, default=None)
    found = []
    for bill, fallen in falls.items():
        if not fallen or not due[bill]:
            continue
        for period in [papers.bills[bill].period, *([BROUGHT] if bill == oldest else [])]:
            address = f"late-fee:{period}"
            left = drawn.get(period, 0) - gone.get(address, 0)
            share = min(owed, left * fallen // due[bill])
            if share > 0:
                paper = Paper(address=address, amount=drawn[period], money="late_fee", bill_id=bill)
                found.append((paper, share))
                owed -= share
    return found


def _with_it(papers: Papers, found: Split, due: Mapping[int, int], owed: int) -> list[tuple[Paper, int]]:
    asked = {paper.address for paper, *_ in found.asked}
    return [one for one in proportion(papers, found.falls, due, owed) if one[0].address not in asked]


def _gone(subscription_id: int) -> dict[str, int]:
    """What is claimed of the late fees already."""
    line = DisputedLine
    query = select(line.address, func.sum(LineClaim.amount)).join(LineClaim, LineClaim.line_id == line.id)
    own = query.where(line.subscription_id == subscription_id, line.address.like("late-fee:%"))
    rows = session().execute(own.where(LineClaim.state != "reversed").group_by(line.address))
    return {address: int(amount) for address, amount in rows}
