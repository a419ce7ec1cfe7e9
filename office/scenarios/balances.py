"""The ledger as a whole, for comparing before and after: every account's balance in fen, and what moved between two moments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import case, func, select

from models.base import session
from models.billing import CREDIT_NORMAL, LedgerAccount, Posting
from models.customer import Subscription
from office.scenarios.differences import Difference


def all_accounts() -> dict[str, int]:
    """Return the balances in fen by "msisdn.kind" (accounts of customers) or "kind" (the operator's own), counted in the account's direction.

    Numbers that were given out again share one line.
    """
    net_movement = func.coalesce(
        func.sum(case((Posting.debit_account_id == LedgerAccount.id, Posting.amount), else_=-Posting.amount)), 0
    )
    rows = session().execute(
        select(LedgerAccount.kind, Subscription.msisdn, net_movement)
        .outerjoin(Subscription, Subscription.id == LedgerAccount.subscription_id)
        .outerjoin(Posting, LedgerAccount.id.in_((Posting.debit_account_id, Posting.credit_account_id)))
        .group_by(LedgerAccount.id, LedgerAccount.kind, Subscription.msisdn)
    )
    balances: dict[str, int] = {}
    for kind, msisdn, amount in rows:
        name = f"{msisdn}.{kind}" if msisdn else kind
        balances[name] = balances.get(name, 0) + (-int(amount) if kind in CREDIT_NORMAL else int(amount))
    return balances


def changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Return what moved, by account; accounts that did not move are left out."""
    names = {*before, *after}
    movements = {name: after.get(name, 0) - before.get(name, 0) for name in sorted(names)}
    return {name: amount for name, amount in movements.items() if amount}


def differences(expected: Mapping[str, int], movements: Mapping[str, int]) -> Iterator[Difference]:
    """Yield where the movements differ from those expected: by account, or by kind summed over all; a customer's account that nobody named must rest.

    Where nothing at all is expected, the operator's own accounts must rest too.
    """
    for name, amount in expected.items():
        actual = movements.get(name, 0) if "." in str(name) else _of_kind(str(name), movements)
        if actual != amount:
            values = {"account": str(name), "expected": amount, "moved": actual, "all": dict(movements)}
            yield Difference("ledger", values)
    for name, amount in movements.items():
        named = name in expected or name.split(".")[-1] in expected
        if not named and ("." in name or not expected):
            yield Difference("ledger_unnamed", {"account": name, "moved": amount})


def _of_kind(kind: str, movements: Mapping[str, int]) -> int:
    return sum(amount for name, amount in movements.items() if name.split(".")[-1] == kind)
