"""Which subscriptions one number may have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.base import scratch
from models.customer import Customer, Subscription

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def store() -> Iterator[Session]:
    """An empty database with one customer (1)."""
    with scratch() as session:
        session.add(Customer(id=1, name="虚构客户"))
        session.flush()
        yield session


def _subscribe(store: Session, state: str) -> None:
    reason = "request" if state == "cancelled" else None
    row = {"msisdn": "13900000001", "customer_id": 1, "kind": "gotone", "state_since": AT, "opened_at": AT}
    store.add(Subscription(**row, state=state, reason=reason))
    store.flush()


def test_a_cancelled_number_may_be_given_out_again(store: Session) -> None:
    """Several cancelled subscriptions and one in service can share a number."""
    for state in ("cancelled", "cancelled", "in_service"):
        _subscribe(store, state)
    of_number = select(Subscription.state).where(Subscription.msisdn == "13900000001").order_by(Subscription.id)
    assert list(store.scalars(of_number)) == ["cancelled", "cancelled", "in_service"]


def test_a_number_in_use_belongs_to_one_subscription(store: Session) -> None:
    """A number that is suspended is still in use: nobody else can get it."""
    _subscribe(store, "suspended")
    with pytest.raises(IntegrityError):
        _subscribe(store, "in_service")
