"""Double-entry posting: locks the accounts, refuses what they do not allow, writes one entry with its lines.

Balances are moved by the database as lines are inserted (`models.billing`). A posting costs three statements: lock, entry, lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, insert, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import DEBIT_NORMAL, NEVER_NEGATIVE, JournalEntry, LedgerAccount, Posting
from service_tasks.gateway.adjustments import MARK
from service_tasks.gateway.values import Account, Effect, Entry, KeyUsedDifferently, Line, Refused

SHORT = {
    "prepayment": "insufficient_prepayment",
    "deposit": "no_deposit",
    "late_fee": "exceeds_late_fee",
    "hold": "hold_unknown",
    "recharge_suspense": "nothing_left",
    "receivable": "exceeds_bill",
}
UPSERT: dict[str, Callable[[type], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def post(effect: Effect, kind: str, lines: Sequence[Line], *, floor: Collection[str] = (), memo: str = "") -> Entry:
    """Enter `lines` once under the key of `effect`; the same key with the same lines returns the earlier entry.

    `floor` names account kinds that must not fall below zero here although the table would let them (a receivable, when crediting).
    Errors: Refused(reason), with nothing written; KeyUsedDifferently.
    """
    accounts = {account for line in lines for account in (line.debit, line.credit)}
    ids, balances, earlier = _lock(accounts, effect.key)
    if earlier is not None:
        return _repeated(earlier, effect, ids, lines)
    _check(lines, balances, {*NEVER_NEGATIVE, *floor})
    if missing := accounts - ids.keys():
        _open(missing)
        ids, *_ = _lock(accounts, effect.key)
    entry_id = _enter(effect, kind, memo)
    session().execute(
        insert(Posting), [_row(entry_id, number, line, ids) for number, line in enumerate(lines, start=1)]
    )
    return Entry(entry_id, effect.key, repeated=False)


def balances(subscription_id: int, *, lock: bool = False) -> dict[str, int]:
    """Return the balance by account kind of one subscription, in fen; kinds without an account are left out."""
    query = select(LedgerAccount.kind, LedgerAccount.balance).where(LedgerAccount.subscription_id == subscription_id)
    rows = session().execute(query.order_by(LedgerAccount.id).with_for_update() if lock else query)
    return {kind: balance or 0 for kind, balance in rows}


def entered(key: str) -> int | None:
    """Return the entry that stands under this idempotency key."""
    return session().scalar(select(JournalEntry.id).where(JournalEntry.key == key))


def posted(entry_id: int, kind: str) -> int:
    """Return what an entry credited to accounts of this kind, in fen."""
    query = select(func.coalesce(func.sum(Posting.amount), 0)).join(
        LedgerAccount, LedgerAccount.id == Posting.credit_account_id
    )
    return int(session().scalar(query.where(Posting.entry_id == entry_id, LedgerAccount.kind == kind)) or 0)


def moved() -> ColumnElement[int]:
    """Return the fen that the postings of an entry moved, in SQL; what passes through the account of the staff is that same money on its way, and counts once."""
    of_staff = select(LedgerAccount.id).where(LedgerAccount.kind == "staff_receivable")
    on_its_way = or_(Posting.debit_account_id.in_(of_staff), Posting.credit_account_id.in_(of_staff))
    return func.sum(case((on_its_way, 0), else_=Posting.amount))


def taken_back(entry_id: Any, *, before: datetime | None = None) -> ColumnElement[bool]:
    """Tell whether another entry took this one back, before an instant where one is named; in SQL."""
    back = aliased(JournalEntry)
    memo = literal(f"{MARK} of ") + cast(entry_id, String)
    reversal = select(back.id).where(back.kind == MARK, back.memo == memo)
    return (reversal if before is None else reversal.where(back.at < before)).exists()


def handed_back(entry_id: Any) -> ColumnElement[bool]:
    """Tell whether what this entry paid in cash came back in cash when it was taken back; in SQL."""
    back, posting, cash = aliased(JournalEntry), aliased(Posting), aliased(LedgerAccount)
    memo = literal(f"{MARK} of ") + cast(entry_id, String)
    query = select(back.id).join(posting, posting.entry_id == back.id).join(cash, cash.id == posting.debit_account_id)
    return query.where(back.kind == MARK, back.memo == memo, cash.kind == "cash").exists()


def upsert(table: type) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that can say ON CONFLICT, in the dialect of the session."""
    return UPSERT[session().get_bind().dialect.name](table)


