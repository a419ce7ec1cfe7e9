"""The judge of the crash: it says so when something is lost, stuck, doubled or unpaid; otherwise a thousand kills would prove nothing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from engine import cases, published, record, running
from models.billing import LedgerAccount
from models.job import Job
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, package, path, process, start, user
from tools.crashing import findings
from tools.crashing.load import Confirmed
from tools.crashing.place import KEY

DRAWN = process(KEY, start(), user("begin"), end(), path("begun", "begin", "finished"))


@pytest.fixture
def place(tmp_path: Path) -> Any:
    """A place whose database is the one of the test."""
    return SimpleNamespace(app=Flask("test"), var=tmp_path)


@pytest.fixture
def waiting(database: Session, at: datetime) -> running.Advanced:
    """A case of the kind that the crash begins."""
    published.publish(package(KEY, DRAWN), by=SAM, note="", at=at)
    return cases.start(KEY, business_key="CRASH-0", variables={}, by=CLEO, at=at)


def test_all_is_well(place: Any, waiting: running.Advanced) -> None:
    """A case that waits for a clerk is nothing to find."""
    all_findings, counts = findings.everything(place, lambda ids: ids)
    assert all_findings.lines() == []
    assert counts["instances"] == counts["entries"] == 1


def test_what_was_confirmed_and_is_not_there_is_lost(place: Any, waiting: running.Advanced) -> None:
    """An open task that was confirmed as done, and a case nobody knows."""
    confirmed = Confirmed(completions={waiting.user_task_ids[0]: 1}, starts=["AJ-9"])
    assert findings.lost(place, confirmed) == ["task 1 of instance 1", "case AJ-9"]


def test_a_case_that_waits_for_nothing_is_stuck(place: Any, waiting: running.Advanced, database: Session) -> None:
    """Its task has gone: nobody would ever take it up again, and the record contradicts the rows."""
    database.execute(delete(UserTask))
    all_findings, _counts = findings.everything(place, lambda ids: ids)
    assert all_findings.stuck == ["case CRASH-0 waits for nothing"]
    assert all_findings.deviations


def test_a_job_that_was_given_up_is_found(
    place: Any, waiting: running.Advanced, database: Session, at: datetime
) -> None:
    """Our own process has no reason to fail."""
    row = {"key": "1:1", "topic": "t", "parameters": b"", "state": "failed", "due_at": at, "created_at": at}
    database.execute(insert(Job).values(**row, error="boom"))
    all_findings, _counts = findings.everything(place, lambda ids: ids)
    assert all_findings.stuck == ["boom: 1:1"]


def test_a_payment_that_is_missing_is_found(
    place: Any, waiting: running.Advanced, database: Session, at: datetime
) -> None:
    """The task before it is done, and no journal entry stands for it; nor does a kept balance without postings pass."""
    cases.complete(waiting.user_task_ids[0], form={}, by=CLEO, at=at)
    database.execute(insert(LedgerAccount).values(kind="recharge_suspense", balance=7))
    all_findings, _counts = findings.everything(place, lambda ids: ids)
    assert all_findings.unbalanced == [
        "account 1 (recharge_suspense): 7 kept, 0 posted",
        "case CRASH-0 paid 0 times instead of 1",
    ]


def test_what_happened_twice_is_found(at: datetime) -> None:
    """One token is completed once, however often the clerk was asked to repeat."""
    step = {"type": "user_task_completed", "token": 3}
    entries = [record.Entry(number, at, "cleo", [step], b"") for number in (1, 2)]
    assert findings.completed_twice(5, entries) == ["instance 5: user_task_completed 3 2 times"]


def test_an_effect_the_world_never_heard_of_is_found(at: datetime) -> None:
    """The record says that the world was told; the world's own list decides."""
    step = {"type": "job_completed", "token": 3, "topic": "crash/outside"}
    entries = [record.Entry(1, at, "system", [step], b"")]
    assert findings.untold(5, entries, Counter()) == ["job 5:3 was never told"]
    assert findings.untold(5, entries, Counter({"5:3": 2})) == []
