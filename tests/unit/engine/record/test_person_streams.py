"""A form that is refused leaves nothing in the case, and in the stream of whoever sent it which fields were wrong and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import cases, language, proof, published, record
from engine.record import person_streams
from models.entry import HistoryEntry
from tests.support.actors import CLEO, NORA, SAM
from tests.support.drawing import end, package, path, process, start, user

DRAWN = process("P", start(), user("a"), user("b"), end(), path("begun", "a", "b", "finished"))
TYPED = "13912345678 twelve"
Send = Callable[..., None]


@pytest.fixture
def task(database: Session, at: datetime) -> int:
    """The first task of a case."""
    published.publish(package("P", DRAWN), by=SAM, note="", at=at)
    return cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=at).user_task_ids[0]


@pytest.fixture
def send(task: int) -> Send:
    """A form is sent that cannot be taken."""

    def sent(at: datetime, task_id: int = task) -> None:
        with pytest.raises(language.InvalidForm):
            cases.complete(task_id, form={"amount": TYPED}, by=CLEO, at=at)

    return sent


def of_type(kind: str) -> list[Any]:
    """The steps of a type in Cleo's stream."""
    steps = [step for entry in record.read_history("user", "cleo") for step in entry.steps]
    return [step for step in steps if step["type"] == kind]


def refused() -> list[Any]:
    """The steps of Cleo's stream that say that a form was refused."""
    return of_type("entry_refused")


def counted() -> list[tuple[int, int, datetime, datetime]]:
    """What Cleo's stream says of those that were not kept: task, how many, the first and the last."""
    return [(step["task"], step["number"], step["since"], step["until"]) for step in of_type("refusals_not_kept")]


def too_often(send: Send, at: datetime) -> tuple[int, datetime, datetime]:
    """Five more than are kept: how many, the first and the last of them."""
    for second in range(person_streams.MOST_REFUSED + 5):
        send(at + timedelta(seconds=second))
    return (
        5,
        at + timedelta(seconds=person_streams.MOST_REFUSED),
        at + timedelta(seconds=person_streams.MOST_REFUSED + 4),
    )


def test_it_is_an_entry_with_the_fields_and_the_codes(database: Session, task: int, send: Send, at: datetime) -> None:
    """Which step, which field, why; nothing of what was typed, anywhere, and nothing in the case."""
    send(at)
    (step,) = refused()
    assert (step["case"], step["task"], step["process"], step["element"]) == ("AJ-1", task, "P", "a")
    assert set(step["fields"]) == {"amount"}
    assert all(codes and all(isinstance(code, str) for code in codes) for codes in step["fields"].values())
    assert not any(TYPED.split(maxsplit=1)[0].encode() in body for body in database.scalars(select(HistoryEntry.body)))
    assert len(proof.entries(1)) == 1
    assert proof.verify(1) + proof.verify_streams() + proof.verify_registers() == []


def test_twenty_for_a_task_and_hour_and_no_more(send: Send, task: int, at: datetime) -> None:
    """A script that sends again and again fills nobody's stream; the last one says that more are only counted, and an hour later one may again."""
    too_often(send, at)
    assert [step.get("last", False) for step in refused()] == [False] * (person_streams.MOST_REFUSED - 1) + [True]
    send(at + person_streams.REFUSED_WITHIN + timedelta(minutes=1))
    assert len(refused()) == person_streams.MOST_REFUSED + 1


def test_work_on_other_tasks_does_not_begin_the_hour_anew(
    send: Send, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much somebody else's tasks add to the stream meanwhile, what was refused within the hour is counted whole."""
    monkeypatch.setattr(person_streams, "MOST_REFUSED", 2)
    number_of_acts = person_streams.AT_ONCE + 1
    send(at)
    send(at)
    for number in range(number_of_acts):
        record.record_act({"type": "case_looked_at", "case": f"AJ-{number}"}, by=CLEO, at=at)
    send(at + timedelta(minutes=1))
    assert len(refused()) == 2


def test_the_next_that_is_kept_says_how_many_were_not(send: Send, task: int, at: datetime) -> None:
    """Whoever reads a person's stream knows how often they tried, and it is said once."""
    number, first, last = too_often(send, at)
    assert counted() == []
    for minute in (1, 2):
        send(at + person_streams.REFUSED_WITHIN + timedelta(minutes=minute))
    assert counted() == [(task, number, first, last)]
    assert record.record_not_kept(at + timedelta(days=1)) == 0
    assert proof.verify_streams() + proof.verify_registers() == []


def test_an_hour_after_the_last_it_is_said_all_the_same(send: Send, task: int, at: datetime) -> None:
    """Whoever gives up leaves the number behind too; not before, because another may come that says it."""
    number, first, last = too_often(send, at)
    assert record.record_not_kept(last + person_streams.REFUSED_WITHIN - timedelta(seconds=1)) == 0
    assert [record.record_not_kept(last + person_streams.REFUSED_WITHIN) for _time in range(2)] == [1, 0]
    assert counted() == [(task, number, first, last)]
    assert record.read_history("user", "cleo")[-1].actor == "system"
    assert proof.verify_streams() + proof.verify_registers() == []


def test_another_task_is_counted_by_itself(send: Send, task: int, at: datetime) -> None:
    """One step that gives trouble hides no other."""
    for second in range(person_streams.MOST_REFUSED):
        send(at + timedelta(seconds=second))
    following = cases.complete(task, form={"amount": "1"}, by=CLEO, at=at).user_task_ids[0]
    send(at, following)
    assert [step["task"] for step in refused()].count(following) == 1


def test_whoever_may_not_leaves_no_such_entry(database: Session, task: int, at: datetime) -> None:
    """What is kept are forms that were refused, and of nobody else than their senders."""
    with pytest.raises(engine.NotPermitted):
        cases.complete(task, form={"amount": TYPED}, by=NORA, at=at)
    assert database.scalars(select(HistoryEntry.stream_id).where(HistoryEntry.stream == "user")).all() == []