def _lock(accounts: Iterable[Account], key: str) -> tuple[dict[Account, int], dict[Account, int], int | None]:
    """Lock what an entry touches: ids of the accounts that exist, balances of those that keep one (their rows locked), and the entry already under `key`."""
    ordered = sorted(accounts, key=repr)
    own = [account for account in ordered if not account.keeps_balance]
    beside = [select(JournalEntry.id).where(JournalEntry.key == key).scalar_subquery()]
    beside += [select(LedgerAccount.id).where(_is(account)).scalar_subquery() for account in own]
    with_balance = [_is(account) for account in ordered if account.keeps_balance]
    rows = session().execute(_locking(with_balance, beside)).all() if with_balance else []
    earlier, *own_ids = rows[0][4:] if rows else session().execute(select(*beside)).one()
    ids = {Account(row[0], row[1]): row[2] for row in rows}
    ids |= {account: account_id for account, account_id in zip(own, own_ids, strict=True) if account_id is not None}
    return ids, {Account(row[0], row[1]): row[3] for row in rows}, earlier


def _locking(conditions: Sequence[Any], beside: Sequence[Any]) -> Select[Any]:
    account = LedgerAccount
    query: Select[Any] = select(account.kind, account.subscription_id, account.id, account.balance, *beside)
    return query.where(or_(*conditions)).order_by(account.id).with_for_update(of=account)


def _is(account: Account) -> ColumnElement[bool]:
    same = LedgerAccount.subscription_id
    return and_(
        LedgerAccount.kind == account.kind,
        same.is_(None) if account.subscription_id is None else same == account.subscription_id,
    )


def _repeated(earlier: int, effect: Effect, ids: dict[Account, int], lines: Sequence[Line]) -> Entry:
    query = select(Posting.debit_account_id, Posting.credit_account_id, Posting.amount)
    stored = session().execute(query.where(Posting.entry_id == earlier).order_by(Posting.line)).all()
    if [tuple(row) for row in stored] != [(ids.get(line.debit), ids.get(line.credit), line.amount) for line in lines]:
        raise KeyUsedDifferently(key=effect.key)
    return Entry(earlier, effect.key, repeated=True)


def _check(lines: Sequence[Line], balances: dict[Account, int], floored: set[str]) -> None:
    change: Counter[Account] = Counter()
    for line in lines:
        if line.amount <= 0:
            raise Refused(reason="amount_not_positive", amount=line.amount)
        change[line.debit] += line.amount if line.debit.kind in DEBIT_NORMAL else -line.amount
        change[line.credit] -= line.amount if line.credit.kind in DEBIT_NORMAL else -line.amount
    for account, difference in change.items():
        if difference < 0 and account.kind in floored and balances.get(account, 0) + difference < 0:
            raise Refused(
                reason=SHORT.get(account.kind, "insufficient"), balance=balances.get(account, 0), amount=-difference
            )


def _open(missing: Iterable[Account]) -> None:
    rows = [
        {
            "kind": account.kind,
            "subscription_id": account.subscription_id,
            "balance": 0 if account.keeps_balance else None,
        }
        for account in sorted(missing, key=repr)
    ]
    session().execute(upsert(LedgerAccount).on_conflict_do_nothing(), rows)


def _enter(effect: Effect, kind: str, memo: str) -> int:
    values = {"key": effect.key, "at": effect.at, "kind": kind, "memo": memo, "case_number": effect.case}
    return session().execute(insert(JournalEntry).returning(JournalEntry.id), values).scalar_one()


def _row(entry_id: int, number: int, line: Line, ids: dict[Account, int]) -> dict[str, int]:
    return {
        "entry_id": entry_id,
        "line": number,
        "debit_account_id": ids[line.debit],
        "credit_account_id": ids[line.credit],
        "amount": line.amount,
    }
