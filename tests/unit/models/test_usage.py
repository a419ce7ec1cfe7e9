"""What can be stored of cards and mandates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.base import scratch
from models.customer import Customer, Subscription
from models.usage import BankMandate, Cdr, DirectDebit, RechargeCard, pin_hash

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def store() -> Iterator[Session]:
    """An empty database."""
    with scratch() as session:
        yield session


def test_a_pin_is_stored_as_a_hash_of_its_own_card() -> None:
    """The same PIN on two cards gives two hashes, and the PIN is in neither."""
    first, second = pin_hash("K1", "123456"), pin_hash("K2", "123456")
    assert first != second
    assert first == pin_hash("K1", "123456")
    assert "123456" not in first + second


@pytest.mark.parametrize(("state", "charged"), [("used", None), ("unused", "13900000001")])
def test_a_card_says_where_it_went_exactly_when_it_was_used(store: Session, state: str, charged: str | None) -> None:
    """A used card without a number, or an unused one with a number, cannot be stored."""
    store.add(RechargeCard(serial="K1", pin_hash="", face_value=5000, state=state, charged_msisdn=charged))
    with pytest.raises(IntegrityError):
        store.flush()


def test_the_charge_of_a_cdr_is_all_its_components() -> None:
    """No component is forgotten in the sum."""
    assert Cdr(basic=1, long_distance=2, ip=4, forwarding=8, roaming=16, information=32).charge == 63


def test_a_failed_debit_says_why(store: Session) -> None:
    """A failure without the bank's reason cannot be stored."""
    holder = Customer(name="虚构客户")
    number = Subscription(msisdn="13900000001", customer=holder, kind="gotone", state_since=AT, opened_at=AT)
    store.add(number)
    store.flush()
    mandate = {"agreed_bank": "x", "agreed_account": "1", "agreed_holder": "x"}
    dates = {"mandated_on": date(2026, 9, 1), "effective_on": date(2026, 10, 1), "debit_day": 15}
    failed = DirectDebit(period="2026-10", amount=1, state="failed", attempted_at=AT)
    store.add(BankMandate(subscription_id=number.id, **mandate, **dates, debits=[failed]))
    with pytest.raises(IntegrityError, match="reason_of_failure"):
        store.flush()
