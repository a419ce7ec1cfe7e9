"""A desk to try service tasks at: a small world in a database of its own, and topics called as the engine calls them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.runtime import BpmnError, Call, handlers
from models.base import scratch, session, transaction
from models.billing import (
    ChargeHold,
    CreditNote,
    JournalEntry,
    LateFeeWaiver,
    LedgerAccount,
    Posting,
    Refund,
    SecondaryPricingItem,
)
from office.fixtures import build
from office.scenarios.balances import all_accounts, changes
from service_tasks import effects

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
PAPERS = (JournalEntry, Refund, CreditNote, LateFeeWaiver, ChargeHold, SecondaryPricingItem)


class Desk:
    """Calls topics through their schemas, in a savepoint, and keeps an eye on the ledger."""

    def given(self, *subscriptions: dict[str, Any], at: datetime = AT, **world: Any) -> None:
        """Build subscriptions and what else the world holds."""
        with transaction():
            build({"subscriptions": list(subscriptions), **world}, at=at)
        self.before = all_accounts()

    def run(
        self,
        topic: str,
        *,
        call_key: str = "7:1",
        at: datetime = AT,
        instance: int = 7,
        case: str = "AJ-2026-000001",
        **parameters: Any,
    ) -> Any:
        """What the topic answers; the same `call_key` is the same call made again."""
        handler = handlers.find(topic)
        call = Call(
            key=call_key,
            instance_id=instance,
            business_key=case,
            process_key="TS-002",
            element_id="task",
            at=at,
            actor="cleo",
        )
        loaded = handler.parameters().load(parameters)
        with transaction(), session().begin_nested():
            answer = handler.result().dump(handler.function(loaded, call))
            session().flush()
        if topic in effects.MOVING:
            as_recorded(topic, parameters, answer, call_key)
        return answer

    def twice(self, topic: str, **parameters: Any) -> Any:
        """The answer of a call made twice with one key: the second changes nothing and answers the same."""
        first = self.run(topic, **parameters)
        state = (all_accounts(), papers())
        assert self.run(topic, **parameters) == first
        assert (all_accounts(), papers()) == state
        return first

    def refused(self, topic: str, **parameters: Any) -> str:
        """The code a call is refused with: one the topic declares, with every balance and paper as before."""
        before = (all_accounts(), papers())
        with pytest.raises(BpmnError) as refusal:
            self.run(topic, **parameters)
        assert refusal.value.code in handlers.find(topic).errors
        assert (all_accounts(), papers()) == before
        return refusal.value.code

    def moved(self) -> dict[str, int]:
        """Fen by account since the world was built."""
        return changes(self.before, all_accounts())


def as_recorded(topic: str, parameters: dict[str, Any], answer: Any, key: str) -> None:
    """What a call posted is what verification expects of its record: the same lines in the same order."""
    expected = effects.expected(topic, parameters, answer)
    debit, credit = LedgerAccount.__table__.alias("debit"), LedgerAccount.__table__.alias("credit")
    lines = (
        select(JournalEntry.kind, Posting.amount, debit.c.kind, credit.c.kind)
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(debit, debit.c.id == Posting.debit_account_id)
        .join(credit, credit.c.id == Posting.credit_account_id)
        .where(JournalEntry.key == key)
        .order_by(Posting.line)
    )
    posted = [tuple(row) for row in session().execute(lines)]
    assert len(posted) == len(expected), (posted, expected)
    for (kind, amount, debited, credited), move in zip(posted, expected, strict=True):
        assert (kind, amount) == (move.kind, move.amount)
        assert move.debit[0] in (debited, effects.ANY)
        assert move.credit[0] in (credited, effects.ANY)


def papers() -> list[int]:
    """How many rows each table of papers and entries has."""
    return [session().scalar(select(func.count()).select_from(table)) or 0 for table in PAPERS]


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A desk with an empty office."""
    with scratch():
        yield Desk()
