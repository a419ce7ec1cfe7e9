"""Taking back what was wrongly given: the entry the other way, and what is left of its lines grows again. Who may is not decided here."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import JournalEntry, LedgerAccount, Posting
from service_tasks.gateway import claims, ledger
from service_tasks.gateway.values import Account, Effect, Entry, Line, Refused

MARK = "reversal"


def reverse(entry_id: int, effect: Effect) -> Entry:
    """Enter a journal entry the other way, once; its claims stand as reversed.

    Refused: entry_unknown, entry_reversed, and what the accounts do not allow.
    """
    if (earlier := ledger.entered(effect.key)) is not None:
        return Entry(earlier, effect.key, repeated=True)
    entry = session().get(JournalEntry, entry_id, with_for_update=True)
    if entry is None or entry.kind == MARK:
        raise Refused(reason="entry_unknown", entry=entry_id)
    memo = f"{MARK} of {entry_id}"
    if session().scalar(select(JournalEntry.id).where(JournalEntry.kind == MARK, JournalEntry.memo == memo)):
        raise Refused(reason="entry_reversed", entry=entry_id)
    made = ledger.post(effect, MARK, _other_way(entry_id), memo=memo)
    claims.resettle(entry_id, "reversed", effect, None)
    return made


def _other_way(entry_id: int) -> list[Line]:
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(debit.kind, debit.subscription_id, credit.kind, credit.subscription_id, Posting.amount)
        .join(debit, debit.id == Posting.debit_account_id)
        .join(credit, credit.id == Posting.credit_account_id)
    )
    rows = session().execute(query.where(Posting.entry_id == entry_id).order_by(Posting.line))
    return [Line(Account(row[2], row[3]), Account(row[0], row[1]), row[4]) for row in rows]
