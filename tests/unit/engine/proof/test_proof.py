"""A case read once, or from its end: the end is as sure as the whole, and says where what it speaks of stands."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import cases, proof, published, record
from tests.support.actors import CLEO, SAM
from tests.support.drawing import call, end, flow, gateway, package, path, process, start, user

ROUNDS = 12
LOOP = (gateway("again"), user("ask"), gateway("enough", default="more"), end())
WAYS = (path("begun", "again", "ask", "enough"), flow("enough", "again", id="more"))
OVER = flow("enough", "finished", "amount < 0")


def rounds(at: datetime, drawn: str, key: str = "P") -> int:
    """A case that has gone round a dozen times; its id."""
    published.publish(package(key, drawn), by=SAM, note="", at=at)
    begun = cases.start(key, business_key="AJ-1", variables={"msisdn": "13900000001"}, by=CLEO, at=at)
    tasks = begun.user_task_ids
    for _ in range(ROUNDS):
        tasks = cases.complete(tasks[0], form={"amount": "1"}, by=CLEO, at=at).user_task_ids
    return begun.instance_id


def test_the_end_of_a_case_is_what_the_whole_ends_with(database: Session, at: datetime) -> None:
    """A page that shows the newest entries shows those of the whole history, personal values readable."""
    instance = rounds(at, process("P", start(), *LOOP, *WAYS, OVER))
    whole = proof.history_of(instance)
    found = proof.end_of(instance, 5)
    assert found.entries == whole.entries[-5:]
    assert (found.since, found.is_whole) == (ROUNDS + 1 - 4, False)
    assert proof.end_of(instance, 5, before=found.since).since == found.since - 5
    assert proof.end_of(instance, 100).entries == whole.entries
    assert proof.end_of(instance, 100).is_whole


def test_an_end_that_speaks_of_a_call_is_read_from_where_it_was_entered(database: Session, at: datetime) -> None:
    """Otherwise a step inside a called process would be told with the names of another."""
    called = process("INNER", start(), *LOOP, *WAYS, OVER)
    published.publish(package("INNER", called), by=SAM, note="", at=at)
    drawn = process("P", start(), call("inner", "INNER"), end(), path("begun", "inner", "finished"))
    published.publish(package("P", drawn, INNER_bpmn=called), by=SAM, note="", at=at)
    begun = cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=at)
    tasks = begun.user_task_ids
    for _ in range(ROUNDS):
        tasks = cases.complete(tasks[0], form={"amount": "1"}, by=CLEO, at=at).user_task_ids
    found = proof.end_of(begun.instance_id, 2)
    assert found.since == ROUNDS
    assert found.entries[0].seq == 1


@pytest.mark.parametrize("column", ["body", "previous", "hash"])
def test_an_end_that_was_altered_is_refused(database: Session, at: datetime, column: str) -> None:
    """Reading less checks no less of what is shown."""
    instance = rounds(at, process("P", start(), *LOOP, *WAYS, OVER))
    database.execute(text("DROP TRIGGER IF EXISTS entry_no_update"))
    database.execute(text(f"UPDATE entry SET {column} = x'7b7d' WHERE stream = 'instance' AND sequence = {ROUNDS}"))
    with pytest.raises(record.BrokenChain):
        proof.end_of(instance, 5)


def test_an_end_that_lacks_its_last_entries_is_refused(database: Session, at: datetime) -> None:
    """The head of the case says how far it goes."""
    instance = rounds(at, process("P", start(), *LOOP, *WAYS, OVER))
    database.execute(text("DROP TRIGGER IF EXISTS entry_no_delete"))
    database.execute(text(f"DELETE FROM entry WHERE stream = 'instance' AND sequence > {ROUNDS}"))
    with pytest.raises(record.BrokenChain):
        proof.end_of(instance, 5)
