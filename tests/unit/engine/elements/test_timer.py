"""Timers that repeat beside a step: reckoned from when they were due, cancelled with it, refused where nothing goes on meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import cases, definitions, proof, published, running, runtime
from models.incident import Incident
from models.timer import Timer
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import boundary, catch, end, package, path, process, start, user

HALF_HOUR = timedelta(minutes=30)


def chased(timer: str, *, interrupting: bool = False, **asked: str) -> definitions.Package:
    """A step beside which somebody is asked whenever the timer says so."""
    return package(
        "P",
        process(
            "P",
            *(start(), user("ask", **asked), boundary("chase", "ask", timer=timer, interrupting=interrupting)),
            *(user("press"), end(), end("pressed")),
            path("begun", "ask", "finished"),
            path("chase", "press", "pressed"),
        ),
    )


def begin(timer: str, at: datetime, **variables: object) -> int:
    published.publish(chased(timer), by=SAM, note="", at=at)
    return cases.start("P", business_key="AJ-1", variables=variables, by=CLEO, at=at).instance_id


def complete(element: str, database: Session, at: datetime) -> running.Advanced:
    database.expire_all()
    query = select(UserTask.id).where(UserTask.element_id == element, UserTask.state == "open")
    return cases.complete(next(iter(database.scalars(query))), form={}, by=CLEO, at=at)


def steps(type: str) -> list[engine.Step]:
    return [step for entry in proof.entries(1) for step in entry.steps if step["type"] == type]


def dues() -> list[datetime]:
    return [step["due"] for step in steps("timer_set")]


def waiting(database: Session) -> list[datetime]:
    database.expire_all()
    return list(database.scalars(select(Timer.due_at)))


def test_it_fires_as_often_as_it_says(database: Session, at: datetime) -> None:
    """Eight times, half an hour apart, and never a ninth; the record verifies after each."""
    begin("R8/PT30M", at)
    for number in range(1, 10):
        assert running.run_clock(at + number * HALF_HOUR) == (1 if number < 9 else 0)
        assert proof.verify(1) == []
    assert dues() == [at + number * HALF_HOUR for number in range(1, 9)]
    assert [(step["index"], step["count"]) for step in steps("timer_fired")] == [(n, 8) for n in range(1, 9)]
    assert proof.marking(1).active == {"ask": 1, "press": 8}
    assert waiting(database) == []


def test_a_late_worker_makes_up_for_all_in_order(database: Session, at: datetime) -> None:
    """Nobody looked for hours: each time that was due fires once, with its own instant, and the next is not put off."""
    begin("R/PT30M", at)
    late = at + 5 * HALF_HOUR + timedelta(minutes=7)
    assert running.run_clock(late) == 5
    assert running.run_clock(late) == 0
    assert [step["index"] for step in steps("timer_fired")] == [1, 2, 3, 4, 5]
    assert waiting(database) == [at + 6 * HALF_HOUR]
    assert proof.verify(1) == []


def test_it_goes_with_its_step(database: Session, at: datetime) -> None:
    """Once the step is done nobody is asked any more; what was asked for stays."""
    begin("R/PT30M", at)
    running.run_clock(at + HALF_HOUR)
    assert not complete("ask", database, at + HALF_HOUR).ended
    assert waiting(database) == []
    assert [step["element"] for step in steps("timer_cancelled")] == ["chase"]
    assert running.run_clock(at + 9 * HALF_HOUR) == 0
    assert complete("press", database, at + 9 * HALF_HOUR).ended
    assert proof.verify(1) == []


def test_working_time_is_counted_from_when_it_was_due(database: Session, at: datetime) -> None:
    """An interval in FEEL is evaluated as at that instant, with the office's calendar, whenever it fires."""
    begin('R3/office_hours(entered_at, duration("PT3H"))', at)
    while waiting(database):
        running.run_clock(waiting(database)[0] + timedelta(hours=20))
    calendar = runtime.calendar()
    expected = [at]
    for _time in range(3):
        expected.append(calendar.office_hours(expected[-1], timedelta(hours=3)))
    assert dues() == expected[1:]
    assert proof.verify(1) == []


def test_the_limit_of_the_step_stays(database: Session, at: datetime) -> None:
    """However often the step is chased, its limit is what it was."""
    published.publish(chased("R8/PT30M", due='entered_at + duration("PT9H")'), by=SAM, note="", at=at)
    cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=at)
    running.run_clock(at + 4 * HALF_HOUR)
    assert database.scalars(select(UserTask.due_at).where(UserTask.element_id == "ask")).one() == at + 18 * HALF_HOUR


def test_an_interval_that_is_none_is_told(database: Session, at: datetime) -> None:
    """What can be reckoned only then, and comes to nothing or to no time at all, neither floods the case nor is passed over."""
    begin("R3/pause", at, pause=timedelta(0))
    assert database.scalars(select(Incident.kind)).one() == "TimerNotReckoned"
    cases.resolve(database.scalars(select(Incident.id)).one(), by=SAM, at=at + HALF_HOUR, reason="now")
    assert [step["index"] for step in steps("timer_fired")] == [1]
    assert steps("incident_opened")[-1]["kind"] == "TimerNotReckoned"
    assert proof.verify(1) == []


@pytest.mark.parametrize(
    "timer, rule",
    [
        ("R0/PT30M", "repetition_without_count"),
        ("R8/PT0S", "repetition_without_interval"),
        ('R8/duration("-PT30M")', "repetition_without_interval"),
        ("R-1/PT30M", "repetition_unreadable"),
        ("R8/ ", "repetition_unreadable"),
        ("R8/5", "never_an_instant"),
        ("R8/(", "feel_syntax"),
    ],
)
def test_what_cannot_repeat_is_refused(timer: str, rule: str) -> None:
    """A number of times, and some time between."""
    drawn = chased("R8/PT30M").bpmn("P").decode().replace("R8/PT30M", escape(timer))
    assert {problem.rule for problem in published.problems(package("P", drawn))} == {rule}


@pytest.mark.parametrize("where", ["interrupting", "in the flow"])
def test_it_repeats_only_beside_a_step_that_goes_on(where: str) -> None:
    """What ends its step, or is waited for in the flow, happens once."""
    inside = process("P", start(), catch("wait", timer="R8/PT30M"), end(), path("begun", "wait", "finished")).replace(
        "timeDuration", "timeCycle"
    )
    drawn = chased("R8/PT30M", interrupting=True) if where == "interrupting" else package("P", inside)
    assert [problem.rule for problem in published.problems(drawn)] == ["timer_repeats"]
