"""What a complaint's row must say to be stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.base import scratch
from models.complaint import Complaint

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
ROW = {
    "case_number": "AJ-2026-000001",
    "channel": "hall",
    "process_key": "TS-001",
    "accepted_at": AT,
    "accepted_by": "cleo",
}


@pytest.fixture
def store() -> Iterator[Session]:
    """An empty database."""
    with scratch() as session:
        yield session


def test_a_complaint_may_outlive_its_personal_data(store: Session) -> None:
    """Number and text may be gone; the case stays."""
    store.add(Complaint(**ROW))
    store.flush()
    store.expire_all()
    complaint = store.get_one(Complaint, ROW["case_number"])
    assert (complaint.msisdn, complaint.text_sealed, complaint.state) == (None, None, "open")


@pytest.mark.parametrize(
    "wrong",
    [
        {"overruled": True},
        {"confidence": 101},
        {"disputed_amount": -1},
        {"repeat_of": "AJ-2026-000001"},
        {"state": "lost"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_complaint_that_contradicts_itself_is_refused(store: Session, wrong: dict[str, Any]) -> None:
    """Overruling without a reason, a confidence beyond 100, a negative dispute, a repeat of itself, an unknown state."""
    store.add(Complaint(**ROW, **wrong))
    with pytest.raises(IntegrityError):
        store.flush()
