"""The ledger's own guarantees, on both databases: what SQL itself refuses, whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from models.base import Base, scratch
from models.billing import ChargeHold, JournalEntry, LedgerAccount, Posting, Receipt
from models.customer import Customer, Subscription

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ledger(request: pytest.FixtureRequest) -> Iterator[Session]:
    """One subscription (1) with a prepayment account (1) and a receivable (2); the operator's cash account (3)."""
    if request.param == "sqlite":
        with scratch() as session:
            yield _prepared(session)
    else:
        engine = create_engine(request.getfixturevalue("postgresql_tables"))
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            yield _prepared(session)
        engine.dispose()


def _prepared(session: Session) -> Session:
    session.add(Customer(id=1, name="虚构客户"))
    session.flush()
    session.add(Subscription(id=1, msisdn="13900000001", customer_id=1, kind="gotone", state_since=AT, opened_at=AT))
    session.flush()
    session.add(LedgerAccount(id=1, kind="prepayment", subscription_id=1, balance=0))
    session.add(LedgerAccount(id=2, kind="receivable", subscription_id=1, balance=0))
    session.add(LedgerAccount(id=3, kind="cash"))
    session.flush()
    return session


def _post(session: Session, debit: int, credit: int, amount: int, key: str = "k") -> JournalEntry:
    entry = JournalEntry(key=key, at=AT, kind="test")
    session.add(entry)
    session.flush()
    session.add(Posting(entry_id=entry.id, line=1, debit_account_id=debit, credit_account_id=credit, amount=amount))
    session.flush()
    return entry


def _balance(session: Session, account: int) -> Any:
    return session.execute(text(f"select balance from ledger_account where id = {account}")).scalar_one()


def test_balances_follow_postings_in_their_own_direction(ledger: Session) -> None:
    """A posting moves both balances the moment it is stored: money received raises a prepayment and lowers what is due."""
    _post(ledger, debit=3, credit=1, amount=700, key="in")
    _post(ledger, debit=1, credit=2, amount=200, key="pay")
    assert (_balance(ledger, 1), _balance(ledger, 2)) == (500, -200)


def test_operators_own_accounts_keep_no_balance(ledger: Session) -> None:
    """The cash account is not changed by postings, so that cases do not wait for each other on one row."""
    _post(ledger, debit=3, credit=1, amount=700)
    assert _balance(ledger, 3) is None


@pytest.mark.parametrize(
    "statement", ["update posting set amount = 1", "delete from posting", "delete from journal_entry"]
)
def test_the_journal_is_append_only(ledger: Session, statement: str) -> None:
    """What has been posted can neither be changed nor deleted, not even by SQL."""
    _post(ledger, debit=3, credit=1, amount=700)
    with pytest.raises(DatabaseError, match="append-only"):
        ledger.execute(text(statement))


@pytest.mark.parametrize(
    ("debit", "credit", "amount"), [(3, 1, 0), (3, 1, -5), (1, 1, 5)], ids=["nothing", "negative", "one account"]
)
def test_a_posting_moves_something_between_two_accounts(ledger: Session, debit: int, credit: int, amount: int) -> None:
    """No posting of nothing, of a negative amount, or from an account to itself."""
    with pytest.raises(IntegrityError):
        _post(ledger, debit, credit, amount)


def test_prepayment_never_goes_below_zero(ledger: Session) -> None:
    """The database refuses to pay out more prepayment than there is."""
    _post(ledger, debit=3, credit=1, amount=100, key="in")
    with pytest.raises(IntegrityError, match="never_negative"):
        _post(ledger, debit=1, credit=3, amount=101, key="out")


def test_a_key_is_entered_once(ledger: Session) -> None:
    """Two journal entries cannot share an idempotency key."""
    _post(ledger, debit=3, credit=1, amount=1)
    with pytest.raises(IntegrityError):
        _post(ledger, debit=3, credit=1, amount=1)


@pytest.mark.parametrize("subscription", [1, None])
def test_an_account_exists_once(ledger: Session, subscription: int | None) -> None:
    """Neither a customer's account nor one of the operator's can be opened twice."""
    kind, balance = ("prepayment", 0) if subscription else ("cash", None)
    ledger.add(LedgerAccount(kind=kind, subscription_id=subscription, balance=balance))
    with pytest.raises(IntegrityError):
        ledger.flush()


def test_a_receipt_is_not_refunded_beyond_its_amount(ledger: Session) -> None:
    """A receipt of 10 yuan cannot carry 11 yuan of refunds."""
    ledger.add(Receipt(number="SJ-1", subscription_id=1, kind="charge", amount=1000, refunded=1100, issued_at=AT))
    with pytest.raises(IntegrityError, match="refunded_within_amount"):
        ledger.flush()


def test_a_hold_has_one_of_three_states(ledger: Session) -> None:
    """A charge hold is held, credited or rejected; nothing else can be stored."""
    entry = _post(ledger, debit=3, credit=1, amount=1)
    settle_on = date(2026, 11, 26)
    hold = {"subscription_id": 1, "amount": 1, "placed_at": AT, "settle_on": settle_on, "entry_id": entry.id}
    ledger.add(ChargeHold(**hold, state="lost"))
    with pytest.raises(IntegrityError):
        ledger.flush()


@pytest.mark.postgresql
def test_cases_do_not_wait_for_each_other_at_the_cash_account(postgresql_tables: str) -> None:
    """While one case has moved cash and is not committed, another that moves cash for another number goes through."""
    engine = create_engine(postgresql_tables)
    Base.metadata.create_all(engine)
    with Session(engine) as first, Session(engine) as second:
        _prepared(first).add(LedgerAccount(id=4, kind="deposit", subscription_id=1, balance=0))
        first.commit()
        _post(first, debit=3, credit=1, amount=700, key="first")
        second.execute(text("set lock_timeout = '1s'"))
        _post(second, debit=3, credit=4, amount=700, key="second")
        assert (_balance(first, 1), _balance(second, 4)) == (700, 700)
    engine.dispose()
