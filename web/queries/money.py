"""What money a case moved: the postings of its journal entries in order, or by the service call that made them; and what it has of lines."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from models.base import session
from models.billing import JournalEntry, LedgerAccount, Posting
from models.lines import DisputedLine, LineClaim


@dataclass(frozen=True)
class MoneyLine:
    """One posting of the case: from which account to which, fen."""

    at: Any
    kind: str
    memo: str
    debit: str
    credit: str
    amount: int


_DEBIT, _CREDIT = LedgerAccount.__table__.alias("debit"), LedgerAccount.__table__.alias("credit")
_LINES: Any = (
    select(
        JournalEntry.key,
        JournalEntry.at,
        JournalEntry.kind,
        JournalEntry.memo,
        _DEBIT.c.kind,
        _CREDIT.c.kind,
        Posting.amount,
    )
    .join(Posting, Posting.entry_id == JournalEntry.id)
    .join(_DEBIT, _DEBIT.c.id == Posting.debit_account_id)
    .join(_CREDIT, _CREDIT.c.id == Posting.credit_account_id)
    .where(JournalEntry.case_number == bindparam("number"))
    .order_by(JournalEntry.id, Posting.line)
)


def of_case(number: str) -> list[MoneyLine]:
    """The postings of a case, oldest first."""
    return [line for lines in by_call(number).values() for line in lines]


@dataclass(frozen=True)
class Claimed:
    """What a case has of a line: its address, fen, and what became of it (reserved, credited, refunded, held, re_priced, reversed)."""

    address: str
    component: str
    amount: int
    state: str
    reason: str
    at: Any


_CLAIMS: Any = (
    select(
        DisputedLine.address,
        DisputedLine.component,
        LineClaim.amount,
        LineClaim.state,
        LineClaim.reason,
        LineClaim.changed_at,
    )
    .join(DisputedLine, DisputedLine.id == LineClaim.line_id)
    .where(LineClaim.case_number == bindparam("number"))
    .order_by(LineClaim.id)
    .limit(bindparam("most"))
)
MOST_CLAIMS = 500


def claims_of(number: str) -> list[Claimed]:
    """What a case has of lines, in the order in which it came to have it; the first of very many."""
    return [Claimed(*row) for row in session().execute(_CLAIMS, {"number": number, "most": MOST_CLAIMS})]


def by_call(number: str) -> dict[str, list[MoneyLine]]:
    """The same by the key of the service call."""
    found: dict[str, list[MoneyLine]] = defaultdict(list)
    for key, *line in session().execute(_LINES, {"number": number}):
        found[key].append(MoneyLine(*line))
    return found
