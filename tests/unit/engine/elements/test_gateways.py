"""A message that would have sent a case round for ever waits at an event-based gateway with its incident: what happens next there settles it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import cases, proof, published, running
from engine.record.case import Kind, Wait
from engine.spiff.run import Run
from models.incident import Incident
from tests.support.actors import CLEO, SAM
from tests.support.drawing import catch, end, flow, gateway, package, path, process, start, user

HOUR = timedelta(hours=1)


@pytest.fixture
def stuck(database: Session, at: datetime) -> int:
    """A case that waits for a message or an hour, after a message that led into an endless loop."""
    drawn = process(
        "P",
        *(start(), gateway("either", "eventBased"), catch("told", message="told", key='"k"')),
        *(
            catch("late", timer='duration("PT1H")'),
            gateway("join"),
            gateway("again", default="on"),
            user("after"),
            end(),
        ),
        *(path("begun", "either", "told", "join", "again"), path("either", "late", "after", "finished")),
        *(flow("again", "join", "round = true"), flow("again", "after", id="on")),
        messages=("told",),
    )
    published.publish(package("P", drawn), by=SAM, note="", at=at)
    begun = cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=at)
    with pytest.raises(engine.Conflict):
        cases.correlate("told", "k", variables={"round": True}, by=SAM, at=at)
    return begun.instance_id


def settled(database: Session) -> str | None:
    """Why the one incident is settled."""
    database.expire_all()
    return database.scalars(select(Incident.reason)).one()


def test_the_other_event_goes_on(stuck: int, database: Session, at: datetime) -> None:
    """The hour passes: the timer fires at the first attempt, and the incident of the message goes with its wait."""
    assert running.run_clock(at + HOUR) == 1
    assert proof.marking(stuck).active == {"after": 1}
    assert settled(database) == "passed"
    assert proof.verify(stuck) == []


def test_the_same_event_goes_on(stuck: int, database: Session, at: datetime) -> None:
    """The message comes again with other values: the incident is past, and nobody is left with one that cannot be settled."""
    assert cases.correlate("told", "k", variables={"round": False}, by=SAM, at=at) == 1
    assert settled(database) == "passed"
    assert proof.verify(stuck) == []


def test_what_earlier_versions_left_open_is_no_deviation(
    stuck: int, database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They took the wait away without a word about the incident: such a record still verifies."""
    take_away = Run.take_away

    def in_silence(run: Run, token: int, wait: Wait) -> None:
        if wait.kind is Kind.LIMIT:
            run.case.stuck.pop(token)
        else:
            take_away(run, token, wait)

    monkeypatch.setattr(Run, "take_away", in_silence)
    cases.correlate("told", "k", variables={"round": False}, by=SAM, at=at)
    monkeypatch.undo()
    assert settled(database) is None
    assert proof.verify(stuck) == []
