"""What money of a case is, entry by entry, and what of it is only intended: for whoever says amounts to a customer. Nothing is posted here."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import or_, select, union_all
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import ChargeHold, JournalEntry, LedgerAccount, Posting, SecondaryPricingItem
from models.customer import Subscription
from models.lines import ClaimState, DisputedLine, LineClaim
from service_tasks.gateway import ledger
from service_tasks.gateway.adjustments import MARK, CaseMoney
from service_tasks.gateway.reversals import GIVES_NOTHING


def case_money(case_number: str) -> CaseMoney:
    """Return the amounts that a case has given and that were taken back of it, as the books stand."""
    entry, kind = JournalEntry, LedgerAccount.kind
    of_staff = select(LedgerAccount.id).where(kind == "staff_receivable")
    through_staff = or_(Posting.debit_account_id.in_(of_staff), Posting.credit_account_id.in_(of_staff))
    query = select(entry.id, ledger.taken_back(entry.id), Posting.amount).join(Posting, Posting.entry_id == entry.id)
    giving = query.where(entry.case_number == case_number, entry.kind.not_in(GIVES_NOTHING), ~through_staff)
    standing: list[tuple[int, ...]] = []
    taken_back: list[tuple[int, ...]] = []
    for (_, is_back), rows in groupby(session().execute(giving.order_by(entry.id, Posting.line)), itemgetter(0, 1)):
        (taken_back if is_back else standing).append(tuple(int(row[2]) for row in rows))
    return CaseMoney(tuple(standing), tuple(taken_back))


def intended(case_number: str) -> set[int]:
    """Return every other amount that a case is about: reserved, on hold, waiting for a run, taken at the counter, and what they come to; in fen."""
    claim, entry = LineClaim, JournalEntry
    claimed = select(claim.key, claim.amount).where(claim.case_number == case_number)
    parked = select(ChargeHold.case_number, ChargeHold.amount).where(ChargeHold.case_number == case_number)
    item = SecondaryPricingItem
    entered = select(item.key, item.amount).where(item.case_number == case_number)
    posted = select(entry.key, Posting.amount).join(Posting, Posting.entry_id == entry.id)
    posted = posted.where(entry.case_number == case_number, entry.kind != MARK)
    rows: Any = session().execute(union_all(claimed, parked, entered, posted)).all()
    totals: dict[str | None, int] = {}
    for key, amount in rows:
        totals[key] = totals.get(key, 0) + int(amount)
    return {int(amount) for _, amount in rows} | set(totals.values())


def elsewhere(case_number: str, addresses: Collection[str], msisdn: str) -> list[tuple[str, str]]:
    """Return, of these lines of a number those of which the case has nothing and another case has something on hold or registered: (line, that case)."""
    line, claim, own = DisputedLine, LineClaim, aliased(LineClaim)
    has_own = (
        select(own.id)
        .where(own.line_id == line.id, own.case_number == case_number, own.state != ClaimState.REVERSED)
        .exists()
    )
    query = select(line.address, claim.case_number).join(claim, claim.line_id == line.id)
    query = query.join(Subscription, Subscription.id == line.subscription_id).where(Subscription.msisdn == msisdn)
    query = query.where(line.address.in_(addresses), claim.state.in_((ClaimState.HELD, ClaimState.RESERVED)), ~has_own)
    of_other_cases = query.where(claim.case_number.is_not(None), claim.case_number != case_number)
    return [
        (address, number or "")
        for address, number in session().execute(of_other_cases.distinct().order_by(line.address))
    ]


def sums(entries: tuple[tuple[int, ...], ...]) -> set[int]:
    """Return what may be said of these entries: every part of each, what parts come to, each as a whole, and all of them; in fen."""
    amounts = {
        sum(parts) for entry in entries for size in range(1, len(entry) + 1) for parts in combinations(entry, size)
    }
    return amounts | {sum(map(sum, entries))} if entries else set()
