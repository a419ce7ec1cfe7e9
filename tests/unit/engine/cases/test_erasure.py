"""Erasing the personal data of a case: who may, when, what is written down, and that the case still verifies."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import cases, proof, published, running
from engine.cases.erasure import MayNotErase, NotClosed
from models.entry import HistoryEntry
from models.instance import CaseKey, ProcessInstance
from tests.support.actors import ADA, CLEO, SAM
from tests.support.drawing import end, package, path, process, start, user


@pytest.fixture
def case(database: Session, at: datetime) -> int:
    """A case that waits at its one task."""
    drawn = process("P", start(), user("ask"), end(), path("begun", "ask", "finished"))
    published.publish(package("P", drawn), by=SAM, note="", at=at)
    return cases.start("P", business_key="AJ-1", variables={"msisdn": "13900000001"}, by=CLEO, at=at).instance_id


def closed(case: int, at: datetime) -> int:
    """The same, called off."""
    cases.cancel(case, reason="entered twice", by=SAM, at=at)
    return case


def test_it_is_an_entry_with_who_and_why(case: int, database: Session, at: datetime) -> None:
    """The key goes, the entry stays, signed and chained; what was sealed reads as nothing, and the case verifies."""
    cases.erase(closed(case, at), reason="asked for", by=SAM, at=at)
    last = proof.entries(case)[-1]
    assert (last.actor, last.steps) == ("sam", [{"type": "personal_data_erased", "reason": "asked for", "extent": 2}])
    assert proof.entries(case)[0].steps[0]["variables"] == {"msisdn": None}
    assert database.scalars(select(CaseKey)).all() == []
    assert proof.verify(case) == []
    (verdict,) = proof.verify_each([case])
    assert verdict.erasure == proof.Erasure("sam", at, "asked for")
    row = database.scalars(select(ProcessInstance)).one()
    assert (row.sequence, row.head) == (last.seq, last.hash)


@pytest.mark.parametrize("by", [CLEO, ADA])
def test_only_a_supervisor_may(case: int, by: engine.Actor, at: datetime) -> None:
    """Nobody else, whatever the state of the case."""
    with pytest.raises(MayNotErase):
        cases.erase(closed(case, at), reason="x", by=by, at=at)
    assert not proof.history_of(case).is_erased


def test_a_case_that_is_handled_keeps_its_data(case: int, at: datetime) -> None:
    """Whoever works on it needs them."""
    with pytest.raises(NotClosed):
        cases.erase(case, reason="x", by=SAM, at=at)
    assert proof.verify(case) == []


def test_it_is_done_once(case: int, database: Session, at: datetime) -> None:
    """The second time there is nothing to erase, and nothing is written."""
    cases.erase(closed(case, at), reason="x", by=SAM, at=at)
    with pytest.raises(cases.AlreadyErased):
        cases.erase(case, reason="y", by=SAM, at=at)
    assert len(database.scalars(select(HistoryEntry).where(HistoryEntry.stream == "instance")).all()) == 3


def test_a_case_that_does_not_exist_is_not_erased(database: Session, at: datetime) -> None:
    """There is nothing to erase."""
    with pytest.raises(running.UnknownInstance):
        cases.erase(17, reason="x", by=SAM, at=at)
